"""A lesson as a value: its words, its questions, and how it is read from its file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any


class LessonError(ValueError):
    """A lesson's file that does not make a lesson."""


class Level(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen, and why it is right or wrong."""

    text: str
    why: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A question on the lesson; exactly one of its options is right.

    One that came later is `extra`: a lesson is done without it, so whoever had done it still has.
    """

    key: str
    question: str
    options: tuple[Option, ...]
    is_extra: bool = False

    def __post_init__(self) -> None:
        if len(self.options) < 2:
            raise LessonError(f"question {self.key}: needs two options or more.")
        if sum(option.is_right for option in self.options) != 1:
            raise LessonError(f"question {self.key}: exactly one option must be right.")

    @property
    def right(self) -> int:
        """The place of the right option."""
        return next(place for place, option in enumerate(self.options) if option.is_right)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `words` are the texts its page is made of, by name.

    An introduction is for who has not begun: whoever has done a lesson after it need not go back.
    One that is `extra` comes after the end: all lessons are done without it.
    """

    key: str
    number: int
    title: str
    question: str
    minutes: int
    level: Level
    takeaway: str
    checks: tuple[Check, ...]
    words: Mapping[str, str]
    mathematics: str = ""
    is_on_short_way: bool = False
    is_introduction: bool = False
    is_extra: bool = False

    def __post_init__(self) -> None:
        if not self.key.isidentifier():
            raise LessonError(f"the key {self.key!r} must be a Python name: a module has it too.")
        if not self.needed:
            raise LessonError(f"lesson {self.key}: needs at least one question.")
        object.__setattr__(self, "words", MappingProxyType(dict(self.words)))

    @property
    def needed(self) -> tuple[Check, ...]:
        """The questions that are answered in a lesson that is done."""
        return tuple(check for check in self.checks if not check.is_extra)

    def text(self, name: str, /, **values: object) -> str:
        """One of the lesson's texts, with values put in for its `{names}`."""
        return self.words[name].format(**values)


def read(path: Path) -> Lesson:
    """The lesson that a TOML file describes."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Lesson(
            key=path.stem,
            number=data["number"],
            title=data["title"],
            question=data["question"],
            minutes=data["minutes"],
            level=Level(data["level"]),
            takeaway=data["takeaway"],
            checks=tuple(_check(one) for one in data["checks"]),
            words={name: text.strip() for name, text in data.get("words", {}).items()},
            mathematics=data.get("mathematics", "").strip(),
            is_on_short_way=data.get("short_way", False),
            is_introduction=data.get("introduction", False),
            is_extra=data.get("extra", False),
        )
    except KeyError as error:
        raise LessonError(f"{path.name} has no {error}. Add it.") from error


def _check(data: dict[str, Any]) -> Check:
    options = tuple(
        Option(one["text"], one["why"].strip(), one.get("right", False)) for one in data["options"]
    )
    return Check(data["key"], data["question"], options, data.get("extra", False))
