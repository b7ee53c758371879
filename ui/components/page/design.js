// The picture of a network and the table of its layers: a layer chosen in one is marked in the other, and
// told of in full below them.

import { element } from "../kit/element.js";
import picture from "../picture/picture.js";
import table from "../table/table.js";
import { put } from "./mount.js";

const told = document.querySelector(".told");
const drawn = put("picture", picture, (_, path) => choose(path));
const listed = put("table", table, (name, path) => name === "pressed" && choose(path));
const parts = [...(drawn?.root.querySelectorAll("[data-path]") ?? [])];
const facts = JSON.parse(document.querySelector("#facts")?.textContent ?? "{}");

function choose(/** @type {string} */ path) {
  for (const part of parts) part.classList.toggle("selected", part.getAttribute("data-path") === path);
  listed?.tell({ current: [path] });
  told?.replaceChildren(...(facts[path] ?? []).map((/** @type {string} */ line) => element("div", "", line)));
}
