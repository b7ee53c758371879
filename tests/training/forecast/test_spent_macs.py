"""What a training spends on its images, by hand, and on how many images it spends so much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.trace import trace
from cnn.network.training_macs import total_training_macs, training_macs
from cnn.network.zoo import entry
from cnn.training.forecast.spent_macs import Spent, spent
from cnn.training.recipe.start import Start, with_weights

LENET, RESNET = (entry(id).architecture for id in ("lenet-5", "resnet-lite"))
# Of LeNet-5's layers: 117,600, 240,000, 48,000, 10,080 and 840 on the way there.
HEAD_ALONE = 416_520 + 840
FIRST_FROZEN = 117_600 + 2 * 240_000 + 3 * (48_000 + 10_080 + 840)


def begun(architecture, **how) -> Start:
    *_, head = with_weights(architecture)
    return Start("0" * 64, file="a.keras", anew=(head.name,), **how)


def test_new_weights_spend_the_same_on_every_image():
    assert spent(LENET, None, 100) == Spent(training_macs(LENET))
    assert spent(LENET, begun(LENET), 100).after(7) == 7 * training_macs(LENET)


def test_frozen_layers_and_the_head_alone_spend_less():
    found = spent(LENET, begun(LENET, freeze=1, head_first=2), 100)

    assert found == Spent(FIRST_FROZEN, HEAD_ALONE, 200)
    assert found.after(150) == 150 * HEAD_ALONE
    assert found.after(250) == 200 * HEAD_ALONE + 50 * FIRST_FROZEN


@pytest.mark.parametrize("freeze", [3, 9])
def test_they_are_those_of_the_graph_that_is_left(freeze: int):
    start = begun(RESNET, freeze=freeze)

    found = spent(RESNET, start, 10).after(1)

    assert found == total_training_macs(trace(RESNET), start.frozen(RESNET, 1))
    assert trace(RESNET).total_macs < found < training_macs(RESNET)


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(0, 10**5), st.integers(0, 10**6))
def test_images_and_what_is_spent_on_them_are_two_ways_to_say_it(
    later: int, first: int, images_first: int, images: int
):
    own = Spent(later, first, images_first)

    assert own.images(own.after(images)) == pytest.approx(images)
