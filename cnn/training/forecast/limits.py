"""What is too much for this machine: refused before it is queued, with the numbers.

Every limit is a setting (an environment variable) with a default that is safe for a small machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from cnn import memory
from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.settings import whole_setting
from cnn.training.forecast import augmentation_cost, calibration
from cnn.training.forecast.estimate import Estimate, estimate
from cnn.training.recipe.configuration import MOST_EPOCHS, Configuration, ConfigurationError

MEMORY_SHARE = 0.9


def check_size(architecture: Architecture) -> None:
    """Raises `ConfigurationError` for a network with too many parameters to train here."""
    params, most = trace(architecture).total_params, whole_setting("CNN_MAX_PARAMS", 30_000_000)
    if params > most:
        raise ConfigurationError(
            f"{architecture.name} has {params:,} parameters, and at most {most:,} are trained "
            "here. Use its lite version, fewer units, or set CNN_MAX_PARAMS."
        )


def most_epochs() -> int:
    """The most epochs that a training here can have."""
    return min(whole_setting("CNN_MAX_EPOCHS", MOST_EPOCHS), MOST_EPOCHS)


def check_epochs(configuration: Configuration) -> None:
    """Raises `ConfigurationError` for more epochs than are trained here, a budget's included."""
    most, epochs = most_epochs(), f"{configuration.epochs:,} epochs"
    if configuration.epochs <= most:
        return
    if configuration.steps:
        epochs = f"{configuration.length} are {epochs}, which"
    if configuration.seconds:
        epochs = f"{configuration.length} may be {epochs}, which"
    raise ConfigurationError(
        f"{epochs} are more than the {most:,} that are trained here. Train fewer, or set "
        "CNN_MAX_EPOCHS."
    )


def check(
    architecture: Architecture,
    configuration: Configuration,
    images: Mapping[str, int],
    *,
    busy: bool = False,
) -> None:
    """Raises `ConfigurationError` for a run with so many images that is too large for here."""
    check_size(architecture)
    check_epochs(configuration)
    configuration.check_channels(architecture.input[2])
    costs = augmentation_cost.load()
    expected = estimate(architecture, configuration, images, calibration.load(), costs=costs)
    batch = configuration.batch_size_for(images["train"])
    check_memory(architecture, batch, expected, busy=busy)


def check_memory(
    architecture: Architecture, batch: int, expected: Estimate, *, busy: bool = False
) -> None:
    """Raises `ConfigurationError` where the memory that is free does not hold a training.

    While this machine is `busy` with other trainings, all of its memory counts: they will be over.
    """
    there = memory.memory_bytes() if busy else memory.free_bytes()
    if there and expected.peak_bytes > MEMORY_SHARE * there:
        raise ConfigurationError(
            f"{architecture.name} needs about {expected.peak_bytes / 1e9:.1f} GB to train with "
            f"batches of {batch:,}; this machine has {there / 1e9:.1f} GB"
            f"{'' if busy else ' free'}, of which {MEMORY_SHARE:.0%} may be used. Use a smaller "
            "batch, a smaller input, fewer filters or fewer images."
        )


def check_queue(waiting: int, new: int = 1) -> None:
    """Raises `ConfigurationError` where so many new runs would make the queue too long."""
    most = whole_setting("CNN_MAX_QUEUE", 200)
    if waiting + new > most:
        raise ConfigurationError(
            f"{waiting} runs are waiting already, {new} more would be over the limit of {most}. "
            "Stop some of them, or set CNN_MAX_QUEUE."
        )
