// Large type without a round trip: the cookie is what the server reads on the next page.

const YEAR = 365 * 24 * 3600; // seconds

export function switchLargeType() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-large-type]")) return;
    event.preventDefault();
    const large = document.documentElement.classList.toggle("large");
    document.cookie = `large=${large ? 1 : 0}; path=/; max-age=${YEAR}; samesite=lax`;
    for (const button of document.querySelectorAll("[data-large-type] button")) {
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(large));
      button.value = large ? "0" : "1";
    }
  });
}
