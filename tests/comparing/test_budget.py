"""Equal epochs, equal time, equal MACs: what each network is given."""

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import reject
from hypothesis import strategies as st

from cnn.comparing import budget
from cnn.comparing.budget import COUNTED, Budget, Equal, given, macs_of, macs_spent, made
from cnn.comparing.comparison import Entrant, Plan
from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import Flatten
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import recipe
from cnn.training.recipe.start import Start

LENET, SIMPLE = entry("lenet-5").architecture, entry("simple-cnn").architecture
SETTINGS = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)
IMAGES = 5_000
LENET_MACS, SIMPLE_MACS = 416_520, 1_031_744  # for one image, as `make summary` and Keras have them
# With the way back: three times as many, less what the first layer would spend on the gradient of
# the image: 28 x 28 x 6 x 25 = 117,600 of LeNet-5, 28 x 28 x 16 x 9 = 112,896 of Simple CNN.
LENET_TRAINED, SIMPLE_TRAINED = 3 * 416_520 - 117_600, 3 * 1_031_744 - 112_896


def images_of(steps: int, batch: int, images: int) -> int:
    """Image by image: every epoch begins a batch anew."""
    seen = 0
    for step in range(steps):
        place = step % -(-images // batch)
        seen += len(range(images)[place * batch : (place + 1) * batch])
    return seen


def test_equal_epochs_change_nothing():
    assert given(Budget(), LENET, SETTINGS, IMAGES) is SETTINGS


def test_equal_time_is_the_same_seconds_for_all_however_many_epochs_that_is():
    found = given(Budget(Equal.TIME, seconds=20), LENET, SETTINGS, IMAGES)

    assert found == replace(SETTINGS, seconds=20.0, epochs=1_000)
    assert found.length == "20 s of steps"


def test_equal_macs_are_fewer_steps_for_a_network_that_computes_more():
    whole = made(Equal.TRAINING_MACS, 0, LENET, SETTINGS, IMAGES)
    assert whole.macs == 5 * 5_000 * LENET_TRAINED
    assert whole.macs == macs_of(Equal.TRAINING_MACS, LENET, SETTINGS, IMAGES)

    lenet, simple = (given(whole, network, SETTINGS, IMAGES) for network in (LENET, SIMPLE))

    assert lenet == SETTINGS  # its own five epochs, and so the very run that is there already
    # 28,299,000,000 / 2,982,336 = 9,488.9 images: an epoch of 79 steps, and 70.1 batches of 64.
    assert (simple.steps, simple.epochs) == (149, 2)
    spent = macs_spent(Equal.TRAINING_MACS, SIMPLE, simple, IMAGES)
    assert spent == (5_000 + 70 * 64) * SIMPLE_TRAINED
    assert abs(spent / whole.macs - 1) < 0.001


def test_macs_counted_forward_only_keep_the_steps_that_earlier_versions_gave():
    whole = made(Equal.FORWARD_MACS, 0, LENET, SETTINGS, IMAGES)
    assert whole.macs == 5 * 5_000 * LENET_MACS == macs_of(whole.equal, LENET, SETTINGS, IMAGES)

    lenet, simple = (given(whole, network, SETTINGS, IMAGES) for network in (LENET, SIMPLE))

    assert lenet == SETTINGS
    # 10,413,000,000 / 1,031,744 = 10,092.6 images: two epochs of 79 steps, and 1.45 batches of 64.
    assert (simple.steps, simple.epochs) == (159, 3)
    assert macs_spent(whole.equal, SIMPLE, simple, IMAGES) == (2 * 5_000 + 64) * SIMPLE_MACS
    assert "counted forward only, as in the version that made it" in budget.in_words(
        whole, SETTINGS
    )


def test_a_frozen_layer_leaves_macs_for_more_steps_but_where_those_forward_alone_are_counted():
    start = Start("0" * 64, file="a.keras", freeze=1, anew=("dense_3",))
    frozen = replace(SETTINGS, start=start)
    each = 117_600 + 2 * 240_000 + 3 * (48_000 + 10_080 + 840)  # of LeNet-5, by its layers
    whole = made(Equal.TRAINING_MACS, 0, LENET, SETTINGS, IMAGES)

    found = given(whole, LENET, frozen, IMAGES)

    # 28,299,000,000 / 774,360 = 36,545.0 images: seven epochs of 79 steps, and 24.1 batches of 64.
    assert (found.steps, found.epochs, found.start) == (577, 8, start)
    spent = macs_spent(Equal.TRAINING_MACS, LENET, found, IMAGES)
    assert spent == (7 * 5_000 + 24 * 64) * each
    assert macs_of(Equal.TRAINING_MACS, LENET, frozen, IMAGES) == 5 * IMAGES * each

    forward = made(Equal.FORWARD_MACS, 0, LENET, SETTINGS, IMAGES)
    assert given(forward, LENET, frozen, IMAGES) == frozen


@drawn(
    st.sampled_from(COUNTED),
    st.sampled_from(CLASSICS),
    st.sampled_from(CLASSICS),
    st.integers(1, 40),
    st.sampled_from([None, 1, 7, 64, 512]),
    st.integers(100, 3_000),
)
def test_no_other_number_of_steps_is_nearer_to_the_macs(
    equal: Equal, first: str, other: str, epochs: int, batch: int | None, images: int
):
    settings = replace(SETTINGS, epochs=epochs, batch_size=batch)
    network = entry(other).architecture
    each = macs_of(equal, network, SETTINGS, 1) // 5
    whole = made(equal, 0, entry(first).architecture, settings, images)
    try:
        found = given(whole, network, settings, images)
    except ConfigurationError:  # too many steps, or none: another test is about those
        reject()

    size = settings.batch_size_for(images)
    steps = found.steps or found.epochs * -(-images // size)
    assert (found.epochs - 1) * -(-images // size) < steps <= found.epochs * -(-images // size)
    off = [
        abs(images_of(count, size, images) * each - whole.macs)
        for count in range(steps - 1, steps + 2)
    ]
    assert off[1] == min(off)
    assert off[1] <= size * each / 2 or steps == 1


def test_more_than_a_thousand_epochs_or_less_than_a_step_are_refused():
    resnet = entry("resnet-lite").architecture
    long = replace(SETTINGS, epochs=100)
    dear = Budget(Equal.FORWARD_MACS, macs=macs_of(Equal.FORWARD_MACS, resnet, long, IMAGES))

    with pytest.raises(ConfigurationError, match=r"LeNet-5 would be trained for 105,\d{3} steps"):
        given(dear, LENET, SETTINGS, IMAGES)
    with pytest.raises(ConfigurationError, match="LeNet-5 would be trained for 0 steps with 1 MAC"):
        given(Budget(Equal.TRAINING_MACS, macs=1), LENET, SETTINGS, IMAGES)


def test_a_network_without_multiply_accumulates_is_refused():
    nothing = Architecture("Nothing", (4, 4, 1), (Flatten(),))

    with pytest.raises(ConfigurationError, match="Nothing has no multiply-accumulates"):
        given(Budget(Equal.TRAINING_MACS, macs=1_000), nothing, SETTINGS, IMAGES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("epochs", (Equal.EPOCHS, 0.0)),
        ("training-macs", (Equal.TRAINING_MACS, 0.0)),
        ("training-MACs", (Equal.TRAINING_MACS, 0.0)),
        ("macs", (Equal.FORWARD_MACS, 0.0)),
        ("MACs", (Equal.FORWARD_MACS, 0.0)),
        ("30s", (Equal.TIME, 30.0)),
        ("2.5s", (Equal.TIME, 2.5)),
    ],
)
def test_a_budget_is_read_as_it_is_written(text: str, found: tuple[Equal, float]):
    assert budget.read(text) == found
    whole = made(*found, LENET, SETTINGS, IMAGES)
    assert budget.read(budget.as_option(whole)) == found


@pytest.mark.parametrize("text", ["", "s", "0s", "-3s", "nans", "infs", "30", "1e9s", "flops"])
def test_what_is_no_budget_is_refused(text: str):
    with pytest.raises(ConfigurationError, match="is none of epochs, training-macs, macs "):
        budget.read(text)


@pytest.mark.parametrize("values", [{"equal": Equal.TIME}, *({"equal": one} for one in COUNTED)])
def test_a_budget_of_nothing_cannot_be(values):
    with pytest.raises(ConfigurationError, match="equal"):
        Budget(**values)


def test_each_network_is_found_again_by_the_steps_it_is_given():
    whole = made(Equal.TRAINING_MACS, 0, LENET, SETTINGS, IMAGES)
    own = given(whole, SIMPLE, SETTINGS, IMAGES)
    plan = Plan((Entrant("simple-cnn", SIMPLE, (), own),), SETTINGS, 2, whole)

    assert plan.recipes() == [recipe(SIMPLE, replace(own, seed=seed)) for seed in (0, 1)]
    assert recipe(SIMPLE, replace(SETTINGS, epochs=3)) not in plan.recipes()


def test_steps_and_seconds_are_in_the_record_and_not_where_there_are_none():
    assert Configuration.from_dict(replace(SETTINGS, steps=7).to_dict()).steps == 7
    assert not {"steps", "seconds"} & set(SETTINGS.to_dict())
    with pytest.raises(ConfigurationError, match="7 steps and 2 seconds are two ends"):
        replace(SETTINGS, steps=7, seconds=2.0)


def test_equal_time_ends_with_the_epochs_that_are_trained_here_and_says_so(monkeypatch):
    monkeypatch.setenv("CNN_MAX_EPOCHS", "20")
    whole = Budget(Equal.TIME, seconds=30)

    assert given(whole, LENET, SETTINGS, IMAGES) == replace(SETTINGS, seconds=30.0, epochs=20)
    assert "or 20 epochs where those are over sooner" in budget.in_words(whole, SETTINGS)
    monkeypatch.delenv("CNN_MAX_EPOCHS")
    assert given(whole, LENET, SETTINGS, IMAGES).epochs == 1_000
