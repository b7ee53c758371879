"""What is kept of people, and what becomes of it: exported, forgotten, gone with a guest's day."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, or_, select, update

from cnn.people import images
from cnn.people.accounts import GUEST_S, Account, everybody, note
from cnn.people.person import Role
from cnn.settings import limit_setting
from cnn.training.recipe.run import HANDED_IN
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours
from cnn.training.store.tables import audit, designs, files, people, progress, runs, visits

DAY_S = 86_400.0
GOES = "will be forgotten"
MOST_AT_ONCE = 10
"""So many people at most are forgotten before whoever does it looks after the queue again."""

_log = logging.getLogger(__name__)


def export(store: Store, person_id: str) -> dict[str, Any]:
    """All that is kept of somebody, but the files of their runs; of one that they handed in, what
    they wrote; own images by name and bytes.
    """
    with store.begin() as connection:
        account = connection.execute(select(people).where(people.c.id == person_id)).mappings()
        own = {
            "runs": select(runs).where(runs.c.owner == person_id),
            "designs": select(designs).where(designs.c.owner == person_id),
            "answers": select(progress).where(progress.c.profile == person_id),
            "audit": select(audit).where(_is_about(person_id)),
        }
        handed_in = (
            select(files.c.run_id, files.c.content)
            .join(runs, runs.c.id == files.c.run_id)
            .where(runs.c.owner == person_id, files.c.name == HANDED_IN)
        )
        notes = {
            run_id: bytes(content).decode(errors="replace")
            for run_id, content in connection.execute(handed_in)
        }
        found = {name: [dict(row) for row in connection.execute(query).mappings()]
                 for name, query in own.items()}  # fmt: skip
        kept = {name: one for name, one in account.one().items() if name != "invited"}
    more = {"handed_in": notes, "images": images.listed(person_id)}
    return {"person": kept} | found | more


def remove(store: Store, person_id: str) -> int:
    """Forgets somebody with all that is theirs, says how many runs that were; what was done by
    them stays noted as done by nobody.
    """
    if not store.person.sees_all:
        raise NotYours("people are removed by those who run this server alone.")
    with store.begin() as connection:
        mine = select(runs.c.id).where(runs.c.owner == person_id)
        ids = connection.execute(mine).scalars().all()
    for run_id in ids:
        store.remove(run_id)
    images.forget(person_id)
    with store.begin() as connection:
        connection.execute(delete(designs).where(designs.c.owner == person_id))
        connection.execute(delete(progress).where(progress.c.profile == person_id))
        connection.execute(delete(visits).where(visits.c.person == person_id))
        told = update(audit).where(_is_about(person_id)).values(what="")
        connection.execute(told)
        connection.execute(update(audit).where(audit.c.who == person_id).values(who=""))
        connection.execute(delete(people).where(people.c.id == person_id))
    return len(ids)


def unseen(store: Store, days: int) -> list[Account]:
    """Who was not seen for so many days; whoever runs the server stays."""
    with store.begin() as connection:
        ids = set(connection.execute(select(people.c.id).where(_is_unseen(days))).scalars())
    return [one for one in everybody(store) if one.person.id in ids]


def tidy(store: Store) -> None:
    """Forgets the guests whose day is over, and by setting (`CNN_KEEP_PEOPLE_DAYS`) who was not
    seen for so long.
    """
    guests_are_gone(store)
    if (days := limit_setting("CNN_KEEP_PEOPLE_DAYS")) is not None:
        keep_for(store, days)


def keep_for(store: Store, days: int) -> None:
    """Notes who was not seen for so many days, and forgets them a day later, unless they came.

    Whoever has a page open is seen (`SEEN_AGAIN_S`), and so is never meant.
    """
    with store.begin() as connection:
        found = connection.execute(select(people.c.id, _noted()).where(_is_unseen(days))).all()
        new = [person_id for person_id, at in found if at is None]
        for person_id in new:
            note(connection, person_id, GOES, f"not seen for {days:,} days")
    if new:
        _log.info(
            "people not seen for %d days: %d more, who are forgotten in a day. "
            "See python -m cnn people unseen",
            days,
            len(new),
        )
    due = [person_id for person_id, at in found if at is not None and at < time.time() - DAY_S]
    for person_id in due[:MOST_AT_ONCE]:
        if person_id in [one.person.id for one in unseen(store, days)]:  # who may just have come
            remove(store, person_id)


def guests_are_gone(store: Store) -> int:
    """Forgets the guests whose day is over with all that is theirs; how many those were."""
    over = people.c.made_at < time.time() - GUEST_S
    with store.begin() as connection:
        query = select(people.c.id).where(people.c.role == Role.GUEST, over)
        ids = connection.execute(query).scalars().all()
    for person_id in ids:
        remove(store, person_id)
    return len(ids)


def _is_unseen(days: int) -> ColumnElement[bool]:
    return (_seen_at() < time.time() - days * DAY_S) & (people.c.role != Role.OPERATOR)


def _seen_at() -> ColumnElement[float]:
    return func.coalesce(people.c.seen_at, people.c.made_at)


def _noted() -> ScalarSelect[Any]:
    """Since when it is noted of a person that they go, if it is since they were seen last."""
    of_them = (audit.c.who == people.c.id) & (audit.c.verb == GOES) & (audit.c.at > _seen_at())
    return select(func.min(audit.c.at)).where(of_them).correlate(people).scalar_subquery()


def _is_about(person_id: str) -> ColumnElement[bool]:
    """Whether a note is of what somebody did, or what was done to them."""
    return or_(audit.c.who == person_id, audit.c.what == f"by {person_id}")
