// Asks whether what is shown is out of date, and then has the part of the page that it stands in run again, or what
// shows it told of it.

import { forget, remembered } from "../kit/element.js";
import { tell } from "../kit/told.js";

const LOST_MS = 5000; // by then the part has run again, or the wish was lost with the connection

/**
 * Calls `again` once the server has another stamp, and where that `runs`, once what is shown is old; what the server
 * tells is shown at once. Not while nobody can see the page.
 * @type {(data: Record<string, any>, again: () => void) => () => void}
 */
export function follow({ address, stamp, again_ms, every_ms, runs }, again) {
  const gone = new AbortController();
  const after = (ms) => performance.now() + (ms ?? Infinity);
  let due = after(every_ms);
  let timer;

  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(Math.min(ms, due - performance.now()), 0));
  };
  const wish = () => {
    timer = setTimeout(wish, LOST_MS);
    again();
  };
  async function look() {
    if (document.hidden) return;
    const isOld = performance.now() >= due;
    if (isOld && runs) return wish();
    const told = await asked(isOld ? `${address}?old` : address, gone.signal);
    if (gone.signal.aborted) return;
    tell(told?.parts ?? {});
    if (told && told.stamp !== stamp) return wish();
    if (isOld) due = after(told ? told.every_ms : every_ms);
    wait(told?.again_ms ?? LOST_MS);
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
