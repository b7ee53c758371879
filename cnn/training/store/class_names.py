"""What the classes of a run are called: also of one's own images, which may be gone by now."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cnn.data.catalogue import named_classes
from cnn.names import visible
from cnn.network.trace import trace
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store

FILE = "class-names"


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
    content = store.file(run_id, FILE)
    try:
        found = json.loads(content) if content else ()
    except ValueError:
        return ()
    return tuple(visible(str(one)) for one in found) if isinstance(found, (list, tuple)) else ()
