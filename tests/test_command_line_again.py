"""The command that a report prints is read back by the command line as the very same comparison;
where that cannot be, the report says why.
"""

import argparse
import contextlib
import functools
import io
import shlex
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnn.__main__ import _parser
from cnn.commands.again import again, asked
from cnn.commands.compare import _plan
from cnn.comparing import budget
from cnn.comparing.budget import Budget, Equal
from cnn.comparing.comparison import Entrant, Plan
from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.network.layers import Dense
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, ConfigurationError, usual_decay
from cnn.training.recipe.fitting import Fitted, fit_to
from tests.comparing.test_comparison import run
from tests.data.own.test_images import CATS_AND_DOGS, zipped

NETWORKS = ("shapes-demo", "lenet-5", "keras-mnist")
SHAPES = DatasetSpec()
HARDER = replace(SHAPES, seed=7, shapes=ShapeOptions(noise=0.4, samples=600))


@functools.cache
def fitted_to(dataset: DatasetSpec, id: str) -> tuple[Fitted, int]:
    data = load(dataset, entry(id).architecture.input)
    return fit_to(entry(id).architecture, data), len(data.train)


def made(
    configuration: Configuration,
    networks: tuple[str, ...] = NETWORKS[:2],
    seeds: int = 1,
    equal: Equal = Equal.EPOCHS,
    seconds: float = 0.0,
) -> tuple[Plan, int]:
    """A comparison as the page Compare makes it, and its number of training images."""
    entrants, train_images = [], 0
    for id in networks:
        fitted, train_images = fitted_to(configuration.dataset, id)
        entrants.append(Entrant(id, fitted.architecture, fitted.changes))
    first = entrants[0].architecture
    whole = budget.made(equal, seconds, first, configuration, train_images)
    entrants = [
        replace(
            one,
            configuration=budget.given(whole, one.architecture, configuration, train_images),
        )
        for one in entrants
    ]
    return Plan(tuple(entrants), configuration, seeds, whole), train_images


def possible(*wanted: Any) -> tuple[Plan, int]:
    """Such a plan; of MACs that are less than a step of one of the networks there is none."""
    with contextlib.suppress(ConfigurationError):
        return made(*wanted)
    assume(False)
    raise AssertionError


def parsed(command: str) -> argparse.Namespace:
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "cnn"]
    return _parser().parse_args(words[3:])


def read_back(command: str) -> Plan:
    """What the command line makes of a command, the data loaded and the networks fitted."""
    with contextlib.redirect_stderr(io.StringIO()):
        return _plan(parsed(command))


def asks_for(command: str, plan: Plan) -> bool:
    """Whether a command asks for this comparison: all that `_plan` makes it of is the same."""
    read = asked(parsed(command))
    return (read.archs, read.configuration, read.seeds, read.equal, read.seconds) == (
        tuple(one.id for one in plan.entrants),
        plan.configuration,
        plan.seeds,
        plan.budget.equal,
        plan.budget.seconds,
    )


# What `compare` has options for, and what it has none for.
SAYABLE = st.builds(
    lambda optimizer, decay, **more: Configuration(
        SHAPES,
        optimizer=optimizer,
        weight_decay=usual_decay(optimizer) if decay is None else decay,
        **more,
    ),
    optimizer=st.sampled_from(["sgd", "rmsprop", "adam", "adamw"]),
    decay=st.none() | st.floats(0, 1.0),
    epochs=st.integers(1, 40),
    batch_size=st.none() | st.integers(1, 150),
    learning_rate=st.none() | st.floats(1e-8, 10.0),
    schedule=st.sampled_from(["constant", "step", "cosine", "one-cycle"]),
    momentum=st.just(0.9) | st.floats(0, 0.999),
    label_smoothing=st.just(0.0) | st.floats(0, 0.5),
    patience=st.integers(0, 9),
    shift=st.just(0.0) | st.floats(0, 0.5),
    rotation=st.just(0.0) | st.floats(0, 180.0),
    zoom=st.just(0.0) | st.floats(0, 0.5),
)
UNSAYABLE = st.fixed_dictionaries(
    {},
    optional={
        "dataset": st.sampled_from(
            [
                *(SHAPES, HARDER, replace(SHAPES, seed=1)),
                *(replace(SHAPES, validation_fraction=0.25), DatasetSpec(DatasetName.DIGITS)),
            ]
        ),
    },
)
PLANS = {
    "networks": st.lists(st.sampled_from(NETWORKS), min_size=1, unique=True).map(tuple),
    "seeds": st.integers(1, 10),
    "budget": st.sampled_from(
        [(Equal.EPOCHS, 0.0), (Equal.TRAINING_MACS, 0.0), (Equal.FORWARD_MACS, 0.0)]
    )
    | st.tuples(st.just(Equal.TIME), st.floats(1e-3, 86_400.0)),
}


@given(configuration=SAYABLE, **PLANS)
def test_what_options_can_say_is_said_and_asks_for_the_same_comparison(
    configuration: Configuration, networks, seeds, budget
):
    plan, train_images = possible(configuration, networks, seeds, *budget)

    found = again(plan, train_images)

    assert found.why_not == ()
    assert asks_for(found.command, plan)


@settings(max_examples=8)
@given(configuration=SAYABLE, **PLANS)
def test_the_command_line_makes_the_very_same_plan_of_it(
    configuration: Configuration, networks, seeds, budget
):
    plan, train_images = possible(configuration, networks, seeds, *budget)

    assert read_back(again(plan, train_images).command) == plan


@given(configuration=SAYABLE, more=UNSAYABLE, **PLANS)
def test_a_command_is_the_same_comparison_or_is_not_given_and_the_reason_is(
    configuration: Configuration, more, networks, seeds, budget
):
    plan, train_images = possible(replace(configuration, **more), networks, seeds, *budget)

    found = again(plan, train_images)

    assert bool(found.command) != bool(found.why_not)
    assert not found.command or asks_for(found.command, plan)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"dataset": HARDER}, "shapes (600 drawings; noise 0.4; drawn with seed 7)"),
        (
            {"dataset": replace(Configuration().dataset, validation_fraction=0.25)},
            "no option for: a validation part of 0.25 of the training images.",
        ),
    ],
)
def test_data_without_an_option_are_named_as_the_reason(changed, reason: str):
    plan, train_images = made(Configuration(epochs=2))

    found = again(replace(plan, configuration=replace(plan.configuration, **changed)), train_images)

    assert found.command == ""
    assert reason in " ".join(found.why_not)


def test_a_network_of_ones_own_and_one_that_stands_as_trained_are_named_as_the_reason():
    plan, _ = made(Configuration(epochs=2))
    own = replace(plan.entrants[0].architecture, name="Mine")
    mine, kept = Entrant("--code", own), Entrant("run-1", own, run=run(plan.entrants[1]))

    found = again(replace(plan, entrants=(*plan.entrants[:1], mine, kept)))

    assert "Not a network of the zoo: Mine." in " ".join(found.why_not)
    assert "As it was trained, and not to be trained again: LeNet-5" in " ".join(found.why_not)


def test_data_without_an_option_are_named_beside_networks_without_a_name():
    plan, _ = made(Configuration(epochs=2))
    own = replace(plan.entrants[0].architecture, name="Mine")
    harder = replace(plan.configuration, dataset=HARDER)

    found = again(replace(plan, entrants=(Entrant("-x", own),), configuration=harder))

    assert len(found.why_not) == 2
    assert "Mine" in found.why_not[0]
    assert "noise 0.4" in found.why_not[1]


def test_a_network_that_only_shares_its_id_with_one_of_the_zoo_is_not_taken_for_it():
    plan, _ = made(Configuration(epochs=2))
    first = plan.entrants[0].architecture
    wider = replace(first, layers=(*first.layers[:-1], Dense(7), first.layers[-1]))

    changed = replace(plan.entrants[0], architecture=wider)

    assert again(replace(plan, entrants=(changed,))).command == ""


def test_macs_by_another_count_than_todays_give_no_command():
    plan, train_images = made(Configuration(epochs=2), equal=Equal.TRAINING_MACS)
    other = replace(plan, budget=replace(plan.budget, macs=plan.budget.macs + 1))

    assert again(plan, train_images).command
    assert "another budget" in again(other, train_images).why_not[0]
    assert "known only when a run has begun" in again(plan).why_not[0]


def test_seconds_are_written_in_full():
    plan, train_images = made(Configuration(epochs=2), equal=Equal.TIME, seconds=12.3456789)

    assert "--budget 12.3456789s" in again(plan, train_images).command
    assert replace(plan, budget=Budget(Equal.TIME, 30.0)).budget == Budget(Equal.TIME, 30.0)


def test_own_images_are_named_by_their_file(tmp_path):
    file = tmp_path / "two words.zip"
    file.write_bytes(zipped(CATS_AND_DOGS))
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file=str(file))
    plan, train_images = made(Configuration(spec, epochs=1), ("shapes-demo",))

    found = again(plan, train_images)

    assert f"--dataset '{file}'" in found.command
    assert read_back(found.command) == plan


def test_own_images_are_named_with_how_they_are_read(tmp_path):
    file = tmp_path / "deep.npz"
    images = np.arange(12 * 9, dtype=float).reshape(12, 3, 3) - 40
    np.savez(file, images=images, labels=np.arange(12) % 2)
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file=str(file), reading="-40..67 transposed")
    plan, train_images = made(Configuration(spec, epochs=1), ("shapes-demo",))

    found = again(plan, train_images)

    assert f"--dataset {file} '--read=-40..67 transposed'" in found.command
    assert read_back(found.command) == plan
