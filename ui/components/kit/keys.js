/** Where arrow keys lead: rows down, columns to the right. @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** A step down a list by the keys, or up; undefined for all others. @type {(event: { key: string }) => number | undefined} */
export const stepDown = (event) => ARROWS[event.key]?.[0] || undefined;
