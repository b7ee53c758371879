"""A Keras file that leaves its input open: Build and Look inside ask for it, and take it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.network.architecture import Architecture
from tests.network.outputs import outputs_of
from tests.ui.visiting import ROOT, shown, words
from ui.parts.network.open_size import LABEL
from ui.session.brought import Brought


def saved(folder: Path, size: tuple[int | None, ...]) -> Any:
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    parts = [layers.Conv2D(4, 3, activation="relu"), layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input(size), *parts, layers.Dense(10, "softmax")], name="open")
    model.save(folder / "model.keras")
    return model


def upload(page: AppTest, content: bytes, name: str = "model.keras") -> AppTest:
    (uploader,) = [one for one in page.file_uploader if one.label.startswith("JSON, Keras")]
    uploader.set_value((name, content, "application/zip"))
    return shown(page)


def build() -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "build.py"), default_timeout=120)
    page.session_state["start_from"] = True
    return shown(page)


def field(page: AppTest) -> Any:
    found = [one for one in page.text_input if one.label == LABEL]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("size", "asks", "typed", "input_"),
    [
        ((None, None, 3), "28x28x3 as Size of the input on a page", "24x32x3", [24, 32, 3]),
        ((16, None, 3), "16x28x3 as Size of the input on a page", "20×20×3", [16, 20, 3]),
    ],
)
def test_build_asks_for_a_size_that_is_open_and_opens_the_file_with_it(
    tmp_path: Path, size: Any, asks: str, typed: str, input_: list[int]
):
    saved(tmp_path, size)
    page = build()
    assert field(page) is None
    before = page.session_state["design"].name
    page = upload(page, (tmp_path / "model.keras").read_bytes())
    assert asks in words(page)
    assert page.session_state["design"].name == before

    field(page).set_value("soon")
    page = shown(page)
    assert "an input is written as height x width x channels, such as 28x28x1" in words(page)
    assert page.session_state["design"].name == before

    field(page).set_value(typed)
    page = shown(page)
    design = page.session_state["design"]
    assert (design.name, list(design.input)) == ("open", input_)
    assert field(page) is None


def test_build_asks_no_size_of_a_file_that_is_broken_or_says_its_own(tmp_path: Path):
    page = upload(build(), b"nonsense")
    assert "is not a .keras file" in words(page)
    assert field(page) is None
    # What was said stays while the file is there.
    assert "is not a .keras file" in words(shown(page))

    saved(tmp_path, (12, 12, 3))
    page = upload(build(), (tmp_path / "model.keras").read_bytes())
    assert list(page.session_state["design"].input) == [12, 12, 3]


def test_build_takes_files_as_large_as_published_networks_are():
    (uploader,) = [one for one in build().file_uploader if one.label.startswith("JSON, Keras")]
    assert uploader.proto.max_upload_size_mb >= 45 * 1.1  # a ResNet-18
    assert ".onnx" in uploader.proto.type


def test_look_inside_asks_for_it_too_and_answers_as_keras_does_for_images_of_that_size(
    tmp_path: Path,
):
    from cnn.data import DatasetName, DatasetSpec, load

    model = saved(tmp_path, (None, None, 1))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.session_state["inside_network"] = "file"
    page.session_state["inside_kept"] = Brought(
        "model.keras", (tmp_path / "model.keras").read_bytes()
    )
    shown(page)
    page.switch_page(str(ROOT / "pages" / "inside.py"))
    page = shown(page)
    assert "28x28x1 as Size of the input on a page" in words(page)
    assert not page.tabs

    field(page).set_value("8x8x1")
    page = shown(page)
    (pixels,) = [one for one in page.selectbox if one.label == "Pixels it expects"]
    pixels.set_value("0..1")
    page = shown(page)
    says = [one.proto.body for one in page.get("html") if 'class="says"' in one.proto.body]
    image = load(DatasetSpec(DatasetName.DIGITS), (8, 8, 1)).test.take([0]).images
    answer = int(np.argmax(outputs_of(model, image.astype("float32") / 255)[0]))
    assert str(answer) in says[0]
    assert field(page).value == "8x8x1"

    field(page).set_value("10x8x1")
    page = shown(page)
    assert page.tabs
    shapes = "\n".join(str(one.proto.json) for one in page.get("bidi_component"))
    assert '"shape": [8, 6, 4]' in shapes  # by hand: 10 - 2, 8 - 2, four filters


def test_a_size_is_part_of_what_is_kept_of_a_file(tmp_path: Path):
    from ui.views.inside import subject

    saved(tmp_path, (None, None, 1))
    content = (tmp_path / "model.keras").read_bytes()
    found: list[Architecture] = [
        subject._read("open", Brought("model.keras", content), size)[0].architecture
        for size in ((8, 8, 1), (9, 7, 1))
    ]
    assert [one.input for one in found] == [(8, 8, 1), (9, 7, 1)]
