"""The words of the trade: what each says, where it is seen, and texts in which they are links.

Owns the glossary of `en/_words.toml` and where a word stands in a text; what a link looks like, and
what it does, is the page's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cnn.lessons.catalogue import WORDS, lessons
from cnn.network.layers import KINDS

FILE = "_words.toml"
ADDRESS = "words"
"""Where a word is found: a link in a text is `[loss](words#loss)`, from any page of the app."""

PAGES = {"build": "Build", "train": "Train", "compare": "Compare"}
KEY = re.compile(r"[a-z]+(-[a-z]+)*")
FORM = re.compile(r"[A-Za-z]+([ -][A-Za-z]+)*")
SENTENCE = re.compile(r"[^.?!]+\.")

_LEFT_ALONE = re.compile(
    r"```.*?(?:```|\Z)|`[^`]*`"  # code
    r"|\$\$.*?\$\$|\$[^$]*\$"  # LaTeX
    r"|!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])"  # links and pictures
    r"|^[ ]{0,3}\#{1,6}[ ][^\n]*"  # headings
    r"|:[a-z][\w-]*(?:\[[^\]]*\]|/\w+:)"  # directives and icons
    r"|<[^>]*>|\w+://\S+"  # tags and addresses
    r"|\{[^{}]*\}",  # values to be put in
    re.DOTALL | re.MULTILINE,
)
_LINK = re.compile(rf"\[([^\[\]]*)\]\({ADDRESS}\#({KEY.pattern})\)")


class WordError(ValueError):
    """A glossary that cannot be."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it says in a sentence; seen in a `lesson`, in its part of that heading if not
    at once, else on a `page`; `kinds` are those of layers that do what it says.

    What is `labels_only` means other things in running text, and is no link there.
    """

    key: str
    term: str
    says: str
    also: tuple[str, ...] = ()
    lesson: str = ""
    part: str = ""
    page: str = ""
    kinds: tuple[str, ...] = ()
    labels_only: bool = False

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise WordError(f"{self.key!r}: a key is small letters, with single hyphens between.")
        for form in self.forms:
            if not FORM.fullmatch(form):
                raise WordError(f"{self.key}: is written in letters, not as {form!r}.")
        if not SENTENCE.fullmatch(self.says):
            raise WordError(f"{self.key}: must say one sentence, got {self.says!r}.")
        known = [one.key for one in lessons()]
        if bool(self.lesson) == bool(self.page):
            raise WordError(f"{self.key}: needs a lesson, or a page where no lesson shows it.")
        if self.lesson and self.lesson not in known:
            raise WordError(f"{self.key}: no lesson {self.lesson!r}, but {', '.join(known)}.")
        if self.page and self.page not in PAGES:
            raise WordError(f"{self.key}: no page {self.page!r}, but {', '.join(PAGES)}.")
        if unknown := set(self.kinds) - set(KINDS):
            raise WordError(f"{self.key}: no kind of layer {', '.join(sorted(unknown))}.")

    @property
    def forms(self) -> tuple[str, ...]:
        """How it is written."""
        return (self.term, *self.also)

    @property
    def address(self) -> str:
        """Where it is seen."""
        part = f"#{self.part}" if self.part else ""
        return f"lesson?of={self.lesson}{part}" if self.lesson else self.page

    @property
    def place(self) -> str:
        """What that is called: `Lesson 3: Kernels and feature maps`."""
        if not self.lesson:
            return PAGES[self.page]
        found = next(one for one in lessons() if one.key == self.lesson)
        return f"Lesson {found.number}: {found.title}"


def glossary(data: Mapping[str, Mapping[str, Any]]) -> tuple[Word, ...]:
    """The words that a table describes, by their terms; no form is of two of them."""
    words = [_word(key, one) for key, one in data.items()]
    owners: dict[str, str] = {}
    for word in words:
        for form in map(str.lower, word.forms):
            if form in owners:
                raise WordError(f"{form!r} is said of {owners[form]} and of {word.key}.")
            owners[form] = word.key
    return tuple(sorted(words, key=lambda word: word.term.lower()))


def _word(key: str, data: Mapping[str, Any]) -> Word:
    try:
        lists = {name: tuple(data.get(name, ())) for name in ("also", "kinds")}
        return Word(key, **{**data, **lists})
    except TypeError as error:
        raise WordError(f"{key}: {error}.") from error


@cache
def words() -> tuple[Word, ...]:
    """All words, by their terms."""
    return glossary(tomllib.loads((WORDS / FILE).read_text(encoding="utf-8")))


@cache
def owners() -> dict[str, str]:
    """The key of the word that each form is of, in small letters."""
    return {form.lower(): word.key for word in words() for form in word.forms}


def of_kind(kind: str) -> Word | None:
    """The word for what layers of a kind do, where there is one."""
    return next((word for word in words() if kind in word.kinds), None)


def pattern(some: Iterable[Word]) -> str:
    """Finds forms of these words, whole and the longest first, in Python and in a browser alike."""
    forms = sorted((form for word in some for form in word.forms), key=len, reverse=True)
    one_of_them = "|".join(forms).replace(" ", r"\s")
    return rf"(?<![\w/.#-])(?:{one_of_them})(?![\w/-])"


def linked(text: str, but: Collection[str] = ()) -> str:
    """A Markdown text in which each word, `but` those of these keys, is a link where it is first.

    Code, LaTeX, links, headings, directives and `{values}` stay as they are.
    """
    left = {word.key for word in words() if not word.labels_only} - met(text) - set(but)

    def link(found: re.Match[str]) -> str:
        form = found["form"]
        key = owners()[re.sub(r"\s", " ", form.lower())] if form else ""
        if key not in left:
            return found[0]
        left.remove(key)
        return f"[{form}]({ADDRESS}#{key})"

    return _finder().sub(link, text)


def met(text: str) -> set[str]:
    """The keys of the words that are links in a text."""
    return {found[2] for found in _LINK.finditer(text)}


def unlinked(text: str) -> str:
    """A text without such links, as it is read."""
    return _LINK.sub(r"\1", text)


@cache
def _finder() -> re.Pattern[str]:
    forms = pattern(word for word in words() if not word.labels_only)
    return re.compile(f"{_LEFT_ALONE.pattern}|(?P<form>(?i:{forms}))", re.DOTALL | re.MULTILINE)
