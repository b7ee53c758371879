"""How often somebody may do something: a few times at once, then at a steady pace."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KNOWN = 2_000


class Rate:
    """So many at once for each, and one more after every `pace_s` seconds."""

    def __init__(
        self, at_once: int, pace_s: float, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.at_once = at_once
        self.pace_s = pace_s
        self.now = now
        self._free_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, who: str) -> float:
        """Takes one turn and says 0; where there is none, how many seconds until there is."""
        with self._lock:
            now = self.now()
            used_up_at = max(self._free_at.get(who, now), now) + self.pace_s
            wait = used_up_at - now - self.at_once * self.pace_s
            if wait > 1e-9:
                return wait
            self._free_at[who] = used_up_at
            self._free_at.move_to_end(who)
            while len(self._free_at) > MOST_KNOWN:
                self._free_at.popitem(last=False)
            return 0.0
