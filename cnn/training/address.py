"""A configuration in a page's address: short, readable, and only what is not the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn.data.errors import DataError
from cnn.data.spec import DatasetSpec
from cnn.training.configuration import Configuration, ConfigurationError

DATA = "data"
WHOLE = ("epochs", "batch_size", "seed")
NUMBERS = ("learning_rate", "momentum", "weight_decay", "label_smoothing")
WORDS = ("optimizer", "schedule")
NAMES = (DATA, *WHOLE, *NUMBERS, *WORDS)


def to_address(configuration: Configuration) -> dict[str, str]:
    """The data set, the epochs, and every setting that was changed."""
    usual = Configuration()
    changed = {
        name: str(value)
        for name in (*WHOLE, *NUMBERS, *WORDS)
        if (value := getattr(configuration, name)) != getattr(usual, name) or name == "epochs"
    }
    return {DATA: configuration.dataset.name.value} | changed


def from_address(address: Mapping[str, str], usual: Configuration) -> Configuration:
    """The configuration of an address; what it leaves out or spells wrong is as usual."""
    values: dict[str, Any] = {}
    for names, read in ((WHOLE, int), (NUMBERS, float), (WORDS, str)):
        for name in names:
            try:
                values[name] = read(address[name])
            except (KeyError, ValueError):
                values[name] = getattr(usual, name)
    try:
        dataset = (
            DatasetSpec.from_dict({"name": address[DATA]}) if DATA in address else usual.dataset
        )
        return Configuration(dataset=dataset, **values)
    except (DataError, ConfigurationError):
        return usual
