// Puts the app's components up in a page that is one file: a place of it holds markup and data of each.

/** @typedef {(given: { parentElement: any, data: any, setStateValue: any, setTriggerValue: any }) => unknown} Component */

/**
 * Puts a component up where the page has a place of its name, told what the page says and `more`. Returns
 * where it stands and what tells it other data; nothing where the page has no such place.
 * @type {(name: string, component: Component, hear?: (name: string, value: any) => void, more?: object) => { root: ShadowRoot, tell: (other: object) => void } | null}
 */
export function put(name, component, hear = () => {}, more = {}) {
  const place = document.querySelector(`[data-component="${name}"]`);
  const [template, text] = ["template", "script"].map((one) => place?.querySelector(one));
  if (!place || !(template instanceof HTMLTemplateElement)) return null;
  const root = place.attachShadow({ mode: "open" });
  root.append(template.content);
  const data = { ...JSON.parse(text?.textContent ?? "{}"), ...more };
  const tell = (/** @type {object} */ other) => {
    Object.assign(data, other);
    component({ parentElement: root, data, setStateValue: hear, setTriggerValue: hear });
  };
  tell({});
  return { root, tell };
}
