"""Awaiting what is asynchronous, from a test that is not."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(asked: Coroutine[Any, Any, T]) -> T:
    """What comes of it, in a thread of its own: a browser test may have left a loop here."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, asked).result()
