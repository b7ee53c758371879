// One script for all plots of the page, fetched from our own server when the first is shown.

import { added, forget, isNews, once, remembered } from "../kit/element.js";
import { oneStop } from "../kit/keys.js";
import { hear } from "../kit/told.js";

const CONFIG = {
  displaylogo: false,
  responsive: false, // the observer below does it, and only when the width has changed
  displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false, // else it never goes
  showSendToCloud: false, // what is drawn here stays on this machine
  modeBarButtonsToRemove: ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
};
const AGAIN_MS = 3000;
const AHEAD_MS = 1000; // until then the page is being put up, which has its turn first
const configs = new Map();
let fetched;

function plotly(src) {
  fetched ??= new Promise((resolve, reject) => {
    const failed = () => {
      fetched = undefined;
      reject(new Error(`${src} could not be loaded`));
    };
    added(document.head, "script", { src, onload: () => resolve(window["Plotly"]), onerror: failed });
  });
  return fetched;
}

/** The same object for the same label: another one makes Plotly forget zoom and hidden lines. */
const configOf = (Plotly, label) => once(configs, label, () => newConfig(Plotly, label));

function newConfig(Plotly, label) {
  const filename = label.replace(/[^\p{L}\p{N}]+/gu, "-");
  const svg = {
    name: "svg",
    title: "Download plot as an SVG",
    icon: Plotly.Icons.disk,
    click: (plot) => Plotly.downloadImage(plot, { format: "svg", filename }),
  };
  const toImageButtonOptions = { scale: 2, filename };
  return { ...CONFIG, modeBarButtonsToAdd: [svg], toImageButtonOptions };
}

function draw(element, state) {
  const { figure, height, label } = state.data;
  const layout = { ...figure.layout, width: element.clientWidth, height, autosize: false };
  const drawn = state.Plotly.react(element, figure.data, layout, configOf(state.Plotly, label));
  if (!state.listens) {
    state.listens = true;
    drawn.then(() =>
      element.on("plotly_click", (event) => {
        const { curveNumber, pointIndex, x, y, customdata } = event.points[0];
        state.setTriggerValue("clicked", { curveNumber, pointIndex, x, y, customdata });
      }),
    );
  }
  return drawn.then(() => asToolbar(element));
}

/** Plotly's buttons for those who come by keys: it makes them anew with some changes of the figure. */
function asToolbar(element) {
  const bar = element.querySelector(".modebar");
  if (!bar) return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Tools of this chart");
  oneStop(bar, [...bar.querySelectorAll(".modebar-btn")]);
}

/** In two steps: at first Plotly leaves a legend of fewer lines where it began with more, on the lines below. */
const fit = (element, state) => draw(element, state).then(() => state.Plotly.redraw(element));

async function show(element, state) {
  element.style.height = `${state.data.height}px`;
  element.setAttribute("role", "figure"); // not "img": Plotly's buttons are in it
  element.setAttribute("aria-label", state.data.label);
  try {
    const Plotly = await plotly(state.data.script);
    if (!state.Plotly) element.textContent = ""; // what was said while it could not be loaded
    state.Plotly = Plotly;
    await draw(element, state); // the newest data, which may have come while the script was on its way
    element.dataset.state = "shown";
  } catch (error) {
    if (state.isGone || !element.isConnected) return; // Plotly was still drawing when the page went on
    element.dataset.state = "failed";
    if (!state.Plotly) {
      element.textContent = "The chart could not be drawn. Trying again.";
      clearTimeout(state.again);
      state.again = setTimeout(() => state.isGone || show(element, state), AGAIN_MS);
    }
    console.warn(error);
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!data.figure) {
    setTimeout(() => plotly(data.script).catch(console.warn), AHEAD_MS);
    return;
  }
  const element = parentElement.querySelector(".live-plot");
  const state = remembered(element, () => ({}));
  Object.assign(state, { data, setTriggerValue });
  if (isNews(state, data)) show(element, state);
  const deaf = hear(data.key, (told) => {
    Object.assign(state, { data: { ...state.data, ...told }, text: null });
    show(element, state);
  });
  if (!state.observer) {
    state.observer = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (state.Plotly && width && width !== element.layout?.width) fit(element, state);
    });
    state.observer.observe(element);
  }
  return () => {
    deaf();
    state.observer.disconnect();
    state.Plotly?.purge(element);
    state.isGone = true;
    forget(element);
  };
}
