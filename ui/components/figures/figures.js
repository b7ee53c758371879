// Words are patched where they differ: the line is drawn anew with every edit.

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function figure() {
  const made = element("div", "figure");
  const label = element("dt", "label");
  const help = element("button", "help");
  help.type = "button";
  help.append(element("span", "tip"));
  label.append(element("span", "words"), help);
  const value = element("dd", "value");
  value.append(element("span", "text"), element("span", "change"));
  made.append(label, value);
  return made;
}

function say(made, part, text) {
  const there = made.querySelector(part);
  if (there.textContent !== text) there.textContent = text;
}

export default function ({ parentElement, data }) {
  const line = parentElement.querySelector(".figures");
  while (line.children.length > data.length) line.lastChild.remove();
  while (line.children.length < data.length) line.append(figure());
  data.forEach(({ label, text, change, help }, place) => {
    const made = line.children[place];
    say(made, ".words", label);
    say(made, ".text", text);
    say(made, ".change", change);
    say(made, ".tip", help);
    const button = made.querySelector(".help");
    button.hidden = !help;
    button.setAttribute("aria-label", `${label}: ${help}`);
  });
}
