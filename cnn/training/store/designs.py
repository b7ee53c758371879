"""Saved designs: networks kept by name in the store, whether they were trained or not.

Each person has names of their own. A design that its owner shares is there for others of the class.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError, shown
from cnn.network.trace import trace
from cnn.people.person import LOCAL_ID
from cnn.training.recipe.json_columns import is_time
from cnn.training.recipe.unreadable import WAY_OUT, first_sentence
from cnn.training.store.store import Store
from cnn.training.store.tables import designs
from cnn.version import VERSION


@dataclass(frozen=True, slots=True)
class Saved:
    """A design as it was saved; its name is the network's."""

    name: str
    architecture: Architecture
    saved_at: float
    owner: str = LOCAL_ID
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class UnreadableDesign:
    """A design that another version of the program saved and this one cannot read."""

    name: str
    reason: str
    saved_at: float

    @property
    def words(self) -> str:
        """Which design it is, why it cannot be read, and what to do."""
        return (
            f"the design {shown(self.name)} was saved by another version of the program; this one "
            f"({VERSION}) cannot read it: {self.reason}. {WAY_OUT}"
        )

    @property
    def sentence(self) -> str:
        return f"{self.words[0].upper()}{self.words[1:]}"


def save(store: Store, architecture: Architecture) -> None:
    """Keeps a network under its name, in place of what was kept there."""
    values = {"architecture": architecture.to_json(), "saved_at": time.time()}
    with store.begin() as connection:
        same = update(designs).where(_mine(store, architecture.name)).values(values)
        if not connection.execute(same).rowcount:
            connection.execute(insert(designs).values(name=architecture.name, **values))


def find(store: Store, name: str) -> Saved | UnreadableDesign | None:
    """The design of that name, if one is kept."""
    query = select(designs).where(_mine(store, name))
    with store.begin() as connection:
        row = connection.execute(query).first()
    return read(row) if row else None


def latest(store: Store, limit: int = 100) -> list[Saved | UnreadableDesign]:
    """The saved designs, the newest first; those that cannot be read among them."""
    query = select(designs).where(_mine(store))
    query = query.order_by(designs.c.saved_at.desc(), designs.c.name).limit(limit)
    with store.begin() as connection:
        return [read(row) for row in connection.execute(query).all()]


def remove(store: Store, name: str) -> bool:
    """Forgets a design; says whether there was one."""
    with store.begin() as connection:
        return connection.execute(delete(designs).where(_mine(store, name))).rowcount > 0


def share(store: Store, one: Saved, *, is_shared: bool) -> None:
    """Lets others open a design who have its link, or no longer."""
    change = update(designs).where(designs.c.owner == one.owner, designs.c.name == one.name)
    with store.begin() as connection:
        connection.execute(change.values(is_shared=int(is_shared)))


def of_somebody(store: Store, owner: str, name: str) -> Saved | UnreadableDesign | None:
    """The design of that name that somebody has, if whose store it is may see it."""
    query = select(designs).where(designs.c.owner == owner, designs.c.name == name)
    with store.begin() as connection:
        row = connection.execute(query).first()
    return read(row) if row else None


def free_name(store: Store, name: str) -> str:
    """A name like this one that no saved design has: `LeNet-5 (2)`."""
    with store.begin() as connection:
        query = select(designs.c.name).where(_mine(store))
        taken = set(connection.execute(query).scalars())
    if name not in taken:
        return name
    return next(new for i in range(2, len(taken) + 3) if (new := f"{name} ({i})") not in taken)


def _mine(store: Store, name: str | None = None) -> ColumnElement[bool]:
    """Those of whose store it is; operators have those of before there were accounts, too."""
    person = store.person
    mine = designs.c.owner.in_({person.id, LOCAL_ID} if person.sees_all else {person.id})
    return mine if name is None else mine & (designs.c.name == name)


def read(row: Iterable[Any]) -> Saved | UnreadableDesign:
    """The design that a row describes; of one that is damaged, what is known of it."""
    owner, name, architecture, saved_at, is_shared = row
    if not is_time(saved_at):
        return UnreadableDesign(_named(name), f"its time is {shown(saved_at)}", 0.0)
    if not all(isinstance(one, str) for one in (name, architecture, owner)):
        return UnreadableDesign(_named(name), "a name or its network is no text", saved_at)
    if type(is_shared) is not int or is_shared not in (0, 1):
        reason = f"its mark of being shared is {shown(is_shared)}"
        return UnreadableDesign(name, reason, saved_at)
    try:
        return Saved(name, _whole(architecture), saved_at, owner, is_shared == 1)
    except ArchitectureError as error:
        return UnreadableDesign(name, first_sentence(error), saved_at)


def _named(name: object) -> str:
    return name if isinstance(name, str) else shown(name)


@functools.lru_cache(maxsize=256)
def _whole(text: str) -> Architecture:
    found = Architecture.from_json(text)
    trace(found)
    return found
