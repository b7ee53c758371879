"""A class from a list: a name a line, then a class and a role where they are given."""

from __future__ import annotations

import csv

from cnn.network.errors import shown
from cnn.people import accounts
from cnn.people.accounts import AccountError, class_line, line
from cnn.people.person import Person, Role
from cnn.training.store.sight import teaches
from cnn.training.store.store import Store

MOST_BYTES, MOST_AT_ONCE = 1_000_000, 1_000
GIVEN = (Role.LEARNER, Role.TEACHER, Role.OPERATOR)
"""The roles that somebody gives to others."""

Row = tuple[str, Role, str]


def decoded(content: bytes) -> str:
    """The text of a list that somebody brings."""
    if len(content) > MOST_BYTES:
        raise AccountError(f"the list has over {MOST_BYTES / 1e6:.0f} MB. Bring one class of it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AccountError("the list is no text in UTF-8. Save it as CSV in UTF-8.") from None


def read(text: str) -> list[Row]:
    """The people of a list."""
    found = []
    lines = csv.reader(text.splitlines())
    try:
        for number, row in enumerate(lines, 1):
            cells = [cell.strip() for cell in row]
            if not any(cells) or (number == 1 and cells[0].lower() == "name"):
                continue
            found.append(_row(number, [*cells, "", ""]))
    except csv.Error as error:
        raise AccountError(f"line {lines.line_num} of the list is no CSV: {error}.") from None
    if not found:
        raise AccountError("the list has nobody in it. Write a name on each line.")
    if len(found) > MOST_AT_ONCE:
        raise AccountError(
            f"the list has {len(found):,} people, and {MOST_AT_ONCE:,} are added at once. "
            "Divide it."
        )
    return found


def add_all(store: Store, rows: list[Row], class_name: str = "") -> list[tuple[Person, str]]:
    """Makes an account for each, in that class where the list names none; with the keys of their
    links. All of them or none, where somebody may not add one of them.
    """
    wanted = [(name, role, own or class_name) for name, role, own in rows]
    for name, role, of in wanted:
        if not may_manage(store.person, role, of):
            raise AccountError(
                f"{shown(name)} is not added as {role} of {shown(of) if of else 'no class'}: "
                f"you add learners to {shown(store.person.class_name)} alone."
            )
    return [accounts.add(store, *one) for one in wanted]


def may_manage(person: Person, role: Role, class_name: str) -> bool:
    """Whether somebody adds, invites and turns out people of that role in that class."""
    return person.sees_all or (role is Role.LEARNER and teaches(person, class_name))


def _row(number: int, cells: list[str]) -> Row:
    name, class_name, role, *_ = cells
    try:
        if role.lower() not in ("", *GIVEN):
            raise AccountError(f"{shown(role)} is no role: {', '.join(GIVEN)} are.")
        return line("name", name), Role(role.lower() or Role.LEARNER), class_line(class_name)
    except AccountError as error:
        raise AccountError(
            f"line {number} of the list is no person: {error} Write name,class,role."
        ) from None
