"""How much memory this machine, or this container, has, and how much of it is free."""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def memory_bytes() -> int | None:
    """This machine's memory, or that of this container, where it says how much there is."""
    found = [limit for limit in (_installed_bytes(), _container_bytes()) if limit]
    return min(found, default=None)


def free_bytes() -> int | None:
    """The part of it that programs can still have; all of it where nobody says."""
    found = [limit for limit in (_available_bytes(), _container_free_bytes()) if limit is not None]
    return min(found) if found else memory_bytes()


def give_back() -> None:
    """Has the C library return to the system what it holds of freed memory, where it can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _installed_bytes() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _available_bytes() -> int | None:
    """What Linux can give without swapping, caches that it would drop included."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _container_bytes() -> int | None:
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        return int((CGROUP / "memory.max").read_text(encoding="ascii"))
    return None


def _container_free_bytes() -> int | None:
    limit = _container_bytes()
    if limit is None:
        return None
    with contextlib.suppress(OSError, ValueError, KeyError):
        used = int((CGROUP / "memory.current").read_text(encoding="ascii"))
        lines = (CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
        cached = int(dict(line.split() for line in lines)["inactive_file"])
        return max(limit - used + cached, 0)
    return limit
