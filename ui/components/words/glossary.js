/**
 * What Python knows of the words (`ui/components/glossary.py`), which it writes in place of
 * this module.
 */

/** @type {Record<string, {term: string, says: string, place: string, address: string}>} */
export const WORDS = {};

/** The key of the word that each form is of. @type {Record<string, string>} */
export const OWNERS = {};

/** Finds a form in a text. */
export const PATTERN = "(?!)";
