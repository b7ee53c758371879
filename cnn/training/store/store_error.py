"""The one error of the run store: which store, why, and what to do."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError


class StoreError(RuntimeError):
    """The store could not be used: which one, why, and what to do."""

    @classmethod
    def because(cls, url: str, error: Exception) -> StoreError:
        said = str(getattr(error, "orig", None) or error)
        if isinstance(error, OSError) and error.strerror:
            said = f"{error.strerror}, {error.filename}"
        cause = " ".join(said.split()).rstrip(".?")
        hint = next((hint for sign, hint in HINTS.items() if sign in cause), HINT)
        kind = StoreBusy if any(sign in cause for sign in BUSY) else StoreError
        return kind(f"the run store {shown_url(url)} could not be used: {cause}. {hint}")


class StoreBusy(StoreError):
    """Another program has locked the store: it may be free again in a moment."""


BUSY = ("is locked", "lock timeout", "deadlock detected")
"""How SQLite says it, and how PostgreSQL does."""


HINT = "Check that its folder exists, can be written to and has room; or set CNN_STORE."
HINTS = {
    "moved or deleted": "Put it back, or start the app and its workers anew, which make an empty "
    "one.",
    "locked": "Another program has been writing to it for too long: close that one, or try again.",
    "readonly": "It can be read but not written to: allow writing to it and to its folder, or set "
    "CNN_STORE to another.",
    "full": "Make room on its disk, and resume what was interrupted; or set CNN_STORE to another.",
    "not a database": "Move that file out of the way, or set CNN_STORE to another.",
    "malformed": "It is damaged: put a backup in its place (python -m cnn store restore FILE), or "
    "move it out of the way.",
    "authentication": "Correct the name and the password in CNN_STORE.",
    "does not exist": "Make that database first (createdb), or correct its name in CNN_STORE.",
    "connection": "Start that server, or correct its address in CNN_STORE.",
    "resolve host": "Correct the server's name in CNN_STORE.",
    "psycopg": 'Install its driver: pip install "psycopg[binary]"; or set CNN_STORE to another.',
}
"""What to do, by a word of the cause as SQLite or PostgreSQL says it; the first that is in it."""


SECRET = re.compile("pass|pwd|secret|token", re.IGNORECASE)
"""What is in the names of fields that hold a password, or say where one is."""


def without_secrets(url: str) -> URL:
    """A store's address without its passwords, before the host as in the fields after `?`."""
    made = make_url(url)
    return made.difference_update_query(filter(SECRET.search, made.query))._replace(password=None)


def shown_url(url: str) -> str:
    """A store's URL as a person may see it: without its passwords."""
    try:
        hidden = "***" if make_url(url).password else None
        return without_secrets(url).set(password=hidden).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return repr(re.sub(r"//[^/]*@|[?].*", "...", url)[:60])


@contextlib.contextmanager
def refusing(what: str) -> Iterator[None]:
    """Says what was not done, and why, where a disk or a database refuses."""
    try:
        yield
    except FileExistsError as error:
        path = error.filename2 or error.filename or error
        raise StoreError(
            f"{what}: {path} is in the way. Move it elsewhere, or name another."
        ) from error
    except (OSError, sqlite3.Error) as error:
        said = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise StoreError(f"{what}: {said}. {_way_out(said)}") from error


def _way_out(said: str) -> str:
    for sign, hint in (
        ("full", "Make room on that disk, then do it again."),
        ("No space", "Make room on that disk, then do it again."),
        ("locked", "Another program has it to itself: close that one, then do it again."),
        ("not a database", "It is another kind of file, or damaged: use another backup."),
        ("malformed", "It is damaged: use another backup."),
    ):
        if sign in said:
            return hint
    return "Check that its folder is there, can be written to, and is on a disk with room."


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raises `StoreError` where a folder's disk has not so many bytes free."""
    free = _free_bytes(folder)
    if free is not None and free < needed:
        raise StoreError(
            f"{what} needs about {needed / 1e6:,.1f} MB, and {folder} has {free / 1e6:,.1f} MB "
            "free. Make room there, or use another disk."
        )


def _free_bytes(folder: Path) -> int | None:
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free
    return None
