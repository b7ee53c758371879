// A card for the word under the pointer, a finger or the keys. The page's own elements are only looked at: what
// Streamlit draws is its own, and is drawn anew at any time.

import { element, remembered, setAttribute } from "../kit/element.js";
import { isOurs, placed, wordIn, wordOf } from "./found.js";
import { OWNERS, PATTERN, WORDS } from "./glossary.js";

const REST_MS = 150; // before it shows: a pointer that only crosses a word asks nothing
const LEAVE_MS = 300; // before it goes: time to move on to the card
const LOOK_MS = 200;
const LABEL = '[data-testid="stWidgetLabel"] [data-testid="stMarkdownContainer"]';
const WIDGET = '[data-testid="stElementContainer"]';
const SWITCH = '[data-testid="stCheckbox"]';
const LINK = "a[href]";

/** The text of a label in view that has a word, and where it stands in it. */
function wordOfLabel(label) {
  if (!label.checkVisibility({ visibilityProperty: true })) return null;
  const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const found = wordIn(node.textContent ?? "", PATTERN, OWNERS);
    if (found) return { node, ...found };
  }
  return null;
}

/** The word that an element is, or is the label of: its key, and what the card stands at. */
function wordAt(target) {
  const link = target.closest?.(LINK);
  const key = link && wordOf(link.getAttribute("href"));
  if (key in WORDS) return { key, anchor: link };
  const label = target.closest?.(LABEL);
  const found = label && wordOfLabel(label);
  return found ? { key: found.key, anchor: label } : null;
}

/** Opens a page of the app, as a click on its name does, without loading the app again. */
function go(base, address) {
  const to = new URL(base + address, location.origin);
  if (to.pathname === location.pathname && to.search === location.search) {
    location.hash = to.hash;
    document.getElementById(to.hash.slice(1))?.scrollIntoView();
    return;
  }
  history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** Underlines words in labels, where there can be no links; a browser that cannot, has the card alone. */
function underline() {
  if (!globalThis.CSS?.highlights) return;
  const ranges = [];
  for (const label of document.querySelectorAll(LABEL)) {
    const found = wordOfLabel(label);
    if (!found) continue;
    const range = document.createRange();
    range.setStart(found.node, found.start);
    range.setEnd(found.node, found.end);
    ranges.push(range);
  }
  CSS.highlights.set("word-label", new Highlight(...ranges));
}

const hasLabel = (node) => node instanceof Element && (node.matches(LABEL) || node.querySelector(LABEL));

/** Whether a change of the page may be one of its labels: most are of charts and figures that are live. */
function isOfLabel({ target, addedNodes, removedNodes }) {
  const around = target instanceof Element ? target : target.parentElement;
  return Boolean(around?.closest(LABEL)) || [...addedNodes, ...removedNodes].some(hasLabel);
}

function follow(card, data) {
  const gone = new AbortController();
  const said = card.querySelector(".word-said");
  const place = card.querySelector(".word-place");
  let shown = null; // the word, and what the card stands at
  let timer = 0;
  let pointer = "mouse";
  let isTab = false;

  const isOpen = () => card.matches(":popover-open");

  const hide = () => {
    clearTimeout(timer);
    if (!shown) return;
    setAttribute(shown.described, "aria-describedby", shown.before);
    shown = null;
    if (card.isConnected) card.hidePopover();
  };

  const stand = () => {
    if (!shown || !isOpen()) return;
    const [first] = shown.anchor.getClientRects();
    if (!first || first.bottom < 0 || first.top > innerHeight) return hide();
    const { left, top } = placed(first, card.getBoundingClientRect(), { width: innerWidth, height: innerHeight });
    Object.assign(card.style, { left: `${left}px`, top: `${top}px` });
  };

  /** Has a word read out with what has the focus; its card shows where the word itself was asked for. */
  const tell = ({ key, anchor }, described = anchor) => {
    hide();
    const word = WORDS[key];
    said.replaceChildren(element("strong", "", word.term), `: ${word.says}`);
    place.textContent = word.place;
    setAttribute(place, "href", data.base + word.address);
    shown = { key, anchor, described, before: described.getAttribute("aria-describedby") };
    setAttribute(described, "aria-describedby", card.id);
  };

  const show = (word) => {
    clearTimeout(timer);
    if (!word.anchor.isConnected || (isOpen() && shown?.anchor === word.anchor)) return;
    tell(word);
    card.showPopover();
    stand();
  };

  const later = (act, ms) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };

  /** @type {Record<string, (event: any) => void>} */
  const heard = {
    pointerover({ target, pointerType }) {
      if (pointerType !== "mouse") return;
      const word = wordAt(target);
      if (word) later(() => show(word), REST_MS);
      else if (card.contains(target)) clearTimeout(timer);
      else later(hide, LEAVE_MS);
    },
    pointerdown({ target, pointerType }) {
      pointer = pointerType;
      isTab = false;
      if (!card.contains(target) && wordAt(target)?.anchor !== shown?.anchor) hide();
    },
    click(event) {
      const { target } = event;
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      const link = target.closest?.(LINK);
      const isInCard = card.contains(target);
      const word = wordAt(target);
      const isTouched = event.detail > 0 && pointer !== "mouse";
      const isNews = word && !(isOpen() && shown?.anchor === word.anchor);
      if (isTouched && isNews) {
        show(word);
        // A label gives the first button in it a click: its help, which would stand beside the card.
        if (!target.closest(SWITCH)) event.preventDefault();
      }
      const isOfText = link?.target === "_blank"; // as Streamlit has all links in Markdown
      const address = isInCard ? WORDS[shown?.key]?.address : isOfText ? link.getAttribute("href") : null;
      if (!link || !isPlain || !isOurs(address)) return;
      event.preventDefault();
      event.stopPropagation();
      if (isTouched && isNews) return;
      hide();
      go(data.base, address);
    },
    keydown(event) {
      isTab = event.key === "Tab";
      if (event.key !== "Escape" || !isOpen()) return;
      hide();
      event.stopPropagation();
    },
    input: () => hide(),
    focusin({ target }) {
      if (!isTab || card.contains(target)) return;
      hide();
      const word = wordAt(target);
      if (word) return show(word);
      const label = target.closest?.(WIDGET)?.querySelector(LABEL);
      const ofLabel = label && wordAt(label);
      if (ofLabel) tell(ofLabel, target);
    },
  };
  for (const [name, hear] of Object.entries(heard)) {
    document.addEventListener(name, hear, { capture: true, signal: gone.signal });
  }
  document.addEventListener("scroll", stand, { capture: true, passive: true, signal: gone.signal });
  addEventListener("resize", stand, { signal: gone.signal });

  let look = 0;
  const watch = new MutationObserver((changes) => {
    if (shown && !shown.anchor.isConnected) hide();
    if (look || !changes.some(isOfLabel)) return;
    look = setTimeout(() => {
      look = 0;
      underline();
    }, LOOK_MS);
  });
  watch.observe(document.body, { childList: true, characterData: true, subtree: true });
  underline();
  return () => {
    hide();
    clearTimeout(look);
    watch.disconnect();
    gone.abort();
  };
}

export default function ({ parentElement, data }) {
  const card = parentElement.querySelector(".word-card");
  const state = remembered(card, () => ({}));
  state.end?.();
  const end = follow(card, data);
  state.end = end;
  return end; // its own alone: it may be called after the next run has begun
}
