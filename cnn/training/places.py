"""Where this program keeps what must last, and how settings are read from the environment."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

LEAST = {
    "CNN_WORKERS": 0,
    "CNN_RAY_CPUS": 1,
    "CNN_RAY_GPUS": 0,
    "CNN_MAX_PARAMS": 1,
    "CNN_MAX_EPOCHS": 1,
    "CNN_MAX_QUEUE": 0,
    "CNN_MAX_UPLOAD_MB": 1,
}
"""Settings that are whole numbers, and the least that each can mean: a queue of 0 takes no runs."""


class SettingError(ValueError):
    """A setting that nothing can be made of, and what it may be."""


class Executor(StrEnum):
    """Who trains what is queued: workers on this machine, or the nodes of a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


def home() -> Path:
    """The folder of this program (`CNN_HOME`), else one in the user's own home."""
    return Path(os.environ.get("CNN_HOME") or Path.home() / ".cnn-workbench")


def images_folder() -> Path:
    """Where the images that a person brought are kept."""
    return home() / "images"


def store_url() -> str:
    """The run store by setting (`CNN_STORE`, any SQLAlchemy URL), else a file in `home`."""
    return os.environ.get("CNN_STORE") or f"sqlite:///{home() / 'runs.sqlite'}"


def whole_setting(name: str, default: int) -> int:
    """A whole number by setting; what is none, or below the least it can be, counts as not set."""
    found = whole(name, os.environ.get(name, ""))
    return default if found is None else found


def whole(name: str, text: str) -> int | None:
    """The whole number that is written, where the setting of this name can be that."""
    try:
        found = int(text)
    except ValueError:
        return None
    return found if found >= LEAST.get(name, 0) else None


def executor() -> Executor:
    """Who trains, by setting (`CNN_EXECUTOR`), else workers on this machine."""
    wanted = os.environ.get("CNN_EXECUTOR") or Executor.LOCAL
    try:
        return Executor(wanted)
    except ValueError:
        raise SettingError(
            f"CNN_EXECUTOR is {wanted[:40]!r}, which is none there is. Set it to "
            f"{' or '.join(Executor)}, or not at all."
        ) from None
