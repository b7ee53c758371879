"""A run as a row of the store, and back.

The one place where a row becomes a run, or a training that was done elsewhere. One that cannot be
read becomes an `Unreadable`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any, TypeVar

from cnn.names import visible
from cnn.network.architecture import Architecture, read_json
from cnn.network.caching import LAYERS, remembered
from cnn.network.errors import shown
from cnn.network.trace import trace
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.json_columns import (
    UnknownError,
    as_object,
    counts,
    is_time,
    object_of,
    sentences,
)
from cnn.training.recipe.run import Checkpoint, Progress, Result, Run, State, Wish
from cnn.training.recipe.unreadable import PROGRAM, Unreadable, first_sentence

TEXTS = {
    "id": "id",
    "name": "name",
    "recipe": "recipe",
    "message": "message",
    "data_fingerprint": "data's fingerprint",
    "worker": "worker",
    "continues": "run before it",
    "network": "network's name",
    "dataset": "data's name",
    "note": "note",
}
"""What is text as it stands, and what it is called. SQLite keeps anything in any column."""

AS_THEY_ARE = (
    *("id", "name", "recipe", "state", "wish", "created_at", "started_at", "finished_at"),
    *("message", "data_fingerprint", "worker", "continues", "first_step", "note"),
)
"""What of a run is in a column of that name as it is."""

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)
Row = Mapping[Any, Any]


def run(row: Row) -> Run | Elsewhere | Unreadable:
    """The run that a row describes, or what is known of one that cannot be read."""
    try:
        return _run(row) if row["elsewhere"] is None else _elsewhere(row)
    except UnknownError as error:
        return _unreadable(row, str(error))


def readable(found: Iterable[Row]) -> list[Run]:
    """The runs of these rows that can be read."""
    return [one for row in found if isinstance(one := run(row), Run)]


def unreadable(found: Iterable[Row]) -> list[Unreadable]:
    """The others."""
    return [one for row in found if isinstance(one := run(row), Unreadable)]


def columns(run: Run) -> dict[str, Any]:
    """The row of the table of runs that describes a run."""
    return {name: getattr(run, name) for name in AS_THEY_ARE} | {
        "architecture": json.dumps(run.architecture.to_record(), ensure_ascii=False),
        "configuration": json.dumps(run.configuration.to_dict()),
        "progress": json.dumps(asdict(run.progress)),
        "result": json.dumps(asdict(run.result)) if run.result else None,
        "images": json.dumps(run.images),
        "environment": json.dumps(run.environment),
        "checkpoint": json.dumps(asdict(run.checkpoint)) if run.checkpoint else None,
        "changes": json.dumps(run.changes),
        "network": run.architecture.name,
        "dataset": data_id(run.configuration.dataset),
        "is_archived": int(run.is_archived),
    }


def elsewhere_columns(one: Elsewhere) -> dict[str, Any]:
    """The row of the table of runs that describes a training that was done elsewhere."""
    as_they_are = {name: getattr(one, name) for name in AS_THEY_ARE if hasattr(one, name)}
    design = one.architecture
    return as_they_are | {
        "architecture": json.dumps(design.to_record(), ensure_ascii=False) if design else "",
        "configuration": "{}",
        "recipe": "",
        "progress": json.dumps(asdict(one.progress)),
        "environment": json.dumps(one.environment),
        "elsewhere": json.dumps(asdict(one.told)),
        "network": one.network,
        "is_archived": int(one.is_archived),
    }


def _run(row: Row) -> Run:
    of = _reader(row)
    return Run(
        **_in_common(row),
        architecture=of("architecture", "network", _architecture),
        configuration=of("configuration", "settings", _configuration),
        result=of("result", "result", _result) if row["result"] else None,
        data_fingerprint=row["data_fingerprint"],
        images=of("images", "images", counts),
        checkpoint=of("checkpoint", "checkpoint", _checkpoint) if row["checkpoint"] else None,
        continues=row["continues"],
        first_step=of("first_step", "first step", _whole),
        changes=of("changes", "changes", sentences),
    )


def _elsewhere(row: Row) -> Elsewhere:
    of = _reader(row)
    return Elsewhere(
        **_in_common(row),
        told=of("elsewhere", "account", _told),
        architecture=of("architecture", "network", _architecture) if row["architecture"] else None,
    )


def _reader(row: Row) -> Callable[[str, str, Callable[[Any], Value]], Value]:
    def of(column: str, called: str, read: Callable[[Any], Value]) -> Value:
        return _read(called, row[column], read)

    return of


def _in_common(row: Row) -> dict[str, Any]:
    """What all trainings have, wherever they were done."""
    of: Any = _reader(row)
    for column, called in TEXTS.items():
        of(column, called, _text)
    return {
        "id": row["id"],
        "name": visible(row["name"]) or "unnamed",
        "state": of("state", "state", _state),
        "created_at": of("created_at", "time", _time),
        "started_at": of("started_at", "time", _time_or_none),
        "finished_at": of("finished_at", "time", _time_or_none),
        "wish": of("wish", "wish", _wish),
        "progress": of("progress", "progress", _progress),
        "message": row["message"],
        "environment": of("environment", "environment", as_object),
        "worker": row["worker"],
        "note": visible(row["note"]),
        "is_archived": of("is_archived", "place in the archive", _yes_or_no),
        **_whose(row),
    }


def _whose(row: Row) -> dict[str, Any]:
    """Whose a run is; one that is read from a file is nobody's but of who reads it."""
    if "owner" not in row:
        return {}
    of: Any = _reader(row)
    return {
        "owner": of("owner", "owner", _text),
        "is_shared": of("is_shared", "mark of being shared", _yes_or_no),
    }


def _unreadable(row: Row, reason: str) -> Unreadable:
    """What can be known of a run whatever else its row says."""

    def words(column: str) -> str:
        return visible(held) if isinstance(held := row[column], str) else ""

    try:
        noted = str(as_object(row["environment"]).get(PROGRAM, ""))
        version = "".join(one for one in noted[:40] if one.isprintable())
    except (ValueError, TypeError, RecursionError):
        version = ""
    return Unreadable(
        id=words("id") or shown(row["id"]),
        name=words("name") or "unnamed",
        reason=reason,
        version=version,
        state=words("state"),
        network=words("network"),
        dataset=words("dataset"),
        created_at=row["created_at"] if is_time(row["created_at"]) else 0.0,
        note=words("note"),
        is_archived=row["is_archived"] == 1,
        is_tested=bool(row["result"]),
    )


def _read(called: str, held: Any, read: Callable[[Any], Value]) -> Value:
    """What one column holds, or what is unknown in it."""
    try:
        return read(held)
    except json.JSONDecodeError:
        reason = "it is no JSON"
    except ValueError as error:
        reason = first_sentence(error)
    except (TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        reason = f"it holds what has no meaning here ({type(error).__name__})"
    raise UnknownError(f"its {called}: {reason}") from None


# Many runs share a network, and a page reads the same rows twice a second.
@remembered(5 * LAYERS)
def _architecture(text: str) -> Architecture:
    found = Architecture.from_record(read_json(text))
    trace(found)  # one whose layers do not fit each other here has no sizes to be shown
    return found


@functools.lru_cache(maxsize=512)
def _configuration(text: str) -> Configuration:
    return Configuration.from_dict(as_object(text))


def _word(words: type[Word]) -> Callable[[str], Word]:
    known = {one.value: one for one in words}

    def read(text: str) -> Word:
        if text not in known:
            raise UnknownError(f"{shown(text)} is unknown")
        return known[text]

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnknownError(f"{shown(value)} is no text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise UnknownError(f"{shown(value)} is no whole number from 0 on")
    return value


def _yes_or_no(value: Any) -> bool:
    if value not in (0, 1):
        raise UnknownError(f"{shown(value)} is neither 0 nor 1")
    return bool(value)


def _time(value: Any) -> float:
    if not is_time(value):
        raise UnknownError(shown(value))
    return float(value)


def _time_or_none(value: Any) -> float | None:
    return None if value is None else _time(value)


_state, _wish = _word(State), _word(Wish)
_progress, _result, _checkpoint = object_of(Progress), object_of(Result), object_of(Checkpoint)
_told = object_of(Told)
