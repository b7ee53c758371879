"""Which pixels a network is fed, on Build, Train and in Look inside."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.network.feed import BYTES, Feed
from tests.network.outputs import outputs_of
from ui.session.brought import Brought

ROOT = Path(__file__).parents[3]
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
    assert "Its rescaling says so: pixels from 0 to 255." in captions(page)
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
    assert "Its rescaling is meant for pixels from 0 to 255." in captions(page)
    control(page).set_value("0..255").run()
    assert page.session_state["design"].feed is None


def test_pixels_of_other_channels_are_not_offered():
    page = build("1.Mine.28x28x1.p0x1m0.13s0.31-f-d10x.end")
    assert control(page).value == "0..1 mean 0.13 sd 0.31"
    assert not any("blue first" in one for one in control(page).options)


def saved(folder: Path, *first: Any) -> Any:
    """A model of Keras' own for the small digits, saved as `model.keras`."""
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), *first, layers.Flatten(), layers.Dense(10, "softmax")]
    )
    model.save(folder / "model.keras")
    return model


def looking_into(folder: Path) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.session_state["inside_network"] = "file"
    page.session_state["inside_kept"] = Brought(
        "model.keras", (folder / "model.keras").read_bytes()
    )
    return page.run().switch_page(str(ROOT / "pages" / "inside.py")).run()


def asked(page: AppTest) -> Any:
    (found,) = [one for one in page.selectbox if one.label == "Pixels it expects"]
    return found


def says(page: AppTest) -> list[str]:
    return [one.proto.body for one in page.get("html") if 'class="says"' in one.proto.body]


def answered_by(model: Any, feed: Feed) -> str:
    """The class that Keras gives the first test image of the small digits, fed so."""
    from cnn.data import DatasetName, DatasetSpec, load

    test = load(DatasetSpec(DatasetName.DIGITS), (8, 8, 1)).test
    return str(int(np.argmax(outputs_of(model, feed.of(test.take([0]).images))[0])))


def test_nothing_of_a_file_is_shown_until_it_is_said_which_pixels_it_was_trained_on(tmp_path: Path):
    """Through Look inside's own reading: the chosen pixels are those of the network looked into."""
    model = saved(tmp_path)
    page = looking_into(tmp_path)
    assert not page.exception
    assert asked(page).value is None
    assert asked(page).proto.placeholder == "Choose which pixels it was trained on"
    assert "does not say which pixels" in asked(page).help
    assert [one.value for one in page.info] == [
        "The file does not say which pixels its network was trained on, and what it makes of an "
        "image depends on them: choose them, and it opens."
    ]
    assert not says(page)
    assert not page.tabs

    asked(page).set_value("0..255").run()
    assert not page.exception
    assert not page.info
    assert "Fed pixels from 0 to 255." in captions(page)
    # As Keras answers for the bytes of the first test image.
    assert answered_by(model, BYTES) in says(page)[0]
    # It is not asked for again on the way back.
    page.switch_page(str(ROOT / "pages" / "build.py")).run()
    page.switch_page(str(ROOT / "pages" / "inside.py")).run()
    assert asked(page).value == "0..255"
    assert says(page)


def opened_in_build(folder: Path, pixels: str = "") -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "build.py"), default_timeout=120)
    page.session_state["start_from"] = True
    page.run()
    if pixels:
        label = "Pixels it expects, if the file does not say"
        (asked,) = [one for one in page.selectbox if one.label == label]
        asked.set_value(pixels).run()
    (uploader,) = [one for one in page.file_uploader if one.label.startswith("JSON, Keras")]
    content = (folder / "model.keras").read_bytes()
    uploader.set_value(("model.keras", content, "application/zip")).run()
    assert not page.exception
    return page


def test_build_trains_a_design_of_a_file_on_0_to_1_where_nothing_is_said_and_says_so(
    tmp_path: Path,
):
    saved(tmp_path)
    page = opened_in_build(tmp_path)
    assert page.session_state["design"].feed is None
    notes = " ".join(one.value for one in page.text)
    assert "as a design, which is trained anew, it is fed those from 0 to 1" in notes
    page = opened_in_build(tmp_path, "0..255")
    assert page.session_state["design"].feed == BYTES


def test_build_keeps_the_numbers_of_a_normalization_in_the_range_that_is_set(tmp_path: Path):
    import keras

    saved(tmp_path, keras.layers.Normalization(mean=0.25, variance=0.16))
    page = opened_in_build(tmp_path, "-1..1")
    assert page.session_state["design"].feed == Feed(-1, 1, (0.25,), (0.4,))


@pytest.mark.parametrize("scale", [0.05, 0.5, 1.0])
def test_a_rescaling_that_does_not_say_it_leaves_the_pixels_open(scale: float, tmp_path: Path):
    import keras

    saved(tmp_path, keras.layers.Rescaling(scale))
    page = looking_into(tmp_path)
    assert asked(page).value is None
    assert not says(page)


def test_a_file_that_says_its_pixels_opens_at_once(tmp_path: Path):
    import keras

    model = saved(tmp_path, keras.layers.Rescaling(1 / 255))
    page = looking_into(tmp_path)
    assert asked(page).value == "0..255"
    assert answered_by(model, BYTES) in says(page)[0]


def test_only_the_range_is_asked_for_where_a_normalization_stands_first(tmp_path: Path):
    import keras

    layer = keras.layers.Normalization(mean=0.25, variance=0.16)
    model = saved(tmp_path, layer)
    page = looking_into(tmp_path)
    assert asked(page).options == [
        "0..1 mean 0.25 sd 0.4",
        "0..255 mean 0.25 sd 0.4",
        "-1..1 mean 0.25 sd 0.4",
    ]
    asked(page).set_value("-1..1 mean 0.25 sd 0.4").run()
    assert not page.exception
    assert "Fed pixels from \\-1 to 1, less the mean 0.25, divided by the sd 0.4." in captions(page)
    assert answered_by(model, Feed(-1, 1)) in says(page)[0]
