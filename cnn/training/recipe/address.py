"""A configuration in a page's address: short, readable, and only what is not the default."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from cnn.training.recipe import data_address
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_from_address, data_to_address
from cnn.training.recipe.setting import asked_for, completed, usual_for

C = TypeVar("C", bound=Configuration)


def names(kind: type[Configuration] = Configuration) -> tuple[str, ...]:
    """All that a configuration may have in an address."""
    settings = (one.in_address or name for name, one in asked_for(kind).items())
    return (*data_address.NAMES, *settings)


def to_address(configuration: Configuration) -> dict[str, str]:
    """The data set, the epochs, and every setting that was changed."""
    usual = usual_for(configuration)
    changed = {
        one.in_address or name: str(value)
        for name, one in asked_for(type(configuration)).items()
        if (value := getattr(configuration, name)) != usual[name] or one.is_always_given
    }
    return data_to_address(configuration.dataset) | changed


def from_address(address: Mapping[str, str], usual: C, images: Path | None = None) -> C:
    """The configuration of an address; what it leaves out or spells wrong is as usual. Own images
    are those in a folder (`data_address.spec_of`).
    """
    kind, given = type(usual), {}
    for name, one in asked_for(kind).items():
        with contextlib.suppress(KeyError, ValueError):
            given[name] = one.parsed(address[one.in_address or name])
    values = {name: getattr(usual, name) for name in asked_for(kind)} | completed(kind, given)
    try:
        return kind(dataset=data_from_address(address, usual.dataset, images), **values)
    except ConfigurationError:
        return usual
