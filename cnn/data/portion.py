"""Which of a data set's images are used: a share of those to train, or one fold of them to test.

A share answers whether more images would help; validation and test images stay what they are, and a
larger share of the same draw holds every smaller one. Folds let each image that is learned from be
answered once by a network that has never seen it: the images of one fold are the test images, and
the data set's own test images are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from cnn.data.dataset import Indexes, Labels
from cnn.data.errors import DataError, check_keys, check_number, check_whole
from cnn.network.errors import shown
from cnn.numbers import exact

LEAST_SHARE, MOST_FOLDS = 0.001, 20
_NUMBER, _WHOLE = r"\d{0,3}(?:\.\d{0,25})?(?:e-\d)?", r"\d{1,9}"
_TEXT = re.compile(
    rf"(?:({_NUMBER})(?:,({_WHOLE}))?)?\s*(?:fold ({_WHOLE}) of ({_WHOLE}))?", re.ASCII
)
_SHARE, _FOLD = 12, 13  # beside the draws of `splitting`


@dataclass(frozen=True, slots=True)
class Portion:
    """A share of the training images, and the draw it is of; or a fold, of 1 to so many."""

    share: float = 1.0
    draw: int = 0
    fold: int = 0
    folds: int = 0

    def __post_init__(self) -> None:
        check_number("share", self.share, LEAST_SHARE, 1.0)
        check_whole("draw", self.draw, 0, 2**31 - 1)
        if self.fold or self.folds:
            check_whole("folds", self.folds, 2, MOST_FOLDS)
            check_whole("fold", self.fold, 1, self.folds)

    @property
    def words(self) -> str:
        """What is used, where that is not everything: `10 % of the training images`."""
        said = []
        if self.folds:
            said.append(f"tested on fold {self.fold} of {self.folds} of the images to learn from")
        if self.share < 1:
            drawn = f", draw {self.draw}" if self.draw else ""
            said.append(f"{exact(round(100 * self.share, 6))} % of the training images{drawn}")
        return "; ".join(said)

    @property
    def text(self) -> str:
        """For an address or a command line: `0.1`, `0.1,3`, `fold 2 of 5`; empty for all."""
        fold = f"fold {self.fold} of {self.folds}" if self.folds else ""
        drawn = f",{self.draw}" if self.draw else ""
        share = f"{self.share!r}{drawn}" if self.share < 1 else ""
        return " ".join(filter(None, (share, fold)))

    @classmethod
    def read(cls, text: str) -> Portion:
        """What `text` says; raises `DataError`."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise DataError(
                f"{shown(text)} is no portion of the images. Write a share such as 0.1, a share "
                "and its draw such as 0.1,3, or fold 2 of 5."
            )
        share, draw, fold, folds = found.groups()
        try:
            return cls(float(share or 1), int(draw or 0), int(fold or 0), int(folds or 0))
        except ValueError as error:
            raise DataError(f"{shown(text)} is no portion of the images: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """What differs from everything, as plain JSON."""
        usual = asdict(WHOLE)
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @classmethod
    def from_dict(cls, values: Any) -> Portion:
        check_keys("portion", values, tuple(one.name for one in fields(cls)))
        return cls(**values)

    def taken(self, labels: Labels) -> Indexes:
        """Which images of these labels are taken, in rising order; one of each class at least."""
        if self.share == 1:
            return np.arange(len(labels))
        order, rank, counts = _by_class(labels, np.random.default_rng((self.draw, _SHARE)))
        return np.sort(order[rank < self._wanted(counts)[labels[order]]])

    def count(self, counts: Sequence[int]) -> int:
        """How many images are taken where each class has so many."""
        return int(self._wanted(np.asarray(counts, np.int64)).sum())

    def _wanted(self, counts: Indexes) -> Indexes:
        return np.minimum(counts, np.maximum(1, np.round(counts * self.share).astype(np.int64)))

    def apart(self, labels: Labels) -> tuple[Indexes, Indexes]:
        """The images of all other folds, and those of this one, both in rising order."""
        order, rank, counts = _by_class(labels, np.random.default_rng(_FOLD))
        if rare := [str(label) for label in np.flatnonzero((counts > 0) & (counts < self.folds))]:
            raise DataError(
                f"Class {', '.join(rare)} has fewer images to learn from than there are folds, "
                f"{self.folds}. Use fewer folds, or add images."
            )
        offset = np.cumsum(counts) - counts  # so that the folds have equally many in all
        fold = (rank + offset[labels[order]]) % self.folds + 1
        here = fold == self.fold
        return np.sort(order[~here]), np.sort(order[here])


def _by_class(labels: Labels, rng: np.random.Generator) -> tuple[Indexes, Indexes, Indexes]:
    """The images class by class, shuffled within; the rank of each in its class; the counts."""
    counts = np.bincount(labels)
    shuffled = rng.permutation(len(labels))
    order = shuffled[np.argsort(labels[shuffled], kind="stable")]
    rank = np.arange(len(labels)) - (np.cumsum(counts) - counts)[labels[order]]
    return order, rank, counts


WHOLE = Portion()
