"""A store looked after: the room that is free in its file given back, and what is wrong in it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, inspect, select

from cnn.data import DatasetName
from cnn.training.recipe.run import LIVE, Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import designs, row_checks, run_rows, tables
from cnn.training.store.database import BUSY_MS
from cnn.training.store.on_disk.store_file import connected, size_bytes, store_file, what_is_damaged
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreError, check_room, refusing, shown_url
from cnn.training.upkeep import contents
from cnn.training.upkeep.backups import check_there, file_of

MOST_NAMED = 20
READ_ELSEWHERE = (tables.about, tables.runs, tables.designs)
LEFT_OUT = (
    "It is left out, and all else is read. If it is missed, restore a backup that has it whole: "
    "python -m cnn store restore FILE"
)
DAMAGED_FILE = (
    "Whatever needs it says so, and all else is read. Train that run again, or restore a backup "
    "that has it whole: python -m cnn store restore FILE"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `trouble` says what is wrong with it and what to do."""

    topic: str
    words: str
    trouble: str = ""


def compact(url: str) -> tuple[int, int]:
    """Gives back to the disk what is free in the store's file; the bytes before and after.

    Others may use the store; who writes waits meanwhile. Raises `StoreError` where one of them
    keeps it from being done, or there is no room for it.
    """
    file = file_of(url, "vacuumdb --full --analyze --dbname=URL")
    check_there(url, file)
    before = size_bytes(file)
    check_room(file.absolute().parent, before, f"Compacting the run store {shown_url(url)}")
    with (
        refusing(f"the run store {shown_url(url)} was not compacted, and nothing of it is lost"),
        contextlib.closing(connected(file, patience_s=BUSY_MS / 1_000)) as database,
    ):
        database.execute("SELECT schema_version FROM about").fetchall()
        database.execute("VACUUM")
        (is_blocked, *_) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_blocked:
            raise StoreError(
                f"the run store {shown_url(url)} is compacted, but another program reads what it "
                "was before, so its file is not smaller yet. Do it again in a moment."
            )
    return before, size_bytes(file)


def check(url: str) -> Iterator[Finding]:
    """What is wrong with a store, one thing after the other; the first one may be the last.

    A store of an older version is brought up to date first, as by everything that opens it.
    """
    file = store_file(url)
    if file is not None:
        check_there(url, file)
        found = _whole(url, file)
        yield found
        if found.trouble:
            return
    store = Store(url)
    try:
        yield from _runs(store)
        yield _designs(store)
        yield from _others(store)
        yield _belongings(store)
        yield from _contents(store)
        yield from _own_images(store)
    finally:
        store.close()


def _whole(url: str, file: Path) -> Finding:
    words = f"{shown_url(url)}, {size_bytes(file) / 1e6:,.1f} MB"
    try:
        with (
            refusing(f"the run store {shown_url(url)} cannot be read"),
            contextlib.closing(connected(file)) as database,
        ):
            said = what_is_damaged(database, whole=True)
    except StoreError as error:
        return Finding("file", words, str(error))
    trouble = f"It is damaged: {said}. Put a backup in its place: python -m cnn store restore FILE"
    return Finding("file", words, trouble if said else "")


def _runs(store: Store) -> Iterator[Finding]:
    """How many runs can be read, and each that cannot."""
    wrong: list[tuple[str, str]] = []
    total = 0
    with store.begin() as connection:
        for row in connection.execute(select(tables.runs)):
            total += 1
            found = run_rows.run(row._mapping)
            if isinstance(found, Unreadable):
                wrong.append((row.id, " ".join(found.reason.split())[:200]))
    yield Finding("runs", f"{total:,}, of which {total - len(wrong):,} can be read")
    for run_id, why in wrong[:MOST_NAMED]:
        yield Finding(
            "runs",
            f"run {run_id} cannot be read: {why}",
            "A newer program may have made it: use that one, or forget it: python -m cnn runs "
            f"delete {run_id}",
        )
    if len(wrong) > MOST_NAMED:
        more = f"and {len(wrong) - MOST_NAMED:,} more that cannot be read"
        yield Finding("runs", more, "Do the same with them.")


def _designs(store: Store) -> Finding:
    wrong, total = [], 0
    with store.begin() as connection:
        for row in connection.execute(select(tables.designs)):
            total += 1
            found = designs.read(row)
            if isinstance(found, designs.UnreadableDesign):
                wrong.append(repr(found.name))
    trouble = (
        f"These cannot be read: {', '.join(wrong[:MOST_NAMED])}. A newer program may have saved "
        "them: use that one, or save them anew."
    )
    return Finding("designs", f"{total:,} saved", trouble if wrong else "")


def _others(store: Store) -> Iterator[Finding]:
    """Whether each row can be read of what belongs to runs, and of workers, checks and progress."""
    is_well = True
    with store.begin() as connection:
        there = inspect(connection).get_table_names()
        for table in (*tables.metadata.sorted_tables, tables.limits):
            if table.name not in there or table in READ_ELSEWHERE:
                continue
            for number, said in enumerate(row_checks.damaged(connection, table)):
                is_well = False
                if number == MOST_NAMED:
                    yield Finding("rows", f"and more of {table.name}", "They are left out, too.")
                    break
                yield Finding("rows", said, LEFT_OUT)
    if is_well:
        yield Finding("rows", "curves, files, workers and the like can all be read")


def _belongings(store: Store) -> Finding:
    """What is kept for runs that are not there: curves, files, tags."""
    left: dict[str, int] = {}
    with store.begin() as connection:
        for table in tables.BELONGINGS:
            known = select(tables.runs.c.id).where(tables.runs.c.id.is_not(None))
            is_left = table.c.run_id.not_in(known) | table.c.run_id.is_(None)
            query = select(func.count()).select_from(table).where(is_left)
            if count := int(connection.execute(query).scalar_one()):
                left[table.name] = count
    said = "rows that no run has: " + ", ".join(f"{n:,} {name}" for name, n in left.items())
    trouble = (
        "They belong to runs that are not there, which does no harm. If those are missed, restore "
        "a backup that has them."
    )
    return Finding("files", "each belongs to a run" if not left else said, trouble if left else "")


def _contents(store: Store) -> Iterator[Finding]:
    """Whether what the files of runs hold is whole; said before, as it may take a while."""
    count, size = contents.amount(store)
    yield Finding("contents", f"{count:,} files of runs, {size / 1e6:,.1f} MB, are read through")
    for number, said in enumerate(contents.damaged(store)):
        if number == MOST_NAMED:
            yield Finding("contents", "and more of them", "Do the same with them.")
            return
        yield Finding("contents", said, DAMAGED_FILE)


def _own_images(store: Store) -> Iterator[Finding]:
    """The files of own images that runs were trained on, and are not there any more."""
    used: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    own = tables.runs.c.dataset.startswith("own:")
    with store.begin() as connection:
        for row in connection.execute(select(tables.runs).where(own)):
            run = run_rows.run(row._mapping)
            if not isinstance(run, Run):
                continue
            if run.configuration.dataset.name is DatasetName.OWN_IMAGES:
                file = str(run.configuration.dataset.file)
                used[file] += 1
                waiting[file] += run.state in LIVE
    gone = [file for file in used if not Path(file).is_file()]
    yield Finding(
        "images", f"{len(used):,} sets of own images were used, {len(used) - len(gone):,} are there"
    )
    for file in gone:
        runs = f"{used[file]:,} run{'s' * (used[file] > 1)}"
        trouble = "A training waits for it: put the file back, or stop that run."
        yield Finding(
            "images",
            f"{file} is not there: {runs} on it cannot be repeated",
            trouble if waiting[file] else "",
        )
