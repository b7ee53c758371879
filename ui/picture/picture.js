// The SVG comes from our own Python, which escapes every word in it.

const SMALLEST = 0.72; // below this, words are too small: the frame scrolls instead
const shown = new WeakMap();

function fit(frame, picture, largest) {
  const svg = picture.querySelector("svg");
  if (!svg) return;
  const natural = svg.viewBox.baseVal;
  const factor = Math.min(largest, Math.max(SMALLEST, frame.clientWidth / natural.width));
  svg.setAttribute("width", natural.width * factor);
  svg.setAttribute("height", natural.height * factor);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const picture = parentElement.querySelector(".picture");
  if (shown.get(picture) !== data.svg) {
    const scrolled = frame.scrollLeft;
    picture.innerHTML = data.svg;
    shown.set(picture, data.svg);
    fit(frame, picture, data.largest);
    frame.scrollLeft = scrolled;
  }
  if (!shown.has(frame)) {
    const observer = new ResizeObserver(() => fit(frame, picture, data.largest));
    observer.observe(frame);
    shown.set(frame, observer);
  }
  picture.onclick = (event) => {
    const part = event.target.closest("[data-path]");
    if (part) setTriggerValue("picked", part.dataset.path);
  };
}
