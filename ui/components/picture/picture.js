// The SVG comes from our own Python, which escapes every word in it.

import { element } from "../kit/element.js";

const SMALLEST = 0.72; // below this, words are too small: the frame scrolls instead
const CLOSE = 0.86; // of that: smaller by so little, all of the picture is in view
const BESIDE_PX = 14;
const NARROW_PX = 560;
const shown = new WeakMap();
const latest = new WeakMap(); // what frames were last given
const scrolls = new WeakMap(); // how far frames are scrolled
const hidden = new WeakMap(); // by how much pictures are wider than their frames
const widths = new WeakMap(); // of frames: asking an element makes the browser lay out the page

function fit(frame, picture, largest) {
  const svg = picture.querySelector("svg");
  if (!svg) return;
  const natural = svg.viewBox.baseVal;
  const fits = widths.get(frame) / natural.width;
  const isTooSmall = fits < SMALLEST * CLOSE && svg.querySelector("text");
  const factor = Math.min(largest, isTooSmall ? SMALLEST : fits);
  svg.setAttribute("width", natural.width * factor);
  svg.setAttribute("height", natural.height * factor);
  hidden.set(frame, natural.width * factor - widths.get(frame));
  if (hidden.get(frame) > 1) frame.tabIndex = 0; // keys scroll it
  else frame.removeAttribute("tabindex");
  hint(frame);
}

/** Fades the side on which there is more of the picture than is in view. */
function hint(frame) {
  const scrolled = scrolls.get(frame) ?? 0;
  frame.classList.toggle("more-left", hidden.get(frame) > 1 && scrolled > 1);
  frame.classList.toggle("more-right", hidden.get(frame) - scrolled > 1);
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
function draw(frame, picture, tip) {
  const { svg, narrow, largest } = latest.get(frame);
  const suited = narrow && widths.get(frame) < NARROW_PX ? narrow : svg;
  if (shown.get(picture) !== suited) {
    const scrolled = scrolls.get(frame) ?? 0;
    picture.innerHTML = suited;
    takeTitles(picture);
    tip.hidden = true;
    shown.set(picture, suited);
    fit(frame, picture, largest);
    if (scrolled) frame.scrollLeft = scrolled;
  } else fit(frame, picture, largest);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const picture = parentElement.querySelector(".picture");
  const tip = parentElement.querySelector(".tip");
  if (!widths.has(frame)) widths.set(frame, frame.clientWidth);
  latest.set(frame, data);
  draw(frame, picture, tip);
  if (!shown.has(frame)) {
    const observer = new ResizeObserver(() => {
      widths.set(frame, frame.clientWidth);
      draw(frame, picture, tip);
    });
    observer.observe(frame);
    const scrolled = () => {
      scrolls.set(frame, frame.scrollLeft);
      hint(frame);
    };
    frame.addEventListener("scroll", scrolled, { passive: true });
    shown.set(frame, observer);
  }
  picture.onpointermove = (event) => explain(tip, event.target.closest("[data-path]"), event);
  picture.onpointerleave = () => (tip.hidden = true);
  picture.onclick = (event) => {
    const part = event.target.closest("[data-path]");
    if (part) setTriggerValue("picked", part.dataset.path);
  };
}
