"""Machines that are compiled already, kept for the next training of the same network.

Compiling takes seconds, and TensorFlow keeps some memory of all that it ever compiled: a network
that is trained again, with another seed, rate or data of the same size, need not pay either twice.
A machine that begins anew gives exactly the numbers of one that was just made (tested). A process
keeps the few that were used last, and only small ones.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from cnn.data import DatasetSpec, Split
from cnn.network.architecture import Architecture
from cnn.training.configuration import Configuration, Schedule
from cnn.training.machine import Machine
from cnn.training.tensorflow import clear_session

MOST, MOST_BYTES = 4, 64 << 20
"""So many are kept, and so many bytes of what they learn, in all."""

Key = tuple[Architecture, Configuration, bool]
_kept: dict[Key, Machine] = {}
_lock = threading.Lock()


def machine_for(
    architecture: Architecture,
    configuration: Configuration,
    train: Split,
    *,
    as_before: bool = False,
) -> Machine:
    """A machine at the beginning of a training; whoever has it gives it back with `keep`."""
    with _lock:
        found = _kept.pop(_key(architecture, configuration, as_before), None)
        if found is None and not _kept:
            clear_session()
    if found is None:
        return Machine(architecture, configuration, train, as_before=as_before)
    found.begin(configuration, train)
    return found


def keep(machine: Machine, architecture: Architecture, configuration: Configuration) -> None:
    """Keeps a machine whose training is over, if it has been compiled, in place of the oldest."""
    machine.release()
    if not machine.is_compiled:
        return
    with _lock:
        _kept[_key(architecture, configuration, machine.as_before)] = machine
        while len(_kept) > MOST or sum(one.size_bytes for one in _kept.values()) > MOST_BYTES:
            del _kept[next(iter(_kept))]
            clear_session()


def forget() -> None:
    """Keeps none any more."""
    with _lock:
        _kept.clear()


def _key(architecture: Architecture, configuration: Configuration, as_before: bool) -> Key:
    """What is compiled into a machine; all else may change from one training to the next."""
    compiled = replace(
        configuration,
        dataset=DatasetSpec(),
        epochs=1,
        batch_size=None,
        learning_rate=None,
        schedule=Schedule.CONSTANT,
        seed=configuration.seed if configuration.is_augmented else 0,
        patience=0,
        steps=0,
        seconds=0.0,
    )
    return architecture, compiled, as_before
