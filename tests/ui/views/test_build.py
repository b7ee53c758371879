"""The Build page with networks that are too much, or no networks at all."""

import json
import re
from typing import Any

import pytest
import streamlit as st

from cnn.network.architecture import Architecture
from cnn.network.blocks import basic_residual, inception_block
from cnn.network.layers import Conv2D, Conv2DTranspose, Dense, Flatten, Rescaling
from cnn.network.link import encode
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.presets import FIRST
from tests.ui.visiting import arriving, shown, visited, words
from ui.parts.comparison import choice

HUGE = Architecture("Huge", (224, 224, 3), (Flatten(), Dense(10_000), Dense(10)))


@pytest.mark.parametrize("network", [HUGE, entry("vgg-16").architecture])
def test_a_network_too_large_for_here_is_shown_and_neither_run_nor_trained(store, network):
    app = visited("build", net=encode(network))

    total = trace(network).total_params
    assert f"To follow an image at every edit through {total:,} parameters and " in words(app)
    assert "a page takes at most 250 MB and 2.0 s. Use a smaller input" in words(app)
    train = next(button for button in app.button if button.label == "Train this")
    assert train.disabled
    assert f"has {total:,} parameters, and at most 30,000,000 are trained here" in train.help


def test_a_stack_of_over_a_billion_parameters_is_counted_exactly(store):
    app = visited("build", net=encode(HUGE))

    assert trace(HUGE).total_params == 150_528 * 10_000 + 10_000 + 10_000 * 10 + 10
    shown = "\n".join(str(one.proto) for one in app.get("bidi_component")).replace("\\", "")
    assert '"label":"Parameters","text":"1.51 G"' in shown.replace(": ", ":").replace(", ", ",")


def test_an_empty_stack_offers_nothing_that_needs_a_network(store):
    app = visited("build", net=encode(Architecture("Empty", (28, 28, 1), ())))

    disabled = {button.label: button.disabled for button in app.button}
    assert disabled["Train this"]
    assert disabled["Add to comparison"]


def test_a_layer_leads_to_the_lesson_that_shows_what_it_does(store):
    layers = (Conv2DTranspose(2, 3, strides=2), Rescaling(0.5), Flatten(), Dense(10))
    app = arriving("build", net=encode(Architecture("Up", (8, 8, 1), layers)))
    app.session_state["bench_tab"] = "Layer"
    said = [one.value for one in shown(app).caption]

    assert any(
        "[Lesson 9: Weight sharing and backpropagation](lesson?of=backpropagation#larger-maps)"
        in one
        for one in said
    )
    assert [one.value for one in app.warning if one.value.startswith("Its kernel, 3x3, is no mul")]


OWN, OTHER = (Architecture("Own", (28, 28, 1), (Flatten(), Dense(n), Dense(10))) for n in (9, 8))


def test_a_design_is_set_beside_lenet_alone_where_nothing_was_chosen(monkeypatch):
    key = choice.SETTINGS.key("networks")
    found: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", found)
    choice.add(entry("lenet-5").architecture)
    assert found.get(key, list(CLASSICS)) == list(CLASSICS)
    choice.add(OWN)
    choice.add(OTHER)
    assert found[key] == ["lenet-5", encode(OWN), encode(OTHER)]

    found[key] = list(CLASSICS)  # as the page Compare has it when it was only looked at
    choice.add(entry("vgg-lite").architecture)
    assert found[key] == ["lenet-5", "vgg-lite"]

    choice.put([entry(one).architecture for one in CLASSICS], FIRST, 1)
    choice.add(OWN)
    assert found[key] == [*CLASSICS, encode(OWN)]


@pytest.mark.parametrize(
    ("network", "seen"),
    [
        # By hand: 3, the branch with a 5x5 adds 4, and the two 3x3 of the residual's body add 4.
        (
            Architecture(
                "Blocks", (28, 28, 1), (Conv2D(4, 3), *inception_block(4), *basic_residual(10))
            ),
            "11×11",
        ),
        # 3; pool +2; the 5x5s of two modules at jump 2 +16; pool +4; two more at jump 4 +32.
        (entry("inception-lite").architecture, "57×57"),
    ],
)
def test_the_header_says_what_one_cell_of_the_last_map_sees(store, network, seen: str):
    app = visited("build", net=encode(network))

    shown = "\n".join(str(one.proto.json) for one in app.get("bidi_component"))
    assert {"label": "Last map sees", "text": seen}.items() <= next(
        one.items()
        for found in re.findall(r"\{[^{}]*Last map sees[^{}]*\}", shown)
        for one in [json.loads(found)]
    )


def test_a_network_of_the_zoo_says_what_was_kept_of_a_papers_and_what_was_cut(store):
    network = entry("unet-lite").architecture
    app = visited("build", net=encode(network))

    (about,) = [one for one in app.expander if one.label == "About U-Net-lite (2015)"]
    said = [one.value for one in about.markdown]
    assert said[0] == entry("unet-lite").idea
    assert all(line in said[1].replace("×", "x") for line in entry("unet-lite").kept)
    assert all(line in said[2].replace("×", "x") for line in entry("unet-lite").cut)
    assert "Ronneberger, Fischer, Brox" in about.caption[0].value
    assert "arXiv:1505.04597" in about.caption[0].value.replace("\\", "")


def test_vit_lite_says_what_it_gets_right_beside_resnet_lite_at_equal_macs(store):
    vit = entry("vit-lite")
    app = visited("build", net=encode(vit.architecture))

    (about,) = [one for one in app.expander if one.label.startswith("About ViT-lite")]
    said = about.markdown[-1].value.replace("\\", "")
    assert vit.measured
    for count in (*vit.measured.right, *vit.measured.beside_right):
        assert str(count) in said
    assert "ResNet-lite, with as many multiply-accumulates to train, has" in said


@pytest.mark.parametrize(
    "network",
    [
        entry("simple-cnn").architecture,
        Architecture("Mine", (28, 28, 1), entry("unet-lite").architecture.layers[:-1]),
        Architecture("Mine", (32, 32, 3), entry("unet-lite").architecture.layers),
    ],
)
def test_what_is_no_such_network_or_was_changed_says_nothing_of_the_kind(store, network):
    app = visited("build", net=encode(network))

    assert not [one for one in app.expander if one.label.startswith("About")]


def test_a_name_that_is_empty_leaves_the_network_its_name_and_every_button_its_work(store):
    app = visited("build")
    name = next(one for one in app.text_input if one.label == "Name")
    name.set_value("")
    app = shown(app)

    assert not app.error
    assert "Without another name it stays LeNet-5." in words(app)
    shown(app)
    assert next(one for one in app.text_input if one.label == "Name").value == "LeNet-5"
    assert "stays LeNet-5" not in words(app)
