"""Networks in the browser's engine, run in node: all that a layer gives, held against NumPy's."""

import asyncio
import shutil
import subprocess
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from cnn.data.dataset import as_floats
from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.forward import forward
from cnn.insight.passes.in_browser import (
    PUTS,
    NotInBrowserError,
    check_in_browser,
    in_browser,
)
from cnn.network.architecture import Architecture, walk
from cnn.network.feed import Feed
from cnn.network.fields import ACTIVATIONS
from cnn.network.keras.model import Weights
from cnn.network.layers import KINDS, Activation, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.shipped import Shipped, Which, of_lesson, shipped
from scripts.drawings import drawn, scribble
from tests.network.export_cases import CASES, SMALL_ZOO, random_images, random_weights
from tests.network.strategies import architectures
from ui.components import engine

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")
NEAR = 1e-5

Array = npt.NDArray[np.float32]
Case = tuple[Architecture, Weights, Array]

needs_node = pytest.mark.skipif(NODE is None, reason="node runs them: where it is, as in CI")


def run(folder: Path, cases: Sequence[Case]) -> list[list[dict[str, Array]]]:
    """What the browser's engine gives: of each case, for each image, by the layer's name."""
    assert NODE is not None
    for place, (architecture, weights, images) in enumerate(cases):
        (folder / f"{place}.network").write_bytes(in_browser(architecture, weights))
        (folder / f"{place}.images").write_bytes(images.astype("<f4").tobytes())
    program = str(ROOT / "tests" / "js" / "run_networks.js")
    subprocess.run([NODE, program, str(folder)], check=True, capture_output=True, text=True)
    return [
        _by_layer(np.fromfile(folder / f"{place}.found", "<f4"), case)
        for place, case in enumerate(cases)
    ]


def _by_layer(numbers: Array, case: Case) -> list[dict[str, Array]]:
    architecture, weights, images = case
    like = forward(architecture, weights, images).outputs
    found, taken = [], 0
    for _ in images:
        layers = {}
        for name in like:
            shape = like[name].shape[1:]
            count = int(np.prod(shape))
            layers[name] = numbers[taken : taken + count].reshape(shape)
            taken += count
        found.append(layers)
    assert taken == numbers.size
    return found


def assert_agrees(folder: Path, cases: Sequence[Case]) -> None:
    for case, images in zip(cases, run(folder, cases), strict=True):
        wanted = forward(*case).outputs
        for place, layers in enumerate(images):
            for name, found in layers.items():
                like = wanted[name][place]
                size = max(1.0, float(np.abs(like[np.isfinite(like)]).max(initial=0)))
                np.testing.assert_allclose(
                    found, like, rtol=NEAR, atol=NEAR * size, err_msg=f"{case[0].name}: {name}"
                )


def can_be_held_against(architecture: Architecture) -> bool:
    """Layer norm of values that are nearly alike makes much of how NumPy rounds them in 32 bits."""
    return "LayerNormalization" not in {row.kind for row in trace(architecture).rows}


@needs_node
@pytest.mark.parametrize(
    "found", [shipped(), of_lesson(Which.SIMPLE_CNN)], ids=["digits", "simple"]
)
def test_networks_that_ship_give_every_map_and_answer_of_the_pass_in_numpy(
    tmp_path: Path, found: Shipped
):
    test = load_sample().test
    assert test is not None
    digits = as_floats(test.pixels[::97])
    written = as_floats(drawn(scribble, 4, 3))[..., None]
    blank = np.zeros((1, 28, 28, 1), np.float32)

    assert_agrees(
        tmp_path,
        [(found.architecture, found.weights, np.concatenate([digits, written, blank]))],
    )


@needs_node
def test_the_small_network_that_ships_gives_them_too(tmp_path: Path):
    found = of_lesson(Which.SMALL_DIGITS)
    images = random_images(found.architecture)

    assert_agrees(tmp_path, [(found.architecture, found.weights, images)])


@needs_node
def test_every_kind_and_option_agrees(tmp_path: Path):
    cases = CASES.values()

    assert_agrees(tmp_path, [(one, random_weights(one, 3), random_images(one)) for one in cases])


@needs_node
def test_the_zoo_agrees(tmp_path: Path):
    zoo = [entry(id).architecture for id in SMALL_ZOO]

    assert_agrees(tmp_path, [(one, random_weights(one, 4), random_images(one)) for one in zoo])


@needs_node
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(many=st.lists(architectures().filter(can_be_held_against), min_size=6, max_size=6))
def test_random_networks_agree(tmp_path: Path, many: list[Architecture]):
    assert_agrees(tmp_path, [(one, random_weights(one, 5), random_images(one)) for one in many])


@needs_node
@pytest.mark.parametrize(
    "feed",
    [
        *(Feed(0, 255), Feed(-1, 1), Feed(0, 1, (0.13, 0.2, 0.3), (0.3, 2.0, 0.7))),
        *(Feed(bgr=True), Feed(0, 255, (103.9, 116.8, 123.7), (50.0, 60.0, 70.0), bgr=True)),
    ],
    ids=lambda feed: feed.text,
)
def test_what_a_network_is_fed_is_made_there_too(tmp_path: Path, feed: Feed):
    fed = Architecture("fed", (4, 4, 3), (Activation("tanh"), Flatten()), feed=feed)

    assert_agrees(tmp_path, [(fed, {}, random_images(fed))])


def test_every_kind_and_activation_goes_there():
    shown = {type(layer) for one in CASES.values() for _, layer in walk(one.layers)}
    assert {kind for kind in KINDS.values() if kind not in shown} == set()

    for one in CASES.values():
        check_in_browser(one)
    for name in ACTIVATIONS:
        check_in_browser(Architecture("one", (4, 4, 3), (Activation(name),)))


def test_what_the_browser_does_not_know_yet_stays_with_the_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(PUTS, Flatten)

    with pytest.raises(NotInBrowserError, match="it has a Flatten"):
        check_in_browser(entry("lenet-5").architecture)


# ---- where it is had -------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_offered", OrderedDict())


def asked(address: str) -> Response:
    params = {"digest": address.rpartition("/")[2]}
    request = Request({"type": "http", "path_params": params, "headers": []})
    with ThreadPoolExecutor(1) as pool:  # the browser tests have a loop in this very thread
        return pool.submit(asyncio.run, engine.answer(request)).result()


def test_what_is_offered_is_had_under_an_address_of_its_content():
    one, other = engine.offer(b"one"), engine.offer(b"other")

    assert one != other
    assert one == engine.offer(b"one")
    assert asked(one).body == b"one"
    assert "immutable" in asked(other).headers["cache-control"]
    assert asked(one + "x").status_code == 404


def test_the_network_that_ships_is_had_from_a_server_that_has_not_offered_it():
    address = engine.offer_shipped()
    engine._offered.clear()

    assert asked(address).body == in_browser(shipped().architecture, shipped().weights)


def test_what_was_offered_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "MOST_BYTES", 10)
    old, kept = engine.offer(b"old!"), engine.offer(b"kept")
    engine.offer(b"old!")
    new = engine.offer(b"new!")

    assert [asked(one).status_code for one in (old, new, kept)] == [200, 200, 404]
    assert asked(engine.offer(bytes(20))).status_code == 200, "the newest stays, whatever its size"
