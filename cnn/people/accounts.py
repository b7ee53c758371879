"""Accounts: who there is, the links that invite them, and who is signed in.

A link and a browser's cookie hold a random key; the store has its digest alone, so that who reads
the store comes in by nothing of it. A link is used once. All here is for operators and the gate,
whose store sees everybody.
"""

from __future__ import annotations

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
from cnn.people.person import LOCAL_ID, Person, Role
from cnn.training.store.database import hold
from cnn.training.store.sight import of_all
from cnn.training.store.store import Store
from cnn.training.store.tables import audit, people, visits

LONGEST_NAME, MOST_PEOPLE, MOST_GUESTS = 80, 100_000, 300
LASTS_S = 180 * 24 * 3_600.0
"""How long a browser stays signed in: a school year's half."""

SIGNED_IN_S = 12 * 3_600.0
"""How long it does where a provider signed it in, which may not know them any more tomorrow."""

GUEST_S = 24 * 3_600.0
"""How long a guest and all that is theirs is kept."""

SEEN_AGAIN_S = 3_600.0
"""How much later somebody has to be seen for it to be noted."""


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
    person = Person(_new_id(), line("name", name), role, class_line(class_name))
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
        there = connection.execute(of_all(select(func.count()).select_from(people))).scalar_one()
        if there >= MOST_PEOPLE:
            raise AccountError(f"there are {there:,} people already. Remove some first.")
        connection.execute(insert(people).values(values))
        note(connection, person.id, "was added", _by(store) or person.role)
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
        .values(invited="")
        .returning(people.c.id)
    )
    with store.begin() as connection:
        person_id = connection.execute(used).scalar()
        return None if person_id is None else _visit(connection, person_id)


def known(store: Store, known_as: str, name: str = "") -> Person:
    """The person whom a proxy or provider calls so: a learner, from the first time on."""
    with store.begin() as connection:
        row = connection.execute(select(people).where(people.c.known_as == known_as)).first()
        if row:
            _note_seen(connection, row)
            return _person(row)
    return add(store, (name or known_as)[:LONGEST_NAME], known_as=known_as)[0]


def sign_in(store: Store, person_id: str) -> str | None:
    """The key of a visit for whom a provider knows; None for who was turned out."""
    if find(store, person_id) is None:
        return None
    with store.begin() as connection:
        return _visit(connection, person_id, SIGNED_IN_S)


def let_guest_in(store: Store) -> str:
    """The key of a visit for somebody who looks around: what they make is gone after a day."""
    with store.begin() as connection:
        hold(connection)  # or many at once would be more than the most
        guests = select(func.count()).select_from(people).where(people.c.role == Role.GUEST)
        if connection.execute(guests).scalar_one() >= MOST_GUESTS:
            raise AccountError("There are too many guests today. Come again tomorrow.")
        values = {"id": _new_id(), "name": "Guest", "role": Role.GUEST, "made_at": time.time()}
        connection.execute(insert(people).values(values))
        return _visit(connection, str(values["id"]), GUEST_S)


def who(store: Store, key: str) -> Person | None:
    """Whose visit it is, while it lasts and they are let in."""
    with store.begin() as connection:
        query = (
            select(people)
            .join(visits, visits.c.person == people.c.id)
            .where(visits.c.digest == digest(key), visits.c.until > time.time())
        )
        row = connection.execute(query.where(people.c.is_revoked == 0)).first()
        if row:
            _note_seen(connection, row)
    return _person(row) if row else None


def find(store: Store, person_id: str) -> Person | None:
    """The person of that id, where they are let in."""
    return _found(store, people.c.id == person_id, people.c.is_revoked == 0)


def change(
    store: Store, person_id: str, role: Role | None = None, class_name: str | None = None
) -> None:
    """Gives somebody another role, or another class."""
    values: dict[str, str] = {} if role is None else {"role": role}
    values |= {} if class_name is None else {"class_name": class_line(class_name)}
    if values:
        _change(store, person_id, "was changed", **values)


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


def note(connection: Any, person_id: str, verb: str, what: str = "") -> None:
    """Notes what was done; nothing of it is shown but to those it is about, and operators."""
    values = {"at": time.time(), "who": person_id, "verb": verb, "what": what[:200]}
    connection.execute(of_all(insert(audit).values(values)))


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What the store knows of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _new_id() -> str:
    return uuid.uuid4().hex[:12]


def _note_seen(connection: Any, row: Row[Any]) -> None:
    """That somebody was here, though not each time: looking is not to lock the store."""
    now = time.time()
    if (row.seen_at or 0.0) < now - SEEN_AGAIN_S:
        connection.execute(update(people).where(people.c.id == row.id).values(seen_at=now))


def _visit(connection: Any, person_id: str, lasts_s: float = LASTS_S) -> str:
    key, now = new_key(), time.time()
    connection.execute(delete(visits).where(visits.c.until < now))
    values = {"digest": digest(key), "person": person_id, "until": now + lasts_s}
    connection.execute(insert(visits).values(values))
    connection.execute(update(people).where(people.c.id == person_id).values(seen_at=now))
    note(connection, person_id, "signed in")
    return key


def _change(store: Store, person_id: str, verb: str, **values: Any) -> None:
    with store.begin() as connection:
        change = update(people).where(people.c.id == person_id).values(values)
        if not connection.execute(change).rowcount:
            raise AccountError(f"there is no person {shown(person_id)}.")
        note(connection, person_id, verb, _by(store))


def _by(store: Store) -> str:
    """Who does it, where they have an account."""
    return "" if store.person.id == LOCAL_ID else f"by {store.person.id}"


def _found(store: Store, *where: Any) -> Person | None:
    with store.begin() as connection:
        row = connection.execute(select(people).where(*where)).first()
    return _person(row) if row else None


def _person(row: Row[Any]) -> Person:
    return Person(row.id, visible(row.name), Role(row.role), row.class_name)


def class_line(text: str) -> str:
    """The name of a class as it is kept; empty where there is none."""
    return line("class", text) if text.strip() else ""


def line(what: str, text: str) -> str:
    """A name as it is kept; raises `AccountError` where it is none."""
    found = " ".join("".join(one for one in visible(text) if one.isprintable()).split())
    if not 1 <= len(found) <= LONGEST_NAME:
        raise AccountError(f"a {what} has 1 to {LONGEST_NAME} letters, got {shown(text)}.")
    return found


def as_names(rows: Sequence[Account]) -> dict[str, str]:
    """What people are called, by their id; whoever is here without an account is `local`."""
    return {LOCAL_ID: LOCAL_ID} | {one.person.id: one.person.name for one in rows}
