"""Whether the classes of own images can be learned, validated and tested.

Owns how many images a class needs, and what it may be called.
"""

import re
from collections import Counter

from cnn.data.dataset import Source, Split
from cnn.data.errors import DataError
from cnn.data.own.limits import Limits
from cnn.data.own.splits import Part
from cnn.names import visible
from cnn.network.errors import shown


def checked(source: Source, limits: Limits) -> Source:
    """Return the source if its classes can be learned, validated and tested."""
    names = source.class_names
    if not 2 <= len(names) <= limits.classes:
        raise DataError(f"It has {len(names)} classes; 2 to {limits.classes} can be told apart.")
    if len(set(names)) < len(names):
        raise DataError(f"Two of its classes have the same name: {shown(sorted(names))}.")
    for name in names:
        if not _can_be_read(name) or not 0 < len(name) <= 60:
            raise DataError(f"A class is called {shown(name)}; use 1 to 60 printable characters.")
    _check_counts(source)
    return source


def _can_be_read(name: str) -> bool:
    """Whether all of a name is seen; the joints that some scripts need are allowed."""
    return visible(name) == name and re.sub("[\u200c\u200d]", "", name).isprintable()


def _check_counts(source: Source) -> None:
    """Raise where a class has too few images for what is to be set aside of them."""
    aside = {"validate": source.validation, "test": source.test}
    missing = [f"to {use}" for use, split in aside.items() if split is None]
    if source.validation is None:
        _check_each(source, Part.TRAIN, source.learn, ["to learn from", *missing])
        return
    _check_each(source, Part.TRAIN, source.learn, ["to learn from"])
    if source.test is None:  # a class that nobody validates is not tested either
        _check_each(source, Part.VALIDATION, source.validation, ["to validate", *missing])


def _check_each(source: Source, part: Part, split: Split, uses: list[str]) -> None:
    counts = Counter(split.labels.tolist())
    where = f" in {source.called[part]}" if part in source.called else ""
    for label, name in enumerate(source.class_names):
        if counts[label] < len(uses) and (part is Part.TRAIN or counts[label]):
            purpose = " and ".join(filter(None, (", ".join(uses[:-1]), uses[-1])))
            raise DataError(
                f"Class {name} has {counts[label]} readable images{where}; each class needs "
                f"{len(uses)}: {purpose}."
            )
