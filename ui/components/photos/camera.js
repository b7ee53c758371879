// The camera as pictures of a kind: one after the other while it looks, so many in one go.

import { element } from "../kit/element.js";

export const BURST = 40;
const EVERY_MS = 300;
const BEFORE_MS = 1500; // to hold the thing before it
const SIDE = 320;
const QUALITY = 0.92;

/** Why this page has no camera, or nothing: browsers give it to addresses of this machine and to https. */
export function whyNot(own) {
  if (own.isSecureContext && own.navigator.mediaDevices?.getUserMedia) return "";
  return "A camera is only given to pages at https or on this very machine (localhost): drop pictures here.";
}

/** What went wrong as the camera was asked for, and what to do. */
export function whyFailed(error) {
  if (error.name === "NotAllowedError") return "The camera was not allowed. Allow it for this page in the browser's address bar, and press again.";
  if (error.name === "NotFoundError") return "There is no camera on this machine. Choose pictures, or drop them here.";
  if (error.name === "NotReadableError") return "Another program uses the camera. End it there, and press again.";
  return `The camera cannot be used (${error.name}). Choose pictures, or drop them here.`;
}

/** The part of a frame that is taken: the largest square in its middle. */
export function square(width, height) {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/** Pictures of one kind until there are enough, or `stop` is called; `tell` hears how many there are. */
export function record(video, stream, tell) {
  const files = [];
  let isOver = false;
  const began = Date.now();
  const taken = (async () => {
    video.srcObject = stream;
    await video.play();
    await pause(BEFORE_MS);
    while (!isOver && files.length < BURST && video.isConnected !== false) {
      const file = await frame(video, `camera-${began}-${String(files.length + 1).padStart(2, "0")}.jpg`);
      if (file) tell(files.push(file));
      await pause(EVERY_MS);
    }
    return files;
  })();
  const over = taken.finally(() => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  });
  return { over, stop: () => { isOver = true; } };
}

const pause = (time) => new Promise((done) => setTimeout(done, time));

function frame(video, name) {
  if (!video.videoWidth) return null; // nothing has come yet
  const { x, y, side } = square(video.videoWidth, video.videoHeight);
  const canvas = element("canvas");
  canvas.width = canvas.height = Math.min(side, SIDE);
  canvas.getContext("2d").drawImage(video, x, y, side, side, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob((blob) => done(blob && new File([blob], name, { type: "image/jpeg" })), "image/jpeg", QUALITY));
}
