"""What came of hand-ins as a table for a teacher: a line each, with the reason of every refusal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from cnn.lessons import catalogue
from cnn.lessons.assignments.assignment import DUE
from cnn.lessons.assignments.opened import HandIn
from cnn.lessons.assignments.verify import Graded
from cnn.lessons.challenges.goals import Judged, shown_value
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress import Standing
from cnn.names import in_spreadsheet
from cnn.network.trace import trace

COLUMNS = (
    *("file", "name", "accepted", "reason", "passed", "goals", "test accuracy", "test images"),
    *("parameters", "epochs", "done again", "trained at (its own clock)", "late (its own clock)"),
    *("lessons", "answer", "run"),
)


def gradebook(graded: Sequence[Graded]) -> str:
    """The table as CSV, to be opened by a spreadsheet, in which no text of a learner acts."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in graded:
        rows.writerow([in_spreadsheet(cell) for cell in _row(one)])
    return written.getvalue()


def _row(one: Graded) -> list[str]:
    found = one.found
    if found is None:
        return [one.file, "", "no", one.reason, *[""] * (len(COLUMNS) - 4)]
    test, run = one.test, found.run
    return [
        one.file,
        found.name,
        _yes_or_no(one.is_accepted),
        one.reason,
        _yes_or_no(one.is_passed) if one.is_accepted else "",
        "; ".join(map(goal_words, one.judged)),
        f"{test.accuracy:.4f}" if test else "",
        str(test.images) if test else "",
        str(trace(run.architecture).total_params),
        str(len(found.curve)),
        " ".join(map(str, one.epochs)),
        datetime.fromtimestamp(run.finished_at or 0.0, UTC).strftime(DUE),
        "" if one.is_late is None else _yes_or_no(one.is_late),
        "; ".join(_lessons(found)),
        found.answer,
        run.id,
    ]


def goal_words(judged: Judged) -> str:
    """A goal, what it is judged by, and whether it is met."""
    goal = judged.goal
    sign = ">" if goal.is_above else "<"
    value = "nothing" if judged.value is None else shown_value(goal, judged.value)
    limit = shown_value(goal, goal.limit)
    return f"{goal.measure}{sign}{limit}: {value}{'' if judged.is_met else ', not met'}"


def _lessons(found: HandIn) -> list[str]:
    """Of each lesson that was asked for, how many of its questions were answered right."""
    standing = Standing(found.answers)
    return [
        f"{lesson.title}: {sum(standing.is_answered(lesson, one) for one in lesson.checks)} of "
        f"{len(lesson.checks)}"
        for lesson in asked(found.assignment.lessons)
    ]


def asked(keys: Sequence[str]) -> list[Lesson]:
    """The lessons of these keys, as far as there are such."""
    return [one for one in catalogue.lessons() if one.key in keys]


def _yes_or_no(said: bool) -> str:
    return "yes" if said else "no"
