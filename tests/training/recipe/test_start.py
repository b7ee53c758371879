"""What a training begins with, as a value: what can be, what stays frozen, and that it is kept."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Residual,
)
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.pace import Pace, planned_rates
from cnn.training.recipe.run import recipe
from cnn.training.recipe.schedule import learning_rates
from cnn.training.recipe.start import Start, StartError

SHA = "0123456789abcdef" * 4
NETWORK = Architecture(
    "Six layers",
    (8, 8, 1),
    (
        Conv2D(3, 3, padding="same"),
        BatchNormalization(),
        Activation("relu"),
        Residual((Conv2D(3, 3, padding="same"),)),
        Flatten(),
        Dense(3, activation="softmax"),
    ),
)
DIGITS = Configuration(DatasetSpec(DatasetName.DIGITS), epochs=6)
HEAD = ("dense_1",)


def start(**parts: object) -> Start:
    return Start(**({"weights": SHA, "run": "abc"} | parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"weights": "abc"}, "named by a SHA-256, got 'abc'"),
        ({"weights": 3}, "named by a SHA-256, got 3"),
        ({"run": ""}, "from a run or from a file"),
        ({"file": "a.keras"}, "from a run or from a file"),
        ({"run": 7}, "run must be a name, got 7"),
        ({"freeze": -1}, "freeze must be a whole number from 0 to 10,000, got -1"),
        ({"freeze": 1.5}, "freeze must be a whole number"),
        ({"head_first": True}, "head_first must be a whole number"),
        ({"anew": (3,)}, "anew must be names of layers"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_its_value(parts: dict[str, object], said: str):
    with pytest.raises(StartError, match=said):
        start(**parts)


@pytest.mark.parametrize(
    ("freeze", "head_first", "epoch", "frozen"),
    [
        (0, 0, 1, set()),
        (1, 0, 1, {"conv2d_1"}),
        (2, 0, 9, {"conv2d_1", "batch_normalization_1"}),
        (3, 0, 1, {"conv2d_1", "batch_normalization_1"}),  # a ReLU has nothing to freeze
        (4, 0, 1, {"conv2d_1", "batch_normalization_1", "conv2d_2"}),
        (0, 2, 1, {"conv2d_1", "batch_normalization_1", "conv2d_2"}),
        (0, 2, 2, {"conv2d_1", "batch_normalization_1", "conv2d_2"}),
        (0, 2, 3, set()),
        (1, 2, 3, {"conv2d_1"}),
    ],
)
def test_what_is_frozen_in_an_epoch(freeze: int, head_first: int, epoch: int, frozen: set[str]):
    one = start(freeze=freeze, head_first=head_first, anew=HEAD)
    assert one.frozen(NETWORK, epoch) == frozen
    one.check(NETWORK)


def test_where_all_was_taken_the_last_layer_is_the_head():
    assert start(head_first=1).frozen(NETWORK, 1) == {
        "conv2d_1",
        "batch_normalization_1",
        "conv2d_2",
    }


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"freeze": 7}, r"7 layers cannot be frozen: Six layers has 6\. Freeze fewer"),
        ({"freeze": 6}, r"6 frozen layers leave nothing to train in Six layers\. Freeze at most 5"),
        (
            {"freeze": 6, "anew": HEAD},
            r"layer 6 of Six layers has new weights \(Dense #1\), .* Freeze at most 5",
        ),
        ({"freeze": 4, "anew": ("conv2d_2", "dense_1")}, r"\(Conv2D #2\), .* Freeze at most 3"),
    ],
)
def test_what_cannot_be_frozen_is_said_with_the_way_out(parts: dict[str, object], said: str):
    with pytest.raises(StartError, match=said):
        start(**parts).check(NETWORK)


def test_it_says_what_was_taken_what_is_new_and_what_stays():
    assert start(freeze=3, head_first=1, anew=HEAD).phrases(NETWORK) == [
        "taken: Conv2D #1, BatchNormalization #1, Conv2D #2",
        "new: Dense #1",
        "frozen: up to Activation #1 (the first 3), 42 of 705 parameters",
        "the head alone for 1 epoch, then all that is not frozen at a tenth of the rate",
    ]
    *_, all_of_it = start(head_first=2).phrases(NETWORK)
    assert all_of_it == "the head alone for 2 epochs, then all at a tenth of the rate"
    assert start(file="my.keras", run="").phrases(NETWORK) == ["taken: all 4 layers"]


STARTS = st.builds(
    Start,
    weights=st.just(SHA),
    run=st.text("0123456789abcdef", min_size=1, max_size=12),
    freeze=st.integers(0, 50),
    head_first=st.integers(0, 5),
    anew=st.lists(st.sampled_from(("dense_1", "conv2d_2")), max_size=2, unique=True),
)


@given(STARTS)
def test_it_is_kept_with_the_settings_and_decides_the_recipe(one: Start):
    own = replace(DIGITS, start=one)
    kept = json.loads(json.dumps(own.to_dict()))

    assert Configuration.from_dict(kept) == own
    assert recipe(NETWORK, own) != recipe(NETWORK, DIGITS)
    assert recipe(NETWORK, own) != recipe(
        NETWORK, replace(own, start=replace(one, freeze=one.freeze + 1))
    )


def test_settings_without_one_are_written_as_before_there_was_any():
    assert "start" not in DIGITS.to_dict()
    assert Configuration.from_dict(DIGITS.to_dict()) == DIGITS


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("abc", "must be an object, got 'abc'"),
        ({"run": "abc"}, "named by a SHA-256, got ''"),
        ({"weights": SHA, "run": "a", "thaw": 1}, "no part 'thaw' of a start"),
        ({"weights": SHA, "run": "a", "anew": "dense"}, "anew must be names of layers"),
    ],
)
def test_settings_with_one_that_cannot_be_read_are_refused(kept: object, said: str):
    with pytest.raises(ConfigurationError, match=said):
        Configuration.from_dict(DIGITS.to_dict() | {"start": kept})


def test_the_head_alone_leaves_epochs_for_all_layers():
    with pytest.raises(ConfigurationError, match="6 epochs of the head alone leave none of 6 epo"):
        replace(DIGITS, start=start(head_first=6))
    with pytest.raises(ConfigurationError, match="this training is given 50 steps"):
        replace(DIGITS, steps=50, start=start(head_first=1))


@given(head=st.integers(1, 5), images=st.integers(50, 3_000))
def test_the_schedule_is_laid_over_the_head_alone_and_anew_at_a_tenth_over_the_rest(
    head: int, images: int
):
    own = replace(DIGITS, start=start(head_first=head))
    steps = Pace(own, images).steps
    assert steps is not None
    found = planned_rates(own, images, steps)
    first = head * own.steps_per_epoch(images)

    assert len(found) == steps
    assert (found[:first] == learning_rates(own, first)).all()
    assert found[first:] == pytest.approx(0.1 * learning_rates(own, steps - first))


def test_a_run_that_is_extended_goes_on_at_a_tenth():
    own = replace(DIGITS, start=start(head_first=2))
    assert planned_rates(own, 160, 90, 60) == pytest.approx(0.1 * learning_rates(own, 30))
