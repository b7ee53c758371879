// The answers of networks to one image: a card each, whose bars move when the shares do.

const cards = new WeakMap();

function element(name, className, parent) {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

function card(root) {
  const made = { root: element("article", "card", root) };
  const head = element("header", "head", made.root);
  made.digit = element("span", "digit", head);
  made.digit.setAttribute("aria-hidden", "true");
  const words = element("div", "words", head);
  made.says = element("strong", "says", words);
  made.then = element("span", "then", words);
  made.unlike = unlike(made.root);
  made.bars = element("div", "bars", made.root);
  made.bars.setAttribute("role", "list");
  made.name = element("div", "name", made.root);
  made.note = element("div", "note", made.root);
  made.rows = [];
  return made;
}

/** How unlike digits the drawing is: a sentence, and a scale with digits, the line and the drawing. */
function unlike(parent) {
  const made = { root: element("div", "unlike", parent), heights: [] };
  made.says = element("p", "sentence", made.root);
  made.scale = element("div", "scale", made.root);
  made.digits = element("div", "digits", made.scale);
  element("span", "edge", made.scale).textContent = "unlike →";
  made.line = element("span", "line", made.scale);
  made.at = element("span", "at", made.scale);
  made.scale.setAttribute("aria-hidden", "true"); // the words say the same
  made.then = element("p", "then", made.root);
  return made;
}

function fillUnlike(made, told) {
  made.root.hidden = !told;
  if (!told) return;
  made.root.classList.toggle("beyond", told.beyond);
  made.says.textContent = told.says;
  made.then.textContent = told.then;
  told.heights.forEach((height, place) => {
    const one = (made.heights[place] ??= element("span", "height", made.digits));
    one.style.height = `${100 * height}%`;
    one.classList.toggle("out", (place + 0.5) / told.heights.length > told.line);
  });
  made.line.style.left = `${100 * told.line}%`;
  made.at.hidden = told.at === null;
  made.at.style.left = `${100 * told.at}%`;
}

function row(bars) {
  const made = { root: element("div", "row", bars) };
  made.root.setAttribute("role", "listitem");
  made.label = element("span", "label", made.root);
  made.fill = element("span", "fill", element("span", "track", made.root));
  made.percent = element("span", "percent", made.root);
  return made;
}

function fill(made, answer) {
  made.root.dataset.tone = answer.tone;
  made.root.setAttribute("aria-label", answer.name);
  made.digit.textContent = answer.digit;
  made.says.textContent = answer.says;
  made.then.textContent = answer.then;
  made.name.textContent = answer.name;
  made.note.textContent = answer.note;
  fillUnlike(made.unlike, answer.unlike);
  answer.bars.forEach(([label, share, percent], place) => {
    const one = (made.rows[place] ??= row(made.bars));
    one.root.classList.toggle("best", place === answer.best);
    one.label.textContent = label;
    one.fill.style.transform = `scaleX(${share})`;
    one.percent.textContent = percent;
  });
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".answers");
  const made = cards.get(root) ?? [];
  cards.set(root, made);
  root.dataset.count = data.answers.length;
  root.setAttribute("aria-label", data.label);
  while (made.length > data.answers.length) made.pop().root.remove();
  data.answers.forEach((answer, place) => fill((made[place] ??= card(root)), answer));
  root.dataset.answered = data.answered;
}
