const LOOK_MS = 1000;
const DEAD_LOOKS = 3; // for so many looks in a row: a page that is being put together is no dead one
const REST_MS = 60000;
const KEY = "cnn-revived";
const APP = '[data-testid="stApp"]';

function look(state) {
  if (document.querySelector(APP)) {
    state.gone = 0;
    return;
  }
  state.gone += 1;
  if (state.gone === DEAD_LOOKS) revive();
}

function revive() {
  const last = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - last >= REST_MS) {
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
    return;
  }
  const said = document.createElement("p");
  said.style.cssText = "font-family:sans-serif;margin:3rem;max-width:40rem";
  said.textContent =
    "This page failed twice within a minute. Nothing is lost: runs go on, and what you built is in the address. Reload the page.";
  document.body.append(said);
}

export default function () {
  if (window.cnnRevive) return;
  const state = { gone: 0 };
  window.cnnRevive = setInterval(() => look(state), LOOK_MS);
}
