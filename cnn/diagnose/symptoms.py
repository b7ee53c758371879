"""The rules by which the curves of a training are judged: each looks for one symptom and states
its evidence. What can be seen of the network itself is in `network_symptoms`.

The thresholds are ours; each is tested on curves on either side of it.
"""

from __future__ import annotations

import math
from statistics import fmean

from cnn.comparing.mean_curves import epochs_trained
from cnn.comparing.significance import LEVEL
from cnn.diagnose import remedies
from cnn.diagnose.findings import Evidence, Finding, Severity, Symptom
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.training.recipe.run import Epoch, State

JUMP = 3.0  # times the loss that guessing has
RISE = 1.15
GAP = 0.05
FITTED = 0.9
DONE = 0.98
FALLING = 0.9
FAR_BELOW = 20.0  # times below the usual rate
SHORT_EPOCHS, SHORT_STEPS, ENOUGH_EPOCHS = 5, 200, 20


def rate_too_high(found: Evidence) -> Finding | None:
    """The loss jumped far above that of guessing, or training itself got worse."""
    run, highest = found.run, max((step.loss for step in found.steps), default=0.0)
    rate = run.configuration.peak_rate
    usual = remedies.usual_rate(run.configuration)
    times = (
        f", {number(rate / usual, 3)} times the usual {number(usual)}" if rate > 1.5 * usual else ""
    )
    jumped = highest > JUMP * max(found.chance_loss, found.steps[0].loss if found.steps else 0.0)
    last = found.epochs[-1].loss if found.epochs else math.inf
    best = min(found.epochs, key=lambda epoch: epoch.loss, default=None)
    is_worse = best is not None and found.epochs[-1].accuracy < best.accuracy
    if run.state is State.DIVERGED:
        said = run.message or "The loss was no longer a finite number."
        said = f"{said} The highest rate was {number(rate)}{times}."
    elif jumped and found.epochs and not found.has_learnt:
        said = (
            f"The loss of a step reached {_figure(highest)}, while "
            f"{found.guessing_loss}; after {_epochs(found)} training is at {_figure(last)} "
            f"(mean over {_images(found)} images). The highest rate was {number(rate)}{times}."
        )
    elif best and is_worse and last > max(1.3 * best.loss, 0.1 * found.chance_loss):
        said = (
            f"The training loss rose from {_figure(best.loss)} in epoch {best.epoch} to "
            f"{_figure(last)} in epoch {found.epochs[-1].epoch} (means over "
            f"{_of_both(found, best)} images): steps go too far. The highest rate was "
            f"{number(rate)}{times}."
        )
    else:
        return None
    return Finding(
        Symptom.RATE_TOO_HIGH,
        Severity.PROBLEM,
        "The learning rate is too high",
        said,
        remedies.lower_rate(run),
    )


def rate_too_low(found: Evidence) -> Finding | None:
    """The loss has hardly moved, or falls evenly to the end, at a rate below the usual."""
    if not found.epochs:
        return None
    rate, usual = found.run.configuration.peak_rate, remedies.usual_rate(found.run.configuration)
    last, first = found.epochs[-1].loss, found.steps[0].loss if found.steps else found.chance_loss
    far_below = rate * FAR_BELOW <= usual
    still_falls = rate < usual and _trend(found) < FALLING
    if found.has_learnt or not (far_below or still_falls):
        return None
    return Finding(
        Symptom.RATE_TOO_LOW,
        Severity.PROBLEM,
        "The learning rate is too low",
        f"The training loss went from {_figure(first)} to {_figure(last)} in {_epochs(found)} (the "
        f"last a mean over {_images(found)} images), where "
        f"{found.guessing_loss}. The highest rate was {number(rate)}; usual here is "
        f"{number(usual)}.",
        remedies.higher_rate(found.run),
    )


def chance_level(found: Evidence) -> Finding | None:
    """Neither training nor validation images are told apart better than by guessing."""
    if not found.epochs or not found.is_at_chance:
        return None
    last = found.epochs[-1]
    said = (
        f"{last.accuracy:.1%} of {_images(found)} training and {last.val_accuracy:.1%} of "
        f"{found.validation_images:,} validation images are right after {_epochs(found)}; "
        f"{found.guessing} gives {found.chance:.1%}."
    )
    if found.predictions is not None and len(found.predictions):
        named = set(found.predictions.predicted.tolist())
        if len(named) == 1:
            name = found.class_name(named.pop())
            said += f" All {len(found.predictions):,} test images were called {name}."
    return Finding(
        Symptom.CHANCE_LEVEL,
        Severity.PROBLEM,
        "It does no better than guessing",
        said,
        remedies.usual_settings(found.run)
        or remedies.calmer(found.run)
        or remedies.longer(found.run),
    )


def overfitting(found: Evidence) -> Finding | None:
    """Validation lies clearly below training, or, which is less, its loss rose while that of
    training fell: of a network that is as right on new images it does so by chance, too.
    """
    if not found.epochs:
        return None
    best = min(found.epochs, key=lambda epoch: epoch.val_loss)
    stops_early = found.run.configuration.patience > 0
    last = best if stops_early else found.epochs[-1]  # whose weights were kept
    rises = (
        last.val_loss > max(RISE * best.val_loss, best.val_loss + 0.02 * found.chance_loss)
        and last.loss < 0.9 * best.loss
    )
    gap = last.accuracy - last.val_accuracy
    is_large = gap > GAP and last.accuracy >= FITTED
    apart = is_large and found.chance_of_gap(last) < LEVEL
    if not rises and not apart:
        return None
    kept = f" after epoch {best.epoch}, whose weights were kept" if stops_early else ""
    said = (
        f"Training is at {last.accuracy:.1%} of {found.images_of(last):,} images, validation at "
        f"{last.val_accuracy:.1%} of {found.validation_images:,}{kept}."
    )
    if rises:
        said = (
            f"Since epoch {best.epoch} the validation loss rose from {_figure(best.val_loss)} to "
            f"{_figure(last.val_loss)} ({found.validation_images:,} images), while the training "
            f"loss fell from {_figure(best.loss)} to {_figure(last.loss)}. {said}"
        )
    if not apart:
        return Finding(
            Symptom.LOSS_ROSE,
            Severity.NOTE,
            "The validation loss rose",
            said,
            remedies.stopped_early(found.run),
        )
    return Finding(
        Symptom.OVERFITTING,
        Severity.PROBLEM,
        "It overfits",
        said,
        remedies.regularized(found.run),
    )


def underfitting(found: Evidence) -> Finding | None:
    """The training images themselves are not fitted, and it gets no better."""
    if not found.epochs or found.is_at_chance:
        return None
    last = found.epochs[-1]
    if max(last.accuracy, last.val_accuracy) >= FITTED:
        return None
    if _trend(found) < FALLING or _is_short(found):
        return None
    settings = found.run.configuration
    decayed = settings.weight_decay >= 10 * remedies.DECAY
    if decayed:
        held, retry = f" Weight decay is {number(settings.weight_decay)}.", remedies.without_decay
    elif settings.is_augmented:
        held, retry = " Its images are augmented.", remedies.without_augmentation
    else:
        held, retry = "", lambda run: remedies.wider(run) or remedies.longer(run)
    is_whole = found.images_of(last) == found.train_images
    part = "" if is_whole else " of its last epoch, which was cut short,"
    return Finding(
        Symptom.UNDERFITTING,
        Severity.PROBLEM,
        "It is too small for the task, or held back",
        f"Only {last.accuracy:.1%} of the {_images(found)} training images{part} are right, "
        f"validation is at {last.val_accuracy:.1%} of {found.validation_images:,}, and the loss "
        f"falls no more: {_figure(last.loss)} after {_epochs(found)}. The network has "
        f"{trace(found.run.architecture).params_text}."
        f"{held}",
        retry(found.run),
    )


def too_few_epochs(found: Evidence) -> Finding | None:
    """It was still getting better when it ended, and had not got far enough."""
    if not found.epochs or found.is_at_chance:
        return None
    last = found.epochs[-1]
    trend, best = _trend(found), max(last.accuracy, last.val_accuracy)
    if best >= DONE or last.val_loss > 1.02 * min(epoch.val_loss for epoch in found.epochs):
        return None
    wanted = None
    if trend < FALLING:
        title = "It ended while it was still getting better"
        said = (
            f"In the last quarter of {_epochs(found)} the training loss was {1 - trend:.0%} below "
            "that of the quarter before"
        )
    elif best < FITTED and _is_short(found):
        title, wanted = "It has hardly begun", ENOUGH_EPOCHS
        said = f"It took {found.steps[-1].step:,} steps in {_epochs(found)}"
    else:
        return None
    is_early = found.was_stopped_early
    if is_early:
        said += f". Early stopping ended it, with a patience of {found.run.configuration.patience}"
    return Finding(
        Symptom.TOO_FEW_EPOCHS,
        Severity.NOTE if last.val_accuracy >= FITTED else Severity.PROBLEM,
        title,
        f"{said}; validation is at {last.val_accuracy:.1%} of {found.validation_images:,} images.",
        remedies.more_patient(found.run) if is_early else remedies.longer(found.run, wanted),
    )


def _trend(found: Evidence) -> float:
    """The mean loss of the last quarter of all steps, as a share of that of the quarter before."""
    count = len(found.steps) // 4
    if not count:
        return 1.0
    losses = [step.loss for step in found.steps]
    before = fmean(losses[-2 * count : -count])
    return fmean(losses[-count:]) / before if before else 1.0


def _is_short(found: Evidence) -> bool:
    """Whether so little was trained that nothing can be said of what the network is able to."""
    return (
        bool(found.steps)
        and len(found.epochs) < SHORT_EPOCHS
        and found.steps[-1].step < SHORT_STEPS
    )


def _images(found: Evidence) -> str:
    """On how many images the last training figures were measured."""
    return f"{found.images_of(found.epochs[-1]):,}" if found.epochs else "no"


def _of_both(found: Evidence, best: Epoch) -> str:
    """The images of an epoch and of the last one, which may have had fewer."""
    both = dict.fromkeys([f"{found.images_of(best):,}", _images(found)])
    return " and ".join(both)


def _epochs(found: Evidence) -> str:
    """How many it had; a training by steps or seconds may end within one."""
    many = min(len(found.epochs), epochs_trained(found.run))
    return f"{number(many)} epoch{'s' * (many != 1)}"


def _figure(loss: float) -> str:
    return f"{loss:,.0f}" if loss >= 1_000 else number(loss, 3)
