"""Where this program keeps what must last, and how settings are read from the environment."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from enum import StrEnum
from pathlib import Path

LEAST = {
    "CNN_WORKERS": 0,
    "CNN_NICENESS": 0,
    "CNN_PARTS": 1,
    "CNN_RAY_CPUS": 1,
    "CNN_RAY_GPUS": 0,
    "CNN_MAX_PARAMS": 1,
    "CNN_MAX_EPOCHS": 1,
    "CNN_MAX_QUEUE": 0,
    "CNN_MAX_UPLOAD_MB": 1,
    "CNN_MAX_STORE_MB": 1,
    "CNN_MAX_WHOLE_RUNS": 0,
    "CNN_MAX_QUEUE_EACH": 0,
    "CNN_MAX_RUNNING_EACH": 1,
    "CNN_MAX_TRAINING_S_EACH": 0,
    "CNN_MAX_STORE_MB_EACH": 0,
    "CNN_MAX_IMAGES_MB_EACH": 0,
    "CNN_KEEP_PEOPLE_DAYS": 1,
}
"""Settings that are whole numbers, and the least that each can mean: a queue of 0 takes no runs."""

WORDS = {
    "CNN_LOG": ("debug", "info", "warning", "error"),
    "CNN_LOG_FORMAT": ("text", "json"),
    "CNN_GUESTS": ("off", "on"),
}
"""Settings that are one of a few words."""


OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What the mode of a file lets its group and others do."""


class SettingError(ValueError):
    """A setting that nothing can be made of, and what it may be."""


class Executor(StrEnum):
    """Who trains what is queued: workers on this machine, or the nodes of a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


def home() -> Path:
    """The folder of this program (`CNN_HOME`), else one in the user's own home."""
    return Path(os.environ.get("CNN_HOME") or Path.home() / ".cnn-workbench")


def images_folder(owner: str = "") -> Path:
    """Where the images that a person brought are kept; those of a person with an account, whose
    id is given, in a folder of theirs.
    """
    folder = home() / "images"
    if not owner:
        return folder
    if not re.fullmatch(r"[\w-]{1,32}", owner, re.ASCII):
        raise SettingError(f"{owner[:40]!r} is no id of a person, and names no folder.")
    return folder / "people" / owner


def most_images_bytes(folder: Path) -> int | None:
    """How much a folder of own images may hold: of one person with an account, by setting."""
    most = limit_setting("CNN_MAX_IMAGES_MB_EACH")
    is_ones = folder.parent == images_folder() / "people"
    return most * 1_000_000 if is_ones and most is not None else None


def private_folder(folder: Path) -> None:
    """Makes a folder where there is none; what is made for it is its owner's alone."""
    if not folder.is_dir():
        if folder.parent != folder:
            private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def folder_bytes(folder: Path) -> int:
    """What all files in a folder have together, as far as they can be looked at."""
    total = 0
    with contextlib.suppress(OSError):
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                total += path.stat().st_size if path.is_file() else 0
    return total


def write_private(file: Path, text: str) -> None:
    """Writes a file anew that its owner alone may read; it is whole, or what it was."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with open(unfinished, "w", encoding="utf-8", opener=_opened_private) as written:
            written.write(text)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def is_open_to_others(path: Path) -> bool:
    """Whether others of this machine may do anything with a file or folder."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False


def close_to_others(path: Path) -> None:
    """Takes from others what they may do with a file; somebody else's stays as it is."""
    with contextlib.suppress(OSError):
        if path.is_file() and is_open_to_others(path):  # never /dev/null
            path.chmod(path.stat().st_mode & 0o700)


def _opened_private(name: str, how: int) -> int:
    return os.open(name, how, 0o600)


def store_url() -> str:
    """The run store by setting (`CNN_STORE`, any SQLAlchemy URL), else a file in `home`."""
    return os.environ.get("CNN_STORE") or f"sqlite:///{home() / 'runs.sqlite'}"


def whole_setting(name: str, default: int) -> int:
    """A whole number by setting; what is none, or below the least it can be, counts as not set."""
    found = whole(name, os.environ.get(name, ""))
    return default if found is None else found


def limit_setting(name: str) -> int | None:
    """A limit by setting; None where there is none."""
    found = whole_setting(name, -1)
    return None if found < 0 else found


def whole(name: str, text: str) -> int | None:
    """The whole number that is written, where the setting of this name can be that."""
    try:
        found = int(text)
    except ValueError:
        return None
    return found if found >= LEAST.get(name, 0) else None


def word_setting(name: str, default: str) -> str:
    """A word by setting; what is none of those it can be counts as not set."""
    found = os.environ.get(name, "").lower()
    return found if found in WORDS[name] else default


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
