// How many characters of a text are used: shown once the text is worth counting.

const SHOWN_FROM = 0.8; // share of the most

export function countCharacters(piece) {
  for (const text of piece.querySelectorAll("textarea[data-count]")) {
    if (text.dataset.counted) continue;
    text.dataset.counted = "yes";
    const count = document.getElementById(text.dataset.count);
    const show = () => {
      const used = text.value.length;
      count.textContent = used >= text.maxLength * SHOWN_FROM ? `${used} / ${text.maxLength}` : "";
    };
    text.addEventListener("input", show);
    show();
  }
}
