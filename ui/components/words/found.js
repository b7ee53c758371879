// Which word a text has, where its card stands, and which links lead to another page of the app.

/**
 * The first word of a text: its key, and where it stands.
 * @type {(text: string, pattern: string, owners: Record<string, string>) => {key: string, start: number, end: number} | null}
 */
export function wordIn(text, pattern, owners) {
  const found = new RegExp(pattern, "i").exec(text);
  if (!found) return null;
  const key = owners[found[0].toLowerCase().replace(/\s/g, " ")];
  return { key, start: found.index, end: found.index + found[0].length };
}

/** The word that a link leads to, if any. @type {(address: string | null) => string | null} */
export const wordOf = (address) => /^words#([a-z-]+)$/.exec(address ?? "")?.[1] ?? null;

/** Whether a link leads to a page of this app. @type {(address: string | null) => boolean} */
export const isOurs = (address) => /^[a-z]+([?#].*)?$/.test(address ?? "");

const EDGE_PX = 8;
const GAP_PX = 6;

/**
 * Where a card goes: above what it explains, or below where there is no room, and within the view.
 * @type {(anchor: {left: number, top: number, bottom: number}, card: {width: number, height: number}, view: {width: number, height: number}) => {left: number, top: number}}
 */
export function placed(anchor, card, view) {
  const above = anchor.top - GAP_PX - card.height;
  const top = above >= EDGE_PX ? above : Math.min(anchor.bottom + GAP_PX, view.height - EDGE_PX - card.height);
  const left = Math.min(anchor.left, view.width - EDGE_PX - card.width);
  return { left: Math.max(EDGE_PX, left), top: Math.max(EDGE_PX, top) };
}
