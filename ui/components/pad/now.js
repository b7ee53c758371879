// What is on the pad right now, for networks that answer in the browser: the server's answer comes later,
// and may be to a drawing that has grown since.

const followers = new Set();
const pad = { painted: 0, sent: 0, paintedWhenSent: 0 };

/** A pad begins, with nothing sent yet. */
export function padBegins() {
  Object.assign(pad, { sent: 0, paintedWhenSent: pad.painted });
}

/** Whether somebody answered to it. @type {(bytes: Uint8Array) => boolean} */
export function padPainted(bytes) {
  pad.painted += 1;
  return [...followers].map((follow) => follow(bytes)).some(Boolean);
}

/** What is on it goes to the server, as so many before it. @type {(count: number) => void} */
export function padSent(count) {
  Object.assign(pad, { sent: count, paintedWhenSent: pad.painted });
}

/** Whether an answer to what was sent with that count is one to what is on the pad. @type {(count: number) => boolean} */
export const isAnswered = (count) => count >= pad.sent && pad.painted === pad.paintedWhenSent;

/** Hears of all that is painted, and says whether it answered, until what it returns is called. */
export function followPad(/** @type {(bytes: Uint8Array) => boolean} */ follow) {
  followers.add(follow);
  return () => followers.delete(follow);
}
