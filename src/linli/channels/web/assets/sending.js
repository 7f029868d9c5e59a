// A form is sent once: its button says so and waits. And a code may be asked for again only after a while.

import { photosUnderWay } from "./photos.js";

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button || !button.dataset.sending) return;
    const waiting = button.getAttribute("aria-disabled") === "true";
    const photos = photosUnderWay(event.target);
    if (waiting || photos) event.preventDefault();
    if (!waiting) hold(button);
    if (photos && !waiting) document.addEventListener("photos-sent", () => { release(button); button.click(); }, { once: true });
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-sending][aria-disabled=true]")) release(button);
  });
}

export function waitBeforeAgain(piece) {
  for (const button of piece.querySelectorAll("[data-wait]")) {
    let left = Number(button.dataset.wait);
    if (!left || button.disabled) continue;
    const shown = button.querySelector("[data-wait-left]");
    button.disabled = true;
    const tick = () => {
      shown.textContent = left > 0 ? `${left}` : "";
      button.disabled = left > 0;
      if (left-- > 0) setTimeout(tick, 1000);
    };
    tick();
  }
}

const faces = new WeakMap();

function hold(button) {
  faces.set(button, [...button.childNodes]);
  button.textContent = button.dataset.sending;
  button.setAttribute("aria-disabled", "true");
}

function release(button) {
  button.replaceChildren(...faces.get(button));
  button.removeAttribute("aria-disabled");
}
