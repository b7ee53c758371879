"""`cnn-workbench` alone: the app, started in this very process, and opened in a browser.

Its code is Streamlit's to run: here it is only found, beside this package in what is installed, or
around it in a checkout. Streamlit reads the settings that lie beside the script it runs, so the app
is as safe from any folder as from its own.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnn.commands import CommandError

AROUND = Path(__file__).parents[2]
INSTALLED = "cnn_workbench_app"
"""The folder of the app in what is installed, where nothing else may be called `ui` or `pages`."""

OPENS = "--open"
"""What tells the app to open a browser (`ui/shell/announce.py`)."""


def start(options: Sequence[str]) -> None:
    """Runs the app with options of Streamlit until it is ended."""
    opens = [OPENS] if has_screen(os.environ, sys.platform) else []
    sys.argv = ["streamlit", "run", str(app_script()), *options, "--", *opens]
    if "plotly" not in sys.modules:
        _read_without_plotly("streamlit.web.cli")
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _read_without_plotly(name: str) -> None:
    """Reads what would read Plotly at once, for charts that no page has: a tenth of a second."""
    sys.modules["plotly"] = None  # type: ignore[assignment]  # as Python knows what is not there
    try:
        importlib.import_module(name)
    finally:
        del sys.modules["plotly"]


def app_script() -> Path:
    """Where the app's script is."""
    for folder in (AROUND / INSTALLED, AROUND):
        if (folder / "app.py").is_file() and (folder / "ui").is_dir():
            return folder / "app.py"
    raise CommandError(
        f"the app is not there: {AROUND} has the package cnn alone. Install cnn-workbench anew."
    )


def has_screen(settings: Mapping[str, str], system: str) -> bool:
    """Whether a browser can be opened where somebody sees it."""
    named = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return system in ("win32", "darwin") or any(settings.get(one) for one in named)
