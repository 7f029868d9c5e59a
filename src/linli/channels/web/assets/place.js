// "Right here": asks the phone where it is, once, at this moment, rounded to some ten metres, and offers the buildings there.

import htmx from "htmx.org";

const DIGITS = 4; // of a degree: about ten metres

export function findHere() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-here]");
    if (button) look(button);
  });
  // Enter in the search field searches, and does not send a half-filled form.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-search]")) {
      event.preventDefault();
      htmx.trigger(event.target, "search");
    }
  });
  // A place that arrives already chosen counts as a choice, for whoever listens to one.
  document.addEventListener("htmx:afterSettle", (event) => {
    const chosen = event.detail.elt.matches("#places-found") && event.detail.elt.querySelector("input:checked");
    if (chosen) chosen.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function look(button) {
  const news = button.closest(".place-picker").querySelector("[data-here-news]");
  if (!navigator.geolocation || !window.isSecureContext) {
    news.textContent = news.dataset.unknown;
    return;
  }
  news.textContent = news.dataset.looking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const near = `${coords.longitude.toFixed(DIGITS)},${coords.latitude.toFixed(DIGITS)}`;
      htmx
        .ajax("POST", button.dataset.here, { source: button, target: "#places-found", swap: "outerHTML", values: { near } })
        .then(() => { news.textContent = ""; });
    },
    (fault) => { news.textContent = fault.code === fault.PERMISSION_DENIED ? news.dataset.denied : news.dataset.unknown; },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
  );
}
