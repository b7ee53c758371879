// Asks whether what is shown is out of date, and then has the part of the page that it stands in run again.

import { forget, remembered } from "../kit/element.js";

const LOST_MS = 5000; // by then the part has run again, or the wish was lost with the connection

/**
 * Calls `again` once the server has another stamp, or the time is up; not while nobody can see the page.
 * @type {(data: Record<string, any>, again: () => void) => () => void}
 */
export function follow({ address, stamp, again_ms, every_ms }, again) {
  const gone = new AbortController();
  const due = performance.now() + (every_ms ?? Infinity);
  let timer;

  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(Math.min(ms, due - performance.now()), 0));
  };
  const tell = () => {
    timer = setTimeout(tell, LOST_MS);
    again();
  };
  async function look() {
    if (document.hidden) return;
    if (performance.now() >= due) return tell();
    const told = await asked(address, gone.signal);
    if (gone.signal.aborted) return;
    if (told && told.stamp !== stamp) tell();
    else wait(told?.again_ms ?? LOST_MS);
  }

  document.addEventListener("visibilitychange", () => wait(0), { signal: gone.signal });
  wait(again_ms);
  return () => {
    gone.abort();
    clearTimeout(timer);
  };
}

/** What the server has now: nothing known without a connection, no stamp where it knows nothing of this page. */
async function asked(address, signal) {
  try {
    const response = await fetch(address, { signal });
    return response.ok ? await response.json() : { stamp: null };
  } catch {
    return null;
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const state = remembered(parentElement, () => ({}));
  state.end?.();
  const end = follow(data, () => setTriggerValue("came", data.turn));
  state.end = end;
  return () => {
    end(); // its own alone: it may be called after the next run has begun
    if (state.end === end) forget(parentElement);
  };
}
