// The one script of the pages. Everything here makes a page quicker; every page also works without it.

import "htmx.org";
import { countCharacters } from "./count.js";
import { watchConnection } from "./connection.js";
import { switchLargeType } from "./large_type.js";
import { findHere } from "./place.js";
import { sendPhotos } from "./photos.js";
import { sendOnce, waitBeforeAgain } from "./sending.js";
import { countDownUndo } from "./undo.js";

document.documentElement.classList.add("script");

// What concerns the whole page, once.
switchLargeType();
watchConnection();
findHere();
sendOnce();
document.addEventListener("click", onSmallThings);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare(document.body));
else prepare(document.body);

// What concerns a piece of the page, whenever one arrives. Each of these leaves alone what it has prepared before.
function prepare(piece) {
  countCharacters(piece);
  sendPhotos(piece);
  countDownUndo(piece);
  waitBeforeAgain(piece);
  const focus = piece.querySelector("[data-focus]");
  if (focus && (piece !== document.body || focus.getAttribute("role") === "alert")) focus.focus();
}

function onSmallThings(event) {
  const asked = event.target.closest("[data-print], [data-back], [data-reload], [data-drop]");
  if (!asked) return;
  if (asked.matches("[data-print]")) window.print();
  if (asked.matches("[data-back]")) history.length > 1 ? history.back() : location.assign("/");
  if (asked.matches("[data-reload]")) location.reload();
  if (asked.matches("[data-drop]")) document.querySelector(asked.dataset.drop).replaceChildren();
  event.preventDefault();
}
