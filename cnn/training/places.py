"""Where this program keeps what must last: a folder and a store, both by setting."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of this program (`CNN_HOME`), else one in the user's own home."""
    return Path(os.environ.get("CNN_HOME") or Path.home() / ".cnn-workbench")


def store_url() -> str:
    """The run store by setting (`CNN_STORE`, any SQLAlchemy URL), else a file in `home`."""
    return os.environ.get("CNN_STORE") or f"sqlite:///{home() / 'runs.sqlite'}"
