"""Whether a page was shown since the server is there: what no page begins with waits for that."""

from __future__ import annotations

import threading

PATIENCE_S = 3.0
"""Where nobody comes, nothing waits for longer."""

_shown = threading.Event()


def is_shown() -> None:
    """A page has sent all that it shows."""
    _shown.set()


def wait() -> None:
    """Until a page is shown, if somebody comes soon."""
    _shown.wait(PATIENCE_S)
