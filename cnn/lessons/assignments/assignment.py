"""What a teacher asks for, as a value and as the text that a link carries.

Owns what an assignment is, and which trainings can be one of it. Its questions are answered by
people; its goals are those of challenges.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cnn.data import DataError, DatasetName, DatasetSpec, described
from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import GoalError, Goals
from cnn.names import visible
from cnn.network.architecture import Architecture
from cnn.network.errors import shown
from cnn.network.trace import trace
from cnn.training.recipe.configuration import SLOTS, Configuration

NAME = "assignment"
"""What an address calls it."""

LONGEST, LONGEST_TITLE, LONGEST_QUESTION, MOST_LESSONS = 4_000, 80, 300, 30
DUE = "%Y-%m-%dT%H:%MZ"
MOST_BYTES = 500_000_000
"""More than that of checkpoints is not kept, nor handed in."""

AROUND_BYTES, ARRAY_BYTES = 30, 260
"""What a file of arrays takes beside its numbers, and each array in it."""


class AssignmentError(ValueError):
    """What is no assignment, or no training for one, and what to do."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Goals on a data set, drawn by its seed, until a time in UTC (`2026-12-01T22:59Z`), or none.

    `question` is answered in a sentence, those of the `lessons` (by their keys) by choosing.
    """

    title: str
    goals: Goals
    data: DatasetSpec
    due: str = ""
    question: str = ""
    lessons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        title = visible(self.title).strip()
        if not 1 <= len(title) <= LONGEST_TITLE:
            raise AssignmentError(
                f"an assignment has a title of 1 to {LONGEST_TITLE} letters, got {shown(title)}."
            )
        object.__setattr__(self, "title", title)
        if self.data.name is DatasetName.OWN_IMAGES:
            raise AssignmentError(
                "images of your own are on this machine alone. Choose data that everybody has."
            )
        if len(self.question) > LONGEST_QUESTION:
            raise AssignmentError(
                f"a question of {len(self.question)} letters is too long: at most "
                f"{LONGEST_QUESTION}."
            )
        if len(self.lessons) > MOST_LESSONS:
            raise AssignmentError(f"at most {MOST_LESSONS} lessons, got {len(self.lessons)}.")
        object.__setattr__(self, "goals", replace(self.goals, data=None))
        if self.due:
            _time(self.due)

    @property
    def due_at(self) -> float | None:
        """When it is due, in seconds; None where it never is."""
        return _time(self.due) if self.due else None

    @property
    def text(self) -> str:
        """What a link carries, and a run keeps."""
        values = {
            "title": self.title,
            "goals": goals.written(self.goals),
            "data": self.data.to_dict(),
            "due": self.due,
            "question": self.question,
            "lessons": list(self.lessons),
        }
        kept = {name: one for name, one in values.items() if one}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def id(self) -> str:
        """Equal where all of it is."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def read(text: str) -> Assignment:
    """The assignment of a text, or of the link to it; raises `AssignmentError` where it is none."""
    text = text.strip()
    if not text.startswith("{"):
        found = parse_qs(urlsplit(text[: 4 * LONGEST]).query).get(NAME)
        if not found:
            raise AssignmentError(
                f"{shown(text)} is no link to an assignment. Copy the whole link from the desk."
            )
        text = found[-1]
    if len(text) > LONGEST:
        raise AssignmentError(
            f"an assignment of {len(text):,} letters is too long: at most {LONGEST:,}."
        )
    try:
        return _of(json.loads(text))
    except (GoalError, DataError) as error:
        raise AssignmentError(f"the assignment cannot be read: {error}") from error
    except AssignmentError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise AssignmentError(
            "the assignment cannot be read: its text is damaged. Copy the whole link again."
        ) from error


def _of(found: Any) -> Assignment:
    kinds = {"title": str, "goals": str, "data": dict, "due": str, "question": str, "lessons": list}
    if not isinstance(found, dict) or not {"title", "goals", "data"} <= found.keys():
        raise AssignmentError(f"an assignment has title, goals and data, got {shown(found)}.")
    for name, one in found.items():
        if name not in kinds or not isinstance(one, kinds[name]):
            raise AssignmentError(f"{shown(name)} of the assignment is {shown(one)}.")
    lessons = found.get("lessons", [])
    if not all(isinstance(one, str) for one in lessons):
        raise AssignmentError(f"lessons of the assignment are {shown(lessons)}.")
    return Assignment(
        title=found["title"],
        goals=goals.read(found["goals"]),
        data=DatasetSpec.from_dict(found["data"]),
        due=found.get("due", ""),
        question=found.get("question", ""),
        lessons=tuple(lessons),
    )


def _time(text: str) -> float:
    try:
        return datetime.strptime(text, DUE).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError) as error:
        raise AssignmentError(
            f"{shown(text)} is no time. Write it in UTC, like 2026-12-01T22:59Z."
        ) from error


def why_not(wanted: Assignment, architecture: Architecture, configuration: Configuration) -> str:
    """What keeps a training from being one of an assignment; nothing where it can be."""
    if configuration.dataset != wanted.data:
        return f"It is on other data. The assignment is on {described(wanted.data)}."
    if configuration.start:
        return (
            "It begins with weights that were trained before, which nobody can check. Begin with "
            "new ones."
        )
    if configuration.seconds:
        return "It is given seconds, which no other machine can do again. Give it epochs."
    size = kept_bytes(architecture, configuration)
    if size > MOST_BYTES:
        return (
            f"Its {configuration.epochs + 1:,} checkpoints would take {size / 1e6:,.0f} MB, and at "
            f"most {MOST_BYTES / 1e6:,.0f} MB are kept. Train fewer epochs, or a smaller network."
        )
    return ""


def kept_bytes(architecture: Architecture, configuration: Configuration) -> int:
    """About what all checkpoints of a training take: one before it, and one after each epoch."""
    return (configuration.epochs + 1) * state_bytes(architecture, configuration)


def state_bytes(architecture: Architecture, configuration: Configuration) -> int:
    """About what one of them takes: the weights, and what the optimizer keeps for each."""
    traced, slots = trace(architecture), SLOTS[configuration.optimizer]
    arrays = sum(len(row.weights) for row in traced.rows) * (1 + slots) + 3
    numbers = traced.total_params + slots * traced.trainable_params
    return AROUND_BYTES + 4 * numbers + ARRAY_BYTES * arrays


def begun(configuration: Configuration) -> Configuration:
    """The same with a seed of its own, so that no two trainings of a class are alike by chance."""
    return replace(configuration, seed=secrets.randbelow(2**31))
