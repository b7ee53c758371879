"""A comparison as the command line that does it again, or why there is none.

A command is given only where the command line's own parser reads the very same comparison in it.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from cnn.commands.options import as_words, configuration_of
from cnn.commands.parsers import Parser, add_commands
from cnn.commands.prepare import dataset_of
from cnn.comparing import budget
from cnn.comparing.budget import COUNTED, Equal
from cnn.comparing.comparison import Again, Entrant, Plan
from cnn.comparing.findings import Findings
from cnn.data import DataError, DatasetSpec, described
from cnn.network.zoo import entry, zoo
from cnn.numbers import number
from cnn.training.recipe.conditions import phrase
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.fitting import is_fitted
from cnn.training.recipe.run import recipe

APART = ("seed", "start")
"""What `compare` has no option for: it counts seeds, and its networks begin with new weights."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of `compare` ask for, before any data are read."""

    archs: tuple[str, ...]
    configuration: Configuration
    seeds: int
    equal: Equal
    seconds: float


def asked(options: argparse.Namespace) -> Asked:
    """What parsed options say; raises the named errors of data and settings."""
    dataset = dataset_of(options.dataset, options.read, options.portion)
    configuration = configuration_of(options, dataset, Configuration)
    archs = tuple(dict.fromkeys(options.archs))
    return Asked(archs, configuration, options.seeds, *budget.read(options.budget))


def again(plan: Plan, train_images: int | None = None) -> Again:
    """How to do a comparison again; equal MACs are counted over `train_images`."""
    why_not = _networks(plan)
    # Settings are looked at all the same; an id of ours, such as a link's, is no word to parse.
    why_not += _settings(replace(plan, entrants=()) if why_not else plan)
    if not why_not:
        why_not = _budget(plan, train_images)
    return Again(why_not=tuple(why_not)) if why_not else Again(shlex.join(_words(plan)))


def again_of(found: Findings) -> Again:
    """How to do again what was found, with as many training images as its runs had."""
    return again(found.plan, min(found.train_images, default=None))


def _networks(plan: Plan) -> list[str]:
    """Who cannot be named on a command line."""
    why_not = []
    if not plan.entrants:
        why_not.append("No network is compared.")
    if kept := _names(one for one in plan.entrants if one.run):
        why_not.append(f"As it was trained, and not to be trained again: {kept}.")
    others = [one for one in plan.entrants if one.run is None]
    if own := _names(one for one in others if not _is_of_the_zoo(one)):
        why_not.append(f"Not a network of the zoo: {own}. Its JSON is below.")
    recipes = [recipe(one.architecture, plan.of(one, 0)) for one in others]
    if len(set(recipes)) < len(recipes):
        why_not.append("Two of the networks are the same, of which the command takes one.")
    return why_not


def _names(entrants: Iterable[Entrant]) -> str:
    return ", ".join(one.name for one in entrants)


def _is_of_the_zoo(one: Entrant) -> bool:
    return one.id in zoo() and is_fitted(entry(one.id).architecture, one.architecture)


def _settings(plan: Plan) -> list[str]:
    """The settings that the command, read by the command line's parser, would not have."""
    wanted = plan.configuration
    try:
        read = _read(_words(plan))
    except (ConfigurationError, DataError) as error:
        return [str(error)]
    found = read.configuration
    lost = [f"weights of {wanted.start.origin}"] if wanted.start else []
    lost += [
        _lost_of(wanted.dataset, found.dataset)
        if one.name == "dataset"
        else phrase(one.name, wanted)
        for one in fields(Configuration)
        if one.name not in APART and getattr(found, one.name) != getattr(wanted, one.name)
    ]
    why_not = []
    if lost:
        why_not.append(f"The command line has no option for: {'; '.join(lost)}.")
    is_same = read.archs == _archs(plan) and read.seeds == plan.seeds
    own = plan.budget
    if not is_same or read.equal is not own.equal or read.seconds != own.seconds:
        why_not.append("The command line cannot name these networks, seeds and budget.")
    return why_not


def _lost_of(wanted: DatasetSpec, found: DatasetSpec) -> str:
    """What of the data the command line cannot ask for."""
    if replace(found, validation_fraction=wanted.validation_fraction) == wanted:
        return (
            f"a validation part of {number(wanted.validation_fraction, 4)} of the training images"
        )
    return f"data {described(wanted)}"


def _budget(plan: Plan, train_images: int | None) -> list[str]:
    """Whether the command would give each network as much as it was given here."""
    if plan.budget.equal in COUNTED and not train_images:
        return ["How many MACs the command would give is known only when a run has begun."]
    own, images = plan.budget, train_images or 1
    first, conditions = plan.entrants[0].architecture, replace(plan.configuration, seed=0)
    try:
        made = budget.made(own.equal, own.seconds, first, conditions, images)
        is_same = made == own and all(
            budget.given(made, one.architecture, conditions, images) == plan.of(one, 0)
            for one in plan.entrants
        )
    except ConfigurationError as error:
        return [str(error)]
    return [] if is_same else ["The command would give the networks another budget than they had."]


def _words(plan: Plan) -> list[str]:
    """The command as it would have to be."""
    own = plan.configuration
    words = ["python", "-m", "cnn", "compare", *_archs(plan)]
    words += ["--dataset", *_data(own), *_portion(own), *as_words(own, without=("seed",))]
    words += ["--seeds", str(plan.seeds)]
    if plan.budget.equal in COUNTED:
        words += ["--budget", budget.as_option(plan.budget)]
    elif plan.budget.equal is Equal.TIME:  # in full: the words for people have six digits
        words += ["--budget", f"{plan.budget.seconds!r}s".replace(".0s", "s")]
    return words


def _archs(plan: Plan) -> tuple[str, ...]:
    """The ids of the networks; any one stands for those that have no name here."""
    return tuple(one.id for one in plan.entrants) or tuple(zoo())[:1]


def _data(own: Configuration) -> list[str]:
    """The name of the data; of own images that are not kept by name, their file and how."""
    name = data_id(own.dataset)
    try:
        is_same = dataset_of(name, portion=own.dataset.portion.text) == own.dataset
    except DataError:
        is_same = False
    if is_same or not own.dataset.file:
        return [name]
    read = own.dataset.reading
    return [own.dataset.file, *([f"--read={read}"] if read else [])]


def _portion(own: Configuration) -> list[str]:
    said = own.dataset.portion.text
    return ["--portion", said] if said else []


def _read(words: Sequence[str]) -> Asked:
    parser = Parser()
    add_commands(parser.add_subparsers(), Parser(add_help=False))
    return asked(parser.parse_args(words[3:]))
