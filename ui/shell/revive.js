const LOOK_MS = 1000;
const DEAD_LOOKS = 3; // for so many looks in a row: a page that is being put together is no dead one
const CUT_LOOKS = 5;
const REST_MS = 60000;
const KEY = "cnn-revived";
const APP = '[data-testid="stApp"]';

function look(state) {
  const app = document.querySelector(APP);
  state.gone = app ? 0 : state.gone + 1;
  if (state.gone === DEAD_LOOKS) revive();
  const isCut = app && app.dataset.testConnectionState !== "CONNECTED";
  state.cut = isCut ? state.cut + 1 : 0;
  if (isCut && state.cut % CUT_LOOKS === 0) askWhy();
}

function revive() {
  const rest = Number(sessionStorage.getItem(KEY) ?? 0) + REST_MS - Date.now();
  if (rest <= 0) {
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
    return;
  }
  const said = document.createElement("p");
  said.style.cssText = "font-family:sans-serif;margin:3rem;max-width:40rem";
  said.textContent =
    "This page failed twice within a minute. Nothing is lost: runs go on, and what you built is in the address. It is loaded again within a minute.";
  document.body.append(said);
  setTimeout(() => {
    said.remove();
    if (!document.querySelector(APP)) revive();
  }, Math.min(rest, REST_MS));
}

/** A server that was started anew may ask for another token: it says so to a page, not to a talk. */
async function askWhy() {
  const asked = { method: "HEAD", cache: "no-store" };
  const answer = await fetch(location.href, asked).catch(() => null);
  if (answer?.status === 401) location.reload();
}

export default function () {
  if (window.cnnRevive) return;
  const state = { gone: 0, cut: 0 };
  window.cnnRevive = setInterval(() => look(state), LOOK_MS);
}
