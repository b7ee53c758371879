"""What people call their runs: a name, tags, a note, and whether a run is put away.

None of it decides anything: a renamed run is the same run, with the same recipe and results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, delete, insert, select, update

from cnn.names import visible
from cnn.network.errors import shown
from cnn.training.store import tables
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.tables import runs

LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE, MOST_TAGS = 100, 40, 2_000, 20


class LabelError(ValueError):
    """A name, tag or note that cannot be, and what would do."""


def rename(store: Store, run_id: str, name: str) -> str:
    """Gives a run a name; an empty one brings back that of its network. Returns it as kept."""
    wanted = _line("name", name, LONGEST_NAME)
    with store.begin() as connection:
        this = runs.c.id == run_id
        network = connection.execute(select(runs.c.network).where(this)).scalar()
        if network is None:
            raise LabelError(f"there is no run {shown(run_id)} to be renamed. It may be deleted.")
        connection.execute(update(runs).where(this).values(name=wanted or network))
    return wanted or visible(str(network))


def put_note(store: Store, run_id: str, note: str) -> str:
    """Puts a note to a run, in place of the one there; returns it as kept."""
    text = note.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_NOTE:
        raise LabelError(
            f"the note has {len(text):,} characters, and at most {LONGEST_NOTE:,} are kept. "
            "Shorten it."
        )
    kept = "".join(one for one in visible(text) if one == "\n" or _is_kept(one))
    with store.begin() as connection:
        _check_there(connection, run_id, "put a note to")
        connection.execute(update(runs).where(runs.c.id == run_id).values(note=kept))
    return kept


def put_tags(store: Store, run_id: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Gives a run these tags and no others; returns them as kept, in their order."""
    wanted = as_tags(tags)
    with store.begin() as connection:
        _check_there(connection, run_id)
        connection.execute(delete(tables.tags).where(tables.tags.c.run_id == run_id))
        _insert(connection, run_id, wanted)
    return wanted


def add_tags(store: Store, run_ids: Sequence[str], tags: Iterable[str]) -> None:
    """Gives each of these runs these tags beside its own."""
    wanted = as_tags(tags)
    with store.begin() as connection:
        of_each = _tags(connection, run_ids)
        for run_id in run_ids:
            _check_there(connection, run_id)
            as_tags([*of_each[run_id], *wanted])
            _insert(connection, run_id, [tag for tag in wanted if tag not in of_each[run_id]])


def remove_tags(store: Store, run_ids: Sequence[str], tags: Iterable[str]) -> None:
    """Takes these tags from each of these runs."""
    table = tables.tags
    with store.begin() as connection:
        these = spellings(connection, table.c.tag, as_tags(tags))
        here = table.c.run_id.in_(run_ids), table.c.tag.in_(these)
        connection.execute(delete(table).where(*here))


def tags_of(store: Store, run_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The tags of each of these runs, in their order."""
    with store.begin() as connection:
        return _tags(connection, run_ids)


def share(store: Store, run_id: str, *, is_shared: bool) -> None:
    """Lets others open a run who have its link, or no longer."""
    with store.begin() as connection:
        _check_there(connection, run_id, "share")
        change = update(runs).where(runs.c.id == run_id).values(is_shared=int(is_shared))
        connection.execute(change)


def share_all(store: Store, run_ids: Sequence[str], *, is_shared: bool) -> int:
    """Lets others open all of these runs at once, or none of them any more; how many there are."""
    change = update(runs).where(runs.c.id.in_(run_ids)).values(is_shared=int(is_shared))
    with store.begin() as connection:
        return connection.execute(change).rowcount


def archive(store: Store, run_ids: Sequence[str], *, back: bool = False) -> int:
    """Puts runs away, so that the list leaves them out, or brings them `back`; says how many."""
    change = update(runs).where(runs.c.id.in_(run_ids)).values(is_archived=int(not back))
    with store.begin() as connection:
        return connection.execute(change).rowcount


def as_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: each once, in one order, without what is empty."""
    found = sorted({tag for text in texts if (tag := _line("tag", text, LONGEST_TAG))})
    if len(found) > MOST_TAGS:
        raise LabelError(f"{len(found)} tags are too many: a run has at most {MOST_TAGS}.")
    return tuple(found)


def _line(what: str, text: str, longest: int) -> str:
    """A person's words in one line; whatever is no letter, sign or space is left out."""
    line = " ".join("".join(one if _is_kept(one) else " " for one in visible(text)).split())
    if len(line) > longest:
        raise LabelError(
            f"the {what} {shown(line)} has {len(line)} characters, and at most {longest} are kept. "
            "Shorten it."
        )
    return line


def _is_kept(letter: str) -> bool:
    """What stands for something, and the joints that `visible` left."""
    return letter.isprintable() or letter in "\u200c\u200d"


def _tags(connection: Connection, run_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    table = tables.tags
    query = select(table).where(table.c.run_id.in_(run_ids), are_whole(connection, table))
    found = defaultdict(set)
    for run_id, tag in connection.execute(query).all():
        if seen := visible(tag):
            found[run_id].add(seen)
    return {run_id: tuple(sorted(found[run_id])) for run_id in run_ids}


def spellings(connection: Connection, column: Column[Any], seen: Sequence[str]) -> list[str]:
    """What a column holds that reads like one of these: an earlier version kept signs that nobody
    sees.
    """
    wanted = {*seen, *map(visible, seen)}
    kept = connection.execute(select(column).distinct()).scalars()
    return [one for one in kept if isinstance(one, str) and {one, visible(one)} & wanted]


def _insert(connection: Connection, run_id: str, tags: Sequence[str]) -> None:
    if tags:
        new = [{"run_id": run_id, "tag": tag} for tag in tags]
        connection.execute(insert(tables.tags), new)


def _check_there(connection: Connection, run_id: str, wanted: str = "be tagged") -> None:
    if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first() is None:
        raise LabelError(f"there is no run {shown(run_id)} to {wanted}. It may be deleted.")
