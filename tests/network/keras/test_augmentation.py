"""Augmentation and what gives images a size, at the front of real Keras models: Keras says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.network.errors import ArchitectureError
from cnn.network.keras.augmentation import AUGMENTATION, MOST_NAMED, SIZING
from cnn.network.keras.model import build, set_weights
from cnn.network.keras.read import WITHOUT_WEIGHTS, read_keras_config, read_keras_file
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, Rescaling

LAYERS = (Conv2D(4, 3, activation="relu"), GlobalAveragePooling2D(), Dense(3, "softmax"))
BELONGS = "Augmentation belongs to how a network is trained: choose it in the training."
Make = Callable[[Any], list[Any]]


def network(keras: Any, size: tuple[int | None, ...], front: list[Any], *, way: str) -> Any:
    """A small network behind these layers, written in one of the ways people write it."""
    layers = keras.layers
    keras.utils.set_random_seed(0)
    behind = [
        layers.Conv2D(4, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]
    inputs = keras.Input(size)
    if way == "sequential":
        return keras.Sequential([inputs, *front, *behind], name="net")
    if way == "pipeline":
        return keras.Sequential([inputs, layers.Pipeline(front, name="pipe"), *behind], name="net")
    if way == "a model within":
        front = [keras.Sequential(front, name="augmentation")]
    x = inputs
    for layer in (*front, *behind):
        x = layer(x)
    return keras.Model(inputs, x, name="net")


WAYS = ("sequential", "functional", "a model within", "pipeline")


@pytest.fixture
def keras() -> Any:
    import keras

    return keras


def usual(k: Any) -> list[Any]:
    return [
        k.RandomFlip("horizontal", name="flip"),
        k.RandomRotation(0.1, name="turn"),
        k.RandomZoom(0.2, name="zoom"),
        k.RandomTranslation(0.1, 0.05, fill_mode="nearest", name="shift"),
        k.RandomContrast(0.3, name="contrast"),
        k.RandomBrightness(0.2, value_range=(0, 1), name="brightness"),
    ]


SAID = (
    "RandomFlip '{0}flip' (mode='horizontal'), RandomRotation '{0}turn' (factor=[-0.1, 0.1]), "
    "RandomZoom '{0}zoom' (height_factor=0.2), RandomTranslation '{0}shift' (height_factor=0.1, "
    "width_factor=0.05, fill_mode='nearest'), RandomContrast '{0}contrast' (factor=[0, 0.3]), "
    "RandomBrightness '{0}brightness' (factor=[-0.2, 0.2], value_range=[0, 1])"
)


@pytest.mark.parametrize("way", WAYS)
def test_augmentation_at_the_front_is_left_out_and_said_with_names_and_values(
    keras, way: str, tmp_path: Path
):
    model = network(keras, (10, 12, 3), usual(keras.layers), way=way)
    within = {"a model within": "augmentation/", "pipeline": "pipe/"}.get(way, "")
    note = f"Left out: {SAID.format(within)}. {BELONGS}"
    file = tmp_path / "model.keras"
    model.save(file)

    for read, notes in (
        (read_keras_config(model.to_json()), (note,)),
        (read_keras_file(file), (WITHOUT_WEIGHTS, note)),
    ):
        assert read.architecture.input == (10, 12, 3)
        assert read.architecture.layers == LAYERS
        assert read.notes == notes


@pytest.mark.parametrize("way", WAYS)
def test_what_is_left_computes_what_keras_does_in_use(keras, way: str, tmp_path: Path):
    front = [*usual(keras.layers), keras.layers.Rescaling(1 / 255)]
    model = network(keras, (10, 12, 3), front, way=way)
    x = np.random.default_rng(0).uniform(0, 255, (4, 10, 12, 3)).astype(np.float32)
    file = tmp_path / "model.keras"
    model.save(file)
    read, weights = read_keras_model(file)

    assert read.architecture.layers == (Rescaling(1 / 255), *LAYERS)
    again = build(read.architecture)
    set_weights(again, read.architecture, weights)
    np.testing.assert_allclose(again(x), model(x, training=False), rtol=1e-5, atol=1e-6)


SIZED: dict[str, tuple[Make, str]] = {
    "resizing": (lambda k: [k.Resizing(8, 9, name="size")], "Resizing 'size' to 8x9"),
    "resizing, said in full": (
        lambda k: [k.Resizing(8, 9, "nearest", crop_to_aspect_ratio=True, name="size")],
        "Resizing 'size' (interpolation='nearest', crop_to_aspect_ratio=True) to 8x9",
    ),
    "cropping": (lambda k: [k.CenterCrop(8, 9, name="crop")], "CenterCrop 'crop' to 8x9"),
    "resizing, then cropping": (
        lambda k: [k.Resizing(14, 14, name="size"), k.CenterCrop(8, 9, name="crop")],
        "Resizing 'size' to 14x14, CenterCrop 'crop' to 8x9",
    ),
}
ARRIVE = "The input is 8x9x3 here: images are to arrive in that size."


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", SIZED)
def test_what_gives_images_a_size_says_the_inputs(keras, case: str, way: str, tmp_path: Path):
    make, said = SIZED[case]
    front = make(keras.layers)
    model = network(keras, (20, 16, 3), front, way=way)
    within = {"a model within": "augmentation/", "pipeline": "pipe/"}.get(way, "")
    said = said.replace(" 'size'", f" '{within}size'").replace(" 'crop'", f" '{within}crop'")
    file = tmp_path / "model.keras"
    model.save(file)
    read, weights = read_keras_model(file)

    assert read.architecture.input == (8, 9, 3)
    assert read.architecture.layers == LAYERS
    assert read.notes == (f"Left out: {said}. {ARRIVE}",)
    assert read_keras_config(model.to_json()).notes == read.notes
    # Fed what those layers make of an image, it answers as the model does for the image.
    x = np.random.default_rng(0).uniform(0, 1, (4, 20, 16, 3)).astype(np.float32)
    again = build(read.architecture)
    set_weights(again, read.architecture, weights)
    expected, made = model(x, training=False), x
    for layer in front:
        made = layer(made)
    np.testing.assert_allclose(again(np.asarray(made)), expected, rtol=1e-5, atol=1e-6)


def test_a_random_crop_says_the_inputs_size_too(keras):
    model = network(
        keras, (20, 16, 3), [keras.layers.RandomCrop(8, 9, name="c", seed=3)], way="functional"
    )
    read = read_keras_config(model.to_json())

    assert model.get_layer("c").output.shape == (None, *read.architecture.input)
    assert read.notes == (f"Left out: RandomCrop 'c' to 8x9. {ARRIVE}",)


def test_sizes_that_are_open_need_not_be_said_where_a_layer_gives_them(keras):
    front = [keras.layers.Resizing(8, 9, name="size"), keras.layers.RandomFlip(name="flip")]
    read = read_keras_config(network(keras, (None, None, 3), front, way="sequential").to_json())

    assert read.architecture.input == (8, 9, 3)
    assert read.notes == (
        f"Left out: RandomFlip 'flip' (mode='horizontal_and_vertical'). {BELONGS}",
        f"Left out: Resizing 'size' to 8x9. {ARRIVE}",
    )


def test_sizes_before_and_behind_a_reshape_are_each_what_they_are(keras):
    k = keras.layers
    parts = [keras.Input((64,)), k.Reshape((8, 8, 1)), k.RandomFlip(name="f"), k.Resizing(4, 6)]
    read = read_keras_config(keras.Sequential([*parts, k.Flatten(), k.Dense(2)]).to_json())
    assert read.architecture.input == (4, 6, 1)
    assert read.architecture.layers == (Flatten(), Dense(2))
    assert "The input 64 is read as an image of 8x8x1." in read.notes

    parts = [keras.Input((9, 9, 3)), k.Resizing(8, 6), k.Reshape((4, 12, 3)), k.RandomZoom(0.1)]
    read = read_keras_config(keras.Sequential([*parts, k.Flatten(), k.Dense(2)]).to_json())
    assert read.architecture.input == (4, 12, 3)
    assert "The input 8x6x3 is read as an image of 4x12x3." in read.notes


def test_a_normalization_among_augmentation_is_still_what_the_network_is_fed(keras, tmp_path: Path):
    k = keras.layers
    front = [
        k.RandomFlip(name="flip"),
        k.Rescaling(1 / 255),
        k.RandomRotation(0.2),
        k.Normalization(mean=[0.5, 0.4, 0.3], variance=[0.04, 0.09, 0.16]),
        k.Resizing(8, 9),
    ]
    model = network(keras, (20, 16, 3), front, way="functional")
    model.save(tmp_path / "model.keras")
    read = read_keras_file(tmp_path / "model.keras")

    assert read.architecture.input == (8, 9, 3)
    assert read.architecture.layers == LAYERS
    assert read.architecture.fed.text == "0..255 mean 127.5,102,76.5 sd 51,76.5,102"
    plain = network(keras, (20, 16, 3), [front[1], front[3]], way="functional")
    assert read_keras_config(plain.to_json()).architecture.fed == read.architecture.fed


def test_of_many_augmentations_the_first_are_named(keras):
    front = [keras.layers.RandomFlip(name=f"f{n}") for n in range(MOST_NAMED + 3)]
    (note,) = read_keras_config(network(keras, (9, 9, 1), front, way="sequential").to_json()).notes

    assert f"'f{MOST_NAMED - 1}'" in note
    assert f"'f{MOST_NAMED}'" not in note
    assert " and 3 more. Augmentation belongs" in note


# Behind other layers, and what is written wrong

BEHIND: dict[str, tuple[Make, str]] = {
    "augmentation": (
        lambda k: [k.RandomRotation(0.1, name="x")],
        "layer 'x' (RandomRotation): augmentation is left out where a network begins, but this "
        "stands behind other layers. Remove it, and choose augmentation in the training.",
    ),
    "resizing": (
        lambda k: [k.Resizing(5, 5, name="x")],
        "layer 'x' (Resizing): an image gets its size where a network begins, but this stands "
        "behind other layers. There, use UpSampling2D, Cropping2D or a pooling.",
    ),
    "cropping": (
        lambda k: [k.CenterCrop(5, 5, name="x")],
        "layer 'x' (CenterCrop): an image gets its size where a network begins, but this stands",
    ),
    "cropping at random": (
        lambda k: [k.RandomCrop(5, 5, name="x")],
        "layer 'x' (RandomCrop): an image gets its size where a network begins, but this stands",
    ),
}


@pytest.mark.parametrize("way", ["sequential", "functional", "a model within", "pipeline"])
@pytest.mark.parametrize("case", BEHIND)
def test_behind_other_layers_it_is_refused_in_one_sentence(
    keras, case: str, way: str, tmp_path: Path
):
    make, message = BEHIND[case]
    front = [keras.layers.Conv2D(3, 3, padding="same"), *make(keras.layers)]
    model = network(keras, (10, 12, 3), front, way=way)
    model.save(tmp_path / "model.keras")

    within = {"a model within": "augmentation/", "pipeline": "pipe/"}.get(way, "")
    for read in (
        lambda: read_keras_config(model.to_json()),
        lambda: read_keras_file(tmp_path / "model.keras"),
    ):
        with pytest.raises(ArchitectureError) as caught:
            read()
        assert message.replace("'x'", f"'{within}x'") in str(caught.value)


def test_augmentation_in_a_branch_is_refused(keras):
    inputs = keras.Input((8, 8, 3))
    flipped = keras.layers.RandomFlip(name="flip")(inputs)
    model = keras.Model(inputs, keras.layers.Add()([inputs, flipped]))

    with pytest.raises(ArchitectureError, match=r"'flip' \(RandomFlip\): augmentation is left out"):
        read_keras_config(model.to_json())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"height": 0}, "layer 'size' (Resizing): height must be a whole number from 1 to 16,384,"),
        (
            {"width": "9"},
            "layer 'size' (Resizing): width must be a whole number from 1 to 16,384, ",
        ),
        ({"width": None}, "width must be a whole number from 1 to 16,384, got None."),
        ({"height": 1e9}, "height must be a whole number from 1 to 16,384, got 1000000000.0."),
        ({"data_format": "channels_first"}, "data_format='channels_first', but here channels come"),
    ],
)
def test_a_size_that_is_none_is_refused(keras, change: dict[str, Any], message: str):
    model = network(keras, (9, 9, 1), [keras.layers.Resizing(8, 9, name="size")], way="sequential")
    data = json.loads(model.to_json())
    data["config"]["layers"][1]["config"] |= change

    with pytest.raises(ArchitectureError) as caught:
        read_keras_config(data)
    assert message in str(caught.value)


def test_what_is_no_image_cannot_be_given_a_size(keras):
    model = network(keras, (9, 9, 1), [keras.layers.Resizing(8, 9, name="size")], way="sequential")
    data = json.loads(model.to_json())
    data["config"]["layers"][0]["config"]["batch_shape"] = [None, 81]

    with pytest.raises(ArchitectureError, match=r"the input is \(81,\), but only an image, height"):
        read_keras_config(data)


# Which layers these are

ACT_IN_USE = {"AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"}
"""They change images the same way in training and in use, or are meant to."""
OF_BOXES = {"MaxNumBoundingBoxes"}
BY_THEMSELVES = {"RandomHeight", "RandomWidth"}
"""Keras 2 has them, Keras 3 has not."""


def preparing(keras: Any) -> set[str]:
    """All of Keras' layers that prepare images."""
    base = next(
        one
        for one in keras.layers.RandomFlip.__mro__
        if one.__name__ == "BaseImagePreprocessingLayer"
    )
    found = {one for one in vars(keras.layers).values() if isinstance(one, type)}
    return {one.__name__ for one in found if issubclass(one, base) and one is not base}


def test_all_of_keras_layers_that_prepare_images_are_known(keras):
    known = {*AUGMENTATION, *SIZING} - BY_THEMSELVES

    assert preparing(keras) == known | ACT_IN_USE | OF_BOXES


MADE: dict[str, Make] = {
    "RandomFlip": lambda k: [k.RandomFlip()],
    "RandomPosterization": lambda k: [k.RandomPosterization(factor=4)],
    "RandomTranslation": lambda k: [k.RandomTranslation(0.3, 0.3)],
    "RandomGrayscale": lambda k: [k.RandomGrayscale(1.0)],
    "RandomGaussianBlur": lambda k: [k.RandomGaussianBlur()],
    "RandomErasing": lambda k: [k.RandomErasing(1.0)],
    "RandomColorJitter": lambda k: [k.RandomColorJitter(brightness_factor=0.5)],
    "RandomElasticTransform": lambda k: [k.RandomElasticTransform(1.0)],
    "RandAugment": lambda k: [k.RandAugment()],
    "AugMix": lambda k: [k.AugMix()],
    "MixUp": lambda k: [k.MixUp()],
    "CutMix": lambda k: [k.CutMix()],
    "RandomShear": lambda k: [k.RandomShear(0.3, 0.3)],
    "RandomPerspective": lambda k: [k.RandomPerspective()],
}
"""Those that are made with other words than one factor."""


@pytest.mark.parametrize("kind", [one for one in AUGMENTATION if one not in BY_THEMSELVES])
def test_augmentation_leaves_an_image_in_use_as_it_is(keras, kind: str):
    """Else leaving it out would change the network's answers."""
    make = MADE.get(kind, lambda k: [getattr(k, kind)(0.5)])
    (layer,) = make(keras.layers)
    x = np.random.default_rng(0).uniform(0, 255, (2, 8, 8, 3)).astype(np.float32)

    np.testing.assert_array_equal(np.asarray(layer(x, training=False)), x)
