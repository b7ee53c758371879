"""The lessons there are, in their order, and the words of the page that lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnn.lessons import goals
from cnn.lessons.goals import Goals
from cnn.lessons.lesson import Lesson, read
from cnn.network.architecture import Architecture
from cnn.network.zoo import entry

WORDS = Path(__file__).parent / "en"
OVERVIEW, CHALLENGES = "_overview.toml", "_challenges.toml"


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson that is written, by number."""
    files = WORDS.glob("[a-z]*.toml")
    return tuple(sorted((read(path) for path in files), key=lambda lesson: lesson.number))


def find(key: str | None) -> Lesson:
    """The lesson of that key; the first one where there is none of it."""
    return next((one for one in lessons() if one.key == key), lessons()[0])


def beside(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The lesson before and the one after."""
    line = (None, *lessons(), None)
    place = line.index(lesson)
    return line[place - 1], line[place + 1]


@cache
def overview() -> dict[str, Any]:
    """What the overview says beside the lessons: what to know before, when to use a CNN."""
    return tomllib.loads((WORDS / OVERVIEW).read_text(encoding="utf-8"))


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
    data = tomllib.loads((WORDS / CHALLENGES).read_text(encoding="utf-8"))
    return tuple(
        Challenge(
            one["title"], one["text"], goals.read(one["goals"]), entry(one["start"]).architecture
        )
        for one in data["challenges"]
    )


@cache
def measure_words() -> dict[str, str]:
    """What each measure of a goal is called."""
    words: dict[str, str] = tomllib.loads((WORDS / CHALLENGES).read_text(encoding="utf-8"))["words"]
    return words
