"""Progress as a file: written for whoever keeps it, and read again, also where another wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cnn.lessons.lesson import Lesson
from cnn.lessons.progress import MARKED, MOST_OF_ONE, Event, Standing
from cnn.network.errors import shown
from cnn.training.recipe.json_columns import is_time
from cnn.training.store.row_checks import MOST

LIMIT_BYTES = 2_000_000
KEY = re.compile(r"[a-z0-9_-]{1,64}")
CHOOSE = "Choose one that was exported here, under My progress on Learn."
FIELDS = {"lesson", "item", "choice", "at"}


class ProgressFileError(ValueError):
    """A file that is none of progress, or not a whole one."""


def written(standing: Standing, lessons: Sequence[Lesson]) -> str:
    """All that was answered, to be read again; and per lesson, in words, what that comes to."""
    in_words = [
        {
            "lesson": lesson.key,
            "title": lesson.title,
            "done": standing.is_done(lesson),
            "questions": [
                {
                    "question": check.question,
                    "tried": [
                        check.options[place].text
                        for place in standing.tried.get((lesson.key, check.key), ())
                        if 0 <= place < len(check.options)
                    ],
                    "right": standing.is_answered(lesson, check),
                }
                for check in lesson.checks
            ],
        }
        for lesson in lessons
    ]
    kept = [asdict(event) for event in standing.events]
    return json.dumps({"progress": in_words, "kept": kept}, ensure_ascii=False, indent=1)


def read(content: bytes) -> tuple[Event, ...]:
    """What a file says was answered; raises `ProgressFileError`, and fails in no other way."""
    if len(content) > LIMIT_BYTES:
        raise ProgressFileError(
            f"it has {len(content):,} bytes, and a file of progress at most {LIMIT_BYTES:,}."
        )
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ProgressFileError(f"it is no JSON. {CHOOSE}") from error
    if not isinstance(found, dict) or not {"kept", "progress"} & found.keys():
        raise ProgressFileError(f"it is JSON of another kind. {CHOOSE}")
    kept = found.get("kept")
    if kept is None:
        raise ProgressFileError(
            "an earlier version exported it, in words alone, which cannot be brought back."
        )
    if not isinstance(kept, list) or len(kept) > MOST_OF_ONE:
        raise ProgressFileError(f"what it has kept is no list of at most {MOST_OF_ONE:,} answers.")
    return tuple(_event(place, one) for place, one in enumerate(kept, start=1))


def _event(place: int, one: Any) -> Event:
    if not isinstance(one, dict) or set(one) != FIELDS:
        raise ProgressFileError(
            f"answer {place} in it is {shown(one)}; it needs {', '.join(sorted(FIELDS))}."
        )
    lesson, item, choice, at = one["lesson"], one["item"], one["choice"], one["at"]
    if not _is_key(lesson) or not (item == MARKED or _is_key(item)):
        raise ProgressFileError(f"answer {place} in it is to {shown((lesson, item))}.")
    if type(choice) is not int or not 0 <= choice <= MOST:
        raise ProgressFileError(f"answer {place} in it is {shown(choice)}, which is no option.")
    if isinstance(at, bool) or not is_time(at):
        raise ProgressFileError(f"answer {place} in it was given at {shown(at)}, which is no time.")
    return Event(lesson, item, choice, float(at))


def _is_key(found: object) -> bool:
    return isinstance(found, str) and KEY.fullmatch(found) is not None
