// Runs in the head of the page, before Streamlit's own script and whatever becomes of it.

(() => {
  const LOOK_MS = 1000;
  const DEAD_LOOKS = 3; // for so many looks in a row: a page that is being put together is no dead one
  const CUT_LOOKS = 5;
  const REST_MS = 60000;
  const KEY = "cnn-revived";
  const APP = '[data-testid="stApp"]';
  const state = { wasHere: false, isReviving: false, gone: 0, cut: 0 };

  function look() {
    const app = /** @type {HTMLElement | null} */ (document.querySelector(APP));
    state.gone = app || !state.wasHere ? 0 : state.gone + 1;
    if (state.gone === DEAD_LOOKS) revive();
    const isCut = app && app.dataset.testConnectionState !== "CONNECTED";
    state.cut = isCut ? state.cut + 1 : 0;
    if (isCut && state.cut % CUT_LOOKS === 0) askWhy();
    if (app?.dataset.testScriptState === "notRunning") fetchLater();
  }

  /** What other pages ask for comes once this one is whole, and so never before its first picture. */
  function fetchLater() {
    const later = /** @type {HTMLTemplateElement | null} */ (document.querySelector("template[data-later]"));
    if (!later) return;
    document.head.append(later.content);
    later.remove();
  }

  /** Loads the page anew, at most once a minute, and not before the server answers. */
  async function revive() {
    if (state.isReviving) return;
    state.isReviving = true;
    const rest = last() + REST_MS - Date.now();
    if (rest > 0) {
      if (!document.querySelector(APP)) say();
      await pause(Math.min(rest, REST_MS));
    }
    while (!(await answer())) await pause(LOOK_MS);
    note();
    location.reload();
  }

  /** What the browser keeps for this page, or null where it keeps nothing. */
  function kept(ask) {
    try {
      return ask(sessionStorage);
    } catch {
      return null;
    }
  }

  /** When it was last loaded anew, or 0. */
  const last = () => Number(kept((storage) => storage.getItem(KEY)));

  const note = () => kept((storage) => storage.setItem(KEY, String(Date.now())));

  function say() {
    (document.body ?? document.documentElement).insertAdjacentHTML(
      "beforeend",
      '<p style="font-family:sans-serif;margin:3rem;max-width:40rem">This page failed twice within a minute. It is loaded again within a minute. Runs go on meanwhile, and what the address holds comes back.</p>',
    );
  }

  /** A server that was started anew may ask for another token: it says so to a page, not to a talk. */
  async function askWhy() {
    if ((await answer())?.status === 401) location.reload();
  }

  async function answer() {
    const said = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" }).catch(() => null);
    return said?.status < 500 ? said : null; // a proxy's word that the server is away is no answer
  }

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  function failed({ target }) {
    if (target instanceof HTMLScriptElement && target.type === "module") revive();
  }

  /** Notes that Streamlit has begun, even where it fails at once, between two looks. */
  function begin(_changes, observer) {
    state.wasHere = Boolean(document.querySelector(APP));
    if (state.wasHere) observer.disconnect();
  }

  function loaded() {
    if (!document.querySelector('script[type="module"]')) revive(); // the page ended before it
  }

  if (window["cnnRevive"]) return;
  window["cnnRevive"] = setInterval(look, LOOK_MS);
  new MutationObserver(begin).observe(document, { childList: true, subtree: true });
  window.addEventListener("load", loaded);
  window.addEventListener("error", failed, true); // Streamlit's own script did not arrive
  window.addEventListener("vite:preloadError", revive); // nor did a part of it, which it asks for once
})();
