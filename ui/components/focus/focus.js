// The page takes a focus that Enter or Space has lost: the next Tab goes to the first that it has.

const MAIN = '[data-testid="stMain"]';
const CODE = '[data-testid="stCode"] pre:not([tabindex])';
const LOOK_MS = 150;
const LOST_LOOKS = 3; // in a row: a part that is only drawn anew takes its focus back
const PATIENCE_MS = 60_000; // a busy server answers late

let looking = 0;

const isLost = () => document.activeElement === document.body;

/** Until another key or the pointer: what is drawn after the page took the focus may lose it again. */
function look(end, lost) {
  if (performance.now() > end) return;
  if (lost >= LOST_LOOKS) {
    const main = /** @type {HTMLElement | null} */ (document.querySelector(MAIN));
    main?.focus({ preventScroll: true });
  }
  looking = setTimeout(() => look(end, isLost() ? lost + 1 : 0), LOOK_MS);
}

function pressed({ key }) {
  clearTimeout(looking);
  if ((key === "Enter" || key === " ") && !isLost()) look(performance.now() + PATIENCE_MS, 0);
}

/** Code scrolls, and Streamlit gives it to no key. */
const reached = () => document.querySelectorAll(CODE).forEach((code) => code.setAttribute("tabindex", "0"));

export default function () {
  const gone = new AbortController();
  const watch = new MutationObserver(reached);
  watch.observe(document.body, { childList: true, subtree: true });
  reached();
  gone.signal.addEventListener("abort", () => watch.disconnect());
  addEventListener("keydown", pressed, { capture: true, signal: gone.signal });
  addEventListener("pointerdown", () => clearTimeout(looking), { capture: true, signal: gone.signal });
  return () => gone.abort();
}
