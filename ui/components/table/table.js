// Every word is put in as text, never as HTML. The order and the boxes live here, so that a poll
// which brings new numbers leaves them as they are. A table that is put up anew begins with the rows
// that the page knows as chosen.

import { added, button, element, isNews, remembered } from "../kit/element.js";
import { hintSides } from "../kit/sides.js";
import { hear } from "../kit/told.js";

/** The rows in the order of a column; those of which it is not known come last, either way. */
function ordered(rows, sort) {
  if (!sort) return rows;
  const valueOf = ({ cells }) => {
    const { text, sort: value = text } = cells[sort.key] ?? {};
    return value ?? null;
  };
  return [...rows].sort((one, other) => {
    const [a, b] = [valueOf(one), valueOf(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return sort.down ? -order : order;
  });
}

function looksOf(column, isBest = false) {
  const names = [column.is_number && "number", column.is_minor && "minor", isBest && "best"];
  return names.filter(Boolean).join(" ");
}

function cellOf(row, column, state, isFirst) {
  const cell = row.cells[column.key] ?? { text: "" };
  const made = element("td", looksOf(column, cell.is_best));
  if (cell.swatch) added(made, "span", { class: "swatch", style: { background: cell.swatch } });
  if (isFirst && state.data.canOpen) {
    const open = () => state.setTriggerValue("opened", row.id);
    made.append(button({ "aria-label": `Show ${row.title}` }, open, cell.text));
  } else added(made, "span", cell.tone ? `badge ${cell.tone}` : "value", cell.text);
  if (cell.note) added(made, "small", "", cell.note);
  return made;
}

function headOf(table, state) {
  const line = element("tr");
  if (state.data.canChoose) added(line, "td", { class: "box" });
  for (const column of state.data.columns) {
    const order = state.sort?.key === column.key && (state.sort.down ? "descending" : "ascending");
    const onclick = () => {
      const same = state.sort?.key === column.key;
      if (same && state.sort.down !== column.is_number) state.sort = null;
      else state.sort = { key: column.key, down: same ? !state.sort.down : column.is_number };
      draw(table, state);
      table.querySelectorAll("th button")[state.data.columns.indexOf(column)].focus();
    };
    const made = button({ title: column.help }, onclick, column.label);
    added(line, "th", { class: looksOf(column) || null, scope: "col", "aria-sort": order }, made);
  }
  return line;
}

function makePressable(line, row, state) {
  line.classList.add("pressable");
  line.tabIndex = 0;
  line.dataset.row = row.id;
  line.setAttribute("aria-current", String(state.data.current.includes(row.id)));
  line.onclick = (event) => {
    const isMeant = getSelection().isCollapsed && !event.target.closest("button, input");
    if (isMeant) state.setTriggerValue("pressed", row.id);
  };
  line.onkeydown = (event) => {
    if (event.key === "Enter" && event.target === line) state.setTriggerValue("pressed", row.id);
  };
}

function rowOf(row, state) {
  const line = element("tr", state.data.current.includes(row.id) ? "current" : "");
  if (state.data.canPress) makePressable(line, row, state);
  if (state.data.canChoose) {
    const box = element("input", { type: "checkbox", "aria-label": `Choose ${row.title}` });
    box.checked = state.chosen.has(row.id);
    box.onchange = () => {
      if (box.checked) state.chosen.add(row.id);
      else state.chosen.delete(row.id);
      state.setStateValue("chosen", [...state.chosen]);
    };
    added(line, "td", "box", box);
  }
  line.append(...state.data.columns.map((column, place) => cellOf(row, column, state, place === 0)));
  return line;
}

function draw(table, state) {
  const head = element("thead", "", headOf(table, state));
  const rows = ordered(state.data.rows, state.sort).map((row) => rowOf(row, state));
  const active = table.getRootNode().activeElement;
  const [focused, row] = [active?.getAttribute("aria-label"), active?.dataset.row];
  table.setAttribute("aria-label", state.data.label);
  table.classList.toggle("stays", state.data.nameStays);
  table.replaceChildren(head, element("tbody", "", ...rows));
  if (row) table.querySelector(`[data-row="${CSS.escape(row)}"]`)?.focus();
  else if (focused) table.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

/** Has the frame say where it has more columns than are in view, also when its width changes. */
function watchSides(frame, table) {
  const hint = () => {
    hintSides(frame, frame.scrollWidth - frame.clientWidth, frame.scrollLeft, table.classList.contains("stays"));
  };
  const observer = new ResizeObserver(hint);
  observer.observe(frame);
  observer.observe(table);
  frame.addEventListener("scroll", hint, { passive: true });
}

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const state = remembered(table, () => {
    watchSides(table.parentElement, table);
    return { chosen: new Set(data.chosen), sort: null };
  });
  const isNew = isNews(state, { ...data, chosen: null }); // the boxes that were ticked are drawn
  Object.assign(state, { data, setStateValue, setTriggerValue });
  const ids = new Set(data.rows.map((row) => row.id));
  for (const id of state.chosen) if (!ids.has(id)) state.chosen.delete(id);
  if (isNew) draw(table, state);
  return hear(data.key, (told) => {
    Object.assign(state, { data: { ...state.data, ...told }, text: null });
    draw(table, state);
  });
}
