"""What a pass asks for, known from the sizes, against what NumPy takes while it runs."""

import tracemalloc
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from cnn.insight.passes import effort
from cnn.insight.passes.backward import Weighted, backward
from cnn.insight.passes.effort import Effort, TooMuchError, most_images
from cnn.insight.passes.forward import forward, predict
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture, walk
from cnn.network.layers import Dense, Flatten
from cnn.network.link import decode
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS
from cnn.training.store.store import Store
from tests.network.export_cases import CASES
from tests.network.strategies import architectures
from tests.ui.visiting import weights_file

PADDED = "1.28x28x1.z1024-z1024-z1024-z1024-ar-ar-ar-ar-ga-d2.end"
OBJECTS = 600_000
"""Python's own, for names and places, and the buffers of a file that is read."""


def took(compute: Callable[[], object]) -> tuple[int, int]:
    """The bytes that a result holds, and the most there were at once."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = compute()
        after, peak = tracemalloc.get_traced_memory()
        del result
        return after - before, peak - before
    finally:
        tracemalloc.stop()


def assert_bounds(asked: Effort, kept: int, peak: int, image_bytes: int) -> None:
    assert kept <= asked.kept_bytes + OBJECTS
    assert peak <= asked.peak_bytes + OBJECTS
    assert asked.peak_bytes <= 4 * (peak + image_bytes) + OBJECTS, "or it refuses what would do"


@pytest.mark.parametrize("name", CASES)
def test_a_pass_takes_no_more_than_was_said_and_not_much_less(name: str):
    looks = any(layer.kind == "SelfAttention2D" for _, layer in walk(CASES[name].layers))
    sides = (40, 36) if looks else (130, 120)  # of 15,600 cells there are 243 million shares
    large = replace(CASES[name], input=(*sides, CASES[name].input[2]))
    weights = random_weights(large)
    images = np.random.default_rng(0).random((5, *large.input), np.float32)
    one, factors = images[:1], np.ones((1, *trace(large).output_shape), np.float32)
    for asked, compute, size in (
        (effort.of_forward(large), lambda: forward(large, weights, one), one.nbytes),
        (
            effort.of_forward(large, keep_linear=True),
            lambda: forward(large, weights, one, keep_linear=True),
            one.nbytes,
        ),
        (effort.of_forward(large, 5), lambda: forward(large, weights, images), images.nbytes),
        (
            effort.of_backward(large),
            lambda: backward(large, weights, one, Weighted(factors)),
            2 * one.nbytes,
        ),
    ):
        assert_bounds(asked, *took(compute), size)


@settings(max_examples=40)
@given(architectures())
def test_no_network_takes_more_than_was_said(drawn: Architecture):
    weights = random_weights(drawn)
    images = np.random.default_rng(0).random((60, *drawn.input), np.float32)
    kept, peak = took(lambda: forward(drawn, weights, images, keep_linear=True))
    asked = effort.of_forward(drawn, 60, keep_linear=True)
    assert kept <= asked.kept_bytes + 2 * OBJECTS
    assert peak <= asked.peak_bytes + 2 * OBJECTS
    _, peak = took(lambda: predict(drawn, weights, images))
    assert peak <= effort.of_predict(drawn, 60).peak_bytes + 2 * OBJECTS


def test_weights_take_what_was_said_whether_drawn_or_read(tmp_path: Path):
    wide = Architecture("wide", (20, 20, 4), (Flatten(), Dense(1_000), Dense(300)))
    assert_bounds(effort.of_weights(wide), *took(lambda: random_weights(wide)), 0)
    with closing(Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")) as store:
        run = store.add(wide, Configuration(), worker="me")
        store.keep_file(run.id, WEIGHTS, weights_file(wide))
        trained_weights(store, run)
        assert_bounds(effort.of_weights(wide), *took(lambda: trained_weights(store, run)), 0)


def test_a_short_link_that_pads_is_known_to_take_gigabytes_without_being_followed():
    padded = decode(PADDED)
    assert trace(padded).total_macs == 2
    asked = effort.of_forward(padded)
    assert asked.kept_bytes > 1_500_000_000
    with pytest.raises(TooMuchError) as refused:
        asked.check("To follow an image through it", effort.EDIT_S)
    said = str(refused.value)
    assert said.startswith("To follow an image through it would take about 1.6 GB of memory and ")
    assert "a page takes at most 250 MB and 2.0 s. Use a smaller input, less padding," in said


def test_attention_over_a_large_map_takes_long_but_never_holds_all_its_shares():
    asked = effort.of_forward(decode("1.512x512x3.sa4k8-ga-d2.end"))
    all_shares = 4 * 4 * 512**4  # bytes, of four heads
    assert asked.peak_bytes < all_shares / 1_000
    with pytest.raises(TooMuchError, match=r"memory and [1-9],\d{3} s; a page takes at most"):
        asked.check("To follow an image through it")


@pytest.mark.parametrize("name", zoo())
def test_the_networks_that_come_along_can_be_looked_into_unless_their_weights_are_too_large(
    name: str,
):
    network = entry(name).architecture
    assert effort.of_forward(network, keep_linear=True).fits()
    too_large = name in ("alexnet", "vgg-16")
    assert effort.of_weights(network).fits() == (not too_large)


def test_efforts_are_added_up_as_arrays_are_held():
    one, other = Effort(10, 100, 1.0), Effort(5, 95, 2.0)
    assert one.then(other) == Effort(15, 105, 3.0)
    assert one.then(Effort(5, 10, 0.0)) == Effort(15, 100, 1.0)
    assert one.again(3) == Effort(10, 100, 3.0)


def test_so_many_images_are_looked_at_as_there_is_time_and_room_for():
    def seconds(each: float) -> Callable[[int], Effort]:
        return lambda count: Effort(seconds=each * count)

    assert most_images(seconds(0.001), 1_000, "To look") == 1_000
    assert most_images(seconds(0.1), 1_000, "To look", 15.0) == 125
    assert most_images(seconds(14.0), 1_000, "To look", 15.0) == 1
    assert most_images(lambda count: Effort(peak_bytes=count * 10**6), 1_000, "To look") == 250
    with pytest.raises(TooMuchError, match=r"To look would take about 0\.1 MB of memory and 16 s"):
        most_images(seconds(16.0), 1_000, "To look", 15.0)
    assert most_images(seconds(16.0), 0, "To look", 15.0) == 0


def test_a_refusal_names_what_is_short_and_a_fitting_one_says_nothing():
    Effort(0, effort.MOST_BYTES, effort.CLICK_S).check("This")
    with pytest.raises(TooMuchError, match=r"This would take about 0\.1 MB of memory and 16 s"):
        Effort(0, 1, 16.0).check("This")
    with pytest.raises(TooMuchError, match=r"about 251 MB of memory and 0\.1 s.*Do this\."):
        Effort(0, 251_000_000, 0.0).check("This", hint="Do this.")
