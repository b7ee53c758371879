"""The page of a trained network as a file: whole, small, closed, and true to the weights."""

import base64
import hashlib
import re
import tracemalloc
from pathlib import Path

import pytest

from cnn.insight.passes.in_browser import PUTS, in_browser
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D
from cnn.network.zoo import entry
from cnn.pictures.page import parts
from cnn.pictures.page.network import (
    About,
    NoPageError,
    answering,
    check_page,
    effort_of_page,
    network_page,
    page_bytes,
    web_page,
    weight_letters,
)
from cnn.shipped import Body, body, shipped
from tests.network.export_cases import random_weights
from tests.pictures.page.pages import HOSTILE, SCENES, Parsed, data_of, digits_page, scenes_page

DIGITS = digits_page()


def test_the_page_fetches_nothing_and_its_policy_lets_nothing_in_or_out():
    found = Parsed(DIGITS)
    own = found.scripts[-1]
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()

    assert found.policy() == (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    assert not [tag for tag, own in found.tags if {"src", "href"} & own.keys()]
    run = [own for tag, own in found.tags if tag == "script" and own.get("type") is None]
    assert run == [{}], "one script is run, the one whose digest is named"


def test_the_weights_stand_in_it_to_the_last_bit_and_the_rest_is_below_a_megabyte():
    found = re.search(r'id="network">([^<]*)<', DIGITS.decode())
    assert found is not None

    assert base64.b64decode(found[1]) == in_browser(shipped().architecture, shipped().weights)
    assert weight_letters(shipped().architecture) <= len(found[1])
    assert len(DIGITS) - weight_letters(shipped().architecture) < 1_000_000


@pytest.mark.parametrize("page", [DIGITS, scenes_page()], ids=["digits", "scenes"])
def test_how_large_a_page_is_is_told_before_it_is_written(page: bytes):
    network = shipped() if page is DIGITS else body(Body.SCENES)

    assert len(page) == pytest.approx(page_bytes(network.architecture), rel=0.1)


def test_a_persons_words_are_shown_and_never_markup():
    page = scenes_page()
    found = Parsed(page)

    assert not [tag for tag, _ in found.tags if tag == "img"]
    assert HOSTILE in "".join(found.texts)
    assert data_of(page, "photo")["names"] == list(SCENES)
    clean = Parsed(digits_page("Plain"))
    odd = Parsed(digits_page(HOSTILE))
    assert [tag for tag, _ in odd.tags] == [tag for tag, _ in clean.tags]


def test_who_learned_digits_is_drawn_to_and_others_are_brought_an_image():
    drawn, brought = data_of(DIGITS, "flow"), data_of(scenes_page(), "photo")

    assert (drawn["what"], drawn["names"]) == ("a digit", list("0123456789"))
    assert brought["shape"] == [32, 32, 3]
    assert [one["title"] for one in drawn["stages"]]


def test_of_a_deep_network_a_few_layers_maps_are_shown_the_first_and_the_last():
    deep = entry("resnet-lite").architecture
    about = About("Deep", tuple(map(str, range(10))))
    stages = data_of(network_page(deep, random_weights(deep), about), "photo")["stages"]

    assert len(stages) == 6
    assert stages[0]["title"] == "Convolution 1"


def test_what_it_cannot_do_is_said_on_its_card():
    said = " ".join(Parsed(DIGITS).texts)

    assert "It has to choose one of these 10 classes, whatever it is shown" in said


def test_a_network_that_gives_scores_gets_a_softmax_as_the_app_has_it():
    scores = Architecture("S", (8, 8, 1), (Flatten(), Dense(3)))
    sigmoid = Architecture("S", (8, 8, 1), (Flatten(), Dense(3, activation="sigmoid")))

    assert answering(scores).layers[-1].activation == "softmax"
    assert answering(sigmoid) == sigmoid


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((Conv2D(4, 3),), "chooses among classes"),
        ((Flatten(), Dense(1)), "chooses among classes"),
        ((Flatten(), Dense(9_000), Dense(10)), "a page holds at most 6,000,000"),
        (
            (
                *(Conv2D(160, 3, padding="same") for _ in range(4)),
                GlobalAveragePooling2D(),
                Dense(2),
            ),
            "multiply-accumulates for one image",
        ),
    ],
)
def test_of_what_there_is_no_page_it_is_said_before_weights_are_read(layers, said: str):
    with pytest.raises(NoPageError, match=said):
        check_page(Architecture("X", (28, 28, 1), layers))


@pytest.mark.parametrize("name", ["lenet-5", "vit-lite", "convnext-lite", "mobilenet-v2-lite"])
def test_whether_a_browser_runs_it_is_told_without_weights(name: str):
    check_page(entry(name).architecture)


def test_of_a_layer_that_no_browser_runs_yet_it_is_said_too(monkeypatch):
    monkeypatch.delitem(PUTS, Flatten)

    with pytest.raises(NoPageError, match="No browser runs this network: it has a Flatten"):
        check_page(entry("lenet-5").architecture)


def test_a_page_takes_no_more_memory_than_is_asked_for():
    wide = Architecture("W", (28, 28, 1), (Flatten(), Dense(1_500), Dense(10)))
    weights = random_weights(wide)
    about = About("W", tuple(map(str, range(10))))
    lenet = entry("lenet-5").architecture
    network_page(lenet, random_weights(lenet), about)  # what is read once
    tracemalloc.start()
    try:
        network_page(wide, weights, about)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most <= effort_of_page(wide).peak_bytes + 2_000_000


def test_a_file_with_weights_is_a_page_as_well_and_a_design_without_has_no_engine():
    lenet = entry("lenet-5").architecture
    weights = random_weights(lenet)

    assert data_of(web_page(lenet, weights), "photo")["names"][0] == "class 0"
    assert data_of(web_page(lenet, weights, tuple("0123456789")), "flow")["what"] == "a digit"
    assert b'id="network"' not in web_page(lenet)


def test_without_the_app_it_is_said_what_is_missing(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(parts, "__file__", str(tmp_path / "cnn" / "pictures" / "page" / "parts.py"))

    with pytest.raises(ArchitectureError, match=r"has the package cnn alone\. Install"):
        parts.app_folder()
