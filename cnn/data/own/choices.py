"""What can be read in more than one way, as values: what was found, and what there is to choose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cnn.data.own.opened import Form
from cnn.data.own.reading import Reading


class About(StrEnum):
    """What a choice is about; each by the name that `Reading` has for it."""

    COLUMNS = "columns"
    AXES = "axes"
    VALUES = "values"
    TURN = "is_transposed"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read a file: the words of a `Reading`, and what they mean here."""

    words: str
    said: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found of one thing, and how it can be read; the first option is what is taken."""

    about: About
    found: str
    options: tuple[Option, ...]
    is_open: bool = False
    """Whether it has to be said, as the file does not say it and nobody should guess."""

    @property
    def ask(self) -> str:
        """What was found, and the words that answer it."""
        each = ", or ".join(f'--read "{one.words}" ({one.said})' for one in self.options[:6])
        return f"{self.found} Say how it is read: {each}."


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file of own images is read: what it says itself, what was said of it, and the rest.

    Where something is open, `reading` has a guess in its place.
    """

    form: Form
    splits: str
    reading: Reading
    choices: tuple[Choice, ...]

    @property
    def ask(self) -> str:
        """What is open, and the words that answer it."""
        words = " ".join(one.options[0].words for one in self.open)
        more = f' All in one, such as --read "{words}".' if len(self.open) > 1 else ""
        return " ".join(one.ask for one in self.open) + more

    @property
    def open(self) -> tuple[Choice, ...]:
        """What has to be said before the images can be used."""
        return tuple(one for one in self.choices if one.is_open)
