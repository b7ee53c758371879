"""Limits on what runs keep, announced before they remove anything.

The store holds the limits in force, since when something was over them, and when a page first
showed what goes by them: so it is the same for all workers, and for those that are started anew.
"""

from __future__ import annotations

import json
import time
from dataclasses import astuple, dataclass, replace

from sqlalchemy import Connection, delete, insert, inspect, select

from cnn.training.store import row_checks
from cnn.training.store.database import hold
from cnn.training.store.store import Store
from cnn.training.store.tables import limits
from cnn.training.upkeep.room import Limits

WAITS_S = 86_400.0
"""So long nothing goes by limits that are new, unless a page has shown what would."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Limits, when they first were met (seconds), and when a page showed what goes by them."""

    limits: Limits
    met_at: float
    shown_at: float | None = None

    @property
    def acts_from(self) -> float:
        """From when on what is over them goes by itself."""
        ends = self.met_at + WAITS_S
        return ends if self.shown_at is None else min(ends, self.shown_at)


def met(store: Store, wanted: Limits, *, is_shown: bool = False) -> tuple[Announced, bool]:
    """Notes that something is over these limits, and whether a page shows it just now; says what
    holds then, and whether that is news.
    """
    with store.begin() as connection:
        before = _read(connection)
    if before and before == _after(before, wanted, is_shown=is_shown):
        return before, False
    with store.begin() as connection:
        hold(connection)  # another worker may meet them at this moment
        limits.create(connection, checkfirst=True)
        before = _read(connection)
        after = _after(before, wanted, is_shown=is_shown)
        connection.execute(delete(limits))
        connection.execute(
            insert(limits).values(
                id=1,
                wanted=json.dumps(astuple(after.limits)),
                met_at=after.met_at,
                shown_at=after.shown_at,
            )
        )
    return after, before is None or after.met_at != before.met_at


def waiting(store: Store, wanted: Limits) -> Announced | None:
    """These limits, where something is over them and waits to be shown."""
    with store.begin() as connection:
        found = _read(connection)
    is_it = found is not None and found.limits == wanted and found.acts_from > time.time()
    return found if is_it else None


def _after(before: Announced | None, wanted: Limits, *, is_shown: bool) -> Announced:
    """What holds once these are met: of limits that are wider, all that held of those before."""
    if before is None or not _is_within(before.limits, wanted):
        before = Announced(wanted, time.time())
    shown_at = before.shown_at
    if is_shown and shown_at is None:
        shown_at = time.time()
    return replace(before, limits=wanted, shown_at=shown_at)


def _is_within(narrow: Limits, wide: Limits) -> bool:
    """Whether nothing goes by the wide limits that does not go by the narrow ones."""
    pairs = zip(astuple(narrow), astuple(wide), strict=True)
    return all(most is None or (least is not None and least <= most) for least, most in pairs)


def _read(connection: Connection) -> Announced | None:
    if not inspect(connection).has_table(limits.name):
        return None
    row = connection.execute(select(limits).where(row_checks.are_whole(connection, limits))).first()
    wanted = row_checks.read(limits.c.wanted, row.wanted) if row else None
    if row is None or wanted is None:
        return None  # of another version, or damaged: announced anew
    return Announced(Limits(*wanted), row.met_at, row.shown_at)
