"""What the browser must know of the words: their sentences, where they are seen, and how found."""

from __future__ import annotations

import json

from cnn.lessons import words


def glossary() -> str:
    """The words as a module; it takes the place of `glossary.js`."""
    each = {
        word.key: {
            "term": word.term,
            "says": word.says,
            "place": word.place,
            "address": word.address,
        }
        for word in words.words()
    }
    return (
        f"export const WORDS = {json.dumps(each)};\n"
        f"export const OWNERS = {json.dumps(words.owners())};\n"
        f"export const PATTERN = {json.dumps(words.pattern(words.words()))};\n"
    )
