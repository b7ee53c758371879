"""What is kept of a network after an epoch, against Keras and the weights that were kept."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, Split, load
from cnn.network.architecture import Architecture
from cnn.network.keras.model import build, set_weights
from cnn.network.layers import Conv2D, Dense, Flatten, MaxPooling2D
from cnn.network.zoo import entry
from cnn.training.engine import fit, snapshots
from cnn.training.engine.machine import Machine
from cnn.training.engine.snapshots import (
    Snapshot,
    are_weights_kept,
    is_kept,
    kept_part,
    snapshot_name,
    watched,
)
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WATCHED, WEIGHTS, WEIGHTS_AFTER, Run, State
from cnn.training.store.store import Store

NETWORK = Architecture(
    "Two convolutions",
    (8, 8, 1),
    (
        Conv2D(4, 3, activation="relu"),
        MaxPooling2D(),
        Conv2D(6, 2),
        Flatten(),
        Dense(3, "softmax"),
    ),
)
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2, seed=3)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('snapshots') / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def run(store: Store) -> Run:
    done = fit.carry_out(store, store.add(NETWORK, SETTINGS, worker="me"))
    assert done.state is State.FINISHED, done.message
    return done


def arrays(store: Store, run: Run, name: str) -> dict[str, np.ndarray]:
    content = store.file(run.id, name)
    assert content
    with np.load(io.BytesIO(content)) as found:
        return dict(found)


def snapshot(store: Store, run: Run, epoch: int) -> Snapshot:
    content = store.file(run.id, snapshot_name(epoch))
    assert content
    return Snapshot.from_bytes(content, run.architecture)


def test_there_is_one_before_training_and_one_after_each_epoch(store: Store, run: Run):
    assert store.snapshots(run.id) == [0, 1, 2]
    assert snapshot_name(7) == "snapshot-0007"


def test_the_same_few_validation_images_are_followed(store: Store, run: Run):
    validation = load(SETTINGS.dataset, NETWORK.input).validation
    kept = arrays(store, run, WATCHED)

    assert len(set(kept["places"])) == 8
    assert (kept["pixels"] == validation.pixels[kept["places"]]).all()
    assert (kept["labels"] == validation.labels[kept["places"]]).all()
    assert (watched(validation, 3) == kept["places"]).all()
    assert (watched(validation, 4) != kept["places"]).any()
    assert len(watched(validation.take([0, 1]), 3)) == 2


def test_the_last_one_shows_what_keras_makes_of_the_kept_weights(store: Store, run: Run):
    import keras

    model = build(NETWORK)
    flat = arrays(store, run, WEIGHTS)
    names = dict.fromkeys(key.split("/")[0] for key in flat)
    weights = {name: tuple(flat[f"{name}/{place}"] for place in (0, 1)) for name in names}
    set_weights(model, NETWORK, weights)
    layers = ("conv2d_1", "conv2d_2")
    look = keras.Model(model.input, [model.output, *(model.get_layer(n).output for n in layers)])
    kept = arrays(store, run, WATCHED)
    probabilities, *maps = look.predict(kept["pixels"] / np.float32(255), verbose=0)

    found = snapshot(store, run, 2)

    assert found.kernels is not None
    assert (found.kernels == weights["conv2d_1"][0].astype(np.float16)).all()
    assert found.probabilities == pytest.approx(probabilities, abs=1e-3)
    assert list(found.maps) == list(layers)
    for name, wanted in zip(layers, maps, strict=True):
        level = (wanted.max(axis=(0, 1, 2)) - wanted.min(axis=(0, 1, 2))) / 255
        assert (np.abs(found.maps[name] - wanted) <= 0.51 * level + 1e-5).all()


def test_the_first_one_shows_the_weights_training_began_with(store: Store, run: Run):
    import keras

    keras.utils.set_random_seed(SETTINGS.seed)
    kernels = build(NETWORK).get_layer("conv2d_1").get_weights()[0]

    found = snapshot(store, run, 0)

    assert found.kernels is not None
    assert (found.kernels == kernels.astype(np.float16)).all()


def test_all_weights_are_kept_too_from_those_it_began_with_to_those_that_were_tested(
    store: Store, run: Run
):
    import keras

    keras.utils.set_random_seed(SETTINGS.seed)
    began = build(NETWORK).get_layer("dense_1").get_weights()[0]
    assert store.snapshots(run.id, WEIGHTS_AFTER) == [0, 1, 2]

    of = [trained_weights(store, run, epoch) for epoch in (0, 1, 2)]
    tested = trained_weights(store, run)

    assert (of[0]["dense_1"][0] == began).all()
    for name, arrays_ in tested.items():
        for place, one in enumerate(arrays_):
            assert (of[2][name][place] == one).all()
            assert (of[1][name][place] != one).any()


@pytest.mark.parametrize(
    ("size", "epochs", "kept"),
    [
        (38_284, 5, [0, 1, 2, 3, 4, 5]),  # 9,571 parameters, and room for sixty
        (250_000, 20, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]),  # room for sixteen
        (1_333_000, 20, [0, 20]),
        (1_334_000, 20, []),
    ],
)
def test_of_all_weights_no_more_are_kept_than_there_is_room_for(
    size: int, epochs: int, kept: list[int]
):
    found = [epoch for epoch in range(epochs + 1) if are_weights_kept(epoch, epochs, size)]

    assert found == kept
    assert len(found) * size <= snapshots.WEIGHTS_BYTES


@pytest.mark.parametrize(
    ("epochs", "kept"), [(1, [0, 1]), (60, list(range(61))), (61, [*range(0, 61, 2), 61])]
)
def test_of_many_epochs_evenly_chosen_ones_have_a_snapshot(epochs: int, kept: list[int]):
    assert [epoch for epoch in range(epochs + 1) if is_kept(epoch, epochs)] == kept


@pytest.mark.parametrize("epochs", [59, 60, 61, 119, 120, 121, 999, 1_000])
def test_there_are_never_many_more_than_sixty(epochs: int):
    kept = [epoch for epoch in range(epochs + 1) if is_kept(epoch, epochs)]

    assert 30 <= len(kept) <= 62
    assert (kept[0], kept[-1]) == (0, epochs)


@pytest.mark.parametrize("name", ["lenet-5", "vgg-lite", "resnet-lite", "mobilenet-lite"])
def test_a_snapshot_is_small(name: str):
    architecture = entry(name).architecture
    pixels = np.random.default_rng(0).integers(0, 256, (8, *architecture.input), np.uint8)
    machine = Machine(architecture, Configuration(), Split(pixels, np.arange(8)))

    content = machine.snapshot(pixels).to_bytes()

    assert len(content) <= 102_400
    assert Snapshot.from_bytes(content, architecture).maps


@pytest.mark.parametrize(
    ("shape", "part"),
    [((28, 28, 6), (1, 6)), ((28, 28, 64), (1, 6)), ((224, 224, 64), (5, 2)), ((4, 4, 9), (1, 9))],
)
def test_of_large_maps_only_a_part_is_kept(shape: tuple[int, int, int], part: tuple[int, int]):
    assert kept_part(*shape) == part


def test_the_kernels_of_a_wide_convolution_are_kept_in_part():
    wide = Architecture("Wide", (32, 32, 3), (Conv2D(96, 11), Flatten(), Dense(10)))
    kernels, maps = np.ones((11, 11, 3, 96), np.float32), np.ones((8, 22, 22, 6), np.float32)
    seen = Snapshot(kernels, {"conv2d_1": maps}, np.full((8, 10), 0.1, np.float32))

    found = Snapshot.from_bytes(seen.to_bytes(), wide).kernels

    assert found is not None
    assert found.shape == (11, 11, 3, 27)
    assert found.nbytes <= snapshots.KERNELS_BYTES


def test_a_network_without_convolution_has_snapshots_too(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    dense = Architecture("Dense", (8, 8, 1), (Flatten(), Dense(3)))
    run = fit.carry_out(store, store.add(dense, SETTINGS, worker="me"))

    found = snapshot(store, run, 1)

    assert (found.kernels, found.maps) == (None, {})
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(8), abs=2e-3)
    store.close()
