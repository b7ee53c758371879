"""A data set made of another: classes renamed, merged or left out, labels mended, split anew.

It is a small JSON file beside a person's own images, named after its content like them; what it is
made of stays as it is. Images are named by their split and place, as their source gives them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnn.data.dataset import Labels, Pixels, Source, Split, stratified
from cnn.data.errors import DataError, check_keys, check_number, check_whole
from cnn.data.fitting import ImageShape
from cnn.data.own.keeping import EDITED
from cnn.data.own.splits import Part
from cnn.data.portion import WHOLE
from cnn.data.spec import LARGEST_SEED, DatasetSpec
from cnn.data.splitting import set_aside
from cnn.names import visible
from cnn.network.errors import shown
from cnn.numbers import number

LEFT_OUT = ""
KEYS = ("base", "classes", "labels", "division", "keeps_test")
MOST_CHANGES, MOST_BYTES, DEEPEST, LONGEST_NAME = 100_000, 20_000_000, 20, 60
_TEST = 15  # beside the draws of `splitting` and of `portion`

Load = Callable[[DatasetSpec, ImageShape], Source]


@dataclass(frozen=True, slots=True)
class Division:
    """All images together, and so many of them set aside to test, drawn class by class."""

    test_share: float = 1 / 6
    seed: int = 0

    def __post_init__(self) -> None:
        check_number("test_share", self.test_share, 0.05, 0.5)
        check_whole("seed", self.seed, 0, LARGEST_SEED)


@dataclass(frozen=True, slots=True)
class Edits:
    """What is changed of a data set: `labels` of single images first, then `classes`, then how it
    is divided. A class or an image whose new name is empty is left out.
    """

    base: DatasetSpec
    classes: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, int, str], ...] = ()
    """Split, place in it, and class, as the source calls it."""
    division: Division | None = None
    keeps_test: bool = True
    """Whether images that were set aside to test stay so, where the data set has no test of its
    own. In files of before they are drawn anew."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", replace(self.base, portion=WHOLE))
        if len(self.labels) + len(self.classes) > MOST_CHANGES:
            raise DataError(
                f"{len(self.labels) + len(self.classes):,} changes are too many; {MOST_CHANGES:,} "
                "are the limit. Change the data set itself."
            )
        for _, new in self.classes:
            if len(new) > LONGEST_NAME or visible(new) != new or new != new.strip():
                raise DataError(
                    f"A class cannot be called {shown(new)}; use 1 to {LONGEST_NAME} letters that "
                    "can be seen, or none to leave it out."
                )
        for split, place, _ in self.labels:
            if split not in list(Part) or type(place) is not int or place < 0:
                raise DataError(f"There is no image {shown(place)} of {shown(split)}.")

    @property
    def words(self) -> list[str]:
        """What is changed, a phrase each."""
        out = [old for old, new in self.classes if new == LEFT_OUT]
        renamed = [f"{old} → {new}" for old, new in self.classes if new not in (LEFT_OUT, old)]
        dropped = sum(name == LEFT_OUT for *_, name in self.labels)
        mended = len(self.labels) - dropped
        said = [f"without {', '.join(out)}"] if out else []
        said += [", ".join(renamed)] if renamed else []
        said += [f"{mended:,} labels changed"] if mended else []
        said += [f"{dropped:,} images left out"] if dropped else []
        if self.division:
            share = f"{number(100 * self.division.test_share)} % to test"
            said.append(f"divided anew, {share}, seed {self.division.seed}")
        return said

    def to_text(self) -> str:
        """As it is kept: the same edits are the same text."""
        values: dict[str, Any] = {
            "base": self.base.to_dict(),
            "classes": [list(one) for one in self.classes],
            "labels": [list(one) for one in sorted(self.labels)],
        }
        if self.keeps_test:
            values["keeps_test"] = True
        if self.division:
            values["division"] = [self.division.test_share, self.division.seed]
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Edits:
        try:
            values = json.loads(text)
            check_keys("An edited data set", values, KEYS)
            division = values.get("division")
            return cls(
                DatasetSpec.from_dict(values["base"]),
                tuple((str(old), str(new)) for old, new in values.get("classes", [])),
                tuple((str(part), at, str(new)) for part, at, new in values.get("labels", [])),
                Division(*division) if division else None,
                values.get("keeps_test") is True,
            )
        except DataError:
            raise
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise DataError(
                f"The file says in no way that can be read how a data set is changed ({error}). "
                "Make it anew on the Data page."
            ) from error


def edits_of(path: Path) -> Edits:
    """The edits of a kept file; raises `DataError`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path.name} is larger than {MOST_BYTES / 1e6:.0f} MB.")
        return Edits.from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path.name} cannot be read ({error}). Make the data set anew on the Data page."
        ) from error


def is_edited(spec: DatasetSpec) -> bool:
    """Whether a data set is one that was made of another."""
    return spec.file.endswith(EDITED)


def load_edited(path: Path, shape: ImageShape, load: Load, depth: int = 0) -> Source:
    """The images of the data set it is made of, with the changes; `load` loads any other."""
    if depth >= DEEPEST:
        raise DataError(
            f"{path.name} is made of others, {DEEPEST} deep or of itself. Make it anew."
        )
    edits = edits_of(path)
    if is_edited(edits.base):
        base = load_edited(Path(edits.base.file), shape, load, depth + 1)
    else:
        base = load(edits.base, shape)
    return applied(edits, base)


def applied(edits: Edits, source: Source) -> Source:
    """A source with the changes made; raises `DataError` where there is nothing to change."""
    own = {Part.TRAIN: source.learn, Part.VALIDATION: source.validation, Part.TEST: source.test}
    splits = {part: one for part, one in own.items() if one is not None}
    names = list(source.class_names)
    labels = {part: one.labels.copy() for part, one in splits.items()}
    _mend(edits, names, labels)
    kept_names, renumber = _renamed(edits, names)
    changed = {
        part: (one.pixels, np.where(labels[part] < 0, -1, renumber[labels[part]]))
        for part, one in splits.items()
    }
    called = dict(source.called)
    if source.test is None and edits.keeps_test and not edits.division:
        part, stay, tested = set_aside(source)
        pixels, new = changed[part]
        changed[part] = pixels[stay], new[stay]
        changed[Part.TEST] = pixels[tested], new[tested]
        if part in called:
            called[Part.TEST] = called[part]
    found = {part: _left(*one) for part, one in changed.items()}
    learn = found.get(Part.TRAIN)
    if learn is None:
        raise DataError("No image to learn from is left. Leave fewer out.")
    made = replace(
        source,
        learn=learn,
        validation=found.get(Part.VALIDATION),
        test=found.get(Part.TEST),
        called=called,
        class_names=tuple(kept_names),
        sizes=(),  # which of them are left is not known
        origin=f"{source.origin}, changed: {'; '.join(edits.words)}",
    )
    return _divided(made, edits.division) if edits.division else made


def _left(pixels: Pixels, labels: Labels) -> Split | None:
    """The images that have a class, where there are any."""
    is_kept = labels >= 0
    return Split(pixels[is_kept], labels[is_kept]) if is_kept.any() else None


def _mend(edits: Edits, names: list[str], labels: dict[Part, Labels]) -> None:
    """Gives single images their new labels; -1 leaves one out."""
    for split, place, name in edits.labels:
        own = labels.get(Part(split))
        if own is None or place >= len(own):
            raise DataError(f"There is no image {place:,} of {split} to change.")
        if name not in names and name != LEFT_OUT:
            raise DataError(f"There is no class {shown(name)} to give image {place:,} of {split}.")
        own[place] = names.index(name) if name else -1


def _renamed(edits: Edits, names: list[str]) -> tuple[list[str], Labels]:
    """The classes that are left, in their order, and each old one's number among them, or -1."""
    changed = dict(edits.classes)
    if unknown := sorted(set(changed) - set(names)):
        raise DataError(f"There is no class {shown(unknown[0])}: there are {', '.join(names)}.")
    new_names = [changed.get(name, name) for name in names]
    kept = list(dict.fromkeys(name for name in new_names if name != LEFT_OUT))
    if len(kept) < 2:
        raise DataError(
            f"{len(kept)} class{'es' * (len(kept) != 1)} would be left; two or more can be told "
            "apart. Leave fewer out, or merge fewer."
        )
    numbers = [kept.index(name) if name else -1 for name in new_names]
    return kept, np.array(numbers, np.int64)


def _divided(source: Source, division: Division) -> Source:
    """All images together, some of them set aside to test."""
    splits = [one for one in (source.learn, source.validation, source.test) if one is not None]
    everything = Split(
        np.concatenate([one.pixels for one in splits]),
        np.concatenate([one.labels for one in splits]),
    )
    rng = np.random.default_rng((division.seed, _TEST))
    kept, aside = stratified(everything.labels, division.test_share, rng)
    return replace(
        source,
        learn=everything.take(kept),
        validation=None,
        test=everything.take(aside),
        called={},
        pooled="",
    )
