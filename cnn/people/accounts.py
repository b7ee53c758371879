"""Accounts: who there is, the links that invite them, and who is signed in.

A link and a browser's cookie hold a random key; the store has its digest alone, so that who reads
the store comes in by nothing of it. A link is used once. All here is for operators and the gate,
whose store sees everybody.
"""

from __future__ import annotations

import csv
import hashlib
import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from cnn.names import visible
from cnn.network.errors import shown
from cnn.people import images
from cnn.people.person import LOCAL_ID, Person, Role
from cnn.training.store.store import Store
from cnn.training.store.tables import audit, designs, people, progress, runs, visits

LONGEST_NAME, MOST_PEOPLE = 80, 100_000
LASTS_S = 180 * 24 * 3_600.0
"""How long a browser stays signed in: a school year's half."""


class AccountError(ValueError):
    """An account that cannot be, or is not there, and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what operators see of them."""

    person: Person
    made_at: float
    seen_at: float | None
    is_invited: bool
    is_revoked: bool


def add(
    store: Store, name: str, role: Role = Role.LEARNER, class_name: str = "", known_as: str = ""
) -> tuple[Person, str]:
    """Makes an account; returns the person, and the key of the link that invites them."""
    person = Person(uuid.uuid4().hex[:12], _line("name", name), role, _class(class_name))
    key = new_key()
    values = {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "class_name": person.class_name,
        "known_as": known_as,
        "invited": "" if known_as else digest(key),
        "made_at": time.time(),
    }
    with store.begin() as connection:
        there = connection.execute(select(func.count()).select_from(people)).scalar_one()
        if there >= MOST_PEOPLE:
            raise AccountError(f"there are {there:,} people already. Remove some first.")
        connection.execute(insert(people).values(values))
        note(connection, person.id, "was added", person.role)
    return person, key


def invite(store: Store, person_id: str) -> str:
    """A new link for somebody; an earlier one that was not used opens nothing any more."""
    key = new_key()
    _change(store, person_id, "was invited", invited=digest(key), is_revoked=0)
    return key


def whose(store: Store, key: str) -> Person | None:
    """Whom a link invites, as long as nobody used it."""
    return _found(store, people.c.invited == digest(key), people.c.is_revoked == 0)


def enter(store: Store, key: str) -> str | None:
    """The key of a visit for that of a link, which is used up; None where it opens nothing."""
    used = (
        update(people)
        .where(people.c.invited == digest(key), people.c.is_revoked == 0)
        .values(invited="", seen_at=time.time())
        .returning(people.c.id)
    )
    with store.begin() as connection:
        person_id = connection.execute(used).scalar()
        return None if person_id is None else _visit(connection, person_id)


def known(store: Store, name: str) -> Person:
    """The person whom a proxy calls so: a learner, from the first time on."""
    found = _found(store, people.c.known_as == name)
    return found or add(store, name, known_as=name)[0]


def who(store: Store, key: str) -> Person | None:
    """Whose visit it is, while it lasts and they are let in."""
    with store.begin() as connection:
        query = (
            select(people)
            .join(visits, visits.c.person == people.c.id)
            .where(visits.c.digest == digest(key), visits.c.until > time.time())
        )
        row = connection.execute(query.where(people.c.is_revoked == 0)).first()
    return _person(row) if row else None


def find(store: Store, person_id: str) -> Person | None:
    """The person of that id, where they are let in."""
    return _found(store, people.c.id == person_id, people.c.is_revoked == 0)


def leave(store: Store, key: str) -> None:
    """Ends one visit."""
    with store.begin() as connection:
        connection.execute(delete(visits).where(visits.c.digest == digest(key)))


def revoke(store: Store, person_id: str) -> None:
    """Ends all visits of somebody, and lets them in no more until they are invited anew."""
    _change(store, person_id, "was turned out", invited="", is_revoked=1)
    with store.begin() as connection:
        connection.execute(delete(visits).where(visits.c.person == person_id))


def everybody(store: Store, class_name: str | None = None) -> list[Account]:
    """All accounts, or those of a class, by class and name."""
    query = select(people).order_by(people.c.class_name, people.c.name, people.c.id)
    if class_name is not None:
        query = query.where(people.c.class_name == class_name)
    with store.begin() as connection:
        return [
            Account(_person(row), row.made_at, row.seen_at, bool(row.invited), row.is_revoked == 1)
            for row in connection.execute(query).all()
        ]


def named(store: Store, name: str) -> Account:
    """The one account of that name or id."""
    found = [one for one in everybody(store) if name in (one.person.name, one.person.id)]
    if not found:
        raise AccountError(f"there is nobody called {shown(name)}: see the list of people.")
    if len(found) > 1:
        ids = ", ".join(one.person.id for one in found)
        raise AccountError(f"{len(found)} people are called {shown(name)}. Say which: {ids}.")
    return found[0]


def read_class(text: str) -> list[tuple[str, Role, str]]:
    """The people of a class list: a name a line, then a class and a role where they are given."""
    found = []
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() == "name"):
            continue
        name, class_name, role, *_ = [*cells, "", ""]
        try:
            if role.lower() not in ("", *Role):
                raise AccountError(f"{shown(role)} is no role: {', '.join(Role)} are.")
            found.append(
                (_line("name", name), Role(role.lower() or Role.LEARNER), _class(class_name))
            )
        except AccountError as error:
            raise AccountError(
                f"line {number} of the list is no person: {error} Write name,class,role."
            ) from None
    if not found:
        raise AccountError("the list has nobody in it. Write a name on each line.")
    return found


def export(store: Store, person_id: str) -> dict[str, Any]:
    """All that is kept of somebody, but the files of their runs; own images by name and bytes."""
    with store.begin() as connection:
        account = connection.execute(select(people).where(people.c.id == person_id)).mappings()
        own = {
            "runs": select(runs).where(runs.c.owner == person_id),
            "designs": select(designs).where(designs.c.owner == person_id),
            "answers": select(progress).where(progress.c.profile == person_id),
            "audit": select(audit).where(audit.c.who == person_id),
        }
        found = {name: [dict(row) for row in connection.execute(query).mappings()]
                 for name, query in own.items()}  # fmt: skip
        kept = {name: one for name, one in account.one().items() if name != "invited"}
    return {"person": kept} | found | {"images": images.listed(person_id)}


def remove(store: Store, person_id: str) -> int:
    """Forgets somebody with all that is theirs, says how many runs that were; what was done by
    them stays noted as done by nobody.
    """
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
        connection.execute(update(audit).where(audit.c.who == person_id).values(who="", what=""))
        connection.execute(delete(people).where(people.c.id == person_id))
    return len(ids)


def note(connection: Any, person_id: str, verb: str, what: str = "") -> None:
    """Notes what was done; nothing of it is shown but to those it is about, and operators."""
    values = {"at": time.time(), "who": person_id, "verb": verb, "what": what[:200]}
    connection.execute(insert(audit).values(values))


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What the store knows of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _visit(connection: Any, person_id: str) -> str:
    key, now = new_key(), time.time()
    connection.execute(delete(visits).where(visits.c.until < now))
    values = {"digest": digest(key), "person": person_id, "until": now + LASTS_S}
    connection.execute(insert(visits).values(values))
    note(connection, person_id, "signed in")
    return key


def _change(store: Store, person_id: str, verb: str, **values: Any) -> None:
    with store.begin() as connection:
        change = update(people).where(people.c.id == person_id).values(values)
        if not connection.execute(change).rowcount:
            raise AccountError(f"there is no person {shown(person_id)}.")
        note(connection, person_id, verb)


def _found(store: Store, *where: Any) -> Person | None:
    with store.begin() as connection:
        row = connection.execute(select(people).where(*where)).first()
    return _person(row) if row else None


def _person(row: Row[Any]) -> Person:
    return Person(row.id, visible(row.name), Role(row.role), row.class_name)


def _class(text: str) -> str:
    return _line("class", text) if text.strip() else ""


def _line(what: str, text: str) -> str:
    found = " ".join("".join(one for one in visible(text) if one.isprintable()).split())
    if not 1 <= len(found) <= LONGEST_NAME:
        raise AccountError(f"a {what} has 1 to {LONGEST_NAME} letters, got {shown(text)}.")
    return found


def as_names(rows: Sequence[Account]) -> dict[str, str]:
    """What people are called, by their id; whoever is here without an account is `local`."""
    return {LOCAL_ID: LOCAL_ID} | {one.person.id: one.person.name for one in rows}
