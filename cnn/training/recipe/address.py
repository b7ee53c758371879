"""A configuration in a page's address: short, readable, and only what is not the default."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from cnn.training.recipe import data_address
from cnn.training.recipe.configuration import Configuration, ConfigurationError, usual_decay
from cnn.training.recipe.data_address import data_from_address, data_to_address

WHOLE = ("epochs", "batch_size", "seed", "patience")
NUMBERS = (
    *("learning_rate", "momentum", "weight_decay", "label_smoothing"),
    *("shift", "rotation", "zoom"),
)
WORDS = ("optimizer", "schedule")
CALLED = {"shift": "augment_shift", "rotation": "augment_rotation", "zoom": "augment_zoom"}
"""Settings with another name in an address, where drawings have a rotation too."""

NAMES = (
    *data_address.NAMES,
    *(CALLED.get(name, name) for name in (*WHOLE, *NUMBERS, *WORDS)),
)


def to_address(configuration: Configuration) -> dict[str, str]:
    """The data set, the epochs, and every setting that was changed."""
    usual = Configuration(weight_decay=usual_decay(configuration.optimizer))
    changed = {
        CALLED.get(name, name): str(value)
        for name in (*WHOLE, *NUMBERS, *WORDS)
        if (value := getattr(configuration, name)) != getattr(usual, name) or name == "epochs"
    }
    return data_to_address(configuration.dataset) | changed


def from_address(address: Mapping[str, str], usual: Configuration) -> Configuration:
    """The configuration of an address; what it leaves out or spells wrong is as usual."""
    values: dict[str, Any] = {}
    for names, read in ((WHOLE, int), (NUMBERS, float), (WORDS, str)):
        for name in names:
            try:
                values[name] = read(address[CALLED.get(name, name)])
            except (KeyError, ValueError):
                values[name] = getattr(usual, name)
    if "optimizer" in address and "weight_decay" not in address:
        with contextlib.suppress(ValueError):
            values["weight_decay"] = usual_decay(values["optimizer"])
    try:
        return Configuration(dataset=data_from_address(address, usual.dataset), **values)
    except ConfigurationError:
        return usual
