"""What the classes of a run are called: also of one's own images, which may be gone by now."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cnn.data.catalogue import named_classes
from cnn.names import visible
from cnn.network.trace import trace
from cnn.training.recipe.run import CLASS_NAMES, Run
from cnn.training.store import row_checks
from cnn.training.store.store import Store


def to_bytes(names: Sequence[str]) -> bytes:
    """The names as a run keeps them."""
    return json.dumps(list(names)).encode()


def class_names(store: Store, run: Run) -> tuple[str, ...]:
    """A name for each class; a run of before names were kept has numbers for one's own images."""
    classes = int(trace(run.architecture).output_shape[-1])
    names = named_classes(run.configuration.dataset) or _kept(store, run.id)
    if len(names) != classes:
        return tuple(f"class {label}" for label in range(classes))
    return names


def _kept(store: Store, run_id: str) -> tuple[str, ...]:
    found = row_checks.meaning(CLASS_NAMES, store.file(run_id, CLASS_NAMES))
    return tuple(map(visible, found or ()))
