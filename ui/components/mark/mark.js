// Asks the server about the network in view, until there is an answer; the page is not involved.

import { element, remembered } from "../kit/element.js";

const REST_MS = 250; // after an edit: whoever is typing need not be asked about
const POLL_MS = [300, 300, 500, 1000, 2000];
const LOOKS = {
  none: ["", "Not checked against Keras", "Whole networks with a link that is not too long are checked."],
  waiting: ["…", "Checking against Keras", "This network is built in Keras, in a process of its own, and its shapes and parameters are compared with those shown."],
  busy: ["…", "Waiting to be checked against Keras", "The worker is training; it checks when it is done."],
  starting: ["…", "Waiting to be checked against Keras", "The worker is starting, which takes a few seconds."],
  away: ["", "Not checked against Keras", "No worker is running. Start one in a terminal: python -m cnn worker"],
  agrees: ["✓", "Checked against Keras", ""],
  differs: ["✗", "Keras counts otherwise", ""],
  failed: ["!", "Could not be checked against Keras", ""],
};

function show(root, standing, words) {
  const [sign, title, hint] = LOOKS[standing] ?? LOOKS.failed;
  root.dataset.standing = standing;
  root.querySelector("summary").textContent = sign ? `${sign} ${title}` : title;
  const said = words.length ? words : [hint];
  root.querySelector(".words").replaceChildren(...said.map((word) => element("p", "", word)));
}

async function ask(root, state, code, attempt) {
  if (state.code !== code || !root.isConnected) return;
  let again = POLL_MS[Math.min(attempt, POLL_MS.length - 1)];
  try {
    const response = await fetch(state.address, {
      method: "POST", // a worker may be asked to find out
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ net: code, ticket: state.ticket }),
    });
    const { standing, words } = response.headers.get("Content-Type")?.startsWith("application/json")
      ? await response.json()
      : { standing: "failed", words: [`The server answered ${response.status}.`] };
    if (state.code !== code) return;
    const rest = 1000 * Number(response.headers.get("Retry-After") ?? 0);
    show(root, rest ? "busy" : standing, words);
    if (!rest && !["waiting", "busy", "starting", "away"].includes(standing)) return;
    again = Math.max(again, rest);
  } catch {
    // the server is away for a moment; the page says so itself
  }
  state.timer = setTimeout(() => ask(root, state, code, attempt + 1), again);
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".mark");
  const state = remembered(root, () => ({}));
  if (state.code === data.code && state.ticket === data.ticket) return;
  clearTimeout(state.timer);
  Object.assign(state, data);
  show(root, data.code ? "waiting" : "none", []);
  if (data.code) state.timer = setTimeout(() => ask(root, state, data.code, 0), REST_MS);
}
