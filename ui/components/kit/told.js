// What the server tells of parts of a page while the page itself does not run: each hears of its own, by its key.

/** @type {Map<string, (data: any) => void>} */
const heard = new Map();

/** Has a part hear what is told of it, until what is returned is called. @type {(key: string, told: (data: any) => void) => () => void} */
export function hear(key, told) {
  heard.set(key, told);
  return () => {
    if (heard.get(key) === told) heard.delete(key);
  };
}

/** Tells each part that is there what it shows now; one that cannot show it keeps nothing from the others. @type {(parts: Record<string, any>) => void} */
export function tell(parts) {
  for (const [key, data] of Object.entries(parts)) {
    try {
      heard.get(key)?.(data);
    } catch (error) {
      console.warn(error);
    }
  }
}
