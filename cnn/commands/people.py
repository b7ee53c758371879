"""`python -m cnn people`: accounts for a class, the links that invite, and what is kept of whom."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cnn.commands import CommandError, refusals
from cnn.commands.terminal import printable
from cnn.people import accounts
from cnn.people.accounts import Account, AccountError
from cnn.people.person import Person, Role
from cnn.training.store.on_disk.kept_backups import time_text
from cnn.training.store.store import Store

MOST_BYTES = 5_000_000


def people(options: argparse.Namespace) -> int:
    """Adds, lists, invites anew, turns out, exports or removes."""
    with refusals(), _said_plainly(), closing(Store(options.store)) as store:
        match options.action:
            case "add":
                role = Role(options.role)
                _invited(options, [accounts.add(store, options.name, role, options.class_name)])
            case "import":
                rows = accounts.read_class(_text(options.file))
                made = [
                    accounts.add(store, name, role, class_name or options.class_name)
                    for name, role, class_name in rows
                ]
                _invited(options, made)
            case "list":
                _list(accounts.everybody(store, options.class_name), as_json=options.json)
            case action:
                _of_one(store, accounts.named(store, options.name), action, options)
    return 0


def _of_one(store: Store, account: Account, action: str, options: argparse.Namespace) -> None:
    person = account.person
    if action == "invite":
        _invited(options, [(person, accounts.invite(store, person.id))])
    elif action == "revoke":
        accounts.revoke(store, person.id)
        print(f"{printable(person.name)} is turned out; pages that are open end within seconds.")
    elif action == "export":
        _write(options.to, json.dumps(accounts.export(store, person.id), indent=1))
    else:
        count = accounts.remove(store, person.id)
        print(f"{printable(person.name)} is forgotten, with {count:,} runs.")


def _invited(options: argparse.Namespace, made: list[tuple[Person, str]]) -> None:
    """A link each, which opens once."""
    base = options.address.rstrip("/")
    for person, key in made:
        link = f"{base}/enter/{key}"
        if options.json:
            print(json.dumps({"name": person.name, "class": person.class_name, "link": link}))
        else:
            print(f"{printable(person.name)}\t{link}")


def _list(found: list[Account], *, as_json: bool) -> None:
    for one in found:
        seen = time_text(one.seen_at) if one.seen_at else "never"
        state = "turned out" if one.is_revoked else "invited" if one.is_invited else "in"
        row = {
            "id": one.person.id,
            "name": one.person.name,
            "role": str(one.person.role),
            "class": one.person.class_name,
            "state": state,
            "signed in": seen,
        }
        print(json.dumps(row) if as_json else "\t".join(map(printable, row.values())))


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read(MOST_BYTES)
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            return file.read(MOST_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{printable(name)} cannot be read as a class list: {error}") from None


def _write(name: str, text: str) -> None:
    if name == "-":
        print(text)
        return
    try:
        with Path(name).open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{printable(name)} cannot be written: {error.strerror}") from None


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except AccountError as error:
        raise CommandError(str(error)) from None
