"""The splits that a file of own images brings along: folders of a zip, arrays of an npz.

Owns the names that are in use for them, and what is refused as a mixture. Only names are read here;
what is set aside where a split is missing is the business of `splitting`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from cnn.data.errors import DataError
from cnn.network.errors import shown

PICTURES = frozenset(
    {".apng", ".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".mpo", ".pbm", ".pgm"}
    | {".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"}
)
"""By these endings a file counts where folders are told apart; any other is opened all the same."""
_MOST_NAMED = 6

Folders = tuple[str, ...]


class Part(StrEnum):
    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


SAID = {
    "train": Part.TRAIN,
    "training": Part.TRAIN,
    "val": Part.VALIDATION,
    "valid": Part.VALIDATION,
    "validation": Part.VALIDATION,
    "test": Part.TEST,
    "testing": Part.TEST,
}
KINDS = ("train-test", "train-validation", "train-validation-test")
"""What a file can bring: always training images, and others that are not to be trained on."""

BEFORE = "as when it was brought in, by a version that did not know them"
AGAIN = "Add the file again to use its own splits"
"""Of splits that are not read, so that what was trained on the others stays what it was."""

ONE_PER_CLASS = "Put one folder per class into train/, test/ and, if you have one, val/"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which folders of a zip are its splits: below the `root`, one for each part that is there."""

    root: Folders
    folders: dict[Part, str]
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        there = (part.value for part in Part if part in self.folders)
        object.__setattr__(self, "kind", "-".join(there))

    def place(self, file: str) -> tuple[Part, str]:
        """The part and the class of a file by the folders it lies in."""
        folders = folders_of(file)
        inside = folders[len(self.root) :]
        part = part_of(inside[0]) if inside and folders[: len(self.root)] == self.root else None
        if part not in self.folders:
            raise DataError(f"lies beside {listed(self.folders.values())}, in none of them")
        if len(inside) < 2:
            raise DataError(f"lies in {inside[0]}/, but in no folder of a class there")
        return part, inside[-1]


def part_of(folder: str) -> Part | None:
    """The part that a folder's name stands for, in any case; None for any other name."""
    return SAID.get(folder.strip().casefold())


def folders_of(file: str) -> Folders:
    """The folders that a file of a zip lies in, the outermost first."""
    *folders, _ = PurePosixPath(file.replace("\\", "/")).parts or ("",)
    return tuple(folder for folder in folders if folder not in ("/", ".."))


def layout_of(files: Sequence[str]) -> Layout | None:
    """The splits among the folders of a zip; None where its folders are classes and no more.

    A mixture, which could be read in two ways, is refused with what was found.
    """
    pictures = [file for file in files if PurePosixPath(file).suffix.lower() in PICTURES] or files
    lying = [folders for file in pictures if (folders := folders_of(file))]
    root: Folders = ()
    while _is_root(lying):
        root = (*root, lying[0][0])
        lying = [folders[1:] for folders in lying if len(folders) > 1]
    tops = list(dict.fromkeys(folders[0] for folders in lying))
    splits = [top for top in tops if part_of(top)]
    if not splits:
        _refuse_splits_of_classes(lying)
        _refuse_alike(lying)
        return None
    others = [top for top in tops if top not in splits]
    flat = [top for top in splits if (top,) in lying]
    parts = {part for top in splits if (part := part_of(top))}
    if parts == {Part.TRAIN} and (not others or flat == splits):
        if others:
            _refuse_splits_of_classes(lying)
        return None  # a sole folder around the classes, or a class: a train that runs on rails
    if len(tops) == 1:
        return None
    if others:
        raise DataError(
            f"Beside {listed(splits)} it has {listed(others)}, so that it cannot be told whether "
            f"its folders are splits or classes. {ONE_PER_CLASS}, or call a class something else."
        )
    if len(parts) < len(splits):
        raise DataError(f"It has {listed(splits)}, two folders for the same. Keep one of them.")
    if Part.TRAIN not in parts:
        raise DataError(f"It has {listed(splits)}, but no train/. {ONE_PER_CLASS}.")
    if flat:
        raise DataError(
            f"{listed(flat)} {'holds' if len(flat) == 1 else 'hold'} images that lie in no folder "
            f"of a class, so that nobody knows what they show. {ONE_PER_CLASS}."
        )
    return Layout(root, {part: top for top in splits if (part := part_of(top))})


def other_splits(found: str, wanted: str) -> DataError:
    """The error that a file has other splits than those it was brought in with."""
    return DataError(
        f"It was brought in with the splits {wanted.replace('-', ', ')}, and has "
        f"{found.replace('-', ', ') or 'none'} now. Add it anew."
    )


def _is_root(lying: Sequence[Folders]) -> bool:
    """Whether all lies in one folder which is neither a split nor the only class."""
    tops = {folders[0] for folders in lying}
    inside = {folders[1] for folders in lying if len(folders) > 1}
    if len(tops) != 1 or not inside:
        return False
    held_out = {Part.VALIDATION, Part.TEST} & {part_of(one) for one in inside}
    return part_of(tops.pop()) is None or bool(held_out)


def _refuse_splits_of_classes(lying: Sequence[Folders]) -> None:
    inside = [one for folders in lying for one in folders[1:] if part_of(one)]
    if {part_of(one) for one in inside} <= {Part.TRAIN}:
        return
    around = dict.fromkeys(folders[0] for folders in lying if any(map(part_of, folders[1:])))
    raise DataError(
        f"Its {listed(inside)} lie inside {listed(around)}; wanted is the other way round. "
        f"{ONE_PER_CLASS}."
    )


def _refuse_alike(lying: Sequence[Folders]) -> None:
    """Refuses `seg_train/` and `seg_test/`, which hold folders of the same names, to be classes."""
    inside: dict[str, set[str]] = defaultdict(set)
    for folders in lying:
        if len(folders) > 1:
            inside[folders[0]].add(folders[-1])
    called = [top for top in inside if _CALLED_A_SPLIT.search(top)]
    if len(called) > 1 and len(set.intersection(*(inside[top] for top in called))) > 1:
        raise DataError(
            f"Its {listed(called)} hold folders of the same names, as splits do. {ONE_PER_CLASS}, "
            "so called."
        )


def listed(folders: Iterable[str]) -> str:
    """Return folders as a sentence names them: `train/, test/ and 3 more`."""
    names = [f"{name[:40]}/" for name in dict.fromkeys(folders)]
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


# The arrays of an npz ------------------------------------------------------------------------

PLAIN = (("images", "labels"), ("x", "y"))
FORMS = (
    ("x_{}", "y_{}"),
    ("{}_images", "{}_labels"),
    ("{}_x", "{}_y"),
    ("x{}", "y{}"),
    ("images_{}", "labels_{}"),
)
"""As Keras' own files and scikit-learn's examples have them, as MedMNIST has them, and others."""

_OTHER_WORDS = r"trn|tst|learn(ing)?|hold(_?out)?|eval|dev"
LIKE_A_SPLIT = rf"train|val|test|(^|[^a-z])({_OTHER_WORDS})([^a-z]|$)"
"""What the names of folders have that may be splits, in any case; a browser reads it too."""
_CALLED_A_SPLIT = re.compile(LIKE_A_SPLIT, re.IGNORECASE)
_SAYS_A_SPLIT = re.compile(
    rf"(?<![a-z])({'|'.join(SAID)}|{_OTHER_WORDS}|(split|subset|fold|partition)s?)(?![a-z])",
    re.IGNORECASE,
)
_LIKE_IMAGES = re.compile(r"(x|images?)_?\w+|\w+_(x|images?)", re.IGNORECASE)

Pair = tuple[str, str]


def arrays_of(
    names: Sequence[str], shaped: Collection[str] = (), rows: Collection[str] = ()
) -> dict[Part, Pair]:
    """The names of the images and the labels of each part; what is not split is to train on.

    In any case; several sets in one file, one without its labels, what by its name or its shape
    (`shaped`) are images of no split, and other `rows` called as splits are, are refused.
    """
    there = {name.lower(): name for name in names} | {name: name for name in names}
    found: list[tuple[Part, Pair]] = []
    for images, labels in PLAIN:
        if images in there and labels in there:
            found.append((Part.TRAIN, (there[images], there[labels])))
    for said, part in SAID.items():
        for form in FORMS:
            pair = [there.get(one.format(said)) for one in form]
            if pair[0] and pair[1]:
                found.append((part, (pair[0], pair[1])))
            elif any(pair):
                wanted = " and ".join(one.format(said) for one in form)
                raise DataError(f"Of {wanted} it has only one.")
    parts = [part for part, _ in found]
    if Part.TRAIN not in parts:
        some = [f"{one} and {other}" for one, other in PLAIN]
        some += [f"{one.format('train')} and {other.format('train')}" for one, other in FORMS[:2]]
        raise DataError(f"It has the arrays {shown(list(names))}; wanted are {', or '.join(some)}.")
    plain = any(pair in [(there.get(a), there.get(b)) for a, b in PLAIN] for _, pair in found)
    if len(parts) > len(set(parts)) or (plain and len(parts) > 1):
        raise DataError(
            f"It has {' and '.join(images for _, (images, _) in found)}, so that it cannot be told "
            "which images are to be used as what. Keep one array for each split."
        )
    used = {images for _, (images, _) in found}
    like_images = [one for one in names if _LIKE_IMAGES.fullmatch(one) or one in shaped]
    if left := [one for one in like_images if one not in used]:
        raise DataError(
            f"Its {' and '.join(one[:40] for one in left)} stand for no split. Call them x_train, "
            "x_val or x_test, or leave them out."
        )
    read = used | {labels for _, (_, labels) in found}
    if unread := [one for one in rows if one not in read and _SAYS_A_SPLIT.search(one)]:
        raise DataError(
            f"Its {' and '.join(one[:40] for one in unread)} may say which images are of which "
            "split, or be images themselves, and cannot be read. Give each split arrays of its "
            "own, x_train and y_train, x_val and y_val, x_test and y_test, or leave it out."
        )
    return dict(found)


def kind_of(arrays: dict[Part, Pair]) -> str:
    """What an npz brings, where that is more than training and test images.

    Those two were kept apart from the first version on, so that data sets of them need no name.
    """
    return "-".join(one for one in Part if one in arrays) if Part.VALIDATION in arrays else ""
