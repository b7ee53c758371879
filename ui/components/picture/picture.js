// The SVG comes from our own Python, which escapes every word in it.

import { element, partsOf, remembered } from "../kit/element.js";
import { hintSides } from "../kit/sides.js";

const READABLE = 0.86; // what scrolls has words of this size at least
const CLOSE = 0.93; // of the smallest: smaller by so little, all of the picture is in view
const BESIDE_PX = 14;
const NARROW_PX = 560;

function fit(state) {
  const svg = state.picture.querySelector("svg");
  if (!svg) return;
  const natural = svg.viewBox.baseVal;
  const fits = state.width / natural.width;
  const { largest, smallest } = state.data; // below the smallest, words would be too small: the frame scrolls instead
  const isTooSmall = fits < smallest * CLOSE && svg.querySelector("text");
  const factor = Math.min(largest, isTooSmall ? READABLE : fits);
  svg.setAttribute("width", natural.width * factor);
  svg.setAttribute("height", natural.height * factor);
  state.hidden = natural.width * factor - state.width;
  hintSides(state.frame, state.hidden, state.scrolled);
}

/** Scrolls to the part that is chosen, where another one is than before. */
function follow(state) {
  const chosen = state.picture.querySelector(".selected");
  const path = chosen?.dataset.path;
  if (path && path !== state.chosen && state.hidden > 1) {
    const [part, frame] = [chosen, state.frame].map((one) => one.getBoundingClientRect());
    const isInView = part.left >= frame.left && part.right <= frame.right;
    if (!isInView) state.frame.scrollLeft += (part.left + part.right - frame.left - frame.right) / 2;
  }
  state.chosen = path;
}

/** Takes the words for hovering out of the picture: the browser shows them late, and not to touch. */
function takeTitles(picture) {
  for (const part of picture.querySelectorAll("[data-path]")) {
    const title = part.querySelector(":scope > title");
    if (!title) continue;
    part.dataset.says = title.textContent;
    title.remove();
  }
}

/** Shows what a part of the picture is, beside the pointer and within the window. */
function explain(tip, part, event) {
  const words = part?.dataset.says;
  tip.hidden = !words;
  if (!words) return;
  if (tip.dataset.words !== words) {
    tip.dataset.words = words;
    const lines = words.replace(/(?<=\d)x(?=\d)/g, "×").split("\n");
    tip.replaceChildren(...lines.map((line) => element("div", "", line)));
  }
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.min(event.clientX + BESIDE_PX, window.innerWidth - width - BESIDE_PX);
  const below = event.clientY + BESIDE_PX + height < window.innerHeight;
  tip.style.left = `${Math.max(left, 4)}px`;
  tip.style.top = `${below ? event.clientY + BESIDE_PX : event.clientY - height - BESIDE_PX}px`;
}

/** Puts the picture that suits the width into its frame, at the size that fits. */
function draw(state) {
  const { frame, picture, scrolled } = state;
  const { svg, narrow } = state.data;
  const suited = narrow && state.width < NARROW_PX ? narrow : svg;
  const isNew = state.shown !== suited;
  if (isNew) {
    picture.innerHTML = state.shown = suited;
    takeTitles(picture);
    state.tip.hidden = true;
  }
  fit(state);
  if (isNew && scrolled) frame.scrollLeft = scrolled;
  if (isNew) follow(state);
}

function newState(root) {
  const { frame, ...others } = partsOf(root, "frame", "picture", "tip");
  // Asking an element for its width or place makes the browser lay out the page.
  const state = { frame, ...others, width: frame.clientWidth, scrolled: 0, hidden: 0 };
  const resized = () => {
    state.width = frame.clientWidth;
    draw(state);
  };
  new ResizeObserver(resized).observe(frame);
  const scrolled = () => {
    state.scrolled = frame.scrollLeft;
    hintSides(frame, state.hidden, state.scrolled);
  };
  frame.addEventListener("scroll", scrolled, { passive: true });
  return state;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".frame");
  const state = remembered(root, () => newState(parentElement));
  const { picture, tip } = state;
  state.data = data;
  draw(state);
  picture.onpointermove = (event) => explain(tip, event.target.closest("[data-path]"), event);
  picture.onpointerleave = () => (tip.hidden = true);
  picture.onclick = (event) => {
    const part = event.target.closest("[data-path]");
    if (part) setTriggerValue("picked", part.dataset.path);
  };
}
