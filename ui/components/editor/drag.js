// Dragging rows with mouse, pen or finger. A finger drags by the grip alone, so that it can scroll.

import { element } from "../kit/element.js";
import { choose, move, named } from "./actions.js";
import { topmost } from "./model.js";

const THRESHOLD_PX = 5;
const EDGE_PX = 56;
const OUTSIDE_PX = 30; // how much farther a lane counts when the pointer is left of it

const CONTROL = "button, input, select, label, .field, .message";

export function watchPointer(editor) {
  editor.stack.onpointerdown = (event) => {
    const card = event.target.closest(".card, .lane-head");
    if (!card || event.button !== 0 || event.target.closest(CONTROL)) return;
    if (event.pointerType === "touch" && !event.target.closest(".grip")) return;
    const id = Number(card.dataset.id);
    const how = event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "one";
    const isOneOfMany = how === "one" && editor.selection.size > 1 && editor.selection.has(id);
    if (!isOneOfMany) choose(editor, id, how);
    const onClick = () => isOneOfMany && choose(editor, id);
    if (editor.selection.has(id)) watchDrag(editor, card, event, onClick);
  };
  editor.stack.onclick = (event) => {
    const card = event.target.closest(".card, .lane-head");
    const isTap = event.pointerType === "touch" && !event.target.closest(CONTROL);
    if (card && isTap) choose(editor, Number(card.dataset.id));
  };
}

// Follows the pointer until it is let go; a press that never moves far is a click.
function watchDrag(editor, card, down, onClick) {
  let drag = null;
  const end = (isDrop) => {
    card.onpointermove = card.onpointerup = card.onpointercancel = null;
    editor.cancelDrag = null;
    if (drag) stopDrag(editor, drag, isDrop);
    else if (isDrop) onClick();
  };
  card.setPointerCapture(down.pointerId);
  card.onpointermove = (event) => {
    const distance = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
    if (!drag && distance > THRESHOLD_PX) drag = startDrag(editor);
    if (!drag) return;
    [drag.x, drag.y] = [event.clientX, event.clientY];
    pointDrop(editor, drag);
  };
  card.onpointerup = () => end(true);
  card.onpointercancel = () => end(false);
  editor.cancelDrag = () => end(false);
}

function startDrag(editor) {
  const nodes = topmost(editor.root, editor.selection);
  const ids = new Set(nodes.map((node) => node.id));
  const ghost = element("div", "ghost", named(editor, nodes));
  const line = element("div", "drop-line");
  editor.host.append(ghost, line);
  for (const id of ids) editor.views.get(id).root.classList.add("is-dragged");
  const drag = { ids, ghost, line, scroller: scrollerOf(editor.host), slot: null, x: 0, y: 0, frame: 0 };
  const scroll = () => {
    scrollAtEdge(editor, drag);
    drag.frame = requestAnimationFrame(scroll);
  };
  drag.frame = requestAnimationFrame(scroll);
  return drag;
}

function stopDrag(editor, { ids, ghost, line, slot, frame }, isDrop) {
  cancelAnimationFrame(frame);
  ghost.remove();
  line.remove();
  for (const id of ids) editor.views.get(id)?.root.classList.remove("is-dragged");
  if (isDrop && slot) move(editor, ids, slot.laneId, slot.index);
}

function pointDrop(editor, drag) {
  drag.slot = nearestSlot(slots(editor, drag.ids), drag);
  const { left, top } = editor.host.getBoundingClientRect();
  drag.ghost.style.transform = `translate(${drag.x - left + 12}px, ${drag.y - top + 8}px)`;
  drag.line.style.transform = `translate(${drag.slot.left - left}px, ${drag.slot.y - top - 1}px)`;
  drag.line.style.width = `${drag.slot.right - drag.slot.left}px`;
}

// Every place between rows, also in lanes that are open; not inside what is being dragged.
function slots(editor, ids) {
  const found = [];
  const visit = (lane, series) => {
    const { left, right, top, bottom } = series.getBoundingClientRect();
    lane.nodes.forEach((node, index) => {
      const item = editor.views.get(node.id).root;
      found.push({ laneId: lane.id, index, left, right, y: item.getBoundingClientRect().top });
      if (ids.has(node.id) || editor.collapsed.has(node.id)) return;
      for (const held of node.lanes) visit(held, editor.views.get(held.id).series);
    });
    const y = lane.nodes.length > 0 ? bottom : (top + bottom) / 2;
    found.push({ laneId: lane.id, index: lane.nodes.length, left, right, y });
  };
  visit(editor.root, editor.stack);
  return found;
}

function nearestSlot(all, { x, y }) {
  const distance = (slot) => Math.abs(slot.y - y) + (x < slot.left ? OUTSIDE_PX : 0);
  return all.reduce((best, slot) => (distance(slot) < distance(best) ? slot : best));
}

function scrollAtEdge(editor, drag) {
  if (!drag.scroller) return;
  const { top, bottom } = drag.scroller.getBoundingClientRect();
  const over = Math.min(drag.y - top - EDGE_PX, 0) + Math.max(drag.y - bottom + EDGE_PX, 0);
  if (over === 0) return;
  drag.scroller.scrollTop += over / 4;
  pointDrop(editor, drag);
}

// The nearest thing that scrolls around the editor, outside of its shadow root.
function scrollerOf(inside) {
  for (let at = inside; at; at = at.parentElement ?? at.getRootNode().host) {
    const isLonger = at.scrollHeight > at.clientHeight;
    if (isLonger && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}
