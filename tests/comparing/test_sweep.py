"""A sweep: a plan for each value, all else equal, and what is refused."""

from dataclasses import replace

import pytest

from cnn.comparing.comparison import Entrant
from cnn.comparing.sweep import (
    MOST_VALUES,
    USUAL,
    Field,
    Sweep,
    SweepError,
    value_text,
    values_of,
)
from cnn.data.portion import Portion
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Conv2D, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.pace import steps_wanted
from cnn.training.recipe.run import recipe

SIMPLE = Entrant("simple-cnn", entry("simple-cnn").architecture, ("Images are resized.",))
ALEXNET = Entrant("alexnet-lite", entry("alexnet-lite").architecture)
SETTINGS = Configuration(epochs=3, learning_rate=0.5, batch_size=7)
IMAGES = (500, 400, 103)


def sweep(field: Field, *values: float, entrant: Entrant = SIMPLE, seeds: int = 1) -> Sweep:
    return Sweep(entrant, field, values, SETTINGS, seeds, IMAGES)


@pytest.mark.parametrize(
    ("field", "setting", "values"),
    [
        (Field.LEARNING_RATE, "learning_rate", (0.001, 0.01)),
        (Field.BATCH_SIZE, "batch_size", (16, 64)),
    ],
)
def test_a_setting_of_the_training_is_all_that_changes(field, setting, values):
    plans = sweep(field, *values).plans()

    assert [getattr(plan.configuration, setting) for plan in plans] == list(values)
    assert type(getattr(plans[0].configuration, setting)) is type(values[0])
    for plan in plans:
        assert plan.entrants[0].architecture.layers == SIMPLE.architecture.layers
        others = plan.configuration.to_dict()
        del others[setting]
        assert others == {k: v for k, v in SETTINGS.to_dict().items() if k != setting}


def test_a_share_of_the_images_is_trained_for_as_many_steps_in_batches_of_one_size():
    settings = replace(SETTINGS, batch_size=None)
    plans = Sweep(SIMPLE, Field.IMAGES, (0.05, 0.3, 1), settings, images=IMAGES).plans()

    assert [plan.configuration.dataset.portion.share for plan in plans] == [0.05, 0.3, 1]
    assert plans[-1].configuration == settings
    for plan in plans:
        used = plan.configuration.dataset.portion.count(IMAGES)
        assert plan.configuration.batch_size_for(used) == 16
        assert steps_wanted(plan.configuration, used) == 3 * 63  # 1,003 images, 16 a step
        epochs = plan.configuration.epochs
        assert (epochs - 1) * -(-used // 16) < 3 * 63 <= epochs * -(-used // 16)


def test_larger_batches_of_all_images_are_those_of_fewer_too():
    settings = replace(SETTINGS, batch_size=None)
    (few, _) = Sweep(SIMPLE, Field.IMAGES, (0.1, 1), settings, images=(5_000,)).plans()

    assert few.configuration.batch_size == 64  # it alone would have batches of 16


@pytest.mark.parametrize("share", [0, 1.5, -1])
def test_a_share_that_there_is_not_is_refused(share):
    with pytest.raises(SweepError, match=r"share is a number from 0\.001 to 1"):
        sweep(Field.IMAGES, share).plans()


def test_a_share_of_what_is_a_part_already_is_refused():
    part = replace(SETTINGS, dataset=replace(SETTINGS.dataset, portion=Portion(0.5)))
    with pytest.raises(SweepError, match="Use all images first"):
        Sweep(SIMPLE, Field.IMAGES, (0.1,), part, images=IMAGES).plans()


def test_a_field_of_the_network_leaves_the_conditions_as_they_are():
    plans = sweep(Field.FILTERS, 1, 2, seeds=3).plans()

    assert [plan.configuration for plan in plans] == [SETTINGS, SETTINGS]
    assert [plan.seeds for plan in plans] == [3, 3]
    params = [trace(plan.entrants[0].architecture).total_params for plan in plans]
    assert params == [20_490, 50_186]  # 320 + 18,496 + 31,370
    assert plans[0].entrants[0].changes == ("Images are resized.",)


def test_the_value_that_the_network_has_already_is_not_trained_again():
    """A name decides nothing, so that a run of the network as it is belongs to its value."""
    (plan,) = sweep(Field.KERNEL_SIZE, 3).plans()

    assert plan.recipes() == [recipe(SIMPLE.architecture, SETTINGS)]
    assert plan.entrants[0].name == "Simple CNN, 3x3 kernels"


def test_values_come_once_and_in_rising_order():
    assert sweep(Field.DEPTH, 3, 1, 3, 2).values == (1, 2, 3)


def test_a_long_name_keeps_its_value():
    long = Entrant(
        "long", type(SIMPLE.architecture)("n" * 120, (28, 28, 1), SIMPLE.architecture.layers)
    )
    (plan,) = sweep(Field.FILTERS, 2, entrant=long).plans()

    assert plan.entrants[0].name.endswith("nn, filters ×2")
    assert len(plan.entrants[0].name) == 120


@pytest.mark.parametrize("field", Field)
def test_the_values_to_begin_with_can_be_had(field: Field):
    plans = sweep(field, *USUAL[field], entrant=ALEXNET).plans()

    assert len({plan.recipes()[0] for plan in plans}) == len(USUAL[field])


@pytest.mark.parametrize("count", [0, MOST_VALUES + 1])
def test_a_sweep_has_a_few_values(count: int):
    with pytest.raises(SweepError, match=f"1 to {MOST_VALUES} values, got {count}"):
        sweep(Field.DROPOUT, *(i / 100 for i in range(count)))


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    [
        (Field.DROPOUT, 0.5, ArchitectureError, "Simple CNN has no dropout layer"),
        (Field.KERNEL_SIZE, -1, ArchitectureError, "kernel_size"),
        (Field.BATCH_SIZE, 0, ConfigurationError, "batch_size must be a whole number from 1"),
        (Field.LEARNING_RATE, 99, ConfigurationError, "learning_rate must be a number"),
    ],
)
def test_a_value_that_cannot_be_had_is_refused_by_name(field, value, error, message):
    with pytest.raises(error, match=message):
        sweep(field, value).plans()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.FILTERS, "many"),
        (Field.FILTERS, "nan"),
        (Field.LEARNING_RATE, "inf"),
        (Field.DEPTH, "1.5"),
        (Field.BATCH_SIZE, ""),
    ],
)
def test_what_is_typed_and_is_no_value_is_refused_with_what_was_typed(field: Field, text: str):
    with pytest.raises(SweepError, match=f"{field.value} must be a"):
        values_of(field, ["1", text])


def test_what_is_typed_is_read_as_numbers():
    assert values_of(Field.LEARNING_RATE, ["1e-3", "0.03"]) == (0.001, 0.03)
    assert values_of(Field.BATCH_SIZE, ["64", "16.0"]) == (64, 16)


def test_a_value_says_what_it_is_a_value_of():
    assert value_text(Field.KERNEL_SIZE, 5) == "5x5 kernels"
    assert value_text(Field.BATCH_SIZE, 64.0) == "batches of 64"


def test_networks_that_are_too_many_layers_together_are_refused():
    deep = Entrant("deep", Architecture("Deep", (8, 8, 1), (*(Conv2D(1, 1),) * 900, Flatten())))
    assert len(sweep(Field.DEPTH, 1, 2, 3, entrant=deep).plans()) == 3
    with pytest.raises(SweepError, match="more than the 6,000 layers"):
        sweep(Field.DEPTH, 1, 2, 4, entrant=deep).plans()
    with pytest.raises(SweepError, match="more than the 6,000 layers"):
        sweep(Field.LEARNING_RATE, *range(1, 8), entrant=deep).plans()
