"""The settings of a training as options of the command line, each made of its declaration."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import TypeVar

from cnn.data import DatasetSpec
from cnn.data.sets import SETS
from cnn.network.fields import Whole
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.setting import Setting, Word, asked_for, completed, usual_for

C = TypeVar("C", bound=Configuration)


def add_settings(
    parser: argparse.ArgumentParser,
    without: Collection[str] = (),
    kind: type[Configuration] = Configuration,
) -> None:
    """An option for each setting; one that is left out is as usual."""
    for name, one in asked_for(kind).items():
        if name in without:
            continue
        match one.rule:
            case Word(words):
                parser.add_argument(
                    _option(name), choices=list(map(str, words)), help=_help(name, one, kind)
                )
            case rule:
                parser.add_argument(
                    _option(name),
                    type=int if isinstance(rule, Whole) else float,
                    required=one.is_always_given,
                    metavar=(one.unit or name).upper(),
                    help=_help(name, one, kind),
                )


def add_data(parser: argparse.ArgumentParser, *, is_required: bool = True) -> None:
    """The option that names the data."""
    names = ", ".join(SETS)
    parser.add_argument(
        "--dataset",
        required=is_required,
        metavar="NAME",
        help=f"{names}, a zip, npz or folder of images, or own:NAME for kept ones",
    )
    add_read(parser)


def add_read(parser: argparse.ArgumentParser) -> None:
    """The option that says how images are read where their file does not say it."""
    parser.add_argument(
        "--read",
        default="",
        metavar="WORDS",
        help="how a file or a folder of images is read where it does not say so: hwc or chw; black "
        "and white such as 0..4095; transposed or upright; folders, or columns=1,2 of a table; "
        "named=letters and others of EMNIST. The command data says what there is to say",
    )
    parser.add_argument(
        "--portion",
        default="",
        metavar="PART",
        help="0.1: a tenth of the training images; 0.1,3: another draw of them; fold 2 of 5: that "
        "fold of the images to learn from is the test. Left out: all images.",
    )


def configuration_of(options: argparse.Namespace, dataset: DatasetSpec, kind: type[C]) -> C:
    """What parsed options ask for; raises `ConfigurationError` where that cannot be."""
    said = {name: getattr(options, name, None) for name in asked_for(kind)}
    given = {name: value for name, value in said.items() if value is not None}
    return kind(dataset=dataset, **completed(kind, given))


def as_words(own: Configuration, without: Collection[str] = ()) -> list[str]:
    """The options that ask for a configuration, on whatever data."""
    usual, words = usual_for(own), []
    for name, one in asked_for(type(own)).items():
        value = getattr(own, name)
        if name not in without and (one.is_always_given or value != usual[name]):
            words += [_option(name), str(value)]
    return words


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _help(name: str, one: Setting, kind: type[Configuration]) -> str:
    usual = getattr(kind(), name)
    said = "auto" if usual is None else f"{usual}"
    if one.follows:
        said += f", or what is usual for the {one.follows}"
    by_itself = "" if one.is_always_given else f" Left out: {said}."
    return f"{one.hint}{by_itself}".replace("%", "%%")
