/**
 * What Python knows of the kinds of layers (`ui/components/schema.py`), which it writes in place of
 * this module; a test fills this one.
 */
export const SCHEMA = /** @type {any} */ ({ kinds: {}, groups: [], blocks: [] });
