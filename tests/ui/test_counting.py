"""Rows, columns, channels, maps, filters and test images count from 0, as NumPy and Keras do, in
every lesson and on every page; links to a lesson mean what they meant.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.lessons import equivariance
from cnn.lessons.pipeline import Size, followed
from tests.ui.visiting import pressed, visited, words

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*(ROOT / "ui").rglob("*.js"), *(ROOT / "ui").rglob("*.py")])
FROM_ONE = re.compile(
    r"\{[^{}]*\b(?:row|column|line|pixel|channel|filter|map|cell|unit|place|feature)\s*\+\s*1\s*\}"
    r"|\b(?:row|column|channel|filter|map)\w*[:=]\s*(?:row|column|channel|filter|map|[yx])\s*\+\s*1\b"
)
ORDINALS = {
    "{part + 1}",  # branches are numbered like layers: Conv2D #1 is the first
}


def test_no_text_of_a_page_counts_a_place_from_1():
    found = {
        (file.name, one[0])
        for file in SCRIPTS
        for one in FROM_ONE.finditer(file.read_text(encoding="utf-8"))
    }
    assert {text for _, text in found} <= ORDINALS, found


def test_the_search_above_finds_what_it_is_for():
    for wrong in ("row ${row + 1}", "row=row + 1", "row: y + 1", "{label}, {word} {place + 1}"):
        assert FROM_ONE.search(wrong), wrong


def select_slider(app, label: str):
    return next(one for one in app.select_slider if one.label == label)


@pytest.mark.parametrize("lesson", ["activations", "equivariance"])
def test_a_link_to_a_filter_means_the_one_it_meant_and_shows_its_index(store, lesson):
    label = {"activations": "Filter", "equivariance": "Filter shown"}[lesson]
    app = visited("lesson", of=lesson, filter="3")
    chosen = select_slider(app, label)
    assert chosen.value == 3, "what the address says"
    assert chosen.options[:4] == ["0", "1", "2", "3"]
    assert chosen.options[chosen.value - 1] == "2", "what the reader sees: counted from 0"
    assert dict(app.query_params)["filter"] in ("3", ["3"])


def test_a_test_image_of_lesson_6_is_the_one_of_its_index_in_the_data(store):
    one = followed(Size.SMALL)
    wrong = one.misread[0]
    app = pressed(visited("lesson", of="pipeline"), "One it misreads")
    chosen = select_slider(app, "Test image")
    assert chosen.options[chosen.value - 1] == str(wrong)
    test = load(one.shipped.card.configuration.dataset, one.shipped.architecture.input).test
    assert f"but it is a **{test.labels[wrong]}**" in words(app)


def test_lesson_8_names_a_test_image_by_its_index(store):
    image, number, name = equivariance.example(3)
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
    np.testing.assert_array_equal(test.images[number, :, :, 0], image)
    assert f"Test image {number} of the MNIST sample, a **{name}**" in words(
        visited("lesson", of="equivariance")
    )
