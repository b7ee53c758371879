"""Who may come in, by setting: the token that a server asks for, and where its address is kept.

The gate (`ui/shell/gate.py`) asks for it. What was printed when the server started is also kept in
the folder of this program for as long as the server runs, to be read by its owner alone: a
terminal scrolls away. The token is new at each start, so that an address which got about opens
nothing tomorrow; `CNN_TOKEN` gives one that stays, or that several servers share. Whoever keeps the
servers running may have one of their own, `CNN_OPERATOR_TOKEN`, which opens no page.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from cnn.settings import SettingError, home, private_folder

SHORTEST = 16
"""Characters of a token of one's own: at random, so many cannot be tried out."""

_FRAME = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:(\d{1,5}|\*))?")


_served: dict[int, TextIO] = {}
"""The files in which this server's own address is kept, by port: open for as long as it runs."""


class Asked(StrEnum):
    """When a visitor is asked for the token; by default, where others than this machine's come."""

    ALWAYS = "on"
    NEVER = "off"
    OF_OTHERS = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """When the token is asked for, which one it is, and whether `CNN_TOKEN` gave it; and the one of
    operators, where there is any.
    """

    asked: Asked
    token: str
    is_given: bool = False
    operator: str = ""


def entry() -> Entry:
    """How one comes in by setting (`CNN_TOKEN`), with a new token where none is given."""
    given, operator = os.environ.get("CNN_TOKEN", "").strip(), operator_token()
    if given.lower() in set(Asked):
        return Entry(Asked(given.lower()), secrets.token_urlsafe(32), operator=operator)
    token = _token(given, "CNN_TOKEN is neither on nor off, and its")
    return Entry(Asked.ALWAYS, token, is_given=True, operator=operator)


def operator_token() -> str:
    """What operators show, by setting (`CNN_OPERATOR_TOKEN`); nothing where they have none."""
    given = os.environ.get("CNN_OPERATOR_TOKEN", "").strip()
    return _token(given, "CNN_OPERATOR_TOKEN opens nothing, as its") if given else ""


def _token(given: str, what: str) -> str:
    if len(given) < SHORTEST or not re.fullmatch(r"[A-Za-z0-9._~-]+", given):
        raise SettingError(
            f"{what} {len(given)} characters are no token: that "
            f"has {SHORTEST} or more, each a letter, a digit or one of . _ ~ -. Such a one is made "
            'by: python -c "import secrets; print(secrets.token_urlsafe())"'
        )
    return given


def frame_ancestors() -> str:
    """Which pages may show this one in a frame, by setting (`CNN_FRAME_ANCESTORS`), as a browser is
    told; else those of this server alone.
    """
    given = os.environ.get("CNN_FRAME_ANCESTORS", "").replace("'", "").split()
    if given == ["none"]:
        return "'none'"
    others = [one for one in given if one != "self"]
    for one in others:
        if not _FRAME.fullmatch(one):
            raise SettingError(
                f"CNN_FRAME_ANCESTORS has {one[:60]!r}, which is no page's origin. Write origins "
                "such as https://moodle.example, with a space between two, or self, or none."
            )
    return " ".join(["'self'", *others])


def keep_address(port: int, address: str) -> None:
    """Keeps a server's address until it ends; where it cannot be written, it was still printed.

    The file stays open and locked, which no killed server's is.
    """
    file = _file(port)
    new = file.with_suffix(".new")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with contextlib.suppress(OSError):
        private_folder(file.parent)
        new.unlink(missing_ok=True)  # left by a server that was killed, or somebody's link
        with contextlib.ExitStack() as failing:
            kept = failing.enter_context(
                os.fdopen(os.open(new, flags, 0o600), "w", encoding="utf-8")
            )
            kept.write(f"{address}\n")
            kept.flush()
            if _is_free(kept):
                _let_go(port)
                _served[port] = kept
                failing.pop_all()
        new.replace(file)


def forget_address(port: int, address: str) -> None:
    """Forgets the address of a server that ends, if no other one has put its own there since."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if _file(port).read_text(encoding="utf-8") == f"{address}\n":
            _file(port).unlink()
            _let_go(port)


def kept_addresses() -> list[str]:
    """The addresses of the servers that run from this folder, by port; one that a killed server
    left is forgotten.
    """
    found: list[str] = []
    files = [one for one in (home() / "addresses").glob("*.txt") if one.stem.isdecimal()]
    for file in sorted(files, key=lambda one: int(one.stem)):
        with contextlib.suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as kept:
            if _is_free(kept):
                file.unlink()
            else:
                found += kept.read().split()
    return found


def _let_go(port: int) -> None:
    if port in _served:
        _served.pop(port).close()


def _is_free(file: TextIO) -> bool:
    """Whether nobody else holds a file, who does from now on; False where that cannot be told."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _file(port: int) -> Path:
    return home() / "addresses" / f"{port}.txt"
