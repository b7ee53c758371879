"""Work that is in two hand-ins: the same training, or parts of one, whatever they are called.

A training for an assignment has a seed of its own, so two of a class are never alike by chance.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.assignments.opened import HandIn
from cnn.numbers import number
from cnn.training.engine.weights import digest
from cnn.training.store.arrays import Arrays

ALIKE_DIGITS = 5
"""Losses of every epoch that agree to so many digits are of one training."""


def copies(found: Sequence[HandIn]) -> dict[str, str]:
    """The files that share work with others: what it is, and with which."""
    holders: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one in found:
        for mark in _marks(one):
            holders[mark][one.file] = None
    said: dict[str, str] = {}
    for (what, _), files in holders.items():
        for file in files if len(files) > 1 else ():
            others = [other for other in files if other != file]
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            said.setdefault(file, f"{what} as {others[0]}{more}")
    return said


def _marks(found: HandIn) -> Iterator[tuple[str, str]]:
    """What no other hand-in has, each with what is said where one does."""
    yield "it has the run", found.run.id
    try:
        yield "it has the same weights", digest(found.weights())
        for epoch in range(1, len(found.packed_states)):
            yield "it has the same checkpoint", _digest(found.state(epoch))
    except HandInError:
        pass  # its own reason is another
    losses = [
        f"{number(one.val_loss, ALIKE_DIGITS)} {number(one.loss, ALIKE_DIGITS)}"
        for one in found.curve
    ]
    if losses:
        yield "it has the same curve", " ".join(losses)
    # Also of whom a network was renamed in: recipes leave names out.
    yield "it has the same design, settings and seed", found.run.recipe


def _digest(state: Arrays) -> str:
    """Of the weights alone: what the optimizer remembers may have been changed to hide a copy."""
    model = {name: one for name, one in state.items() if name.startswith("model/")}
    found = hashlib.sha256()
    for name, one in sorted(model.items()):
        found.update(f"{name} {one.shape} {one.dtype.str}\n".encode())
        found.update(one.tobytes())
    return found.hexdigest()
