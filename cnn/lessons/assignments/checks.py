"""What a hand-in says, held against itself, its assignment and its data: without training anything.

Each check raises `HandInError` with the reason, as the end of a sentence that begins with its file.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Dataset, fingerprint
from cnn.lessons.assignments.assignment import Assignment, why_not
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.assignments.opened import HandIn
from cnn.network.errors import shown
from cnn.network.trace import trace
from cnn.numbers import exact, number
from cnn.training.recipe.pace import per_epoch, planned_rates, steps_wanted
from cnn.training.recipe.run import Result, State

SUM = 1e-9
"""Sums of the same numbers in the same order agree to so much of them."""

DAY_S = 86_400.0


def check_task(found: HandIn, wanted: Assignment | None) -> None:
    """It is of the assignment, as the teacher has it, and its training can be one of it."""
    own = found.assignment
    if wanted is not None and own != wanted:
        parts = [
            name
            for name in ("title", "goals", "data", "due", "question", "lessons")
            if getattr(own, name) != getattr(wanted, name)
        ]
        raise HandInError(f"it is of another assignment: {', '.join(parts)} are not as given")
    if said := why_not(own, found.run.architecture, found.run.configuration):
        raise HandInError(f"it is no training for its assignment: {said[0].lower()}{said[1:-1]}")


def check_record(found: HandIn) -> None:
    """Its record says one thing, and the curve says the same."""
    run, result = found.run, _result(found)
    if run.continues or run.first_step:
        raise HandInError("it continues another training, whose beginning is not in it")
    if found.recipe != run.recipe:
        raise HandInError(
            f"its record was changed: design and settings have the recipe {run.recipe[:12]}, and "
            f"it says {shown(found.recipe[:12])}"
        )
    if result.epochs != len(found.curve):
        raise HandInError(
            f"its record has {result.epochs} epochs, and its curve {len(found.curve)}"
        )
    if len(found.packed_states) != len(found.curve) + 1:
        raise HandInError(
            f"{len(found.curve)} epochs have {len(found.curve) + 1} checkpoints, one before the "
            f"first and one after each; it has {len(found.packed_states)}"
        )
    _check_end(found, result)
    _check_times(found, result)


def _result(found: HandIn) -> Result:
    run = found.run
    if run.state is not State.FINISHED or run.result is None:
        raise HandInError(f"its training did not come to its end: it is {run.state}")
    return run.result


def tested_epoch(found: HandIn) -> int:
    """The epoch whose weights were tested."""
    best = _result(found).best_epoch
    return len(found.curve) if best is None else best


def _check_end(found: HandIn, result: Result) -> None:
    """It ended when its settings say that it does."""
    own, curve = found.run.configuration, found.curve
    waited = len(curve)
    if own.patience and curve:
        lowest = min(curve, key=lambda one: (one.val_loss, one.epoch)).epoch
        if result.best_epoch != lowest:
            raise HandInError(
                f"its record has epoch {result.best_epoch} as the best, and its curve epoch "
                f"{lowest}"
            )
        waited = len(curve) - lowest
    elif result.best_epoch is not None:
        raise HandInError("its record names a best epoch, and its settings look for none")
    steps = steps_wanted(own, result.train_images) or 0
    wanted = math.ceil(steps / per_epoch(own, max(result.train_images, 1)))
    if len(curve) > wanted or (
        len(curve) < wanted and not (own.patience and waited >= own.patience)
    ):
        raise HandInError(f"its settings are of {wanted} epochs, and its curve has {len(curve)}")


def _check_times(found: HandIn, result: Result) -> None:
    """Its own clock did not run backwards. Whether that clock was right, nobody can tell."""
    run = found.run
    times = [run.created_at, run.started_at or 0.0, run.finished_at or 0.0]
    if times != sorted(times):
        raise HandInError("its record ends before it begins")
    seconds = [0.0, *(one.seconds for one in found.curve), result.seconds]
    if seconds != sorted(seconds):
        raise HandInError("the seconds of its curve run backwards")
    # A run that was cut off and resumed has waited in between, and never trained ahead of time.
    if found.curve and found.curve[-1].seconds > times[2] - times[0] + DAY_S:
        raise HandInError("its curve took longer than its record says that it was trained")


def check_data(found: HandIn, data: Dataset) -> None:
    """It was trained on the images of its assignment, all of them and no others."""
    run, result = found.run, _result(found)
    if run.data_fingerprint != (own := fingerprint(data)):
        raise HandInError(
            f"its images are not those of the assignment: their fingerprint is "
            f"{run.data_fingerprint[:12]}, not {own[:12]}"
        )
    images = {name: len(split) for name, split in data.splits.items()}
    told = {
        "train": result.train_images,
        "validation": result.validation_images,
        "test": result.test_images,
    }
    for name, count in images.items():
        if run.images.get(name) != count or told[name] != count:
            raise HandInError(
                f"its record has {told[name]:,} {name} images, and the data have {count:,}"
            )
    if found.class_names != data.class_names:
        raise HandInError("its class names are not those of the data")
    classes = len(data.class_names)
    if int(trace(run.architecture).output_shape[-1]) != classes:
        raise HandInError(f"its design does not tell {classes} classes apart")


def check_curve(found: HandIn, data: Dataset) -> None:
    """Epochs are what their steps come to, shares are counts of images, rates are the plan's."""
    own, images = found.run.configuration, len(data.train)
    batch, of_epoch = own.batch_size_for(images), per_epoch(own, images)
    steps = found.steps
    places, told = steps["step"], found.run.result.steps if found.run.result else None
    wanted = min(steps_wanted(own, images) or 0, len(found.curve) * of_epoch)
    if not np.array_equal(places, np.arange(1, wanted + 1)) or told != wanted:
        raise HandInError(f"its curve has not the {wanted:,} steps of its settings")
    rates = planned_rates(own, images, steps_wanted(own, images) or 0)[:wanted]
    if not np.allclose(steps["learning_rate"], rates, rtol=1e-6, atol=0):
        raise HandInError("the learning rates of its steps are not those of its schedule")
    for one in found.curve:
        these = slice((one.epoch - 1) * of_epoch, one.epoch * of_epoch)
        starts = np.arange(len(places[these])) * batch
        sizes = np.minimum(batch, images - starts)
        seen, hits = int(sizes.sum()), np.round(steps["accuracy"][these] * sizes)
        if not np.allclose(hits / sizes, steps["accuracy"][these], rtol=0, atol=1e-6):
            raise HandInError(f"a step of epoch {one.epoch} has a part of an image right")
        _check_share(f"the training accuracy of epoch {one.epoch}", one.accuracy, seen)
        _check_share(
            f"the validation accuracy of epoch {one.epoch}", one.val_accuracy, len(data.validation)
        )
        loss = float((steps["loss"][these] * sizes).sum()) / seen
        if (
            not math.isclose(loss, one.loss, rel_tol=SUM)
            or round(one.accuracy * seen) != hits.sum()
        ):
            raise HandInError(
                f"epoch {one.epoch} of its curve is not what its own steps come to: a loss of "
                f"{number(loss, 6)} and {int(hits.sum()):,} of {seen:,} right"
            )


def _check_share(what: str, share: float, images: int) -> None:
    if not math.isclose(share * images, round(share * images), abs_tol=1e-6):
        raise HandInError(
            f"{what} is {exact(share)}, which is no number of images out of {images:,}"
        )


def check_test(found: HandIn, data: Dataset) -> None:
    """What it says of its test is a count of the test images."""
    result = _result(found)
    _check_share("its test accuracy", result.test_accuracy, len(data.test))
    seen, right = result.seen_test_images or 0, result.unseen_right or 0
    if seen > len(data.test) or right > round(result.test_accuracy * len(data.test)):
        raise HandInError("its record counts more test images than there are")


def check_state(found: HandIn, epoch: int, like: dict[str, npt.NDArray[Any]], steps: int) -> None:
    """A checkpoint has the arrays of its design and optimizer, in numbers, after so many steps."""
    state = found.state(epoch)
    wanted = {name: (one.shape, one.dtype) for name, one in like.items()}
    if {name: (one.shape, one.dtype) for name, one in state.items()} != wanted:
        raise HandInError(
            f"the checkpoint after epoch {epoch} is not one of its design and optimizer"
        )
    if not all(np.isfinite(one).all() for one in state.values() if one.dtype.kind == "f"):
        raise HandInError(f"the checkpoint after epoch {epoch} holds what is no number")
    if int(state["optimizer/0000"]) != steps:
        raise HandInError(
            f"the optimizer of the checkpoint after epoch {epoch} has taken "
            f"{int(state['optimizer/0000']):,} steps, and its curve {steps:,}"
        )
