"""The one error of the run store: which store, why, and what to do."""

from __future__ import annotations

from sqlalchemy.engine import make_url
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
    "locked": "Another program has been writing to it for too long: close that one, or try again.",
    "readonly": "It can be read but not written to: allow writing to it and to its folder, or set "
    "CNN_STORE to another.",
    "full": "Make room on its disk, and resume what was interrupted; or set CNN_STORE to another.",
    "not a database": "Move that file out of the way, or set CNN_STORE to another.",
    "malformed": "It is damaged: put a copy in its place, or move it out of the way.",
    "authentication": "Correct the name and the password in CNN_STORE.",
    "does not exist": "Make that database first (createdb), or correct its name in CNN_STORE.",
    "connection": "Start that server, or correct its address in CNN_STORE.",
    "resolve host": "Correct the server's name in CNN_STORE.",
    "psycopg": 'Install its driver: pip install "psycopg[binary]"; or set CNN_STORE to another.',
}
"""What to do, by a word of the cause as SQLite or PostgreSQL says it; the first that is in it."""


def shown_url(url: str) -> str:
    """A store's URL as a person may see it: without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return repr(url[:60])
