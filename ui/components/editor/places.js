// The rows that are on the screen, and the focus among them.

export function visibleIds(editor) {
  const cards = [...editor.stack.querySelectorAll("[role=treeitem]")];
  return cards.filter((card) => card.offsetParent).map((card) => Number(card.dataset.id));
}

export const cardOf = (editor, id) => editor.views.get(id)?.card;

export function beside(editor, way) {
  const ids = visibleIds(editor);
  const at = ids.indexOf(editor.active) + way;
  return ids[Math.min(Math.max(at, 0), ids.length - 1)];
}

// The focus goes to a row; not while something is picked in the palette.
export function focusItem(editor, id) {
  if (editor.palette.root.matches(":popover-open")) return;
  (cardOf(editor, id) ?? editor.addButton).focus();
}
