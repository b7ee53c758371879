"""What the program says of its own doing: how much and in which form by a setting, and a log of the
workers that stays small.

Every module speaks through `logging.getLogger(__name__)`; the app and the workers say where it is
heard. What trainings say of themselves is in the store, with their runs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TextIO

from cnn.settings import close_to_others, word_setting

NAME = "cnn"
LOG_FILE = "worker.log"
MOST_BYTES, KEPT = 1_000_000, 3
"""A log of more bytes is begun anew, and so many earlier ones are kept."""
LONGEST_LINE = 65_536
"""Of one that is longer, half may be kept."""

ABOUT = ("run", "worker")
"""What a line says it is about, where it is about one."""


class _Lines(logging.Formatter):
    """A line for each thing that is said, without what a terminal would take for an order."""

    def format(self, record: logging.LogRecord) -> str:
        said = "".join(one if one.isprintable() else " " for one in record.getMessage())
        line = f"{_time(record)} {record.levelname.lower()} {record.name}: {said}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line


class _Json(logging.Formatter):
    """A JSON object on a line for each thing that is said, with the run or worker it is of."""

    def format(self, record: logging.LogRecord) -> str:
        values = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        said = vars(record)  # others note things of their own there, as Ray does wherever it is
        values |= {name: said[name] for name in ABOUT if name in said}
        if record.exc_info:
            values["error"] = self.formatException(record.exc_info)
        return json.dumps(values, default=str)


def is_json() -> bool:
    """Whether lines of JSON are asked for, by setting (`CNN_LOG_FORMAT`)."""
    return word_setting("CNN_LOG_FORMAT", "text") == "json"


def formatter() -> logging.Formatter:
    """The form in which what is said is written."""
    return _Json() if is_json() else _Lines()


@contextlib.contextmanager
def heard(stream: TextIO | None = None) -> Iterator[None]:
    """While the block runs, what is said goes to a stream, standard error where none is named."""
    logger = logging.getLogger(NAME)
    before = logger.level, logger.propagate
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    logger.setLevel(word_setting("CNN_LOG", "info").upper())
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


class Trouble:
    """What goes wrong again and again, said once each time it changes, and when it is over."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger, self._said = logger, ""

    def is_met(self, error: Exception) -> None:
        if str(error) != self._said:
            self._said = str(error)
            self._logger.warning("%s", error)

    def is_over(self) -> None:
        if self._said:
            self._said = ""
            self._logger.info("What was said last is over.")


def opened(folder: Path) -> IO[bytes]:
    """The log of the workers, to be added to; where there can be none, nowhere."""
    file = folder / LOG_FILE
    close_to_others(file)  # one of an earlier version
    try:
        return open(file, "ab", opener=lambda name, how: os.open(name, how, 0o600))
    except OSError:
        return Path(os.devnull).open("ab")


def keep_small(folder: Path) -> None:
    """Begins the log anew once it is large: what was in it becomes `worker.log.1`, and so on.

    Several processes have it open and write on, TensorFlow in them too. So it is copied and
    emptied, never renamed: each of them adds to its end, wherever that is. Of two apps that come at
    the same moment one does it. A line that is written between copying and emptying is lost.
    """
    file = folder / LOG_FILE
    with contextlib.suppress(OSError):
        if file.stat().st_size <= MOST_BYTES:
            return
        with file.open("r+b") as log, _alone(log):
            size = os.fstat(log.fileno()).st_size
            if size <= MOST_BYTES:
                return
            with contextlib.suppress(OSError):  # a full disk: the log is emptied all the same
                _move_on(file)
                _copy_end(log, file.with_name(f"{LOG_FILE}.1"), size)
            log.truncate(0)


def _move_on(file: Path) -> None:
    for number in reversed(range(1, KEPT)):
        with contextlib.suppress(FileNotFoundError):
            file.with_name(f"{file.name}.{number}").replace(
                file.with_name(f"{file.name}.{number + 1}")
            )


def _copy_end(log: IO[bytes], target: Path, size: int) -> None:
    """A log, or its last lines where it is far too long, as one of an earlier version may be."""
    if size > 2 * MOST_BYTES:
        log.seek(size - MOST_BYTES)
        log.readline()
    with open(target, "w+b", opener=lambda name, how: os.open(name, how, 0o600)) as kept:
        shutil.copyfileobj(log, kept)
        _cut_half_a_line(kept)


def _cut_half_a_line(kept: IO[bytes]) -> None:
    """Of a line that was just being written, the copy may have the beginning alone."""
    end = kept.tell()
    kept.seek(max(end - LONGEST_LINE, 0))
    last = kept.read()
    if b"\n" in last:
        kept.truncate(end - len(last) + last.rindex(b"\n") + 1)


@contextlib.contextmanager
def _alone(log: IO[bytes]) -> Iterator[None]:
    """Raises `OSError` where another process does the same just now, as far as that can be told."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield  # closing the file lets go of it


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
