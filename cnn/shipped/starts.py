"""The bodies that ship as parents of a training: their weights, and the classes they know."""

from __future__ import annotations

from cnn.data.catalogue import named_classes
from cnn.shipped import Body, body
from cnn.training.recipe.start import SHIPPED, StartError
from cnn.training.workers import starting
from cnn.training.workers.starting import Parent

IDS = {f"{SHIPPED}{which}": which for which in Body}
"""By what they are called where a run or a file may stand."""


def shipped_parent(id: str) -> Parent:
    """One of them; raises `StartError` where there is none of that name."""
    which = IDS.get(id)
    if which is None:
        raise StartError(f"no body that ships is called {id[:60]!r}. There are: {', '.join(IDS)}.")
    found = body(which)
    names = named_classes(found.card.configuration.dataset) or ()
    return starting.of_shipped(which.value, found.architecture, found.weights, names)
