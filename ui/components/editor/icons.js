import { button, drawing, setLabel } from "../kit/element.js";

const ICONS = {
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  undo: "M5.5 3 2.5 6l3 3M2.5 6H9a4 4 0 0 1 0 8H6.5",
  redo: "m10.5 3 3 3-3 3M13.5 6H7a4 4 0 0 0 0 8h2.5",
  up: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  down: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  copy: "M6 5.5h6.5a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1ZM11 5.5V3a1 1 0 0 0-1-1H3.5a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1H5",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
  chevron: "m6 4 4 4-4 4",
  fold: "m5 2.5 3 3 3-3M5 13.5l3-3 3 3M3 8h10",
  keyboard: "M2.5 4h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4.5 7h0M7 7h0M9.5 7h0M12 7h0M5 9.5h6",
  close: "m4.5 4.5 7 7M11.5 4.5l-7 7",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM13.5 13.5l-3.2-3.2",
  error: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 4.8v4M8 11h0",
  warning: "M8 2.2 14.4 13.4H1.6L8 2.2ZM8 6.4v3.2M8 11.5h0",
  grip: "M6 4h0M10 4h0M6 8h0M10 8h0M6 12h0M10 12h0",
};

export const icon = (name) => drawing(ICONS[name], `icon icon-${name}`, 16);

export function iconButton(name, label, action) {
  const made = button("icon-button", action, icon(name));
  setLabel(made, label);
  return made;
}
