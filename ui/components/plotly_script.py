"""Plotly's own script, as the installed package carries it: where it lies, where it is served."""

from __future__ import annotations

import functools
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ui.session.assets import address


def _script_file() -> Path:
    """Found without importing Plotly, which takes its time."""
    found = find_spec("plotly")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


SCRIPT_FILE = _script_file()


@functools.cache
def script_path() -> str:
    """The address of the script on this server, another one for every version."""
    return address(f"/vendor/plotly-{version('plotly')}.min.js")
