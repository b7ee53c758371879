"""What a class handed in by a click: noted with the run, found again, and saved as the files that
`verify` reads. A run that is deleted is handed in no more.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, select

from cnn.lessons.assignments import assignment, hand_in
from cnn.lessons.assignments.assignment import Assignment, AssignmentError
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.progress import Standing
from cnn.lessons.progress.file import ProgressFileError
from cnn.lessons.progress.file import read as read_events
from cnn.names import visible
from cnn.training.recipe.run import ASSIGNMENT, HANDED_IN, Run
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.store_error import check_room
from cnn.training.store.tables import files, runs

LEFT_OUT = "left-out.txt"
"""What a file of many hand-ins says of those that are not in it."""


@dataclass(frozen=True, slots=True)
class Note:
    """When a run was handed in, with what was answered until then."""

    at: float
    answer: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody did for an assignment: their trainings, the newest first, and which of them
    they handed in last; none where `run_id` is empty.
    """

    owner: str
    trainings: tuple[str, ...] = ()
    run_id: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment that some of a class trained for, and what each of them did."""

    assignment: Assignment
    works: tuple[Work, ...]

    @property
    def handed_in(self) -> tuple[Work, ...]:
        return tuple(one for one in self.works if one.run_id)

    def of(self, owner: str) -> Work:
        return next((one for one in self.works if one.owner == owner), Work(owner))

    def is_late(self, work: Work) -> bool:
        """Whether it was handed in after it was due."""
        due = self.assignment.due_at
        return bool(work.run_id) and due is not None and work.at > due


def put(store: Store, run: Run, answer: str, standing: Standing) -> None:
    """Hands a run in, by whose store it is; raises `HandInError` where it cannot be."""
    wanted = hand_in.checked(store, run, name=called(store.person.name), answer=answer)
    kept = [asdict(one) for one in hand_in.answers(wanted, standing)]
    note = {"at": time.time(), "answer": visible(answer).strip(), "kept": kept}
    store.keep_file(run.id, HANDED_IN, json.dumps(note).encode())


def note_of(store: Store, run_id: str) -> Note | None:
    """What was handed in of a run, if it was."""
    content = store.file(run_id, HANDED_IN)
    return None if content is None else _read(content)


def of_class(connection: Connection, ids: Sequence[str]) -> tuple[Assigned, ...]:
    """What these people trained for assignments, the newest first."""
    query = (
        select(runs.c.id, runs.c.owner, files.c.name, files.c.content)
        .join_from(runs, files, files.c.run_id == runs.c.id)
        .where(runs.c.owner.in_(ids), files.c.name.in_((ASSIGNMENT, HANDED_IN)))
        .where(are_whole(connection, files))
        .order_by(runs.c.created_at.desc(), runs.c.id, files.c.name)
    )
    wanted: dict[str, bytes] = {}  # of runs
    notes: dict[str, Note] = {}
    owners: dict[bytes, dict[str, list[str]]] = {}
    for run_id, owner, name, content in connection.execute(query):
        if name == ASSIGNMENT:
            wanted[run_id] = content
            owners.setdefault(content, {}).setdefault(owner, []).append(run_id)
        elif (note := _read(content)) is not None and run_id in wanted:
            notes[run_id] = note
    return tuple(_assigned(owners, notes))


def save_all(store: Store, found: Assigned, names: Mapping[str, str], into: IO[bytes]) -> None:
    """Writes the hand-ins of a class as one archive of their files, by the names that people have
    here; raises `StoreError` where the disk has no room for it.
    """
    there = [(one, run) for one in found.handed_in if (run := store.get(one.run_id)) is not None]
    size = sum(hand_in.size_bytes(store, run) for _, run in there)
    check_room(Path(tempfile.gettempdir()), size, "The file of all hand-ins")
    left_out = []
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for work, run in there:
            name = called(names[work.owner])
            note = note_of(store, run.id) or Note(work.at, "", Standing())
            try:
                hand_in.checked(store, run, name=name, answer=note.answer)
            except HandInError as error:
                left_out.append(f"{name}: {error}")
                continue
            with archive.open(hand_in.file_name(name, run), "w", force_zip64=True) as one:
                hand_in.write(
                    store, run, one, name=name, answer=note.answer, standing=note.standing
                )
        if left_out:
            archive.writestr(LEFT_OUT, "\n".join(left_out))


def called(name: str) -> str:
    """As much of somebody's name as a hand-in has."""
    return visible(name).strip()[: hand_in.LONGEST_NAME]


def _assigned(
    owners: Mapping[bytes, Mapping[str, Sequence[str]]], notes: Mapping[str, Note]
) -> Iterable[Assigned]:
    for content, of_each in owners.items():
        with contextlib.suppress(AssignmentError, UnicodeDecodeError):  # its own page says so
            wanted = assignment.read(content.decode())
            yield Assigned(wanted, tuple(_work(*one, notes) for one in of_each.items()))


def _work(owner: str, run_ids: Sequence[str], notes: Mapping[str, Note]) -> Work:
    handed = [(notes[one].at, one) for one in run_ids if one in notes]
    at, run_id = max(handed, default=(0.0, ""))
    return Work(owner, tuple(run_ids), run_id, at)


def _read(content: bytes) -> Note | None:
    """A note as it was kept; None where it is damaged."""
    try:
        standing = Standing(read_events(content))
        found = json.loads(content)
        return Note(float(found["at"]), str(found["answer"]), standing)
    except (ProgressFileError, ValueError, KeyError, TypeError):
        return None
