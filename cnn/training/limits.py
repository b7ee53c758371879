"""What is too much for this machine: refused before it is queued, with the numbers.

Every limit is a setting (an environment variable) with a default that is safe for a small machine.
"""

from __future__ import annotations

import os

from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.training.configuration import Configuration, ConfigurationError
from cnn.training.places import whole_setting

MEMORY_SHARE = 0.7


def check_size(architecture: Architecture) -> None:
    """Raises `ConfigurationError` for a network with too many parameters to train here."""
    params, most = trace(architecture).total_params, whole_setting("CNN_MAX_PARAMS", 30_000_000)
    if params > most:
        raise ConfigurationError(
            f"{architecture.name} has {params:,} parameters, and at most {most:,} are trained "
            "here. Use its lite version, fewer units, or set CNN_MAX_PARAMS."
        )


def check(architecture: Architecture, configuration: Configuration, train_images: int) -> None:
    """Raises `ConfigurationError` for a run that is too large for this machine."""
    check_size(architecture)
    batch = configuration.batch_size_for(train_images)
    wanted, there = trace(architecture).training_memory_bytes(batch), memory_bytes()
    if there and wanted > MEMORY_SHARE * there:
        raise ConfigurationError(
            f"{architecture.name} needs about {wanted / 1e9:.1f} GB to train with batches of "
            f"{batch}; this machine has {there / 1e9:.1f} GB, of which {MEMORY_SHARE:.0%} may be "
            "used. Use a smaller batch, a smaller input, or fewer filters."
        )


def check_queue(waiting: int, new: int = 1) -> None:
    """Raises `ConfigurationError` where so many new runs would make the queue too long."""
    most = whole_setting("CNN_MAX_QUEUE", 200)
    if waiting + new > most:
        raise ConfigurationError(
            f"{waiting} runs are waiting already, {new} more would be over the limit of {most}. "
            "Stop some of them, or set CNN_MAX_QUEUE."
        )


def memory_bytes() -> int | None:
    """This machine's memory, where it says how much there is."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
