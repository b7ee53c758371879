"""A hand-in that somebody brings, read as what it may be: hostile. Owns its bounds.

Nothing is unpacked to the disk, nor beyond the sizes that its own design asks for; nothing in it is
run. Whether what it says is true is the business of `checks` and `replay`.
"""

from __future__ import annotations

import functools
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from cnn.data import DataError
from cnn.data.files import open_zip, read_file, read_member, read_npz
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment, AssignmentError, state_bytes
from cnn.lessons.assignments.hand_in import (
    ABOUT,
    FIGURES,
    FORMAT,
    LONGEST_ANSWER,
    LONGEST_NAME,
    NPZ,
    OF_RECORD,
    STEPS,
    HandInError,
)
from cnn.lessons.progress import Event
from cnn.lessons.progress.file import ProgressFileError
from cnn.lessons.progress.file import read as read_events
from cnn.names import visible
from cnn.network.errors import shown
from cnn.network.keras.model import Weights, WeightsError, check_weights
from cnn.network.trace import trace
from cnn.training.engine.snapshots import state_name
from cnn.training.engine.weights import by_row
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.json_columns import UnknownError, object_of
from cnn.training.recipe.run import STATE_AFTER, WEIGHTS, Epoch, Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import run_rows
from cnn.training.store.arrays import Arrays, as_clause

MOST_BYTES = assignment.MOST_BYTES + 100_000_000
ABOUT_BYTES, STEPS_BYTES = 4_000_000, 64_000_000
MOST_MEMBERS, MOST_ARRAYS = 1_100, 20_000
SLACK = 2
"""An array file may take so many times what its numbers do: headers, and what Keras adds."""

_EPOCH = object_of(Epoch)
_STATE = re.compile(rf"{STATE_AFTER}\d{{4}}")
_NOT_HANDED_IN: Mapping[str, Any] = MappingProxyType(
    {"wish": "run", "progress": "{}", "message": "", "worker": "", "checkpoint": None}
    | {"network": "", "dataset": "", "note": "", "is_archived": 0, "elsewhere": None}
)
_KINDS = {
    "format": int,
    "name": str,
    "answer": str,
    "answers": list,
    "assignment": str,
    "run": dict,
    "curve": list,
    "class_names": list,
}


@dataclass(frozen=True, slots=True, eq=False)
class HandIn:
    """What a file says. Checkpoints stay packed until one is asked for: all are many bytes."""

    file: str
    name: str
    answer: str
    answers: tuple[Event, ...]
    assignment: Assignment
    run: Run
    recipe: str
    curve: tuple[Epoch, ...]
    class_names: tuple[str, ...]
    steps: Arrays
    packed_weights: bytes
    packed_states: tuple[bytes, ...]

    def state(self, epoch: int) -> Arrays:
        """The checkpoint after an epoch; 0 is before the first."""
        limit = SLACK * state_bytes(self.run.architecture, self.run.configuration)
        return _arrays(self.packed_states[epoch], state_name(epoch), limit)

    def weights(self) -> Weights:
        """The weights that were tested, checked to be of its design."""
        limit = SLACK * state_bytes(self.run.architecture, self.run.configuration)
        try:
            found = by_row(_arrays(self.packed_weights, WEIGHTS, limit).items())
            check_weights(found, trace(self.run.architecture))
        except (WeightsError, ValueError, TypeError) as error:
            raise HandInError(f"its weights are not those of its design: {error}") from error
        return found


def opened(path: Path) -> HandIn:
    """The hand-in of a file; raises `HandInError`, and fails in no other way."""
    try:
        content = read_file(path, MOST_BYTES)
        with open_zip(content, MOST_MEMBERS) as archive:
            return _read(path.name, archive)
    except (DataError, AssignmentError, ProgressFileError, ConfigurationError) as error:
        raise HandInError(f"it cannot be read: {as_clause(error)}") from error


def _read(file: str, archive: zipfile.ZipFile) -> HandIn:
    members = {one.filename: one for one in archive.infolist()}
    if len(members) < len(archive.infolist()):
        raise HandInError("it cannot be read: two of its files have one name")
    take = functools.partial(_taken, archive, members)
    about = _about(take(ABOUT, ABOUT_BYTES))
    run = _run(about["run"])
    limits.check_size(run.architecture)
    each = SLACK * state_bytes(run.architecture, run.configuration)
    states = sorted(name for name in members if _STATE.fullmatch(name.removesuffix(NPZ)))
    wanted = [f"{state_name(epoch)}{NPZ}" for epoch in range(len(states))]
    others = members.keys() - {ABOUT, f"{STEPS}{NPZ}", f"{WEIGHTS}{NPZ}", *states}
    if states != wanted:
        raise HandInError(f"of its checkpoints {(set(wanted) - set(states)).pop()} is missing")
    if others:
        raise HandInError(f"it holds {shown(min(others))}, which is no part of a hand-in")
    return HandIn(
        file=file,
        name=_name(about["name"]),
        answer=visible(about["answer"])[:LONGEST_ANSWER],
        answers=read_events(json.dumps({"kept": about["answers"]}).encode()),
        assignment=assignment.read(about["assignment"]),
        run=run,
        recipe=str(about["run"]["recipe"]),
        curve=_curve(about["curve"]),
        class_names=_texts(about["class_names"]),
        steps=_steps(_arrays(take(f"{STEPS}{NPZ}", STEPS_BYTES), STEPS, STEPS_BYTES)),
        packed_weights=take(f"{WEIGHTS}{NPZ}", each),
        packed_states=tuple(take(name, each) for name in states),
    )


def _taken(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, limit: int
) -> bytes:
    if name not in members:
        raise HandInError(f"it has no {name}, so it is no hand-in, or not a whole one")
    try:
        return read_member(archive, members[name], limit)
    except DataError as error:
        raise HandInError(f"its {name} {error}") from error


def _about(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise HandInError(f"its {ABOUT} is no JSON") from error
    if not isinstance(found, dict) or found.keys() != _KINDS.keys():
        raise HandInError(f"its {ABOUT} has other parts than {', '.join(_KINDS)}")
    for name, kind in _KINDS.items():
        if not isinstance(found[name], kind):
            raise HandInError(f"its {name} is {shown(found[name])}")
    if found["format"] != FORMAT:
        raise HandInError(
            f"another version of the program wrote it, in format {found['format']}; this one reads "
            f"format {FORMAT}"
        )
    return found


def _run(record: dict[str, Any]) -> Run:
    if record.keys() != set(OF_RECORD):
        raise HandInError(f"its record has other parts than {', '.join(OF_RECORD)}")
    found = run_rows.run({**_NOT_HANDED_IN, **record})
    if not isinstance(found, Run):
        reason = found.reason if isinstance(found, Unreadable) else found.words
        raise HandInError(f"its record cannot be read: {reason}")
    return found


def _name(text: str) -> str:
    found = visible(text).strip()
    if not 1 <= len(found) <= LONGEST_NAME or not found.isprintable():
        raise HandInError(f"its name is {shown(text)}, which is none")
    return found


def _curve(found: list[Any]) -> tuple[Epoch, ...]:
    try:
        curve = tuple(_EPOCH(json.dumps(one)) for one in found)
    except (UnknownError, ValueError, RecursionError) as error:
        raise HandInError(f"its curve cannot be read: {error}") from error
    if [one.epoch for one in curve] != list(range(1, len(curve) + 1)):
        raise HandInError("the epochs of its curve are not 1, 2, 3 and so on")
    return curve


def _texts(found: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in found):
        raise HandInError(f"its class names are {shown(found)}")
    return tuple(found)


def _steps(found: Arrays) -> Arrays:
    if found.keys() != set(FIGURES):
        raise HandInError(f"its steps have other figures than {', '.join(FIGURES)}")
    for name, one in found.items():
        if one.dtype != np.float64 or one.ndim != 1 or not np.isfinite(one).all():
            raise HandInError(f"{name} of its steps is no list of numbers")
    if len({len(one) for one in found.values()}) > 1:
        raise HandInError("the figures of its steps are not of equally many steps")
    return found


def _arrays(content: bytes, name: str, limit: int) -> Arrays:
    try:
        return read_npz(content, limit, MOST_ARRAYS)
    except DataError as error:
        raise HandInError(f"its {name} cannot be read: {as_clause(error)}") from error
