// Elements and small patches of them. All text goes in as text, never as markup.

/** @typedef {Node | string | number | null | undefined} Child */

/**
 * An element: its class, or its attributes by name, the properties of its style and what it does on events.
 * @type {(tag: string, look?: string | Record<string, any>, ...children: Child[]) => any}
 */
export function element(tag, look = "", ...children) {
  const made = document.createElement(tag);
  const attributes = typeof look === "string" ? { class: look || null } : look;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") Object.assign(made, { [name]: value });
    else if (name === "style") for (const [property, said] of Object.entries(value)) made.style.setProperty(property, said);
    else setAttribute(made, name, value);
  }
  const there = children.filter((child) => child !== undefined && child !== null);
  made.append(...there.map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

/**
 * The same, put at the end of a parent.
 * @type {(parent: Element, tag: string, look?: string | Record<string, any>, ...children: Child[]) => any}
 */
export function added(parent, tag, look, ...children) {
  return parent.appendChild(element(tag, look, ...children));
}

/** A button, by its class or its attributes, and what it does. @type {(look: string | Record<string, any>, onclick: (event: any) => void, ...children: Child[]) => any} */
export function button(look, onclick, ...children) {
  const attributes = typeof look === "string" ? { class: look } : look;
  return element("button", { type: "button", onclick, ...attributes }, ...children);
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing in the colour of the words around it. @type {(path: string, look?: string, side?: number) => Element} */
export function drawing(path, look = "", side = 24) {
  const svg = document.createElementNS(SVG, "svg");
  setAttribute(svg, "viewBox", `0 0 ${side} ${side}`);
  setAttribute(svg, "aria-hidden", "true");
  setAttribute(svg, "class", look || null);
  setAttribute(svg.appendChild(document.createElementNS(SVG, "path")), "d", path);
  return svg;
}

/** The name a screen reader says, and the tooltip of an icon. @type {(made: Element, label: string) => void} */
export function setLabel(made, label) {
  setAttribute(made, "aria-label", label);
  setAttribute(made, "title", label);
}

/** @type {(made: Element, text: string) => void} */
export function setText(made, text) {
  if (made.textContent !== text) made.textContent = text;
}

/** null and false take the attribute away. @type {(made: Element, name: string, value: any) => void} */
export function setAttribute(made, name, value) {
  if (value === null || value === undefined || value === false) made.removeAttribute(name);
  else if (made.getAttribute(name) !== String(value)) made.setAttribute(name, String(value));
}

/**
 * Makes `parent` hold exactly these children, moving only what stands elsewhere. What has the focus
 * loses it when it is moved, so it is given back.
 * @type {(parent: Element, children: Element[]) => void}
 */
export function setChildren(parent, children) {
  const root = /** @type {Document | ShadowRoot} */ (parent.getRootNode());
  const focused = /** @type {HTMLElement | null} */ (root.activeElement);
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  if (focused?.isConnected && root.activeElement !== focused) focused.focus();
}

/**
 * What a map has for a key, made when it is first asked for.
 * @type {(map: Map<any, any> | WeakMap<any, any>, key: any, make: () => any) => any}
 */
export function once(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

/** @type {WeakMap<Element, any>} */
const states = new WeakMap();

/** What a component remembers of its element, made the first time it is shown. @type {(root: Element, make: () => any) => any} */
export const remembered = (root, make) => once(states, root, make);

/** @type {(root: Element) => void} */
export const forget = (root) => void states.delete(root);

/** Whether a value is another one than the last time it was asked about, as JSON. @type {(state: Record<string, any>, value: any) => boolean} */
export function isNews(state, value) {
  const text = JSON.stringify(value);
  const isSame = state.text === text;
  state.text = text;
  return !isSame;
}

/** The parts of an element by their classes. @type {(root: ParentNode, ...names: string[]) => Record<string, any>} */
export function partsOf(root, ...names) {
  return Object.fromEntries(names.map((name) => [name, root.querySelector(`.${name}`)]));
}

/**
 * Copies a text; without the right to do so, selects where it stands. Says whether it was copied.
 * @type {(text: string, shown: Node) => Promise<boolean>}
 */
export async function copied(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}
