"""What is kept of people, and what becomes of it: exported, forgotten, gone with a guest's day."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from cnn.people import images
from cnn.people.accounts import GUEST_S, Account, everybody
from cnn.people.person import Role
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours
from cnn.training.store.tables import audit, designs, people, progress, runs, visits

DAY_S = 86_400.0


def export(store: Store, person_id: str) -> dict[str, Any]:
    """All that is kept of somebody, but the files of their runs; own images by name and bytes."""
    with store.begin() as connection:
        account = connection.execute(select(people).where(people.c.id == person_id)).mappings()
        own = {
            "runs": select(runs).where(runs.c.owner == person_id),
            "designs": select(designs).where(designs.c.owner == person_id),
            "answers": select(progress).where(progress.c.profile == person_id),
            "audit": select(audit).where(_is_about(person_id)),
        }
        found = {name: [dict(row) for row in connection.execute(query).mappings()]
                 for name, query in own.items()}  # fmt: skip
        kept = {name: one for name, one in account.one().items() if name != "invited"}
    return {"person": kept} | found | {"images": images.listed(person_id)}


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
    until = time.time() - days * DAY_S
    seen = func.coalesce(people.c.seen_at, people.c.made_at)
    with store.begin() as connection:
        old = select(people.c.id).where(seen < until, people.c.role != Role.OPERATOR)
        ids = set(connection.execute(old).scalars())
    return [one for one in everybody(store) if one.person.id in ids]


def guests_are_gone(store: Store) -> int:
    """Forgets the guests whose day is over with all that is theirs; how many those were."""
    over = people.c.made_at < time.time() - GUEST_S
    with store.begin() as connection:
        query = select(people.c.id).where(people.c.role == Role.GUEST, over)
        ids = connection.execute(query).scalars().all()
    for person_id in ids:
        remove(store, person_id)
    return len(ids)


def _is_about(person_id: str) -> ColumnElement[bool]:
    """Whether a note is of what somebody did, or what was done to them."""
    return or_(audit.c.who == person_id, audit.c.what == f"by {person_id}")
