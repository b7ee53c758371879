"""What every network of a comparison is given alike: epochs, seconds of training, or MACs.

MACs are the multiply-accumulates that training spends on its images, there and back; frozen layers
need fewer. Earlier versions counted the forward pass alone, of which training spends 2 to 3 times
as many, another share in each network. The word of that count, `macs`, keeps its meaning in
addresses, commands and reports, so that a comparison of that time keeps its steps, and a network
added to it is given its own by the same count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from cnn.network.architecture import Architecture
from cnn.network.errors import shown
from cnn.network.trace import trace
from cnn.numbers import exact
from cnn.training.forecast.limits import most_epochs
from cnn.training.forecast.spent_macs import Spent, spent
from cnn.training.recipe.configuration import (
    MOST_SECONDS,
    Configuration,
    ConfigurationError,
    epochs_text,
)
from cnn.training.recipe.pace import per_epoch


class Equal(StrEnum):
    EPOCHS = "epochs"
    TIME = "time"
    TRAINING_MACS = "training-MACs"
    FORWARD_MACS = "MACs"


COUNTED = (Equal.TRAINING_MACS, Equal.FORWARD_MACS)
"""Budgets of MACs, by what is counted of them."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What is equal, and how much of it; epochs are the configuration's own."""

    equal: Equal = Equal.EPOCHS
    seconds: float = 0.0
    macs: int = 0

    def __post_init__(self) -> None:
        if self.equal is Equal.TIME and not self.seconds > 0:
            raise ConfigurationError(
                f"equal time must be above 0 seconds, got {exact(self.seconds)}."
            )
        if self.equal in COUNTED and self.macs < 1:
            raise ConfigurationError(f"equal MACs must be 1 or more, got {self.macs}.")


def read(text: str) -> tuple[Equal, float]:
    """What is equal, and the seconds: `epochs`, `training-macs`, `macs` or `30s`."""
    for equal in (Equal.EPOCHS, *COUNTED):
        if text.lower() == equal.lower():
            return equal, 0.0
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        seconds = 0.0
    if not (text.endswith("s") and 0 < seconds <= MOST_SECONDS):
        raise ConfigurationError(
            f"the budget {shown(text)} is none of epochs, training-macs, macs (forward only), or "
            f"a time such as 30s ({MOST_SECONDS:,.0f}s at most)."
        )
    return Equal.TIME, seconds


def as_option(budget: Budget) -> str:
    """The same, written."""
    return f"{exact(budget.seconds)}s" if budget.equal is Equal.TIME else budget.equal.lower()


def in_words(budget: Budget, configuration: Configuration) -> str:
    """What every network is given, for a reader who wants to do the same."""
    match budget.equal:
        case Equal.EPOCHS:
            return epochs_text(configuration.epochs)
        case Equal.TIME:
            return (
                f"{exact(budget.seconds)} s of training steps, to within one of them, or "
                f"{most_epochs():,} epochs where those are over sooner; compiling and validation "
                "are not counted, and the learning rate goes by the share of time spent"
            )
        case Equal.TRAINING_MACS:
            counted = (
                "of training steps (forward, for the gradients of the weights, and for those of "
                "the values between them)"
            )
        case Equal.FORWARD_MACS:
            counted = (
                "counted forward only, as in the version that made it (with the way back it is 2 "
                "to 3 times as many, another share in each network)"
            )
    return (
        f"{budget.macs:,} multiply-accumulates {counted}, as many as the first network spends in "
        f"{epochs_text(configuration.epochs)}; to within half a step, over which its learning rate "
        "schedule is laid"
    )


def made(
    equal: Equal,
    seconds: float,
    first: Architecture,
    configuration: Configuration,
    train_images: int,
) -> Budget:
    """The budget; equal MACs are those that the first network spends in its epochs."""
    macs = macs_of(equal, first, configuration, train_images) if equal in COUNTED else 0
    return Budget(equal, seconds if equal is Equal.TIME else 0.0, macs)


def macs_of(
    equal: Equal, architecture: Architecture, configuration: Configuration, train_images: int
) -> int:
    """The MACs of a training's epochs, by one of the two counts."""
    own = _spent(equal, architecture, configuration, train_images)
    return int(own.after(train_images * configuration.epochs))


def macs_spent(
    equal: Equal, architecture: Architecture, configuration: Configuration, train_images: int
) -> int:
    """The MACs of a training that ends after its steps, by one of the two counts."""
    images = _images(configuration.steps, configuration, train_images)
    return int(_spent(equal, architecture, configuration, train_images).after(images))


def _spent(
    equal: Equal, architecture: Architecture, configuration: Configuration, train_images: int
) -> Spent:
    """What images cost by one of the two counts; forward, a frozen layer costs what others do."""
    if equal is Equal.FORWARD_MACS:
        return Spent(trace(architecture).total_macs)
    return spent(architecture, configuration.start, train_images)


def given(
    budget: Budget, architecture: Architecture, configuration: Configuration, train_images: int
) -> Configuration:
    """The configuration in which a network is trained within the budget.

    Equal MACs are a number of steps: the one whose images cost nearest to the budget. Where those
    are whole epochs it is the same training as one of so many epochs.
    """
    if budget.equal is Equal.EPOCHS:
        return configuration
    if budget.equal is Equal.TIME:
        return replace(configuration, epochs=most_epochs(), seconds=float(budget.seconds))
    own = _spent(budget.equal, architecture, configuration, train_images)
    if not own.later:
        raise ConfigurationError(
            f"{architecture.name} has no multiply-accumulates, so equal MACs cannot be given to "
            "it. Compare it over equal epochs or equal time."
        )
    of_epoch = per_epoch(configuration, train_images)
    images = own.images(budget.macs)
    whole = int(images // train_images)
    batch = configuration.batch_size_for(train_images)
    fewer = whole * of_epoch + int((images - whole * train_images) // batch)
    steps = min(
        (fewer, fewer + 1),
        key=lambda count: abs(_images(count, configuration, train_images) - images),
    )
    most = most_epochs() * of_epoch
    if not 1 <= steps <= most:
        raise ConfigurationError(
            f"{architecture.name} would be trained for {steps:,} steps with {budget.macs:,} MACs, "
            f"{own.later:,} for each image; 1 to {most:,} can be, which is {most_epochs():,} "
            "epochs. Change the epochs."
        )
    epochs = -(-steps // of_epoch)
    is_whole = steps == epochs * of_epoch
    return replace(configuration, epochs=epochs, steps=0 if is_whole else steps)


def _images(steps: int, configuration: Configuration, train_images: int) -> int:
    """The images of so many steps; the last step of an epoch may have fewer than a batch."""
    epochs, rest = divmod(steps, per_epoch(configuration, train_images))
    batch = configuration.batch_size_for(train_images)
    return epochs * train_images + min(rest * batch, train_images)
