import { partsOf, setAttribute, setText } from "../kit/element.js";
import { hear } from "../kit/told.js";

function show(root, { share, text }) {
  const { said, track, done } = partsOf(root, "said", "track", "done");
  setText(said, text);
  setAttribute(track, "aria-label", text);
  setAttribute(track, "aria-valuenow", Math.round(100 * share));
  done.style.transform = `scaleX(${share})`;
}

export default function ({ parentElement, data }) {
  show(parentElement, data.shown);
  return hear(data.key, (told) => show(parentElement, told));
}
