"""What trainings left in the store, for whoever reads it: their curves, gradient norms and files.

A row that is damaged is left out, and `left_out` says so; all others are read. Runs, and everything
that is written, are in `store`.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Self

from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from cnn.people.person import LOCAL, Person
from cnn.settings import store_url
from cnn.training.recipe.run import SNAPSHOT, Epoch, GradientNorms, Step
from cnn.training.store import database, row_checks, rows, sight, tables
from cnn.training.store.store_error import NotYours, StoreError, in_traceback
from cnn.training.store.thinning import Curves


class Records:
    """The database at one URL, and what belongs to the runs in it."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url or store_url()
        self._engine = database.opened(self.url)
        self._curves = Curves()
        self._is_hurried = False
        self._person = LOCAL

    def hurried(self) -> Self:
        """The same store for one who does not wait for a lock, but comes again (`StoreBusy`)."""
        same = copy.copy(self)
        same._is_hurried = True
        return same

    def seen_by(self, person: Person) -> Self:
        """The same store for one person: what is others' is not there, and cannot be changed."""
        if person == self._person:
            return self
        if not self._person.sees_all:
            raise NotYours("a store of one person is not to become another's")
        theirs = copy.copy(self)
        theirs._person, theirs._curves = person, Curves()
        return theirs

    @property
    def person(self) -> Person:
        """Whose eyes this store has."""
        return self._person

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction; what the database says against it becomes a `StoreError`."""
        try:
            with self._engine.begin() as connection:
                sight.seen_by(connection, self._person)
                if self._is_hurried:
                    database.hurry(connection)
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:  # the second of a file read in slices
            raise StoreError.because(self.url, error) from in_traceback(self.url, error)

    def _whole(self, query: Select[Any], table: Table) -> Sequence[Any]:
        """Those of the rows that are not damaged."""
        with self.begin() as connection:
            whole = query.where(row_checks.are_whole(connection, table, "run_id"))
            return connection.execute(whole).all()

    def steps(self, run_id: str, at_most: int = 1_000) -> list[Step]:
        """The curve, thinned to at most so many points and one, its extremes kept."""
        with self.begin() as connection:
            return self._curves.thinned(connection, run_id, at_most)

    def every_step(self, run_id: str, at_once: int = 10_000) -> Iterator[Step]:
        """The whole curve, of which so many steps are in memory."""
        first = 0
        while True:
            with self.begin() as connection:
                found = rows.steps_from(connection, run_id, first, at_once)
            yield from found
            if len(found) < at_once:
                return
            first = found[-1].step + 1

    def epochs(self, run_ids: Sequence[str]) -> dict[str, list[Epoch]]:
        """The epochs of each of these runs, in their order."""
        table = tables.epochs
        query = select(table).where(table.c.run_id.in_(run_ids)).order_by(table.c.epoch)
        found: dict[str, list[Epoch]] = {run_id: [] for run_id in run_ids}
        for run_id, *values in self._whole(query, table):
            found[run_id].append(Epoch(*values))
        return found

    def gradients(self, run_id: str) -> list[GradientNorms]:
        """The gradient norms of each row, at every step at which they were measured."""
        table = tables.gradients
        query = select(table.c.step, table.c.norms).where(table.c.run_id == run_id)
        found = self._whole(query.order_by(table.c.step), table)
        read = [(step, row_checks.read(table.c.norms, norms)) for step, norms in found]
        return [GradientNorms(step, norms) for step, norms in read if norms is not None]

    def left_out(self, run_id: str) -> list[str]:
        """What belongs to a run and is damaged: which row, and what in it is wrong."""
        with self.begin() as connection:
            return [
                said
                for table in tables.BELONGINGS
                for said in row_checks.damaged(connection, table, table.c.run_id == run_id)
            ]

    def snapshots(self, run_id: str, kind: str = SNAPSHOT) -> list[int]:
        """The epochs with a snapshot (or `WEIGHTS_AFTER`), in order; 0 is before the first."""
        name = tables.files.c.name
        query = select(name).where(tables.files.c.run_id == run_id, name.startswith(kind))
        names = self._whole(query.order_by(name), tables.files)
        read = [one for (one,) in names if row_checks.read(name, one) is not None]
        return [row_checks.epoch_of(one, kind) for one in read]

    def file(self, run_id: str, name: str) -> bytes | None:
        """What a file of a run holds, if it keeps one of that name."""
        with self.begin() as connection:
            return rows.content(connection, run_id, name)

    def copy_file(self, run_id: str, name: str, into: IO[bytes]) -> int | None:
        """Writes what a file of a run holds, never all of it in memory; how many bytes that is, or
        None where it keeps none of that name.
        """
        size = None
        with self.begin() as connection:
            for part in rows.slices(connection, run_id, name):
                size = (size or 0) + into.write(part)
        return size

    def file_sizes(self, run_id: str) -> dict[str, int]:
        """The files that a run keeps, by name, and how many bytes each has."""
        table = tables.files
        query = select(table.c.name, func.length(table.c.content)).where(table.c.run_id == run_id)
        return {str(name): int(size) for name, size in self._whole(query, table)}
