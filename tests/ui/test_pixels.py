"""Which pixels a network is fed, on Build, Train and in Look inside."""

from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from cnn.network.feed import BYTES, Feed
from ui.brought import Brought

ROOT = Path(__file__).parents[2]
RESCALED = "1.Mine.28x28x1.rs0.00392156862745098-f-d10x.end"
PLAIN = "1.Mine.28x28x1.f-d10x.end"


def build(code: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "build.py"), default_timeout=120)
    page.query_params["net"] = code
    return page.run()


def control(page: AppTest) -> Any:
    (found,) = [one for one in page.selectbox if one.label == "Pixels"]
    return found


def captions(page: AppTest) -> str:
    return " ".join(one.value for one in page.caption)


def test_build_says_what_the_layers_say_of_the_pixels():
    page = build(RESCALED)
    assert not page.exception
    assert control(page).value == "0..255"
    assert "Its first Rescaling says so: pixels from 0 to 255." in captions(page)
    page = build(PLAIN)
    assert control(page).value == "0..1"
    assert "Rescaling" not in captions(page)


def test_pixels_are_changed_on_build_and_stand_in_the_address():
    page = build(PLAIN)
    control(page).set_value("-1..1").run()
    assert not page.exception
    assert page.session_state["design"].feed == Feed(-1, 1)
    assert ".p_1x1-f-d10x." in page.query_params["net"]
    control(page).set_value("0..1").run()
    assert page.session_state["design"].feed is None
    assert ".p" not in page.query_params["net"]


def test_a_rescaling_network_can_be_fed_otherwise_and_is_told_that_its_layer_is_not_for_it():
    page = build(RESCALED)
    control(page).set_value("0..1").run()
    assert not page.exception
    assert page.session_state["design"].feed == Feed()
    assert "Its first Rescaling is meant for pixels from 0 to 255." in captions(page)
    control(page).set_value("0..255").run()
    assert page.session_state["design"].feed is None


def test_pixels_of_other_channels_are_refused_in_words():
    page = build("1.Mine.28x28x1.p0x1m0.13s0.31-f-d10x.end")
    assert control(page).value == "0..1 mean 0.13 sd 0.31"
    assert not any("blue first" in one for one in control(page).options)


def test_a_file_that_was_opened_is_fed_as_it_is_asked(tmp_path: Path):
    """Through Look inside's own reading: the chosen pixels are those of the network looked into."""
    import keras

    from cnn.network.keras.weights import read_keras_model

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    model.save(tmp_path / "model.keras")
    imported, _ = read_keras_model(tmp_path / "model.keras")
    assert not imported.says_pixels

    page = AppTest.from_file(str(ROOT / "pages" / "inside.py"), default_timeout=120)
    page.session_state["inside_network"] = "file"
    page.session_state["inside_kept"] = Brought(
        "model.keras", (tmp_path / "model.keras").read_bytes()
    )
    page.run()
    assert not page.exception
    (asked,) = [one for one in page.selectbox if one.label == "Pixels it expects"]
    assert asked.value == "0..1"
    assert "does not say which pixels" in asked.help
    asked.set_value("0..255").run()
    assert not page.exception
    assert "Fed pixels from 0 to 255." in captions(page)
    # As Keras answers for the bytes of the first test image.
    from cnn.data import DatasetName, DatasetSpec, load

    test = load(DatasetSpec(DatasetName.DIGITS), (8, 8, 1)).test
    wanted = model.predict(BYTES.of(test.take([0]).images), verbose=0)[0]
    (says,) = [one.proto.body for one in page.get("html") if 'class="says"' in one.proto.body]
    assert str(int(np.argmax(wanted))) in says
