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
        shown = shown_url(url)
        if not is_readable(url):
            return cls(f"the run store {shown} could not be used: {UNREADABLE}")
        said = str(getattr(error, "orig", None) or error)
        if isinstance(error, OSError) and error.strerror:
            said = f"{error.strerror}, {error.filename}"
        cause = " ".join(said.split()).rstrip(".?")
        hint = next((hint for sign, hint in HINTS.items() if sign in cause), HINT)
        kind = StoreBusy if any(sign in cause for sign in BUSY) else StoreError
        if _secret_fields(make_url(url)):
            cause = UNQUOTED
        return kind(f"the run store {shown} could not be used: {cause}. {hint}")


class StoreBusy(StoreError):
    """Another program has locked the store: it may be free again in a moment."""


class NotYours(StoreError):
    """Somebody else's thing was to be changed."""


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


UNREADABLE = (
    "its address cannot be read. Write it as postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE or "
    "sqlite:////FOLDER/FILE; of a password, write @ as %40, : as %3A, / as %2F, ? as %3F, & as %26."
)
UNQUOTED = "what was said to it is not repeated, as it may hold what stands after ? in the address"

SECRET = re.compile("pass|pwd|secret|token|conninfo|dsn", re.IGNORECASE)
"""What is in the names of fields that hold a password, or say where one is."""

IN_A_VALUE = re.compile(f"{SECRET.pattern}|@|;", re.IGNORECASE)
"""What is in a value that holds a whole address, or several fields."""

USUAL = re.compile(
    "(ssl|gss|channel_|connect_|keepalives|target_|tcp_|load_|application_name$|dbname$|host|port$|"
    "user$|options$)"
)
"""How fields begin that may stand beside a password: another may be a piece of it, after an &."""


def is_readable(url: str) -> bool:
    """Whether a store's address says clearly what in it is the password. Where an @ stands in one,
    or a slash is missing, a piece of it is taken for a host, a name, a port or a database.
    """
    try:
        made = make_url(re.sub("%[0-9A-Fa-f]{2}", "x", url))  # what is written so is meant so
        is_file = made.get_backend_name() == "sqlite"
    except (SQLAlchemyError, ValueError):
        return False
    if is_file:
        return not (made.username or made.password or made.host)
    before, _, fields = url.partition("?")
    places = f"{made.username or ''} {made.database or ''}"
    return not (
        re.search("[@:&=;]", places)
        or re.search("[@&=;]", made.host or "")
        or before.count("@") > 1
        or any(map(_is_cut_off, filter(None, fields.split("&"))))
    )


def _is_cut_off(field: str) -> bool:
    """Whether what stands between two & is none that was meant to, but a piece of something."""
    name, is_field, value = field.partition("=")
    return not is_field or ("@" in value and name != "dbname" and not SECRET.search(name))


def _secret_fields(url: URL) -> list[str]:
    found = [
        name
        for name, value in url.query.items()
        if SECRET.search(name) or IN_A_VALUE.search(str(value))
    ]
    return [name for name in url.query if name in found or not USUAL.match(name)] if found else []


def in_traceback(url: str, error: Exception) -> Exception | None:
    """What a traceback may show as the cause: nothing where it may hold pieces of a password."""
    return error if is_readable(url) and not _secret_fields(make_url(url)) else None


def without_secrets(url: str) -> URL:
    """A store's address without its passwords, before the host as in the fields after `?`."""
    made = make_url(url)
    return made.difference_update_query(_secret_fields(made))._replace(password=None)


def shown_url(url: str) -> str:
    """A store's URL as a person may see it: without its passwords."""
    if not is_readable(url):
        return repr(_beginning(url))
    hidden = "***" if make_url(url).password else None
    return without_secrets(url).set(password=hidden).render_as_string(hide_password=True)


def _beginning(url: str) -> str:
    """Of an address that cannot be read what holds no password: all, or the kind of database."""
    if not re.search("[:@?=&;]", url):
        return url[:60]
    kind = re.match(r"[a-z]+(\+[a-z0-9]+)?(?=:/*)", url)
    return f"{kind[0]}:..." if kind else "..."


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
