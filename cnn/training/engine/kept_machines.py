"""Machines that are compiled already, kept for the next training of the same network.

Compiling takes seconds, and TensorFlow keeps some memory of all that it ever compiled: a network
that is trained again, with another seed, rate or data of the same size, need not pay either twice.
A machine that begins anew gives exactly the numbers of one that was just made (tested). A process
keeps the few that were used last, and only small ones.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace

from cnn.data import DatasetSpec, Split
from cnn.network.architecture import Architecture
from cnn.network.layers import Normalization
from cnn.network.trace import trace
from cnn.training.engine.machine import Machine
from cnn.training.engine.tensorflow import clear_session
from cnn.training.recipe.configuration import SLOTS, Configuration
from cnn.training.recipe.setting import settings_of, usual_for
from cnn.training.recipe.start import with_weights

MOST, MOST_BYTES = 4, 64 << 20
"""So many are kept, and so many bytes of what they learn, in all."""

Key = tuple[Architecture, Configuration, bool, bool, frozenset[str], int, str]
_kept: dict[Key, Machine] = {}
_lock = threading.Lock()


def machine_for(
    architecture: Architecture,
    configuration: Configuration,
    train: Split,
    *,
    as_before: bool = False,
    tells_smoothed: bool = False,
    frozen: Collection[str] = (),
    parts: int = 1,
) -> Machine:
    """A machine at the beginning of a training; whoever has it gives it back with `keep`."""
    with _lock:
        key = _key(architecture, configuration, as_before, tells_smoothed, frozen, parts)
        found = _kept.pop(key, None)
        if found is None and not _kept:
            clear_session()
    if found is None:
        return Machine(
            *(architecture, configuration, train),
            as_before=as_before,
            tells_smoothed=tells_smoothed,
            frozen=frozen,
            parts=parts,
        )
    found.begin(configuration, train)
    return found


def tidy() -> None:
    """Has Keras forget the machines that are gone, where none is kept: the next need not wait."""
    with _lock:
        if not _kept:
            clear_session()


def keep(machine: Machine, architecture: Architecture, configuration: Configuration) -> None:
    """Keeps a machine whose training is over, if it has been compiled, in place of the oldest."""
    machine.release()
    if not machine.is_compiled:
        return
    with _lock:
        made = machine.as_before, machine.tells_smoothed, machine.frozen, machine.parts
        _kept[_key(architecture, configuration, *made)] = machine
        while _are_too_many([one.size_bytes for one in _kept.values()]):
            del _kept[next(iter(_kept))]
            clear_session()


def forget() -> None:
    """Keeps none any more."""
    with _lock:
        _kept.clear()


def found_compiled(trainings: Sequence[tuple[Architecture, Configuration]]) -> list[bool]:
    """Which of these trainings, one after the other in one process, would find their network
    compiled: by the same rules, their sizes counted from what they learn.
    """
    kept: dict[Key, int] = {}
    found = []
    for architecture, configuration in trainings:
        keys = [
            _key(architecture, configuration, as_before=False, smoothed=False, frozen=frozen)
            for frozen in phases(architecture, configuration)
        ]
        are_there = [kept.pop(key, None) is not None for key in keys]
        found.append(all(are_there))
        traced, slots = trace(architecture), SLOTS[configuration.optimizer]
        size = 4 * (traced.total_params + slots * traced.trainable_params)
        kept |= dict.fromkeys(keys, size)
        while _are_too_many(kept.values()):
            del kept[next(iter(kept))]
    return found


def phases(architecture: Architecture, configuration: Configuration) -> list[frozenset[str]]:
    """What is frozen in each part of a training, in order."""
    start = configuration.start
    if start is None:
        return [frozenset()]
    epochs = dict.fromkeys((1, start.head_first + 1))
    return list(dict.fromkeys(start.frozen(architecture, epoch) for epoch in epochs))


def _are_too_many(sizes: Collection[int]) -> bool:
    return len(sizes) > MOST or sum(sizes) > MOST_BYTES


def _key(
    architecture: Architecture,
    configuration: Configuration,
    as_before: bool,
    smoothed: bool,
    frozen: Collection[str] = (),
    parts: int = 1,
) -> Key:
    """What is compiled into a machine; all else may change from one training to the next.

    Weights that it begins with are variables, but for the numbers of a Normalization.
    """
    usual = usual_for(configuration)
    others = {
        name: usual[name]
        for name, one in settings_of(type(configuration)).items()
        if not one.is_compiled
    }
    seed = configuration.seed if configuration.is_augmented else 0
    has_numbers = any(isinstance(row.layer, Normalization) for row in with_weights(architecture))
    numbers = configuration.start.weights if configuration.start and has_numbers else ""
    compiled = replace(configuration, dataset=DatasetSpec(), seed=seed, start=None, **others)
    return architecture, compiled, as_before, smoothed, frozenset(frozen), parts, numbers
