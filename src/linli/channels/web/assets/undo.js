// Undo counts its seconds down and goes away with the last one.

export function countDownUndo(piece) {
  const toast = piece.matches("[data-undo]") ? piece : piece.querySelector("[data-undo]");
  if (!toast || toast.dataset.counting) return;
  toast.dataset.counting = "yes";
  const ends = Date.now() + Number(toast.dataset.undo) * 1000;
  const left = toast.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) return toast.remove();
    left.textContent = seconds;
    setTimeout(tick, 250);
  };
  tick();
}
