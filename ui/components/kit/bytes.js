// Bytes and numbers as Python sends them, in base64.

/** @type {(text: string) => Uint8Array<ArrayBuffer>} */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @type {(text: string) => Float32Array} */
export const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);

/** @type {(bytes: Uint8Array) => string} */
export const base64Of = (bytes) => btoa(String.fromCharCode(...bytes));
