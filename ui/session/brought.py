"""Files that a person brought, for as long as their session has them: on the disk, not in memory.

Streamlit keeps what is uploaded in memory until its session ends; here it is taken from there. A
file on the disk has no name and goes with its session, or before, when all sessions together hold
too much: then those that were used longest ago.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import tempfile
import threading
import weakref
from pathlib import PurePath
from typing import IO, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

ALL_BYTES = 1_000_000_000
"""The most on the disk for all sessions together; of one session it is what its pages can hold."""

GONE = (
    "This file was let go, as people brought others meanwhile (at most "
    f"{ALL_BYTES / 1e6:,.0f} MB are held for all): choose it again."
)

_lock = threading.Lock()
_held: weakref.WeakSet[Brought] = weakref.WeakSet()
_clock = itertools.count()


class Brought:
    """A file of a session, by the name it was given; `key` tells contents apart."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.size = name[:80], len(content)
        self.ending = PurePath(name).suffix[:20]
        self.key = hashlib.sha256(content).hexdigest()[:16]
        self._file = tempfile.TemporaryFile(prefix="cnn-brought-")  # noqa: SIM115  until it goes
        self._file.write(content)
        self._file.flush()
        weakref.finalize(self, self._file.close)
        self._used = next(_clock)
        with _lock:
            _held.add(self)
        _let_go_of_the_oldest()

    @property
    def is_here(self) -> bool:
        return not self._file.closed

    @property
    def content(self) -> bytes | None:
        """All of the file; None where it was let go."""
        self._used = next(_clock)
        with _lock:
            if self._file.closed:
                return None
            self._file.seek(0)
            return self._file.read()

    @property
    def file(self) -> IO[bytes]:
        """For another process to read; it must be here."""
        self._used = next(_clock)
        return self._file

    def let_go(self) -> None:
        """Frees the disk."""
        with contextlib.suppress(OSError):
            self._file.close()


def hold(given: UploadedFile | None, key: str) -> None:
    """Puts an upload into the session, in place of the one under the same key."""
    before = st.session_state.get(key)
    if isinstance(before, Brought):
        before.let_go()
    st.session_state[key] = Brought(given.name, take(given)) if given else None


def take(given: UploadedFile) -> bytes:
    """The content of an upload, which is nowhere else in memory from now on."""
    content = given.getvalue()
    given.seek(0)
    given.truncate()
    context = get_script_run_ctx()
    if context is not None:
        files: Any = context.uploaded_file_mgr  # in memory, whatever the protocol says
        for record in files.get_files(context.session_id, [given.file_id]):
            files.add_file(context.session_id, record._replace(data=b""))
    return content


def held_bytes() -> int:
    """How much is on the disk for all sessions."""
    with _lock:
        return sum(one.size for one in _held if one.is_here)


def _let_go_of_the_oldest() -> None:
    with _lock:
        here = sorted((one for one in _held if one.is_here), key=lambda one: one._used)
        total = sum(one.size for one in here)
        for one in here[:-1]:
            if total <= ALL_BYTES:
                return
            one.let_go()
            total -= one.size
