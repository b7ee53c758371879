"""What is handed in of a training for an assignment: the one file, as the store gives it.

    hand-in.json    who, answers, assignment, record, curve
    steps.npz       the curve step by step
    weights.npz     those that were tested
    state-0000.npz  the checkpoint before the first epoch, and after each

Nothing is in it but what its page shows. Reading one that somebody brings is in `opened`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import IO, Any

import numpy as np

from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment, AssignmentError
from cnn.lessons.progress import Event, Standing
from cnn.names import visible
from cnn.training.engine.snapshots import state_name
from cnn.training.recipe.run import ASSIGNMENT, STATE_AFTER, WEIGHTS, Run, State, Step
from cnn.training.store import class_names, run_rows
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store

ABOUT, STEPS, NPZ = "hand-in.json", "steps", ".npz"
FORMAT = 1
LONGEST_NAME, LONGEST_ANSWER = 60, 2_000

OF_RECORD = (
    *("id", "name", "architecture", "configuration", "recipe", "data_fingerprint", "images"),
    *("environment", "state", "created_at", "started_at", "finished_at", "result", "continues"),
    *("first_step", "changes"),
)
"""What of a run's row is handed in: not its note, nor what its store knows it by."""

FIGURES = ("step", "loss", "accuracy", "learning_rate")


class HandInError(ValueError):
    """What cannot be handed in, or is no hand-in: why, and what to do."""


def of_run(store: Store, run: Run) -> Assignment | None:
    """The assignment that a run was trained for; None where it was for none."""
    content = store.file(run.id, ASSIGNMENT)
    if content is None:
        return None
    try:
        return assignment.read(content.decode())
    except (AssignmentError, UnicodeDecodeError) as error:
        raise HandInError(f"the assignment of run {run.id} cannot be read: {error}") from error


def why_not(store: Store, run: Run) -> str:
    """What keeps a run from being handed in; nothing where it can be."""
    if run.state is not State.FINISHED or run.result is None:
        way_out = "Wait for its end" if run.is_live else "Resume it first"
        return f"it is {run.state}. {way_out}."
    sizes = store.file_sizes(run.id)
    names = [state_name(epoch) for epoch in range((run.result.epochs or 0) + 1)]
    missing = [name for name in (*names, WEIGHTS) if name not in sizes]
    if missing:
        return f"it does not keep {missing[0]} any more. Train it again."
    return ""


def size_bytes(store: Store, run: Run) -> int:
    """About what its file takes."""
    sizes = store.file_sizes(run.id)
    return sum(
        size for name, size in sizes.items() if name == WEIGHTS or name.startswith(STATE_AFTER)
    )


def file_name(name: str, run: Run) -> str:
    """What the file of somebody's run is called."""
    letters = "".join(one if one.isalnum() else "-" for one in name.strip().lower())
    return f"{letters.strip('-') or 'hand-in'}-{run.id[:6]}.zip"


def checked(store: Store, run: Run, *, name: str, answer: str) -> Assignment:
    """What a run is handed in for; raises `HandInError` where it cannot be."""
    wanted = of_run(store, run)
    if wanted is None:
        raise HandInError(
            f"run {run.id} was trained for no assignment. Open the link to one, and train there."
        )
    if said := why_not(store, run):
        raise HandInError(f"run {run.id} cannot be handed in: {said}")
    if not 1 <= len(visible(name).strip()) <= LONGEST_NAME:
        raise HandInError(f"a hand-in has a name of 1 to {LONGEST_NAME} letters: whose is it?")
    if len(answer) > LONGEST_ANSWER:
        raise HandInError(
            f"an answer of {len(answer):,} letters is too long: at most {LONGEST_ANSWER:,}."
        )
    return wanted


def write(
    store: Store, run: Run, into: IO[bytes], *, name: str, answer: str, standing: Standing
) -> None:
    """Writes the file; raises `HandInError` where the run cannot be handed in."""
    wanted = checked(store, run, name=name, answer=answer)
    about = {
        "format": FORMAT,
        "name": visible(name).strip(),
        "answer": visible(answer).strip(),
        "answers": [asdict(one) for one in answers(wanted, standing)],
        "assignment": wanted.text,
        "run": {key: one for key, one in run_rows.columns(run).items() if key in OF_RECORD},
        "curve": [asdict(one) for one in store.epochs([run.id])[run.id]],
        "class_names": list(class_names.class_names(store, run)),
    }
    states = sorted(one for one in store.file_sizes(run.id) if one.startswith(STATE_AFTER))
    files = ((one, _file(store, run, one)) for one in (WEIGHTS, *states))
    pack(about, steps_to_bytes(store.every_step(run.id)), files, into)


def answers(wanted: Assignment, standing: Standing) -> Sequence[Event]:
    """What was answered in the lessons that an assignment asks for."""
    return [one for one in standing.events if one.lesson in wanted.lessons]


def pack(
    about: dict[str, Any], steps: bytes, files: Iterable[tuple[str, bytes]], into: IO[bytes]
) -> None:
    """Puts the parts of a hand-in into a file."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps(about, ensure_ascii=False, indent=1)
        archive.writestr(ABOUT, text, zipfile.ZIP_DEFLATED)
        archive.writestr(f"{STEPS}{NPZ}", steps, zipfile.ZIP_DEFLATED)
        for name, content in files:
            archive.writestr(f"{name}{NPZ}", content)


def steps_to_bytes(steps: Iterable[Step]) -> bytes:
    """The curve step by step as arrays."""
    found = [tuple(getattr(one, name) for name in FIGURES) for one in steps]
    columns = np.array(found, np.float64).reshape(-1, len(FIGURES)).T
    return arrays_to_bytes(dict(zip(FIGURES, columns, strict=True)))


def _file(store: Store, run: Run, name: str) -> bytes:
    content = store.file(run.id, name)
    if content is None:
        raise HandInError(f"run {run.id} does not keep {name} any more. Train it again.")
    return content
