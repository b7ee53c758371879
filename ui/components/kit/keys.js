/** Where arrow keys lead: rows down, columns to the right. @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** A step down a list by the keys, or up; undefined for all others. @type {(event: { key: string }) => number | undefined} */
export const stepDown = (event) => ARROWS[event.key]?.[0] || undefined;

/**
 * Makes a bar of buttons one stop of the tab key: the arrow keys lead from each to the next, and back. It may
 * be told again, of a bar whose buttons are others now.
 * @type {(bar: HTMLElement, buttons: HTMLElement[]) => void}
 */
export function oneStop(bar, buttons) {
  /** @type {(here: HTMLElement) => void} */
  const stop = (here) => buttons.forEach((one) => (one.tabIndex = one === here ? 0 : -1));
  stop(buttons.find((one) => one === document.activeElement) ?? buttons[0]);
  bar.onkeydown = (event) => {
    const [down, across] = ARROWS[event.key] ?? [0, 0];
    const step = down || across;
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const place = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    const next = buttons[(place + step + buttons.length) % buttons.length];
    stop(next);
    next.focus();
  };
}
