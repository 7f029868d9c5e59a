// Says when there is no network, and when a request in the background did not work.

const TROUBLE_SHOWN = 8000; // milliseconds

export function watchConnection() {
  const offline = document.querySelector("[data-offline]");
  const trouble = document.querySelector("[data-trouble]");
  if (!offline || !trouble) return;
  const look = () => { offline.hidden = navigator.onLine; };
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  look();
  let timer;
  const tell = () => {
    trouble.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { trouble.hidden = true; }, TROUBLE_SHOWN);
  };
  document.addEventListener("htmx:sendError", tell);
  document.addEventListener("htmx:timeout", tell);
  document.addEventListener("htmx:responseError", (event) => {
    if (![409, 422, 429].includes(event.detail.xhr.status)) tell();
  });
}
