// What is wider than its frame: that there is more to the side is seen, and keys scroll to it.

import { setAttribute } from "./element.js";

/**
 * Fades the sides on which there is more than is in view, by how much is hidden and scrolled away; what
 * stays in view at the left (`keepsLeft`) is not faded.
 * @type {(frame: HTMLElement, hidden: number, scrolled: number, keepsLeft?: boolean) => void}
 */
export function hintSides(frame, hidden, scrolled, keepsLeft = false) {
  setAttribute(frame, "tabindex", hidden > 1 ? 0 : null);
  frame.classList.toggle("more-left", !keepsLeft && hidden > 1 && scrolled > 1);
  frame.classList.toggle("more-right", hidden - scrolled > 1);
}
