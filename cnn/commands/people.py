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
from cnn.people import accounts, class_list, leaving
from cnn.people.accounts import Account, AccountError
from cnn.people.person import Person, Role
from cnn.settings import limit_setting
from cnn.training.store.on_disk.kept_backups import time_text
from cnn.training.store.store import Store


def people(options: argparse.Namespace) -> int:
    """Adds, lists, invites anew, turns out, exports or removes."""
    with refusals(), _said_plainly(), closing(Store(options.store)) as store:
        match options.action:
            case "add":
                role = Role(options.role)
                _invited(options, [accounts.add(store, options.name, role, options.class_name)])
            case "import":
                rows = class_list.read(_text(options.file))
                _invited(options, class_list.add_all(store, rows, options.class_name))
            case "list":
                _list(accounts.everybody(store, options.class_name), as_json=options.json)
            case "unseen":
                _unseen(store, options)
            case action:
                _of_one(store, accounts.named(store, options.name), action, options)
    return 0


def _of_one(store: Store, account: Account, action: str, options: argparse.Namespace) -> None:
    person = account.person
    if action == "invite":
        _invited(options, [(person, accounts.invite(store, person.id))])
    elif action == "change":
        role = Role(options.role) if options.role else None
        accounts.change(store, person.id, role, options.class_name)
    elif action == "revoke":
        accounts.revoke(store, person.id)
        print(f"{printable(person.name)} is turned out; pages that are open end within seconds.")
    elif action == "export":
        _write(options.to, json.dumps(leaving.export(store, person.id), indent=1))
    else:
        count = leaving.remove(store, person.id)
        print(f"{printable(person.name)} is forgotten, with {count:,} runs.")


def _unseen(store: Store, options: argparse.Namespace) -> None:
    """Lists who was not seen for long, and forgets them where that is asked for."""
    days = limit_setting("CNN_KEEP_PEOPLE_DAYS") if options.days is None else options.days
    if days is None or days < 1:
        raise CommandError(
            "for how many days is not said, 1 at least. Add --days, or set CNN_KEEP_PEOPLE_DAYS."
        )
    found = leaving.unseen(store, days)
    _list(found, as_json=options.json)
    if options.json and not options.remove:
        return
    if not options.remove:
        many = f"{len(found):,} {'person' if len(found) == 1 else 'people'}"
        print(
            f"{many} not seen for {days:,} days. Nothing is removed yet: keep a backup (python -m "
            "cnn store backup FILE), then add --remove.",
            file=sys.stderr,
        )
        return
    count = sum(leaving.remove(store, one.person.id) for one in found)
    print(f"{len(found):,} forgotten, with {count:,} runs.", file=sys.stderr)


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
        return sys.stdin.read(class_list.MOST_BYTES)
    try:
        with Path(name).open("rb") as file:
            return class_list.decoded(file.read(class_list.MOST_BYTES + 1))
    except OSError as error:
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
