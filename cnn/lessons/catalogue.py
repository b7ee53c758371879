"""The lessons there are, in their order and on the short way, and the words around them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import Goals
from cnn.lessons.lesson import Lesson, read
from cnn.network.architecture import Architecture
from cnn.network.zoo import entry

WORDS = Path(__file__).parent / "en"
OVERVIEW, CHALLENGES, FRAME = "_overview.toml", "_challenges.toml", "_frame.toml"
BEYOND = "_beyond.toml"


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson that is written, by number."""
    files = WORDS.glob("[a-z]*.toml")
    return tuple(sorted((read(path) for path in files), key=lambda lesson: lesson.number))


def find(key: str | None) -> Lesson:
    """The lesson of that key; the first one where there is none of it."""
    return next((one for one in lessons() if one.key == key), lessons()[0])


@cache
def whole_way() -> tuple[Lesson, ...]:
    """The lessons that whoever has done them all has done; the extra ones come after them."""
    return tuple(lesson for lesson in lessons() if not lesson.is_extra)


@cache
def short_way() -> tuple[Lesson, ...]:
    """The lessons that lead straight to a network of one's own."""
    return tuple(lesson for lesson in lessons() if lesson.is_on_short_way)


def beside(lesson: Lesson, short: bool = False) -> tuple[Lesson | None, Lesson | None]:
    """The lesson before and the one after: of all, or of the short way where it is on it."""
    way = short_way() if short and lesson.is_on_short_way else lessons()
    line = (None, *way, None)
    place = line.index(lesson)
    return line[place - 1], line[place + 1]


def overview() -> dict[str, Any]:
    """What the overview says beside the lessons: what to know before, when to use a CNN."""
    return _read(OVERVIEW)


def beyond() -> dict[str, Any]:
    """What the page says of questions other than which class."""
    return _read(BEYOND)


def frame_text(name: str, /, **values: object) -> str:
    """One of the texts around the lessons, with values put in for its `{names}`."""
    return words_around()[name].format(**values)


def words_around() -> dict[str, str]:
    """All texts around the lessons, by name."""
    words: dict[str, str] = _read(FRAME)["words"]
    return words


def last_minutes() -> int:
    """How long the end of the way takes: a network of one's own, trained and compared."""
    minutes: int = _read(FRAME)["way"]["last_minutes"]
    return minutes


@dataclass(frozen=True, slots=True)
class Challenge:
    """Goals to reach, and the network to begin with, which does not reach them."""

    title: str
    text: str
    goals: Goals
    start: Architecture


@cache
def challenges() -> tuple[Challenge, ...]:
    """The challenges that come along."""
    return tuple(_challenge(one) for one in _read(CHALLENGES)["challenges"])


@cache
def own_challenge() -> Challenge:
    """The challenge that whoever sets one of their own begins with; it has no title."""
    return _challenge(_read(CHALLENGES)["own"])


def measure_words() -> dict[str, str]:
    """What each measure of a goal is called."""
    words: dict[str, str] = _read(CHALLENGES)["words"]
    return words


def _challenge(data: dict[str, str]) -> Challenge:
    start = entry(data["start"]).architecture
    return Challenge(data.get("title", ""), data.get("text", ""), goals.read(data["goals"]), start)


@cache
def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((WORDS / file).read_text(encoding="utf-8"))
