"""What a training will take on this machine, said before it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.network.architecture import Architecture
from cnn.training.forecast import augmentation_cost, calibration, limits
from cnn.training.forecast.estimate import Estimate, estimate, estimate_all, measured_here
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import LIVE, TAKES_RUNS, WorkerState
from cnn.training.store.heartbeats import worker_states
from ui.parts.runs import runs

RUNS = 30


def of(
    architecture: Architecture, configuration: Configuration, images: Mapping[str, int]
) -> Estimate:
    """The estimate; raises `ConfigurationError` where the memory does not hold the training."""
    store = runs.store()
    done = measured_here(store.latest(RUNS))
    expected = estimate(
        *(architecture, configuration, images, calibration.load(), done),
        costs=augmentation_cost.load(),
    )
    batch = configuration.batch_size_for(images["train"])
    limits.check_memory(architecture, batch, expected, busy=store.count(LIVE) > 0)
    return expected


def of_each(
    trainings: Sequence[tuple[Architecture, Configuration]],
    images: Mapping[str, int] | Sequence[Mapping[str, int]],
) -> Estimate:
    """The estimate for these trainings, at least one, one after the other; `images` are those of
    all, or of each.
    """
    done = measured_here(runs.store().latest(RUNS))
    return estimate_all(trainings, images, calibration.load(), done, augmentation_cost.load())


def in_turn() -> str:
    """What the sum over several trainings supposes; it is no promise where some train at once."""
    taking = [state for state in worker_states(runs.store()) if state in TAKES_RUNS]
    several = len(taking) > 1 or WorkerState.DISPATCHING in taking
    return "if done one after the other" if several else "one after the other"


def _after_starting() -> str:
    """That it takes longer until the first step, where nobody is there yet to do it."""
    states = {state for state in worker_states(runs.store()) if state in TAKES_RUNS}
    return ", once the worker has started" if states == {WorkerState.STARTING} else ""


def show(expected: Estimate, what: str = "") -> None:
    """Time and memory in a line, and how well they are known; `what` names more than a run."""
    known = (
        "Rough: not all of it has been measured on this machine yet, which its worker does when "
        "it is idle."
        if expected.is_rough
        else "From what was measured on this machine; another program at work makes it longer."
    )
    text = expected.text if what else f"{expected.text[0].upper()}{expected.text[1:]}"
    span = "" if what else f", from the first step to the test{_after_starting()}"
    st.caption(
        f":material/timer: {what}{text} of memory on this machine{span}. "
        f"{expected.caution}".rstrip(),
        help=f"{known} The memory is the peak of the process that trains, TensorFlow included.",
    )
