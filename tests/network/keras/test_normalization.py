"""Models of Keras with a Normalization, mostly first; what plain Keras predicts is the oracle."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.__main__ import main
from cnn.insight.readings.answers import class_scores, shares
from cnn.network.errors import ArchitectureError
from cnn.network.feed import BYTES, USUAL, Feed
from cnn.network.in_child_process import read_file_outside
from cnn.network.keras.read import read_keras_config, read_keras_file
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import Normalization, Rescaling
from cnn.network.source import chosen
from cnn.network.trace import trace
from tests.network.outputs import outputs_of
from tests.some import some

Layers = Callable[[Any, np.ndarray], list[Any]]
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3)).astype(np.uint8)
PIXELS[..., 1] //= 2
PIXELS[..., 2] //= 5


def adapted(keras: Any, data: np.ndarray, **options: Any) -> Any:
    layer = keras.layers.Normalization(**options)
    layer.adapt(data)
    return layer


def saved(first: list[Any], folder: Path, size: tuple[int, ...] = (8, 8, 3)) -> tuple[Any, Path]:
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    body = [
        layers.Conv2D(4, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input(size), *first, *body])
    model.save(folder / "model.keras")
    return model, folder / "model.keras"


CASES: dict[str, tuple[Feed, bool, Layers]] = {
    "of bytes": (BYTES, True, lambda keras, x: [adapted(keras, x)]),
    "of bytes, one for all": (BYTES, True, lambda keras, x: [adapted(keras, x, axis=None)]),
    "of -1 to 1": (
        Feed(-1, 1),
        True,
        lambda keras, x: [adapted(keras, x / np.float32(127.5) - 1)],
    ),
    "of 0 to 1": (USUAL, False, lambda keras, x: [adapted(keras, x / np.float32(255))]),
    "of small digits, 0 to 16": (
        USUAL,
        False,
        lambda keras, x: [
            keras.layers.Normalization(mean=[4.9, 4.9, 4.9], variance=[36.0, 36.0, 36.0])
        ],
    ),
    "behind a Rescaling": (
        BYTES,
        True,
        lambda keras, x: [
            keras.layers.Rescaling(1 / 255),
            adapted(keras, x / np.float32(255)),
        ],
    ),
    "behind a Rescaling to -1 to 1": (
        BYTES,
        True,
        lambda keras, x: [
            keras.layers.Rescaling(1 / 127.5, -1),
            adapted(keras, x / np.float32(127.5) - 1),
        ],
    ),
    "behind a Rescaling that says nothing": (
        USUAL,
        False,
        lambda keras, x: [
            keras.layers.Rescaling(0.5, 0.25),
            adapted(keras, x / np.float32(510) + 0.25),
        ],
    ),
    "of numbers that are given": (
        BYTES,
        True,
        lambda keras, x: [
            keras.layers.Normalization(mean=[120, 60, 30.5], variance=[5000, 1000, 200.25])
        ],
    ),
    "of one number that is given": (
        BYTES,
        True,
        lambda keras, x: [keras.layers.Normalization(mean=110.0, variance=4000.0)],
    ),
}


OFTEN = (
    *("of bytes, one for all", "of -1 to 1", "of small digits, 0 to 16"),
    *("behind a Rescaling", "of numbers that are given"),
)


@pytest.mark.parametrize("case", some(CASES, *OFTEN))
def test_a_normalization_that_stands_first_is_how_the_pixels_are_fed(case: str, tmp_path: Path):
    import keras

    range_, is_said, first = CASES[case]
    model, file = saved(first(keras, PIXELS.astype(np.float32)), tmp_path)
    imported, weights = read_keras_model(file)
    fed = imported.architecture.fed
    assert (fed.low, fed.high) == (range_.low, range_.high)
    assert imported.says_pixels == is_said
    assert [one.kind for one in imported.architecture.layers] == ["Conv2D", "Flatten", "Dense"]
    assert any("Normalization" in note for note in imported.notes)
    images = PIXELS / np.float32(255)
    wanted = outputs_of(model, range_.of(images))
    found = shares(class_scores(imported.architecture, weights, images))
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    # As a design, here and in a process of its own, it is fed the same.
    assert read_keras_file(file).architecture == imported.architecture
    opened = read_file_outside("model.keras", file.read_bytes())
    assert opened.architecture == imported.architecture
    assert opened.says_pixels == is_said


@pytest.mark.parametrize("range_", [USUAL, BYTES, Feed(-1, 1)])
def test_the_mean_and_sd_stay_where_a_range_is_chosen_for_them(range_: Feed, tmp_path: Path):
    import keras

    layer = adapted(keras, PIXELS / np.float32(255))
    _, file = saved([layer], tmp_path)
    imported = read_keras_file(file)
    assert imported.fed_as(range_) == Feed(
        range_.low, range_.high, imported.architecture.fed.mean, imported.architecture.fed.sd
    )
    written = Feed(0, 255, (1, 2, 3), (4, 5, 6))
    assert imported.fed_as(written) == written


@pytest.mark.parametrize("rescaled", [False, True])
def test_what_is_chosen_for_a_file_that_says_its_range_leaves_its_normalization_as_it_is(
    rescaled: bool, tmp_path: Path
):
    import keras

    layer = adapted(keras, PIXELS / np.float32(255) if rescaled else PIXELS.astype(np.float32))
    model, file = saved([keras.layers.Rescaling(1 / 255), layer] if rescaled else [layer], tmp_path)
    imported, weights = read_keras_model(file)
    assert imported.says_pixels
    images = PIXELS / np.float32(255)
    for range_ in (USUAL, BYTES):
        network = replace(imported.architecture, feed=imported.fed_as(range_))
        found = shares(class_scores(network, weights, images))
        np.testing.assert_allclose(found, outputs_of(model, range_.of(images)), atol=1e-4)


def test_the_command_line_says_where_other_numbers_take_the_place_of_a_normalization(
    tmp_path: Path,
):
    import keras

    _, file = saved([adapted(keras, PIXELS / np.float32(255))], tmp_path)
    assert not read_keras_file(file).says_pixels
    kept = chosen(str(file), None, "0..255")
    other = chosen(str(file), None, "0..255 mean 1,2,3 sd 4,5,6")
    assert not any("--pixels" in note for note in kept.notes)
    assert "in place of its own Normalization" in other.notes[-1]


def test_a_normalization_of_an_image_without_channels_is_read_where_it_has_one_number(
    tmp_path: Path,
):
    import keras

    grey = PIXELS[..., 0].astype(np.float32)
    reshape = keras.layers.Reshape((8, 8, 1))
    model, file = saved([adapted(keras, grey, axis=None), reshape], tmp_path, (8, 8))
    imported, weights = read_keras_model(file)
    images = grey[..., None] / np.float32(255)
    found = shares(class_scores(imported.architecture, weights, images))
    np.testing.assert_allclose(found, outputs_of(model, grey), atol=1e-5)

    reshape = keras.layers.Reshape((8, 8, 1))
    _, file = saved([adapted(keras, grey), reshape], tmp_path, (8, 8))
    with pytest.raises(ArchitectureError, match=r"axis=\[-1\] gives places of an image numbers"):
        read_keras_model(file)


def test_one_in_a_submodel_finds_its_numbers(tmp_path: Path):
    import keras

    first = keras.Sequential(
        [keras.Input((8, 8, 3)), adapted(keras, PIXELS.astype(np.float32))], name="before"
    )
    model, file = saved([first], tmp_path)
    imported, weights = read_keras_model(file)
    found = shares(class_scores(imported.architecture, weights, PIXELS / np.float32(255)))
    wanted = outputs_of(model, PIXELS.astype(np.float32))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_one_that_was_never_adapted_stays_a_layer_and_leaves_the_pixels_open(tmp_path: Path):
    import keras

    model, file = saved([keras.layers.Normalization()], tmp_path)
    imported, weights = read_keras_model(file)
    assert imported.architecture.layers[0] == Normalization()
    assert imported.architecture.feed is None
    assert not imported.says_pixels
    assert imported.notes == ()
    assert trace(imported.architecture).total_params == model.count_params()
    images = PIXELS / np.float32(255)
    found = shares(class_scores(imported.architecture, weights, images))
    np.testing.assert_allclose(found, outputs_of(model, images), atol=1e-5)


def test_behind_a_rescaling_it_stays_one_too(tmp_path: Path):
    import keras

    first = [keras.layers.Rescaling(1 / 255), keras.layers.Normalization()]
    _, file = saved(first, tmp_path)
    imported = read_keras_file(file)
    assert imported.architecture.layers[:2] == (Rescaling(1 / 255), Normalization())
    assert (imported.architecture.fed, imported.says_pixels) == (BYTES, True)


def test_one_number_for_all_that_was_never_adapted_is_left_out(tmp_path: Path):
    import keras

    _, file = saved([keras.layers.Normalization(axis=None)], tmp_path)
    imported = read_keras_file(file)
    assert imported.architecture.layers[0].kind == "Conv2D"
    assert "leaves every value as it is" in " ".join(imported.notes)


BEHIND: dict[str, Layers] = {
    "behind a convolution": lambda keras, x: [keras.layers.Conv2D(3, 1), adapted(keras, x)],
    "behind another": lambda keras, x: [adapted(keras, x), adapted(keras, x - 7, name="second")],
    "one number for all": lambda keras, x: [
        keras.layers.Conv2D(3, 1),
        adapted(keras, x, axis=None),
    ],
    "before one, as in an EfficientNet that was trained": lambda keras, x: [
        keras.layers.Rescaling(1 / 255),
        adapted(keras, x / np.float32(255)),
        keras.layers.Rescaling([2.0, 1.5, 1.25]),
    ],
    "behind a rescaling of each channel": lambda keras, x: [
        keras.layers.Rescaling([0.5, 1.0, 2.0]),
        adapted(keras, x * np.array([0.5, 1.0, 2.0], np.float32)),
    ],
}


@pytest.mark.parametrize("case", BEHIND)
def test_one_that_does_not_stand_first_keeps_what_it_learned(case: str, tmp_path: Path):
    import keras

    pixels = PIXELS.astype(np.float32)
    model, file = saved(BEHIND[case](keras, pixels), tmp_path)
    imported, weights = read_keras_model(file)
    network = replace(imported.architecture, feed=imported.fed_as(BYTES))
    found = shares(class_scores(network, weights, pixels / 255))
    assert any(one.kind == "Normalization" for one in network.layers)
    np.testing.assert_allclose(found, outputs_of(model, pixels), atol=1e-4)


def test_one_on_a_vector_is_read_too(tmp_path: Path):
    import keras

    pixels = PIXELS.astype(np.float32)
    pooling, head = keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10, "softmax")
    between = adapted(keras, pixels.mean(axis=(1, 2)))
    model = keras.Sequential([keras.Input((8, 8, 3)), pooling, between, head])
    model.save(tmp_path / "model.keras")
    imported, weights = read_keras_model(tmp_path / "model.keras")
    network = replace(imported.architecture, feed=BYTES)
    found = shares(class_scores(network, weights, pixels / 255))
    assert [one.kind for one in network.layers][1:] == ["Normalization", "Dense"]
    np.testing.assert_allclose(found, outputs_of(model, pixels), atol=1e-5)


REFUSED: dict[str, tuple[str, Layers]] = {
    "per place": (
        r"axis=\[1, 2, 3\] gives places of an image numbers of their own",
        lambda keras, x: [adapted(keras, x, axis=(1, 2, 3))],
    ),
    "undone": ("invert=True undoes", lambda keras, x: [adapted(keras, x, invert=True)]),
    "without spread": (
        "an sd divides, so it must be above 0; got 1e-07",
        lambda keras, x: [adapted(keras, x * 0 + 7)],
    ),
    "behind a Rescaling that turns round": (
        "the Rescaling before it has scale=-1,",
        lambda keras, x: [keras.layers.Rescaling(-1.0, 255), adapted(keras, 255 - x)],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_that_is_no_feed_is_refused_with_the_reason(case: str, tmp_path: Path):
    import keras

    message, first = REFUSED[case]
    _, file = saved(first(keras, PIXELS.astype(np.float32)), tmp_path)
    with pytest.raises(ArchitectureError, match=message) as caught:
        read_keras_model(file)
    assert "(Normalization)" in str(caught.value)


def test_in_a_description_it_is_a_layer_that_nobody_has_adapted(tmp_path: Path):
    import keras

    model, _ = saved([adapted(keras, PIXELS.astype(np.float32), name="first")], tmp_path)
    read = read_keras_config(model.to_json())
    assert read.architecture.layers[0] == Normalization()
    assert not read.says_pixels
    assert read.notes == (
        "layer 'first' (Normalization) leaves every value as it is, until it is adapted: what "
        "adapt() learned is not in a description. Save the model with model.save('name.keras'), or "
        "give the layer its mean and variance.",
    )

    model, _ = saved([adapted(keras, PIXELS.astype(np.float32), axis=None)], tmp_path)
    with pytest.raises(ArchitectureError, match=r"what adapt\(\) learned is not in a description"):
        read_keras_config(model.to_json())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mean": 10**400, "variance": 1.0}, "its mean is not a finite number"),
        ({"mean": 0.0, "variance": float("nan")}, "its variance is not a finite number"),
        ({"mean": 0.0, "variance": -1.0}, "a variance cannot be below 0, got -1"),
        ({"mean": 1e9, "variance": 1.0}, "mean must be a number from -1,000,000 to 1,000,000"),
        ({"mean": [], "variance": 1.0}, "mean must be one number, or one for each channel"),
        ({"mean": "7", "variance": 1.0}, "mean must be one number, or one for each channel"),
        ({"mean": [1.0, 2.0], "variance": [1.0, 1.0]}, "2 numbers as mean for 3 channels"),
        ({"mean": 1.0}, "variance must be one number"),
        ({"mean": [1.0] * 3, "variance": [1.0] * 3, "axis": 9}, "axis=9 is none of its input's"),
    ],
)
def test_numbers_that_are_none_are_refused_in_words(options: dict[str, Any], message: str):
    """As a damaged or hostile description may have them."""
    config = {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 3]}},
            {"class_name": "Normalization", "config": {"name": "first"} | options},
            {"class_name": "Flatten", "config": {"name": "flat"}},
        ],
    }
    with pytest.raises(ArchitectureError, match=message):
        read_keras_config({"class_name": "Sequential", "config": config})


def test_a_file_without_its_numbers_is_refused_in_words(tmp_path: Path, capsys):
    import keras

    _, file = saved([adapted(keras, PIXELS.astype(np.float32))], tmp_path)
    content = io.BytesIO()
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(content, "w") as part:
        part.writestr("config.json", whole.read("config.json"))
    file.write_bytes(content.getvalue())
    assert main(["summary", str(file)]) == 2
    assert "holds 0 files model.weights.h5" in capsys.readouterr().err


def test_the_command_line_says_what_it_took_and_keeps_the_numbers(tmp_path: Path, capsys):
    import keras

    _, file = saved([adapted(keras, PIXELS / np.float32(255), axis=None)], tmp_path)
    assert main(["summary", str(file)]) == 0
    said = capsys.readouterr().err
    assert "is in what the network is fed, to rounding the same: pixels less the mean" in said
    assert "as the file does not say which it expects; --pixels gives it others" in said
    assert main(["summary", str(file), "--pixels", "0..255"]) == 0
    captured = capsys.readouterr()
    assert "pixels from 0 to 255, less the mean" in captured.out
