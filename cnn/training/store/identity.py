"""Which process a worker is, as a part of its name: so that another one can see that it has ended.

`worker-1a2b3c4d.9f8e7d6c.4711.123456` is process 4711 of the machine `9f8e7d6c`, begun 123456 ticks
after that machine was. Of another machine's processes nothing can be seen.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
from pathlib import Path

PROC = Path("/proc")
STATE, STARTED = 0, 19
"""Where they stand in `/proc/PID/stat`, counted after the name of the program."""

ENDED_STATES = ("Z", "X")  # ended, but its parent has not asked for it yet


def identified(name: str, process_id: int | None = None) -> str:
    """The worker's name with its process (this one), if a process can be found again."""
    process_id = process_id or os.getpid()
    started = _stat(process_id)
    return f"{name}.{_machine()}.{process_id}.{started[1]}" if started else name


def has_ended(name: str) -> bool | None:
    """Whether the process of a worker has ended; None where that cannot be seen from here."""
    _, _, process = name.partition(".")
    machine, _, process = process.partition(".")
    number, _, started = process.partition(".")
    if machine != _machine() or not number.isdecimal() or not (PROC / "self").exists():
        return None
    found = _stat(int(number))
    return found is None or found[0] in ENDED_STATES or found[1] != started


def _stat(process_id: int) -> tuple[str, str] | None:
    """The state of a process and when it began; None where there is none, or no way to see it."""
    try:
        text = (PROC / str(process_id) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[STATE], fields[STARTED]


@functools.cache
def _machine() -> str:
    """This machine since it was started; in a container, the processes that it can see."""
    known = [platform.node()]
    try:
        known.append((PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        known.append(str((PROC / "self/ns/pid").readlink()))
    except OSError:  # not Linux; then no process is looked for either
        pass
    return hashlib.sha256("/".join(known).encode()).hexdigest()[:8]
