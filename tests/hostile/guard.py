"""Watches what a reader does with what it is given: nothing may be started, fetched or written."""

import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LONGEST_S = 60
"""Far more than any answer takes; what takes longer hangs, and the process is ended."""

_allowed: list[Path | None] = []
_seen: list[str] = []
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"}
FETCHES = {"socket.connect", "socket.bind", "urllib.Request"}
UNPICKLES = {"pickle.find_class"}
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@contextmanager
def watched(folder: Path | None = None) -> Iterator[None]:
    """Fails for anything started, fetched, unpickled, or written outside of `folder`."""
    _seen.clear()
    _allowed.append(folder.resolve() if folder else None)
    assert sys.__stderr__
    faulthandler.dump_traceback_later(LONGEST_S, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        _allowed.pop()
    assert not _seen, "\n".join(_seen)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _allowed:
        return
    if event in STARTS | FETCHES | UNPICKLES:
        _seen.append(f"{event}{arguments}")
    elif event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & WRITES and not _is_allowed(path):
            _seen.append(f"{path} was opened to be written")
    elif event in CHANGES and not _is_allowed(arguments[0]):
        _seen.append(f"{event}{arguments}")


def _is_allowed(path: Any) -> bool:
    if isinstance(path, int):  # a descriptor: whatever opened it was heard then, with its path
        return True
    folder = _allowed[-1]
    if folder is None or not isinstance(path, str | bytes | os.PathLike):
        return False
    # Python's own files: modules that are imported for the first time are compiled and kept.
    name = os.fsdecode(path)
    return "__pycache__" in name or Path(name).resolve().is_relative_to(folder)


sys.addaudithook(_heard)
