"""The network that is proposed for own images: its colour, its size, and how long it learns."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnn.data.dataset import FoundShape
from cnn.data.look import Look, look_of
from cnn.data.own import library
from cnn.insight.passes.effort import Effort
from cnn.insight.readings.look_effort import of_where
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.forecast.calibration import ROUGH, Calibration
from cnn.training.forecast.proposal import SIDES, WITHIN_S, in_colour, propose
from cnn.training.recipe.configuration import Configuration
from tests.coloured import in_folders
from tests.data.own.test_images import zipped

FREE = Calibration(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
"""A machine on which nothing takes time, but for the end of an epoch."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Look:
    content = zipped(in_folders(("apple", "leaf", "sky"), 6))
    _, data = library.read(content, "x.zip", Path(tmp_path_factory.mktemp("own")))
    return look_of(data)


def proposed(found: Look, prices: Calibration = FREE) -> tuple[int, ...]:
    return propose(found, Configuration(), prices).architecture.input


def test_a_network_in_colour_with_an_output_for_each_class(found: Look):
    proposal = propose(found, Configuration(), FREE)

    assert found.usual_side == 72
    assert proposal.architecture.input == (64, 64, 3)
    assert trace(proposal.architecture).output_shape == (3,)
    assert proposal.architecture.name == "MobileNet-lite 64×64 in colour"


@pytest.mark.parametrize(
    ("shape", "channels"),
    [((72, 96, 3), 3), ((72, 96, 1), 1), ((None, None, None), 3), ((72, 96, None), 3)],
)
def test_grey_stays_grey_and_what_is_partly_in_colour_is_read_so(
    found: Look, shape: FoundShape, channels: int
):
    assert proposed(replace(found, brought_shape=shape))[2] == channels


@pytest.mark.parametrize(
    ("usual", "side"), [(4_000, 96), (None, 96), (96, 96), (95, 64), (50, 48), (32, 32), (9, 32)]
)
def test_no_larger_than_the_pictures_are(found: Look, usual: int | None, side: int):
    assert proposed(replace(found, usual_side=usual))[:2] == (side, side)


@pytest.mark.parametrize("side", SIDES)
def test_the_largest_size_that_is_learned_in_time(found: Look, side: int):
    # 100 epochs of 12 images take 100 s at this size, the looks at 100 x 3 + 3 others, at 0.4 of
    # the price, 10 s, and 100 ends of epochs 2 s; the next larger size has 1.7 times the work.
    macs = trace(replace(entry("mobilenet-lite").architecture, input=(side, side, 3))).total_macs
    prices = replace(FREE, mac_s=100 / (100 * 12 * macs))

    assert proposed(replace(found, usual_side=500), prices) == (side, side, 3)


def test_where_even_the_smallest_takes_long_it_is_proposed_with_its_time(found: Look):
    proposal = propose(found, Configuration(), replace(FREE, mac_s=1e-6))

    assert proposal.architecture.input == (32, 32, 3)
    assert proposal.expected.seconds > WITHIN_S


@pytest.mark.parametrize(
    ("images", "epochs"), [(12, 100), (40, 100), (200, 31), (2_000, 13), (50_000, 10)]
)
def test_few_images_are_gone_through_more_often_and_changed(found: Look, images: int, epochs: int):
    many = replace(found, counts=found.counts | {"train": (images, 0, 0)})

    wanted = propose(many, Configuration(patience=4, steps=7), FREE).configuration

    changed = 0.1 if images < 2_000 else 0.0  # 400 steps, of 10 to 100 epochs
    assert wanted == Configuration(epochs=epochs, patience=4, shift=changed, zoom=changed)
    turned = propose(many, Configuration(rotation=5), FREE).configuration
    assert (turned.rotation, turned.shift) == (5, 0)


def test_what_sees_less_is_worse_and_what_sees_as_much_is_not(found: Look):
    proposal = propose(found, Configuration(), FREE)
    its = proposal.architecture

    assert proposal.is_better_than(entry("lenet-5").architecture)
    assert proposal.is_better_than(replace(its, input=(64, 64, 1)))
    assert proposal.is_better_than(replace(its, input=(64, 32, 3)))
    assert not proposal.is_better_than(its)
    assert not proposal.is_better_than(replace(its, input=(96, 96, 3)))
    small = propose(replace(found, usual_side=28), Configuration(), FREE)
    assert small.architecture.input == (32, 32, 3)
    assert not small.is_better_than(replace(its, input=(28, 28, 3)))


def test_where_it_looks_can_be_shown_at_every_size_that_is_proposed(found: Look):
    for side in SIDES:
        proposal = propose(replace(found, usual_side=side), Configuration(), ROUGH)
        asked: Effort = of_where(proposal.architecture)
        assert asked.fits()


@pytest.mark.parametrize("id", ["lenet-5", "resnet-lite", "vit-lite"])
def test_a_network_is_widened_to_images_in_colour_and_nothing_else_of_it_changes(id: str):
    chosen = entry(id).architecture
    wider = in_colour(chosen, (32, 32, 3))

    assert wider
    assert (wider.input, wider.layers) == ((32, 32, 3), chosen.layers)
    assert wider.name == f"{chosen.name} 32×32 in colour"


def test_grey_images_widen_nothing_nor_do_colours_that_are_seen():
    lenet = entry("lenet-5").architecture

    assert in_colour(lenet, (28, 28, 1)) is None
    assert in_colour(replace(lenet, input=(28, 28, 3)), (32, 32, 3)) is None


def test_a_network_that_cannot_be_of_that_size_is_not_widened():
    assert in_colour(entry("lenet-5").architecture, (4, 4, 3)) is None
