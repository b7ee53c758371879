"""What a person types to find networks: words, and limits such as `under 5 M parameters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cnn.network.atlas import Known

Reading = Callable[[Known], float | None]

MEASURES: dict[str, tuple[str, Reading]] = {
    "parameters": ("parameters", lambda known: known.params),
    "params": ("parameters", lambda known: known.params),
    "macs": ("MACs", lambda known: known.macs),
    "layers": ("layers deep", lambda known: known.depth),
    "deep": ("layers deep", lambda known: known.depth),
    "pixels": ("pixels a side", lambda known: known.side),
    "%": ("% top-1", lambda known: known.top1),
}
"""What is limited by a word, and what it is of a network."""

SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "million": 1e6, "g": 1e9, "b": 1e9, "billion": 1e9}
BELOW = ("under", "below", "less than", "at most", "up to", "<=", "<", "≤")
ABOVE = ("over", "above", "more than", "at least", "from", ">=", ">", "≥")
SINCE, UNTIL = ("since", "after", "from"), ("until", "before", "up to")
FILLERS = {
    "and",
    "with",
    "of",
    "a",
    "an",
    "the",
    "network",
    "networks",
    "in",
    "by",
    "top-1",
    "deep",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one measure, in the words in which it was understood."""

    words: str
    read: Reading
    bound: float
    is_upper: bool

    def holds(self, known: Known) -> bool:
        value = self.read(known)
        if value is None:
            return False
        return value <= self.bound if self.is_upper else value >= self.bound


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for: all limits hold, and every word is found."""

    limits: tuple[Limit, ...] = ()
    words: tuple[str, ...] = ()

    def fits(self, known: Known) -> bool:
        said = f"{known.title} {known.family.title} {known.family.citation} {known.idea}".lower()
        return all(limit.holds(known) for limit in self.limits) and all(
            word in said or word == str(known.year) for word in self.words
        )

    @property
    def understood(self) -> str:
        """What is looked for, in words."""
        words = (f"“{word}”" for word in self.words)
        return ", ".join((*(limit.words for limit in self.limits), *words))


def asked(text: str) -> Question:
    """What a text asks for; a number without a word before it is a lower bound of a percentage and
    an upper one of all else.
    """
    limits: list[Limit] = []

    def taken(found: re.Match[str]) -> str:
        limits.append(_limit(found))
        return " "

    def year_taken(found: re.Match[str]) -> str:
        is_upper, year = found[1].lower() in UNTIL, float(found[2])
        words = f"{'until' if is_upper else 'since'} {found[2]}"
        limits.append(Limit(words, lambda known: known.year, year, is_upper))
        return " "

    rest = _LIMIT.sub(taken, text[:200])
    rest = _YEAR.sub(year_taken, rest)
    words = [word for word in re.findall(r"[\w.-]+", rest.lower()) if word not in FILLERS]
    return Question(tuple(limits), tuple(words))


def _limit(found: re.Match[str]) -> Limit:
    how, number, scale, measure = (part or "" for part in found.groups())
    name, read = MEASURES[measure.lower()]
    is_upper = how.lower() in BELOW or (not how and measure != "%")
    bound = float(number.replace(",", "")) * SCALES[scale.lower()]
    unit = name if name.startswith("%") else f" {name}"
    shown = f"{number}{f' {scale}' if scale else ''}{unit}"
    return Limit(f"{'at most' if is_upper else 'at least'} {shown}", read, bound, is_upper)


def _one_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_LIMIT = re.compile(
    rf"(?:({_one_of((*BELOW, *ABOVE))})\s*)?([0-9][0-9,]*(?:\.[0-9]+)?)\s*"
    rf"({_one_of(scale for scale in SCALES if scale)})?\s*({_one_of(MEASURES)})(?!\w)",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"\b({_one_of((*SINCE, *UNTIL))})\s+((?:19|20)[0-9][0-9])\b", re.IGNORECASE)
