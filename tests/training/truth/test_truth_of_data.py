"""What is said of a run is what plain Keras finds with its file, whatever it was trained on: Keras
reads the images itself where they come as files, and they are fed by hand as the feed is defined.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.data import Dataset, DatasetName, DatasetSpec, Split
from cnn.data.sets.mnist import SAMPLE_FILE
from cnn.network.architecture import Architecture
from cnn.network.feed import NAMED, Feed
from cnn.network.layers import Conv2D, Dense, Flatten, Layers, Rescaling
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store
from tests import needs
from tests.some import some
from tests.training.in_keras import check, check_training, in_keras
from tests.training.own_files import CLASSES, SIDE
from tests.training.subjects import trained

BODY = (Conv2D(4, 3, strides=2, activation="relu"), Flatten(), Dense(3, "softmax"))

Pixels = np.typing.NDArray[Any]


def of_keras(mode: str) -> Callable[[Pixels], Pixels]:
    """What `keras.applications` does with bytes before a network."""

    def prepared(pixels: Pixels) -> Pixels:
        from keras.src.applications.imagenet_utils import preprocess_input

        found: Pixels = preprocess_input(pixels, data_format="channels_last", mode=mode)
        return found

    return prepared


STANDARD = Feed(0, 1, (0.1307,), (0.3081,))
ODD = Feed(-2, 3, (0.2,), (1.0, 2.0, 4.0), bgr=True)
TO_SHARES, TO_BOTH_SIDES, LESS = Rescaling(1 / 255), Rescaling(1 / 127.5, -1.0), Rescaling(0.01)
FED: dict[str, tuple[int, Layers, Feed | None, Callable[[Pixels], Pixels]]] = {
    "0 to 1": (1, (), None, lambda pixels: pixels / 255),
    "bytes, as a Rescaling says": (1, (TO_SHARES,), None, lambda pixels: pixels),
    "bytes, to -1..1": (3, (TO_BOTH_SIDES,), None, lambda pixels: pixels),
    "0 to 1 into a Rescaling": (1, (TO_SHARES,), NAMED["0..1"], lambda pixels: pixels / 255),
    "-1 to 1": (3, (), NAMED["-1..1"], of_keras("tf")),
    "mean and sd of grey": (1, (), STANDARD, lambda pixels: (pixels / 255 - 0.1307) / 0.3081),
    "mean and sd of each channel": (3, (), NAMED["torch"], of_keras("torch")),
    "blue first, less the means": (3, (LESS,), NAMED["caffe"], of_keras("caffe")),
    "blue first": (3, (), Feed(bgr=True), lambda pixels: pixels[..., ::-1] / 255),
    "any": (3, (), ODD, lambda pixels: (pixels[..., ::-1] / 51 - 2.2) / np.array([1, 2, 4])),
}


FED_OFTEN = (
    *("bytes, as a Rescaling says", "mean and sd of each channel", "blue first, less the means"),
    "any",
)


@pytest.mark.parametrize("name", some(FED, *FED_OFTEN))
def test_a_file_that_is_fed_as_the_page_says_gives_what_the_page_says(
    store: Store,
    data: dict[str, DatasetSpec],
    tmp_path: Path,
    name: str,
):
    channels, first, feed, by_hand = FED[name]
    network = Architecture("Fed", (SIDE, SIDE, channels), (*first, *BODY), feed)
    spec = data["folders of colour" if channels == 3 else "arrays of grey"]
    run, images = trained(store, network, spec)

    keras = in_keras(store, run, tmp_path)
    wanted = by_hand(images.test.pixels.astype(np.float32))
    np.testing.assert_allclose(keras.fed(images.test.pixels), wanted, rtol=1e-5, atol=2e-5)
    check(store, run, images, keras)
    check_training(store, run, images, keras)


def test_of_folders_the_page_says_what_keras_finds_in_them(
    store: Store, data: dict[str, DatasetSpec], tmp_path: Path
):
    import keras

    spec = data["folders of colour"]
    run, images = trained(store, Architecture("Own", (SIDE, SIDE, 3), BODY), spec, steps=3)
    with zipfile.ZipFile(spec.file) as archive:
        archive.extractall(tmp_path)

    def read(folder: str) -> Split:
        found = keras.utils.image_dataset_from_directory(
            *(tmp_path / folder, "inferred", "int"),
            image_size=(SIDE, SIDE),
            batch_size=None,
            shuffle=False,
            verbose=False,
        )
        assert tuple(found.class_names) == images.class_names == CLASSES
        pixels, labels = zip(*found.as_numpy_iterator(), strict=True)
        return as_split(np.stack(pixels), np.array(labels))

    by_keras = replace(images, train=read("train"), validation=read("val"), test=read("test"))
    keras_finds_it(store, run, by_keras, tmp_path)


@pytest.mark.parametrize("kind", ["arrays of grey", "arrays of colour"])
def test_of_arrays_the_page_says_what_keras_finds_in_them(
    store: Store, data: dict[str, DatasetSpec], tmp_path: Path, kind: str
):
    channels = 3 if kind == "arrays of colour" else 1
    network = Architecture("Own", (SIDE, SIDE, channels), BODY)
    run, images = trained(store, network, data[kind], steps=3)
    with np.load(data[kind].file) as arrays:
        train, validation, test = (
            as_split(
                arrays[f"x_{part}"].reshape(-1, SIDE, SIDE, channels), arrays[f"y_{part}"] // 10
            )
            for part in ("train", "val", "test")
        )
    by_numpy = replace(images, train=train, validation=validation, test=test)
    keras_finds_it(store, run, by_numpy, tmp_path)


def test_of_the_sample_of_mnist_the_page_says_what_keras_finds_in_it(store: Store, tmp_path: Path):
    network = Architecture("Sample", (28, 28, 1), BODY)
    run, images = trained(store, network, DatasetSpec(DatasetName.MNIST_SAMPLE), steps=3)
    with np.load(SAMPLE_FILE) as arrays:
        test = as_split(arrays["x_test"][..., None], arrays["y_test"])
    check(store, run, replace(images, test=test), in_keras(store, run, tmp_path))


@needs.MNIST.mark()
@pytest.mark.proof
def test_of_all_of_mnist_the_page_says_what_keras_finds_in_it(store: Store, tmp_path: Path):
    network = Architecture("MNIST", (28, 28, 1), BODY)
    run, images = trained(store, network, DatasetSpec(DatasetName.MNIST), steps=3)
    with np.load(needs.MNIST_FILE) as arrays:
        test = as_split(arrays["x_test"][..., None], arrays["y_test"])
    check(store, run, replace(images, test=test), in_keras(store, run, tmp_path))


def keras_finds_it(store: Store, run: Run, images: Dataset, folder: Path) -> None:
    """What was trained and judged on these images is what Keras makes of them."""
    found = in_keras(store, run, folder)
    check(store, run, images, found)
    check_training(store, run, images, found)


def as_split(pixels: Pixels, labels: Pixels) -> Split:
    """What was read by others, as the checks take it; no pixel may have been changed on the way."""
    assert (pixels == pixels.astype(np.uint8)).all()
    return Split(pixels.astype(np.uint8), labels.astype(np.int64))
