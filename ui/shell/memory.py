"""Takes what will never be garbage out of the collector's sight.

Streamlit collects garbage after every run of a page, and on the modules that a page has loaded that
takes 60 to 150 ms, in which the next edit waits.
"""

from __future__ import annotations

import gc
import sys

_settled_with = [0]


def settle() -> None:
    """Has the collector forget all that is loaded by now, whenever more modules are."""
    loaded = len(sys.modules)
    if loaded > _settled_with[0]:
        _settled_with[0] = loaded
        gc.collect()
        gc.freeze()
