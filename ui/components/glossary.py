"""What the browser must know of the words: their sentences, where they are seen, and how found."""

from __future__ import annotations

import json
from pathlib import Path

import cnn

LESSONS = Path(cnn.__file__).parent / "lessons"


def glossary() -> str:
    """The words as a module; it takes the place of `glossary.js`."""
    from cnn.lessons import words  # reads all lessons: Home's first picture is there before

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


def made_of() -> bytes:
    """All that the module is made of: where none of it is another, the module is the same."""
    files = [Path(__file__), *sorted(LESSONS.glob("*.py")), *sorted(LESSONS.glob("en/*.toml"))]
    return b"".join(file.read_bytes() for file in files)
