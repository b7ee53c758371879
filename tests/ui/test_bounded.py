"""What a request may take: too much is said in words, and trying sizes leaves nothing behind."""

import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    ZeroPadding2D,
)
from cnn.network.link import decode, encode
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Result, Run, State
from cnn.training.store.store import Store
from tests.insight.passes.test_effort import PADDED
from tests.ui.visiting import arriving, shown, visited, weights_file, words
from ui.parts.network.cascade import images
from ui.session.kept import kept_bytes

MB = 1_000_000
WIDE = ZeroPadding2D(((1_024, 1_024), (1_024, 1_024)))
PADS = (*(WIDE,) * 4, GlobalAveragePooling2D(), Dense(10))
RESULT = Result(0.1, 0.9, 1_000, 5_000, 1_000, 1.0, 1.0)


def trained(store: Store, network: Architecture) -> Run:
    configuration = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE))
    run = store.add(network, configuration, worker="me")
    store.keep_file(run.id, WEIGHTS, weights_file(network))
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def most_at_once(visit: Callable[[], AppTest]) -> tuple[AppTest, int]:
    """The page, and the most memory of Python and NumPy on the way to it."""
    tracemalloc.start()
    try:
        page = visit()
        return page, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_link_of_55_characters_no_longer_takes_gigabytes(store: Store):
    visited("build")
    page, most = most_at_once(lambda: visited("build", net=PADDED))
    assert most < 60 * MB
    assert (
        "To follow an image at every edit through 4 parameters and 2 MACs, whose layers give "
        "1,589.0 MB, would take about 1.6 GB of memory and" in words(page)
    )
    assert "a page takes at most 250 MB and 2.0 s. Use a smaller input, less padding" in words(page)
    small = decode(PADDED.replace("z1024-z1024-z1024-z1024", "z2"))
    assert "would take" not in words(visited("build", net=encode(small)))


@pytest.mark.proof
def test_trying_input_sizes_keeps_no_data_set_of_any_of_them(store: Store):
    visited("build")
    before = kept_bytes()
    for side in (256, 257, 258):
        network = Architecture("One", (side, side, 1), (Conv2D(2, 3), Flatten(), Dense(2)))
        _, most = most_at_once(partial(visited, "build", net=encode(network)))
        assert most < 60 * MB, side  # 455 MB were loaded for the one image that is shown
    assert kept_bytes() - before < MB
    assert images(DatasetName.MNIST_SAMPLE, None).image_shape == (28, 28, 1)


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (
            Architecture("Padded", (28, 28, 1), PADS),
            "To follow an image through this network, of 20 parameters and 10 MACs, would take "
            "about 508 MB of memory",
        ),
        (
            Architecture("Slow", (224, 224, 1), (Conv2D(600, 61), Flatten())),
            "parameters and 60,",
        ),
    ],
)
def test_look_inside_says_what_is_too_much_before_it_reads_any_weights(
    store: Store, network: Architecture, said: str
):
    run = trained(store, network)
    page, most = most_at_once(lambda: visited("inside", run=run.id))
    assert said in words(page)
    assert "; a page takes at most 250 MB and 15 s." in words(page)
    assert most < 80 * MB


def test_draw_says_which_network_takes_too_long_for_a_stroke_and_goes_on_with_the_others(
    store: Store,
):
    run = trained(store, Architecture("Padded", (28, 28, 1), PADS))
    page = arriving("draw")
    page.session_state["draw_networks"] = ["shipped", run.id]
    shown(page)
    assert "to read each stroke with all networks that are chosen would take about" in words(page)
    assert "Choose fewer networks, or smaller ones." in words(page)


END = (GlobalAveragePooling2D(), Dense(10, "softmax"))


def test_compare_leaves_out_networks_that_have_too_many_layers_together():
    deep = [
        encode(Architecture(f"Deep {n}", (8, 8, 1), (*(Activation("relu"),) * 2_900, *END)))
        for n in range(4)
    ]
    page = visited("compare", **{"with": ["lenet-5", *deep]})
    chosen = page.session_state["compare_networks"]
    assert chosen == ["lenet-5", *deep[:2]]
    said = "Left out: 2 of the networks, as all together would have more than the 6,000 layers"
    assert said in words(page)


def test_designs_of_very_many_layers_are_not_matched_layer_by_layer(store: Store):
    few, many = (
        Architecture("Pinned", (8, 8, 1), (Activation("relu"),) * count) for count in (20, 700)
    )
    for pinned, is_matched in ((few, True), (many, False)):
        page = arriving("build", net=encode(many))
        page.session_state["pinned_design"] = pinned
        page.session_state["bench_tab"] = "Difference"
        said = words(shown(page))
        refused = "700 layers and 700 would take too long to match layer by layer"
        assert (refused in said) == (not is_matched)
        assert "(at most 400,000 pairs). Pin a design of fewer layers." in said or is_matched


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
@pytest.mark.proof
def test_random_legal_requests_stay_within_the_limit():
    """A few of what `benchmarks/legal_requests.py` asks; it asks 500."""
    script = Path(__file__).parents[2] / "benchmarks" / "legal_requests.py"
    ran = subprocess.run(
        [sys.executable, str(script), "--requests", "8", "--seed", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    found = re.search(r"Most memory: (\d+) MB \(limit (\d+)\)", ran.stdout)
    assert found, ran.stdout
    assert int(found[1]) <= int(found[2]), ran.stdout
