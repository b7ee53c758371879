// The network as a strip of feature maps, one layer of it large, one of its maps larger. Stepping,
// playing, scrubbing and colours are the browser's; a place is told to Python once it rests.

const FEW = 2; // maps of a layer in the strip
const PLAY_MS = 900;
const REST_MS = 220; // steps closer than this are told as one
const MOST_KEPT = 8;
const states = new WeakMap();
const kept = new Map(); // by id, so that maps which were sent once need not come with every click

function index(state) {
  return Math.max(0, state.parts.findIndex((part) => part.name === state.at.layer));
}

function tell(state, rest = 0) {
  clearTimeout(state.waiting);
  state.waiting = setTimeout(() => {
    // With the time, so that to come back to a place is news as well.
    if (!state.timer) state.send("at", { ...state.at, has: [...kept.keys()], when: Date.now() });
  }, rest);
}

/** The maps of this data, decoded; undefined where they are not here any more. */
function partsOf(data) {
  if (data.parts && !kept.has(data.id)) {
    kept.set(data.id, data.parts.map((part) => ({ ...part, levels: decode(part) })));
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(data.id);
}

function go(state, layer, rest = REST_MS) {
  const part = state.parts[Math.max(0, Math.min(state.parts.length - 1, layer))];
  const map = isVector(part) ? 0 : Math.min(state.at.map, part.count - 1);
  state.at = { layer: part.name, map, ...brightest(part, map) };
  show(state);
  tell(state, rest);
}

function choose(state, map, at) {
  const part = state.parts[index(state)];
  state.at = { layer: part.name, map, ...(at ?? brightest(part, map)) };
  show(state);
  tell(state);
}

function halt(state) {
  clearInterval(state.timer);
  state.timer = undefined;
  delete state.root.querySelector(".play").dataset.on;
  state.root.querySelector(".play").setAttribute("aria-label", "Play through the layers");
}

function play(state) {
  if (state.timer) {
    halt(state);
    return tell(state);
  }
  if (index(state) === state.parts.length - 1) go(state, 0);
  const button = state.root.querySelector(".play");
  button.dataset.on = "";
  button.setAttribute("aria-label", "Hold");
  state.timer = setInterval(() => {
    if (!state.root.isConnected) return halt(state);
    go(state, index(state) + 1);
    if (index(state) === state.parts.length - 1) {
      halt(state);
      tell(state);
    }
  }, PLAY_MS);
}

function strip(state) {
  const cards = state.parts.map((part, layer) => {
    const card = make("button", "card");
    card.type = "button";
    card.style.setProperty("--colour", part.colour);
    const few = make("span", "few");
    for (let map = 0; map < Math.min(FEW, part.count); map++) few.append(make("canvas", ""));
    card.append(make("b", "", part.title), few, make("small", "", part.size));
    card.onclick = () => {
      halt(state);
      go(state, layer, 0);
    };
    const item = make("div", "");
    item.setAttribute("role", "listitem");
    item.append(card);
    return item;
  });
  state.root.querySelector(".strip").replaceChildren(...cards);
  state.painted = "";
}

function paintStrip(state) {
  const cards = state.root.querySelectorAll(".card");
  state.parts.forEach((part, layer) =>
    cards[layer].querySelectorAll("canvas").forEach((canvas, map) => {
      paint(state, canvas, part, map);
      const [rows, columns] = grid(part);
      if (isVector(part)) Object.assign(canvas.style, { width: `${Math.min(84, Math.max(40, columns * 3))}px`, height: rows === 1 ? "14px" : "40px" });
      else canvas.style.width = `${(40 * columns) / rows}px`;
    }),
  );
}

function units(state, part) {
  return part.values.map((value, unit) => {
    const button = make("button", "unit");
    button.type = "button";
    button.append(make("b", "", part.classes ? part.classes[unit] : String(unit)), make("span", "", number(value)));
    button.setAttribute("aria-pressed", state.at.row === unit);
    button.onclick = () => choose(state, 0, { row: unit, column: 0 });
    return button;
  });
}

function maps(state, part) {
  return Array.from({ length: part.count }, (_, map) => {
    const button = make("button", "map");
    button.type = "button";
    button.setAttribute("aria-label", `Map ${map}`);
    button.title = `Map ${map}: ${number(part.lows[map])} to ${number(part.highs[map])}`;
    const canvas = make("canvas", "");
    paint(state, canvas, part, map);
    button.append(canvas);
    button.setAttribute("aria-pressed", map === state.at.map);
    button.onclick = () => choose(state, map);
    return button;
  });
}

function show(state) {
  const { root } = state;
  const layer = index(state);
  const part = state.parts[layer];
  const find = (selector) => root.querySelector(selector);
  const scrub = find(".scrub");
  scrub.max = state.parts.length - 1;
  scrub.value = layer;
  scrub.setAttribute("aria-valuetext", part.title);
  find(".back").disabled = layer === 0;
  find(".on").disabled = layer === state.parts.length - 1;
  for (const button of root.querySelectorAll(".scales button")) button.setAttribute("aria-pressed", button.dataset.scale === state.scale);
  if (state.painted !== state.scale) {
    paintStrip(state);
    state.painted = state.scale;
    state.stage = "";
  }
  showCurrent(root, layer);
  find(".name").textContent = part.title;
  find(".size").textContent = isVector(part) ? `${part.size} features` : part.size;
  const stage = `${layer} ${state.scale}`;
  const row = find(".maps");
  if (state.stage !== stage) {
    state.stage = stage;
    row.replaceChildren(...(isVector(part) ? units(state, part) : maps(state, part)));
    const sampled = part.every > 1 ? ` Drawn with every ${part.every}. cell.` : "";
    find(".more").textContent = (part.hidden ? `${part.hidden.toLocaleString("en")} more are not drawn.` : "") + sampled;
  } else {
    const chosen = isVector(part) ? state.at.row : state.at.map;
    [...row.children].forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
  }
  showOne(state, part);
}

function showCurrent(root, layer) {
  const list = root.querySelector(".strip");
  root.querySelectorAll(".card").forEach((card, i) => {
    if (i !== layer) return card.removeAttribute("aria-current");
    card.setAttribute("aria-current", "true");
    const { offsetLeft, offsetWidth } = card.parentElement;
    if (offsetLeft < list.scrollLeft || offsetLeft + offsetWidth > list.scrollLeft + list.clientWidth)
      list.scrollLeft = offsetLeft - list.clientWidth / 2 + offsetWidth / 2;
  });
}

function showOne(state, part) {
  const { root, at } = state;
  const canvas = root.querySelector(".large");
  paint(state, canvas, part, at.map);
  canvas.style.minHeight = isVector(part) ? "28px" : "";
  const words = isVector(part) ? `${part.title}, feature ${at.row}` : `${part.title}, map ${at.map}, cell ${at.row}, ${at.column}`;
  canvas.setAttribute("aria-label", `${words}. Arrow keys move the cell.`);
  frame(root.querySelector(".mark"), part, ...drawn(part, at));
  root.querySelector(".hover").style.display = "none";
  const [low, high] = ends(state, part, at.map);
  root.querySelector(".low").textContent = number(low);
  root.querySelector(".high").textContent = number(high);
  root.querySelector("figcaption").textContent = words + sees(part, at);
}

function sees(part, at) {
  if (isVector(part) || !part.field.jump[0]) return isVector(part) ? "" : "; sees the whole image";
  const [height, width] = part.field.size;
  return height * width > 1 ? `; sees ${height}×${width} pixels of the image` : "";
}

function pointed(state, event) {
  const part = state.parts[index(state)];
  const bounds = event.currentTarget.getBoundingClientRect();
  const [rows, columns] = grid(part);
  const row = Math.max(0, Math.min(rows - 1, Math.floor(((event.clientY - bounds.top) / bounds.height) * rows)));
  const column = Math.max(0, Math.min(columns - 1, Math.floor(((event.clientX - bounds.left) / bounds.width) * columns)));
  const cell = isVector(part) ? row * ACROSS + column : row * part.width + column;
  return cell < part.height * part.width ? { part, row, column, cell } : undefined;
}

function hover(state, event) {
  const found = pointed(state, event);
  if (!found) return;
  const { part, row, column, cell } = found;
  frame(state.root.querySelector(".hover"), part, row, column);
  const map = state.at.map;
  const level = part.levels[map * part.height * part.width + cell];
  const value = part.lows[map] + (level / 255) * (part.highs[map] - part.lows[map]);
  const at = place(part, cell);
  const words = isVector(part) ? `feature ${cell}` : `cell ${at.row}, ${at.column}`;
  state.root.querySelector("figcaption").textContent = `${words}: about ${number(value)}; click for the true number and how it was made`;
}

function keys(state, event) {
  const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!by) return;
  event.preventDefault();
  const part = state.parts[index(state)];
  if (isVector(part)) {
    const row = state.at.row + by[0] * ACROSS + by[1];
    if (row >= 0 && row < part.width) choose(state, 0, { row, column: 0 });
    return;
  }
  const limit = (value, size) => Math.max(0, Math.min(size - 1, value));
  const row = limit(state.at.row + by[0] * part.every, part.shape[0]);
  const column = limit(state.at.column + by[1] * part.every, part.shape[1]);
  choose(state, state.at.map, { row, column });
}

function listen(state) {
  const { root } = state;
  const find = (selector) => root.querySelector(selector);
  const step = (by) => () => {
    halt(state);
    go(state, index(state) + by);
  };
  find(".back").onclick = step(-1);
  find(".on").onclick = step(1);
  find(".play").onclick = () => play(state);
  find(".scrub").oninput = (event) => {
    halt(state);
    go(state, Number(event.target.value));
  };
  for (const button of root.querySelectorAll(".scales button"))
    button.onclick = () => {
      state.scale = button.dataset.scale;
      show(state);
    };
  const large = find(".large");
  large.onpointermove = (event) => hover(state, event);
  large.onpointerleave = () => showOne(state, state.parts[index(state)]);
  large.onclick = (event) => {
    const found = pointed(state, event);
    if (found) choose(state, state.at.map, place(found.part, found.cell));
  };
  large.onkeydown = (event) => keys(state, event);
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".explorer");
  const state = states.get(root) ?? { root, scale: "map", id: "" };
  states.set(root, state);
  state.send = setStateValue;
  const parts = partsOf(data);
  if (!parts) {
    setStateValue("at", { ...data.at, has: [], when: Date.now() });
    return undefined;
  }
  listen(state);
  const isNew = state.id !== data.id;
  if (state.rev !== data.rev) {
    state.rev = data.rev;
    state.at = data.at;
  }
  if (isNew) {
    state.id = data.id;
    state.parts = parts;
    strip(state);
  }
  if (isNew || state.at === data.at) show(state);
  return () => halt(state);
}
