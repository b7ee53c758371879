// Pictures dropped class by class. They stay in the browser until they are read: then they are put into a
// zip and handed to the page's own field for files, the one way in that is bounded and watched.

import { added, button, element, partsOf, remembered, setLabel, setText } from "../kit/element.js";
import { counted } from "../kit/numbers.js";
import { BURST, record, whyFailed, whyNot } from "./camera.js";
import { bytesOf, concerns, contentOf, emptyClass, fileName, inUse, kindsFor, listed, megabytes, missing, packed, partsIn, pictures, tooMuchInAll, wrongName } from "./classes.js";
import { dropped, makeSmaller, take } from "./opened.js";
import { zipped } from "./zip.js";

const ACCEPTED = "image/*,.tif,.tiff,.ppm,.pgm,.pbm";
const FEW_SHOWN = 20;
const MORE_SHOWN = 200;
const EXAMPLES = ["Name of the first kind, e.g. cats", "Name of the second kind, e.g. dogs"];

/** What was dropped, for as long as the page is there: the dialog around it, where it is `shown`, comes and goes. */
const kept = { classes: [emptyClass(), emptyClass()], busy: "", film: null, work: Promise.resolve(), shown: null, handed: null, isUnfolded: false };

function startOver(state) {
  kept.classes = [emptyClass(), emptyClass()];
  show(state);
}

/** Does something that takes a while, one thing after the other, and says how far it is. */
function work(what, then) {
  kept.work = kept.work.catch(() => {}).then(() => done(what, then));
  return kept.work;
}

async function done(what, then) {
  const tell = (place, many) => {
    kept.busy = `${what} ${counted(place + 1)} of ${counted(many)} …`;
    showStatus(kept.shown);
  };
  kept.busy = `${what} …`;
  showStatus(kept.shown);
  try {
    await then(tell);
  } finally {
    kept.busy = "";
    show(kept.shown);
  }
}

const takeInto = (state, one, files) => work("Opening picture", (tell) => take(files, one, state.limits, tell));

/** Folders that were dropped on a kind: one fills it, several are a kind each. */
async function takeFolders(state, on, folders) {
  const parts = partsIn(folders, state.limits);
  if (parts.length) {
    on.said = [`${listed(parts)} would be mixed here. To keep them apart, zip this folder and bring it as a file.`];
    showWords(state);
    return;
  }
  const kinds = kindsFor(folders, on, kept.classes);
  for (const [place, { files }] of folders.entries()) await takeInto(state, kinds[place], files);
}

function shrink(state) {
  return work("Making smaller picture", async (tell) => {
    for (const one of kept.classes) await makeSmaller(one, state.limits.longest_side, tell);
  });
}

function choose(state, one) {
  const field = element("input", { type: "file", accept: ACCEPTED });
  field.multiple = true;
  field.onchange = () => takeInto(state, one, [...field.files]);
  field.click();
}

function bring(state) {
  const [field] = document.querySelectorAll(state.field);
  if (!(field instanceof HTMLInputElement)) {
    setText(state.status, "The page's field for files is not there. Load the page again, and drop the pictures once more.");
    return;
  }
  const chosen = new DataTransfer();
  const name = fileName(kept.classes);
  chosen.items.add(new File([zipped(packed(kept.classes))], name, { type: "application/zip" }));
  field.files = chosen.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  kept.handed = { name, content: contentOf(kept.classes), before: state.answer?.mark };
  kept.isUnfolded = false;
  showStatus(state);
}

/** Pictures of a kind from the camera, seen as they are taken. */
async function film(state, one, number) {
  if (kept.film) return;
  setText(state.failed, "");
  kept.film = { stop: () => {} };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } }, audio: false });
    state.camera.hidden = false;
    setText(state.filmed, `Hold ${one.name.trim() || `kind ${number}`} before the camera …`);
    kept.film = record(state.video, stream, (many) => setText(state.filmed, `${many} of ${BURST} pictures. Turn it, move it, change what is behind it.`));
    const files = await kept.film.over;
    one.isFilmed ||= files.length > 0;
    await takeInto(state, one, files);
  } catch (error) {
    setText(state.failed, whyFailed(error));
  } finally {
    kept.film = null;
    state.camera.hidden = true;
  }
}

const READING = { said: "They are being read …", is_good: false };

/** What came of these very pictures; nothing where others were handed over, or none. */
function answered(state) {
  const { handed } = kept;
  if (!handed || handed.content !== contentOf(kept.classes)) return null;
  const { answer } = state;
  return answer && answer.name === handed.name && answer.mark !== handed.before ? answer : READING;
}

function row(state, one, number) {
  const label = `Kind ${number}`;
  const named = `Name of kind ${number}`;
  const name = element("input", { class: "name", type: "text", maxlength: 60, placeholder: EXAMPLES[number - 1] ?? named, "aria-label": named, autocomplete: "off" });
  name.value = one.name;
  name.oninput = () => {
    one.name = name.value;
    showWords(state);
  };
  const remove = button("quiet remove", () => {
    kept.classes.splice(kept.classes.indexOf(one), 1);
    if (!kept.classes.length) kept.classes.push(emptyClass());
    show(state);
  }, "×");
  setLabel(remove, `Remove kind ${number}`);
  const drop = button("drop", () => choose(state, one), "Drop pictures or folders here, or choose pictures");
  drop.setAttribute("aria-label", `Choose pictures of kind ${number}, or drop them here`);
  const camera = button("quiet film", () => film(state, one, number), "Record with the camera");
  camera.setAttribute("aria-label", `Record pictures of kind ${number} with the camera`);
  camera.hidden = Boolean(whyNot(window));
  const root = element("fieldset", { class: "one", "aria-label": label }, element("div", "head", name, element("span", "many"), remove), drop, camera);
  root.append(...thumbs(state, one), element("div", "words"));
  listen(state, one, root);
  return root;
}

function listen(state, one, root) {
  root.ondragover = (event) => {
    event.preventDefault();
    root.classList.add("over");
  };
  root.ondragleave = (event) => {
    if (!root.contains(event.relatedTarget)) root.classList.remove("over");
  };
  root.ondrop = async (event) => {
    event.preventDefault();
    root.classList.remove("over");
    await takeFolders(state, one, await dropped(event.dataTransfer));
  };
}

function thumbs(state, one) {
  const shown = one.shown ?? FEW_SHOWN;
  const list = element("div", shown > FEW_SHOWN ? "thumbs many-shown" : "thumbs");
  for (const picture of one.pictures.slice(0, shown)) {
    const tile = button("tile", () => {
      one.pictures.splice(one.pictures.indexOf(picture), 1);
      show(state);
    }, picture.thumb ?? element("span", "unseen", picture.name));
    setLabel(tile, `Remove ${picture.name}`);
    list.append(tile);
  }
  const more = one.pictures.length - shown;
  if (more <= 0) return [list];
  const unfold = button("quiet more", () => {
    one.shown = shown + MORE_SHOWN;
    show(state);
  }, `and ${counted(more)} more`);
  return [list, unfold];
}

/** What is said of each class, and what is still to be done. */
function showWords(state) {
  const used = inUse(kept.classes);
  kept.classes.forEach((one, place) => {
    const { many, words } = partsOf(state.list.children[place], "many", "words");
    const count = one.pictures.length;
    setText(many, count ? pictures(count) : "");
    const said = [wrongName(one, used, state.limits), ...one.said, ...concerns(one, used)].filter(Boolean);
    words.replaceChildren(...said.map((text) => element("p", "", text)));
  });
  showStatus(state);
}

function showStatus(state) {
  const todo = missing(kept.classes, state.limits);
  const used = inUse(kept.classes);
  const many = used.reduce((sum, one) => sum + one.pictures.length, 0);
  const total = `${pictures(many)} of ${used.length} kinds, ${megabytes(bytesOf(used))}.`;
  const answer = answered(state);
  setText(state.status, kept.busy || todo || answer?.said || total);
  state.read.disabled = Boolean(kept.busy || todo);
  state.read.className = answer ? "plain" : "primary";
  state.root.classList.toggle("folded", Boolean(answer?.is_good) && !kept.isUnfolded);
  setText(state.fold, kept.isUnfolded ? "Hide the pictures" : "Show the pictures");
  if (kept.busy) return;
  hide(state, "fold", !answer?.is_good, state.read);
  hide(state, "smaller", !tooMuchInAll(used, state.limits), state.read);
  hide(state, "over", !used.length, state.add);
}

/** Hides a button, or shows it again; the focus that it has goes to another. */
function hide(state, name, isHidden, other) {
  if (isHidden && focusOf(state) === state[name]) other.focus();
  state[name].hidden = isHidden;
}

const focusOf = (state) => state.list.getRootNode().activeElement;

/** Which part of which row has the focus, so that the new row can give it back. */
function focusedPart(state) {
  const part = focusOf(state);
  const of = part?.closest(".one");
  if (!of) return () => {};
  const place = [...state.list.children].indexOf(of);
  const tile = [...of.querySelectorAll(".tile")].indexOf(part);
  return () => {
    const { children } = state.list;
    const now = children[Math.min(place, children.length - 1)];
    const tiles = now.querySelectorAll(".tile");
    const found = tile < 0 ? now.querySelector(`.${[...part.classList].join(".")}`) : tiles[Math.min(tile, tiles.length - 1)];
    (found ?? now.querySelector(".drop")).focus();
  };
}

function show(state) {
  const focusAgain = focusedPart(state);
  state.list.replaceChildren(...kept.classes.map((one, place) => row(state, one, place + 1)));
  showWords(state);
  focusAgain();
}

function build(root) {
  const state = { root, list: added(root, "div", "list") };
  state.camera = added(root, "section", { class: "camera", "aria-label": "Camera", hidden: true });
  state.video = added(state.camera, "video", { muted: true, playsinline: true });
  state.video.muted = true;
  const words = added(state.camera, "div");
  state.filmed = added(words, "output");
  words.append(button("plain", () => kept.film?.stop(), "Stop recording"));
  state.failed = added(root, "p", { class: "failed", role: "status" }, whyNot(window));
  const foot = added(root, "div", "foot");
  state.read = foot.appendChild(button("primary", () => bring(state), "Read these pictures"));
  state.add = foot.appendChild(button("plain", () => {
    kept.classes.push(emptyClass());
    show(state);
    state.list.lastChild.querySelector(".name").focus();
  }, "Add a kind"));
  state.smaller = foot.appendChild(button("plain", () => shrink(state), ""));
  state.fold = foot.appendChild(button("plain", () => {
    kept.isUnfolded = !kept.isUnfolded;
    showStatus(state);
  }, ""));
  state.over = foot.appendChild(button("quiet", () => startOver(state), "Start over"));
  state.smaller.hidden = state.fold.hidden = state.over.hidden = true;
  state.status = added(foot, "output", "status");
  return state;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".photos");
  const isNew = !root.firstChild;
  const state = remembered(root, () => build(root));
  kept.shown = state;
  Object.assign(state, { limits: data.limits, field: data.field, answer: data.answer });
  setText(state.smaller, `Make them smaller: at most ${counted(data.limits.longest_side)} pixels wide`);
  if (!isNew) {
    showStatus(state);
    return;
  }
  if (!data.answer) kept.handed = null; // of a dialog that was closed meanwhile
  show(state);
}
