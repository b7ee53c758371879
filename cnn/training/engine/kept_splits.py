"""What a run keeps of its data's splits: how they came about, and how often each class is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cnn.data import Dataset
from cnn.data.summary import class_counts
from cnn.training.recipe.run import SPLITS
from cnn.training.store import row_checks
from cnn.training.store.store import Store


@dataclass(frozen=True, slots=True)
class KeptSplits:
    """The images of each class in each split; of own images also what was used as what, in words.

    Nothing is known of a run from before this was kept.
    """

    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    how: str = ""


def to_bytes(data: Dataset) -> bytes:
    """What is kept of a data set's splits."""
    return json.dumps({"counts": class_counts(data), "how": data.how_split}).encode()


def kept_splits(store: Store, run_id: str) -> KeptSplits:
    """What a run has kept of its splits."""
    found = row_checks.meaning(SPLITS, store.file(run_id, SPLITS))
    return KeptSplits(*found) if found else KeptSplits()
