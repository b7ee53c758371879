const MAIN = '[data-testid="stMain"]';
const LEFT_MS = 1000; // by then an address has lost the part of the page before
const HELD_MS = 15_000; // by then all of a page is laid out
const BY_HAND = ["wheel", "touchmove", "pointerdown", "keydown"];

let last = null;
let part = ""; // that the address named of the page before

/** Keeps a part of the page in view while what is above it is laid out, until the reader does something. */
function hold(hash) {
  const gone = new AbortController();
  const stay = () => {
    if (location.hash !== hash) gone.abort();
    else document.getElementById(hash.slice(1))?.scrollIntoView();
  };
  const watch = new ResizeObserver(stay);
  for (const child of document.querySelector(MAIN)?.children ?? []) watch.observe(child);
  for (const event of BY_HAND) {
    addEventListener(event, () => gone.abort(), { capture: true, passive: true, signal: gone.signal });
  }
  gone.signal.addEventListener("abort", () => watch.disconnect());
  setTimeout(() => gone.abort(), HELD_MS);
}

export default function ({ data }) {
  if (location.hash && location.hash !== part) hold(location.hash);
  else if (last !== null && last !== data.now) {
    const up = () => document.querySelector(MAIN)?.scrollTo(0, 0);
    up();
    requestAnimationFrame(() => requestAnimationFrame(up)); // what is still being laid out moves it
  }
  last = data.now;
  part = location.hash;
  setTimeout(() => (part = location.hash), LEFT_MS);
}
