"""What the pages of all sessions keep between two clicks, bounded by bytes; what is large, in turn.

`kept` remembers what a function made, as `st.cache_resource` does, but by how much memory that
takes: what was used longest ago goes first. What a computation asks for is known before it begins
(`cnn.insight.passes.effort`); a large one waits until no other runs, and has room made for it.
"""

from __future__ import annotations

import functools
import gc
import inspect
import mmap
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnn.insight.passes.effort import Effort
from cnn.memory import give_back

KEPT_BYTES = 120_000_000
"""The most that is kept of all that was made."""

ROOM_BYTES = 270_000_000
"""What is kept and what is being computed take at most so much together."""

LARGE_BYTES, LONG_S = 10_000_000, 0.3
"""What asks for more waits for its turn."""

PATIENCE_S = 0.4
WAITING = "Waiting: another large computation is under way, and one runs at a time ..."

P = ParamSpec("P")
R = TypeVar("R")
_Key = tuple[str, Hashable]

_lock = threading.Lock()
_turn = threading.RLock()
_found: OrderedDict[_Key, tuple[Any, int]] = OrderedDict()


class Kept(Generic[P, R]):
    """A function whose results are kept; of its arguments, `_those` are no part of the key."""

    def __init__(
        self, make: Callable[P, R], asks: Callable[..., Effort] | None, most: int | None
    ) -> None:
        functools.update_wrapper(self, make)
        self._make, self._asks, self._most = make, asks, most
        self._signature = inspect.signature(make)
        self._name = f"{make.__module__}.{make.__qualname__}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What is kept, or made now."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments.items()
        key = (self._name, tuple(value for name, value in given if not name.startswith("_")))
        there, value = _get(key)
        if there:
            return value  # type: ignore[no-any-return]
        with turn(self._asks(*args, **kwargs) if self._asks else Effort()):
            there, value = _get(key)  # made by another, while this one waited
            if not there:
                value = self._make(*args, **kwargs)
                _put(key, value, self._most)
        return value  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Forgets all of this function's results."""
        with _lock:
            for key in [key for key in _found if key[0] == self._name]:
                del _found[key]


@dataclass(frozen=True, slots=True)
class _Keeper:
    asks: Callable[..., Effort] | None
    most: int | None

    def __call__(self, make: Callable[P, R]) -> Kept[P, R]:
        return Kept(make, self.asks, self.most)


def kept(*, asks: Callable[..., Effort] | None = None, most: int | None = None) -> _Keeper:
    """Keeps what a function makes. `asks` says what that takes, from the same arguments; `most`
    bounds how many results of this function there are, where bytes do not.
    """
    return _Keeper(asks, most)


@contextmanager
def turn(asked: Effort) -> Iterator[None]:
    """Where something large is computed: nothing else large is, meanwhile, and there is room."""
    if asked.peak_bytes <= LARGE_BYTES and asked.seconds <= LONG_S:
        yield
        return
    if not _turn.acquire(timeout=PATIENCE_S):
        with _waiting():
            _turn.acquire()
    try:
        make_room(asked.peak_bytes)
        gc.collect()  # what an earlier one left
        give_back()
        yield
    finally:
        _turn.release()
        give_back()


def _waiting() -> AbstractContextManager[object]:
    """Says on the page, if there is one, that it waits."""
    is_page = get_script_run_ctx(suppress_warning=True) is not None
    return st.spinner(WAITING, show_time=True) if is_page else nullcontext()


def make_room(wanted_bytes: int) -> None:
    """Lets go what was used longest ago, until so much fits beside what is kept."""
    _shrink_to(ROOM_BYTES - wanted_bytes)


def kept_bytes() -> int:
    """How much is kept now."""
    with _lock:
        return sum(size for _, size in _found.values())


def forget() -> None:
    """Lets go all that is kept."""
    with _lock:
        _found.clear()


def size_bytes(value: object) -> int:
    """The memory that a value holds, each part counted once; mapped files hold none."""
    seen: set[int] = set()
    waiting, total = [value], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            if isinstance(one.base, np.ndarray | mmap.mmap | bytes):
                waiting.append(one.base)
            else:
                total += one.nbytes
            continue
        if isinstance(one, mmap.mmap):
            continue
        total += sys.getsizeof(one)
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
        elif is_dataclass(one):
            waiting += [getattr(one, field.name) for field in fields(one)]
        elif hasattr(one, "__dict__"):
            waiting += vars(one).values()
    return total


def _get(key: _Key) -> tuple[bool, Any]:
    with _lock:
        if key not in _found:
            return False, None
        _found.move_to_end(key)
        return True, _found[key][0]


def _put(key: _Key, value: object, most: int | None) -> None:
    size = size_bytes(value)
    if size > KEPT_BYTES:
        return
    with _lock:
        _found[key] = (value, size)
        mine = [one for one in _found if one[0] == key[0]]
        for one in mine[: max(0, len(mine) - most)] if most else ():
            del _found[one]
    _shrink_to(KEPT_BYTES)


def _shrink_to(most_bytes: int) -> None:
    with _lock:
        total = sum(size for _, size in _found.values())
        while _found and total > most_bytes:
            _, (_, size) = _found.popitem(last=False)
            total -= size
