"""Which image of a zip a name in a table means; names are looked up, no path is ever opened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_DEEPEST = 12  # folders that a path in a table may have
_Index = dict[str, str | None]
"""A file by what it may be called; None where several are called so."""


class Files:
    """The images by what a table may call them: a path, a name, or either without its ending."""

    def __init__(self, files: Iterable[str], folder: str) -> None:
        self._folder = folder
        self._whole: tuple[_Index, _Index] = {}, {}
        self._ends: tuple[_Index, _Index] = {}, {}
        self._many = 0
        for file in files:
            self._many += 1
            path = plain_path(file)
            cut = path.removesuffix(PurePosixPath(path).suffix)
            for called, whole, ends in zip((path, cut), self._whole, self._ends, strict=True):
                _add(whole, called, file)
                folders = called.split("/")[-_DEEPEST:]
                for start in range(len(folders)):
                    _add(ends, "/".join(folders[start:]), file)

    def __len__(self) -> int:
        return self._many

    def find(self, text: str) -> str | None:
        """The one file that is meant; None where there is none, or several could be."""
        wanted = plain_path(text)
        for whole, ends in zip(self._whole, self._ends, strict=True):
            found = whole.get(f"{self._folder}{wanted}") or whole.get(wanted) or ends.get(wanted)
            if wanted and found:
                return found
        return None


def _add(index: _Index, called: str, file: str) -> None:
    index[called] = file if called not in index else None


def plain_path(path: str) -> str:
    """A path with one kind of slash, and without where it begins."""
    return re.sub(r"^(\./|/)+", "", path.strip().replace("\\", "/"))
