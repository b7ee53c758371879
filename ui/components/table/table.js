// Every word is put in as text, never as HTML. The order and the boxes live here, so that a poll
// which brings new numbers leaves them as they are. A table that is put up anew begins with the rows
// that the page knows as chosen.

import { added, element, remembered } from "../kit/element.js";

const tables = new WeakMap();

function compared(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1; // what is not known comes last, either way
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function ordered(rows, sort) {
  if (!sort) return rows;
  const value = (row) => {
    const cell = row.cells[sort.key];
    return cell?.sort === undefined ? cell?.text : cell.sort;
  };
  const known = (row) => value(row) !== null && value(row) !== undefined;
  return [...rows].sort((a, b) => {
    if (!known(a) || !known(b)) return compared(value(a), value(b));
    return sort.down ? compared(value(b), value(a)) : compared(value(a), value(b));
  });
}

function looksOf(column, isBest = false) {
  const names = [column.is_number && "number", column.is_minor && "minor", isBest && "best"];
  return names.filter(Boolean).join(" ");
}

function cellOf(row, column, state, isFirst) {
  const cell = row.cells[column.key] ?? { text: "" };
  const made = element("td", looksOf(column, cell.is_best));
  if (cell.swatch) added(made, "span", "swatch").style.background = cell.swatch;
  if (isFirst && state.data.canOpen) {
    const open = () => state.setTriggerValue("opened", row.id);
    added(made, "button", { type: "button", "aria-label": `Show ${row.title}`, onclick: open }, cell.text);
  } else added(made, "span", cell.tone ? `badge ${cell.tone}` : "value", cell.text);
  if (cell.note) added(made, "small", "", cell.note);
  return made;
}

function headOf(table, state) {
  const line = element("tr");
  if (state.data.canChoose) added(line, "th", { class: "box", scope: "col" });
  for (const column of state.data.columns) {
    const order = state.sort?.key === column.key && (state.sort.down ? "descending" : "ascending");
    const onclick = () => {
      const same = state.sort?.key === column.key;
      if (same && state.sort.down !== column.is_number) state.sort = null;
      else state.sort = { key: column.key, down: same ? !state.sort.down : column.is_number };
      draw(table, state);
      table.querySelectorAll("th button")[state.data.columns.indexOf(column)].focus();
    };
    const button = element("button", { type: "button", title: column.help, onclick }, column.label);
    added(line, "th", { class: looksOf(column) || null, scope: "col", "aria-sort": order }, button);
  }
  return line;
}

function makePressable(line, row, state) {
  line.classList.add("pressable");
  line.tabIndex = 0;
  line.dataset.row = row.id;
  line.setAttribute("aria-current", String(state.data.current.includes(row.id)));
  line.onclick = (event) => {
    const isSelecting = !getSelection().isCollapsed;
    if (!isSelecting && !event.target.closest("button, input")) {
      state.setTriggerValue("pressed", row.id);
    }
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
  state.data.columns.forEach((column, place) =>
    line.append(cellOf(row, column, state, place === 0)),
  );
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

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const state = remembered(tables, table, () => ({ chosen: new Set(data.chosen), sort: null }));
  const text = JSON.stringify({ ...data, chosen: null }); // the boxes that were ticked are drawn
  const isNew = state.text !== text;
  Object.assign(state, { data, text, setStateValue, setTriggerValue });
  const ids = new Set(data.rows.map((row) => row.id));
  for (const id of state.chosen) if (!ids.has(id)) state.chosen.delete(id);
  if (isNew) draw(table, state);
}
