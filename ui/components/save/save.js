// The file is the picture as it is shown here: on paper, whatever the page's theme.

import { element, isNews, partsOf, remembered } from "../kit/element.js";
import { counted } from "../kit/numbers.js";

const SCALE = 2; // sharp on any screen, and in print at half its size
const LONGEST_PX = 16000; // beyond this, browsers give an empty canvas

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Width and height of the PNG: twice the picture's, less only where no browser could draw it. */
function pixels(picture) {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const scale = Math.min(SCALE, LONGEST_PX / width, LONGEST_PX / height);
  return [Math.round(width * scale), Math.round(height * scale)];
}

function drawn(picture, isClear) {
  const canvas = element("canvas");
  [canvas.width, canvas.height] = pixels(picture);
  const context = canvas.getContext("2d");
  if (!isClear) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png");
  });
}

async function savePng(state) {
  try {
    download(await drawn(state.picture, state.clear.checked), `${state.data.stem}.png`);
  } catch {
    state.said.textContent = "This browser could not draw the PNG. The SVG holds the same picture.";
  }
}

function build(root) {
  const state = partsOf(root, "png", "svg", "clear", "said", "sheet");
  state.clear.onchange = () => state.sheet.classList.toggle("see-through", state.clear.checked);
  state.png.onclick = () => savePng(state);
  state.svg.onclick = () =>
    download(new Blob([state.data.svg], { type: "image/svg+xml" }), `${state.data.stem}.svg`);
  return state;
}

function show(state) {
  const picture = new Image();
  picture.alt = "The picture as it will be saved";
  state.png.disabled = true;
  picture.onload = () => {
    if (state.picture !== picture) return; // another one came meanwhile
    const [width, height] = pixels(picture);
    state.png.disabled = false;
    state.said.textContent = `${counted(width)} × ${counted(height)} pixels`;
  };
  state.picture = picture;
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(state.data.svg)}`;
  state.sheet.replaceChildren(picture);
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".save");
  const state = remembered(root, () => build(root));
  state.data = data;
  if (isNews(state, data.svg)) show(state);
}
