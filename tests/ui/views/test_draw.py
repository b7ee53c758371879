"""The Draw page without a browser: what the pad may send, which networks are offered."""

import base64
import contextlib
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hy
from streamlit.testing.v1 import AppTest

from cnn.data import DataError, DatasetName, DatasetSpec
from cnn.data.dataset import as_floats
from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.answers import shares
from cnn.insight.readings.reading import Reader
from cnn.network.architecture import Architecture
from cnn.network.zoo import entry
from cnn.shipped import shipped
from cnn.shipped.unlike import unlike
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Result, Run, State
from cnn.training.store.store import Store
from scripts.drawings import LETTERS, written
from tests.ui.visiting import arriving, shown, weights_file
from ui.parts.drawing.answers import answer_card, certainty
from ui.parts.drawing.fool import RIGHT, read_shift
from ui.parts.drawing.networks import KEY, Named, _in_browser, short_names
from ui.parts.drawing.pad import PAD, read_drawn, read_file
from ui.parts.drawing.unlike import compared, distance
from ui.session.words import percent

LENET = entry("lenet-5").architecture
RESULT = Result(0.1, 0.967, 1_000, 5_000, 1_000, 1.5, 12_000.0)
SEVEN = load_sample().learn.pixels[0, :, :, 0]
ANYTHING = hy.recursive(
    hy.none() | hy.booleans() | hy.integers() | hy.text(max_size=9),
    lambda inner: hy.lists(inner, max_size=3) | hy.dictionaries(hy.text(max_size=9), inner),
    max_leaves=4,
)


def finished(
    store: Store,
    data: DatasetName,
    architecture: Architecture = LENET,
    *,
    has_weights: bool = True,
) -> Run:
    run = store.add(architecture, Configuration(DatasetSpec(data)), worker="me")
    if has_weights:
        store.keep_file(run.id, WEIGHTS, weights_file(architecture))
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def drawn(pixels: np.ndarray, **more: Any) -> dict[str, Any]:
    text = base64.b64encode(pixels.tobytes()).decode()
    return {"pixels": text, "up": True, "count": 1, "dismissed": ""} | more


def draw_page(**state: Any) -> AppTest:
    app = arriving("draw")
    for key, value in state.items():
        app.session_state[key] = value
    return shown(app)


def test_the_page_works_at_once_with_the_network_that_ships(store: Store):
    app = draw_page()
    assert app.multiselect(key=KEY).value == ["shipped"]
    assert app.multiselect(key=KEY).options == ["The built-in network"]
    assert any("Draw a digit first" in caption.value for caption in app.caption)


def test_only_finished_runs_on_digits_are_offered(store: Store):
    finished(store, DatasetName.MNIST_SAMPLE)
    finished(store, DatasetName.FASHION_MNIST)
    store.add(LENET, Configuration(DatasetSpec(DatasetName.MNIST)), worker="me")
    offered = draw_page().multiselect(key=KEY).options
    assert offered == ["The built-in network", "LeNet-5 · 96.7\u202f%"]


def test_runs_of_one_network_are_told_apart_and_others_are_not(store: Store):
    small = finished(store, DatasetName.DIGITS)
    sample = finished(store, DatasetName.MNIST_SAMPLE)
    other = finished(store, DatasetName.MNIST, Architecture("Mine", LENET.input, LENET.layers))
    assert short_names([small, sample, other]) == {
        small.id: "LeNet-5, on digits",
        sample.id: "LeNet-5, on mnist-sample",
        other.id: "Mine",
    }


def test_a_run_without_weights_is_said_and_the_others_answer(store: Store):
    run = finished(store, DatasetName.MNIST_SAMPLE, has_weights=False)
    app = draw_page(**{KEY: ["shipped", run.id]})
    assert "keeps no weights" in app.error[0].value
    assert not app.exception


def test_an_example_is_put_on_the_pad_and_named(store: Store):
    app = draw_page()
    (button,) = (one for one in app.button if one.label == "Try a test image of MNIST")
    button.click().run()
    assert not app.exception, app.exception
    assert any("Test image 387 of the MNIST sample" in caption.value for caption in app.caption)
    assert any("speaks for" in one.value for one in app.markdown)


def test_what_the_pad_sends_is_read():
    found = read_drawn(drawn(SEVEN, up=False, count=12, dismissed="x"))
    np.testing.assert_array_equal(found.pixels, SEVEN)
    assert (found.up, found.count, found.dismissed) == (False, 12, "x")


@given(
    ANYTHING
    | hy.fixed_dictionaries(
        {"pixels": ANYTHING, "up": ANYTHING, "count": ANYTHING, "dismissed": ANYTHING}
    )
)
def test_whatever_else_the_pad_sends_is_a_blank_pad(given: Any):
    found = read_drawn(given)
    assert found.pixels.shape == (28, 28)
    assert not found.pixels.any()


@given(ANYTHING | hy.fixed_dictionaries({"name": ANYTHING, "content": ANYTHING}))
def test_a_file_arrives_whole_or_is_refused(given: Any):
    with contextlib.suppress(DataError):
        name, content = read_file(given)
        assert base64.b64encode(content).decode() == given["content"]
        assert name == unquote(given["name"])


def test_a_file_has_the_name_that_it_had_in_the_browser():
    name = "größte 数字 😀 100 %.png"
    assert read_file({"name": quote(name), "content": ""}) == (name, b"")
    assert read_file({"name": quote("😀" * 300), "content": ""})[0] == "😀" * 80


@pytest.mark.parametrize(
    ("picked", "shift"),
    [("3,-2", (3, -2)), ("0,0", (0, 0)), ("8,0", None), ("1", None), ("1,2,3", None), (None, None)],
)
def test_a_cell_of_the_map_is_a_shift_and_nothing_else_is(picked: Any, shift: Any):
    assert read_shift(picked) == shift


def test_no_share_reads_as_all_or_nothing():
    assert certainty(1.0) == ">\u00a099.9\u202f%"
    assert certainty(0.0) == "<\u00a00.1\u202f%"
    assert certainty(0.4567) == "45.7\u202f%"


def test_every_chosen_network_is_asked_why_and_fooled(store: Store):
    runs = [finished(store, DatasetName.MNIST_SAMPLE) for _ in range(2)]
    chosen = ["shipped", *(run.id for run in runs)]

    app = draw_page(**{PAD: {"drawn": drawn(SEVEN)}, KEY: chosen})
    assert sum("ink speaks for" in one.value for one in app.markdown) == 3

    app = draw_page(**{PAD: {"drawn": drawn(SEVEN)}, KEY: chosen, "draw_tab": "Fool it"})
    assert sum("of 225** places" in one.value for one in app.markdown) == 3


def test_what_is_drawn_is_explained_and_moved_about(store: Store):
    app = draw_page(**{PAD: {"drawn": drawn(SEVEN)}})
    assert any("rather than" in one.value for one in app.markdown)
    app = draw_page(**{PAD: {"drawn": drawn(SEVEN)}, "draw_tab": "Fool it"})
    assert any("of 225** places" in one.value for one in app.markdown)
    app.slider(key=RIGHT).set_value(5).run()
    assert not app.exception, app.exception
    app = draw_page(draw_tab="The built-in network")
    assert not app.exception, app.exception


def told(pixels: np.ndarray) -> dict[str, Any]:
    """What the network that ships says of an image, and of how unlike digits it is."""
    found = shipped()
    reader = Reader(found.architecture, found.weights, found.card.configuration.dataset)
    image = as_floats(pixels)
    likely = shares(reader.scores(image[None]))[0]
    one = Named("shipped", "It", "", reader)
    return answer_card(one, likely, is_told=True, far=distance(image))


def test_of_a_letter_it_is_said_that_softmax_has_to_choose_and_of_a_digit_not():
    (letter,) = written({"A": LETTERS["A"]}, 1, 3)
    card = told(letter)
    assert card["unlike"]["beyond"]
    assert card["unlike"]["at"] > card["unlike"]["line"]
    assert card["says"] == f"It has to choose: {card['digit']}."
    assert card["tone"] == "unsure"
    assert card["unlike"]["says"] == (
        f"Unlike MNIST's digits: softmax has to choose among ten, so it still says {card['digit']}."
    )
    digit = told(SEVEN)
    assert not digit["unlike"]["beyond"]
    assert 0 < digit["unlike"]["at"] <= digit["unlike"]["line"]
    assert digit["unlike"]["says"] == "Like MNIST's digits."
    assert not digit["says"].startswith("It has to choose")


@pytest.mark.parametrize(
    ("id", "side", "data", "goes"),
    [
        ("simple-cnn", 28, DatasetName.MNIST, True),
        ("resnet-lite", 28, DatasetName.MNIST_SAMPLE, True),
        ("simple-cnn", 28, DatasetName.DIGITS, False),
        ("lenet-5", 32, DatasetName.MNIST, False),
        ("vgg-lite", 28, DatasetName.MNIST, False),
    ],
    ids=["fits", "blocks", "cut to its ink", "resized", "too many MACs"],
)
def test_a_network_answers_in_the_browser_where_it_can_in_time(
    id: str, side: int, data: DatasetName, goes: bool
):
    architecture = replace(entry(id).architecture, input=(side, side, 1))
    reader = Reader(architecture, random_weights(architecture), DatasetSpec(data))

    address = _in_browser("store", f"{id} {data}", reader)

    assert bool(address) is goes
    one = Named(id, id, "", reader, address)
    assert answer_card(one, None, is_told=True)["network"] == address
    assert answer_card(one, None)["network"] == "", "that is no answer to the pad"


def test_how_many_digits_are_as_unlike_is_counted_one_by_one():
    kept = unlike().kept
    for far in (0.0, float(kept[700]), float(kept[-1])):
        count = sum(bool(one >= far) for one in kept)
        assert compared(far).startswith(f"{count:,} of 3,000 digits kept aside")
    assert compared(float(kept[-1]) + 1).startswith("None of 3,000")


def test_a_network_that_learned_other_digits_is_no_surer_of_nonsense(store: Store):
    """The measure is one of the drawing, whoever reads it."""
    run = finished(store, DatasetName.DIGITS)
    app = draw_page(**{PAD: {"drawn": drawn(SEVEN)}, KEY: [run.id]})
    assert any("beyond the line" in one.value for one in app.markdown)


def test_how_it_is_measured_stands_on_the_page_with_the_rates_of_the_card(store: Store):
    app = draw_page()
    (text,) = (one.value for one in app.markdown if "beyond the line" in one.value)
    card = unlike().card
    for found in (card.test, *card.kinds.values()):
        rate = percent(found.beyond / found.drawings)
        assert f"| {found.what} | {found.beyond:,} of {found.drawings:,} | {rate} |" in text
