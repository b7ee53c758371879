"""Idx files of one's own, as MNIST, KMNIST and EMNIST come in: paired, split, and named.

Owns which files belong together by their names, and what EMNIST's classes are called. One file is
read in `files.idx_of`, as MNIST's own are; what the arrays may look like is in `arrays`.
"""

from __future__ import annotations

import re
import string
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.errors import DataError
from cnn.data.files import idx_of, read_member
from cnn.data.npz import Held
from cnn.data.own.limits import Limits
from cnn.data.own.opened import Opened, is_idx, parts_of
from cnn.data.own.reading import Names
from cnn.data.own.splits import SAID, Part

MOST_FILES = 60
_MAPPING_BYTES = 100_000
_MOST_LABEL = 10_000
_IS_FOR_TEST = {"t10k": Part.TEST}
_CONTENT = re.compile(r"image|label|idx|ubyte|gz$")
_ARRAY = {Part.TRAIN: "train", Part.VALIDATION: "val", Part.TEST: "test"}

_BALANCED = f"{string.digits}{string.ascii_uppercase}abdefghnqrt"
LETTERS: Mapping[Names, Mapping[int, str]] = {
    Names.BALANCED: dict(enumerate(_BALANCED)),
    Names.BYCLASS: dict(enumerate(string.digits + string.ascii_uppercase + string.ascii_lowercase)),
    Names.LETTERS: dict(enumerate(string.ascii_uppercase, start=1)),
}
"""What a label of EMNIST stands for (Cohen et al. 2017, table II; its files emnist-*-mapping.txt).

In `balanced`, as in EMNIST's By_Merge, small letters that look like their capitals are those.
"""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class IdxSet:
    """The arrays of a set of idx files by the names of an npz, and the files they are from."""

    arrays: dict[str, Held]
    files: dict[str, str]
    mapping: Mapping[int, str] | None
    is_called_emnist: bool

    @property
    def labels(self) -> set[int]:
        """The labels that occur in training."""
        return set(np.unique(self.arrays["y_train"].array).tolist())

    def named(self, names: Names | None) -> dict[str, Held]:
        """The arrays with a name for each label, where there are names other than numbers."""
        if names in (None, Names.NUMBERS):
            return self.arrays
        said = self.mapping if names is Names.MAPPING else LETTERS[names]
        if said is None:
            raise DataError("It has no file that ends in mapping.txt, so that no name is known.")
        if unknown := sorted(self.labels - said.keys()):
            raise DataError(
                f"Its label {unknown[0]} has no name in {names}, which has those from "
                f"{min(said)} to {max(said)}. Use named=numbers."
            )
        listed = [said.get(label, "") for label in range(max(said) + 1)]
        return self.arrays | {"class_names": Held(np.array(listed))}


def read_idx_set(file: Opened, limits: Limits) -> IdxSet:
    """Return what the idx files of a zip hold, which have to belong together."""
    members = [member for member in file.members if is_idx(member.filename)]
    if len(members) > MOST_FILES:
        raise DataError(f"It holds {len(members)} idx files; {MOST_FILES} is the limit.")
    sets = list(dict.fromkeys(_place(parts_of(one.filename)[-1])[0] for one in members))
    if len(sets) > 1:
        called = ", ".join(one or "unnamed" for one in sets[:6])
        raise DataError(f"It has idx files of {len(sets)} sets: {called}. Keep the files of one.")
    contents: dict[Part, dict[str, Array]] = {}
    files: dict[str, str] = {}
    left = limits.unpacked_bytes
    for member in members:
        name = parts_of(member.filename)[-1]
        array = _array(file.archive, member, left)
        left -= array.nbytes
        _, part = _place(name)
        letter = "y" if array.ndim == 1 else "x"
        there = contents.setdefault(part, {})
        if letter in there:
            raise DataError(
                f"{files[f'{letter}_{_ARRAY[part]}']} and {name[:60]} are for the same; keep one."
            )
        there[letter] = array
        files[f"{letter}_{_ARRAY[part]}"] = name[:60]
    _check_pairs(contents, files)
    arrays = {
        f"{letter}_{_ARRAY[part]}": Held(array)
        for part, pair in contents.items()
        for letter, array in pair.items()
    }
    names = [member.filename.lower() for member in file.members]
    mapping = _mapping(file, [one for one in file.members if one.filename.endswith("mapping.txt")])
    return IdxSet(arrays, files, mapping, any("emnist" in name for name in names))


def fitting_names(labels: Iterable[int]) -> tuple[Names, ...]:
    """The sets of EMNIST that have exactly these labels; digits alone are no letters."""
    there = set(labels)
    return tuple(name for name, letters in LETTERS.items() if there == letters.keys())


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left_bytes: int) -> Array:
    try:
        array = idx_of(read_member(archive, member, left_bytes), left_bytes)
    except DataError as error:
        raise DataError(f"Its file {member.filename[:80]} {error}.") from error
    if array.ndim not in (1, 3, 4):
        raise DataError(
            f"Its file {member.filename[:80]} is {array.dtype} {array.shape}; wanted are images of "
            "(images, height, width), and labels of one axis."
        )
    return array


def _place(name: str) -> tuple[str, Part]:
    """The set and the split of a file by its name: `emnist-letters-test-images-idx3-ubyte`."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    parts = SAID | _IS_FOR_TEST
    part = next((parts[word] for word in words if word in parts), Part.TRAIN)
    rest = [word for word in words if word not in parts and not _CONTENT.search(word)]
    return "-".join(rest), part


def _check_pairs(contents: Mapping[Part, Mapping[str, Array]], files: Mapping[str, str]) -> None:
    for part, pair in contents.items():
        for letter, what, other in (("x", "images", "labels"), ("y", "labels", "images")):
            if letter not in pair:
                there = files[f"{'y' if letter == 'x' else 'x'}_{_ARRAY[part]}"]
                raise DataError(
                    f"It has {there} without its {what}. Add their file, which is called the same "
                    f"but for {what} in place of {other}."
                )
    if Part.TRAIN not in contents:
        found = ", ".join(files.values())
        raise DataError(f"It has {found or 'no idx file'}, and no images to train on.")


def _mapping(file: Opened, members: list[zipfile.ZipInfo]) -> dict[int, str] | None:
    """What a `*-mapping.txt` says: on each line a label, and the codes of its signs."""
    if len(members) != 1:
        return None
    text = read_member(file.archive, members[0], _MAPPING_BYTES).decode("ascii", errors="replace")
    found = {}
    for line in filter(None, map(str.split, text.splitlines())):
        numbers = [int(one) for one in line if one.isascii() and one.isdecimal() and len(one) < 8]
        if len(numbers) < 2 or len(numbers) < len(line) or not 0 <= numbers[0] <= _MOST_LABEL:
            raise DataError(
                f"Its {parts_of(members[0].filename)[-1][:60]} says {' '.join(line)[:40]!r}; "
                "wanted is a label and the code of its letter on each line, such as 10 65."
            )
        if not (numbers[1] < 0x110000 and chr(numbers[1]).isprintable()):
            raise DataError(f"Its mapping has the code {numbers[1]}, which is no letter.")
        found[numbers[0]] = chr(numbers[1])
    return found or None
