// What Python says of each layer, shown on it: output, parameters and their share, errors, warnings.

const NUMBERS = new Intl.NumberFormat("en-US");
const counted = (number) => NUMBERS.format(number);
const shapeText = (shape) => shape.join("×");

function percent(share) {
  if (share <= 0) return "0%";
  return share < 0.001 ? "<0.1%" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
}

function numbersView() {
  const shape = make("span", { class: "shape" });
  const params = make("span", { class: "params" });
  const bar = make("span", { class: "bar" });
  const cost = make("span", { class: "cost" }, params, make("span", { class: "share" }, bar));
  return { element: make("span", { class: "numbers" }, shape, cost), shape, params, bar, cost };
}

function patchNumbers(view, note) {
  const known = Boolean(note?.output);
  setText(view.shape, known ? shapeText(note.output) : "–");
  setText(view.params, known ? counted(note.params ?? 0) : "–");
  const share = known ? note.share ?? 0 : 0;
  view.bar.style.width = share > 0 ? `max(2px, ${100 * share}%)` : "0";
  const full = `${counted(note?.params ?? 0)} parameters, ${percent(share)} of the network`;
  setAttribute(view.cost, "title", known ? full : null);
  view.cost.classList.toggle("is-zero", !known || !note.params);
}

// The layer's wrong fields come first: they are known before Python has looked.
function messagesFor(node, note) {
  const { fields } = kindOf(node.kind);
  const wrong = fields.map((field) => problemOf(field, node.values[field.name])).filter(Boolean);
  const errors = wrong.length > 0 ? wrong : note?.error ? [note.error] : [];
  return [
    ...errors.map((text) => ({ level: "error", text })),
    ...(note?.warnings ?? []).map((text) => ({ level: "warning", text })),
  ];
}

function patchMessages(element, messages) {
  const key = JSON.stringify(messages);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  const line = ({ level, text }) =>
    make("p", { class: `message is-${level}` }, icon(level), make("span", {}, sentence(text)));
  element.replaceChildren(...messages.map(line));
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// How a screen reader introduces a layer.
function spoken(title, note, messages) {
  const parts = [title];
  if (note?.output) {
    parts.push(`output ${note.output.join(" by ")}`);
    parts.push(`${counted(note.params ?? 0)} parameters, ${percent(note.share ?? 0)}`);
  }
  return [...parts, ...messages.map(({ level, text }) => `${level}: ${text}`)].join(", ");
}
