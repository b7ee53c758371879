"""`python -m cnn verify`: hand-ins done again, which are graded by what came of that."""

from __future__ import annotations

import argparse
import json
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnn.commands import CommandError, refusals
from cnn.commands.terminal import printable, quiet
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments import verify as verifying
from cnn.lessons.assignments.gradebook import goal_words, gradebook
from cnn.lessons.assignments.verify import ALL, CANNOT_PROVE, Graded
from cnn.network.errors import shown


def verify(options: argparse.Namespace) -> int:
    """Grades all; the status is 1 where one is refused."""
    with refusals():
        wanted = None if options.assignment is None else assignment.read(options.assignment)
        epochs = _epochs(options.epochs)
        seed = secrets.randbelow(2**31) if options.seed is None else options.seed
        files = verifying.files_in(Path(options.path))
        with quiet():  # what TensorFlow says of itself
            graded = verifying.verify(
                files, wanted, seed=seed, epochs=epochs, tell=_nobody if options.json else _tell
            )
    if options.gradebook:
        _write(Path(options.gradebook), gradebook(graded))
    refused = sum(not one.is_accepted for one in graded)
    if options.json:
        print(json.dumps({"seed": seed, "hand_ins": [_dict(one) for one in graded]}))
    else:
        _say_end(graded, refused, seed, wanted is not None)
    return 1 if refused else 0


def _epochs(text: str) -> int:
    if text == "all":
        return ALL
    if text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 1_000:
        return int(text)
    raise CommandError(f"--epochs is a whole number from 1 on, or all, not {shown(text)}.")


def _nobody(_: Graded) -> None:
    """For programs, all is said at the end."""


def _tell(one: Graded) -> None:
    name = printable(one.found.name) if one.found else ""
    if not one.is_accepted:
        print(f"refused   {printable(one.file)}  {name}: {printable(one.reason)}.", flush=True)
        return
    test = f"{one.test.accuracy:.2%} of {one.test.images:,}" if one.test else ""
    said = ", ".join(goal_words(each) for each in one.judged)
    again = ", ".join(map(str, one.epochs))
    late = ", late by its own clock" if one.is_late else ""
    goals = "goals met" if one.is_passed else "goals not met"
    print(
        f"accepted  {printable(one.file)}  {name}: {goals} ({said}); test {test}; epoch {again} "
        f"done again{late}",
        flush=True,
    )


def _say_end(graded: list[Graded], refused: int, seed: int, is_given: bool) -> None:
    accepted = len(graded) - refused
    print(f"{accepted} accepted, {refused} refused. Epochs were chosen by --seed {seed}.")
    if not is_given:
        print("Goals are those most of them name. Give --assignment LINK to hold them to yours.")
    print("Not proven, as nothing in a file can:", *CANNOT_PROVE, sep="\n  ")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8-sig", newline="")  # as spreadsheets read it
    except OSError as error:
        raise CommandError(f"the gradebook {path} cannot be written: {error.strerror}.") from error


def _dict(one: Graded) -> dict[str, Any]:
    return {
        "file": one.file,
        "name": one.found.name if one.found else None,
        "run_id": one.found.run.id if one.found else None,
        "accepted": one.is_accepted,
        "reason": one.reason or None,
        "passed": one.is_passed if one.is_accepted else None,
        "goals": [goal_words(each) for each in one.judged],
        "test": asdict(one.test) if one.test else None,
        "epochs": list(one.epochs),
        "late": one.is_late,
        "answer": one.found.answer if one.found else None,
    }
