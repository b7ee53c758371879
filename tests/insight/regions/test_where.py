"""On images where only a planted patch decides, a trained network's maps point to the patch.

With its weights drawn anew they lose it: what a map shows is what the network has learnt, not how
the image looks (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292).
"""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.insight.passes.backward import TargetError
from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.insight.regions.where import (
    HeatMap,
    grad_cam,
    map_layers,
    occlusion,
    saliency,
    spread_over_image,
)
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
    Rescaling,
)
from cnn.network.shapes import ReceptiveField
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, State
from cnn.training.store.store import Store

SIDE, PATCH = 24, 8
METHODS = {"saliency": saliency, "Grad-CAM": grad_cam, "occlusion": occlusion}

NETWORK = Architecture(
    "Patches",
    (SIDE, SIDE, 1),
    (
        Rescaling(2.0, -1.0),
        Conv2D(8, 3, padding="same", activation="relu"),
        Conv2D(16, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Conv2D(16, 3, padding="same", activation="relu"),
        GlobalMaxPooling2D(),
        Dense(2, "softmax"),
    ),
)


@dataclass(frozen=True)
class Planted:
    """Noise of two tones with a patch of stripes, whose direction is the class; nothing is brighter
    or has more contrast in the patch than around it.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    patches: npt.NDArray[np.bool_]


def planted(count: int, seed: int) -> Planted:
    random = np.random.default_rng(seed)
    images = random.integers(0, 2, (count, SIDE, SIDE, 1)).astype(np.uint8) * 255
    labels = np.arange(count) % 2
    patches = np.zeros((count, SIDE, SIDE), bool)
    stripes = np.repeat((np.arange(PATCH) % 2 * 255)[:, None], PATCH, axis=1)
    for image, label, patch in zip(images, labels, patches, strict=True):
        top, left = random.integers(0, SIDE - PATCH + 1, 2)
        image[top : top + PATCH, left : left + PATCH, 0] = stripes if label else stripes.T
        patch[top : top + PATCH, left : left + PATCH] = True
    return Planted(images, labels, patches)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """The weights of the network after a training of its own, as any run has it."""
    folder = tmp_path_factory.mktemp("planted")
    made = planted(2_000, seed=1)
    np.savez(folder / "patches.npz", images=made.images, labels=made.labels)
    dataset = DatasetSpec(DatasetName.OWN_IMAGES, file=str(folder / "patches.npz"))
    store = Store(f"sqlite:///{folder / 'runs.sqlite'}")
    configuration = Configuration(dataset, epochs=8, learning_rate=0.01)
    run = fit.carry_out(store, store.add(NETWORK, configuration, worker="me"))
    assert run.state is State.FINISHED, run.message
    content = store.file(run.id, WEIGHTS)
    assert content
    store.close()
    weights: Weights = {}
    with np.load(io.BytesIO(content)) as found:
        for key in found:
            name = key.split("/")[0]
            weights[name] = (*weights.get(name, ()), found[key])
    return weights


def mass_in_patch(heat: HeatMap, patch: npt.NDArray[np.bool_]) -> float:
    """How much of what speaks for the class lies in the patch, or on the pixels around it."""
    lines, columns = np.flatnonzero(patch.any(axis=1)), np.flatnonzero(patch.any(axis=0))
    top, left = max(lines[0] - 1, 0), max(columns[0] - 1, 0)
    values = np.maximum(heat.values, 0)
    inside = values[top : lines[-1] + 2, left : columns[-1] + 2]
    return float(inside.sum() / values.sum()) if values.any() else 0.0


def shares(weights: Weights, method: str, count: int = 20) -> list[float]:
    unseen = planted(count, seed=2)
    images = unseen.images.astype(np.float32) / 255
    return [
        mass_in_patch(METHODS[method](NETWORK, weights, image, int(label)), patch)
        for image, label, patch in zip(images, unseen.labels, unseen.patches, strict=True)
    ]


@pytest.mark.proof
def test_the_network_has_learnt_to_find_the_patch(learnt):
    unseen = planted(200, seed=2)
    found = predict(NETWORK, learnt, unseen.images.astype(np.float32) / 255).argmax(axis=1)

    assert (found == unseen.labels).mean() > 0.95


@pytest.mark.parametrize(
    ("method", "least"), [("saliency", 0.4), ("Grad-CAM", 0.5), ("occlusion", 0.7)]
)
def test_maps_point_to_the_patch_and_with_random_weights_they_do_not(learnt, method, least):
    """The patch and the pixels around it are 17 % of an image. Saliency gets half its mass there,
    not more: it also lights up where a filter that hardly counts found what it looks for.
    """
    trained = float(np.median(shares(learnt, method)))
    drawn = [float(np.median(shares(random_weights(NETWORK, seed), method))) for seed in range(3)]

    assert trained > least
    assert max(drawn) < trained / 2


PLAIN = Architecture(
    "Plain", (10, 9, 2), (Conv2D(3, 3, activation="relu"), Conv2D(4, 2, 2), Flatten(), Dense(3))
)
IMAGE = np.random.default_rng(5).random((10, 9, 2)).astype(np.float32)


def test_occlusion_is_the_mean_fall_of_the_score_over_the_squares_on_a_pixel():
    weights = random_weights(PLAIN)
    whole = predict(PLAIN, weights, IMAGE[None])[0, 1]
    falls: list[list[list[float]]] = [[[] for _ in range(9)] for _ in range(10)]
    for top in (0, 2, 4, 6, 7):
        for left in (0, 2, 4, 6):
            covered = IMAGE.copy()
            for channel in (0, 1):
                fill = np.median(IMAGE[..., channel])
                covered[top : top + 3, left : left + 3, channel] = fill
            fall = whole - predict(PLAIN, weights, covered[None])[0, 1]
            for row in range(top, top + 3):
                for column in range(left, left + 3):
                    falls[row][column].append(float(fall))

    found = occlusion(PLAIN, weights, IMAGE, 1, window=3, step=2)

    wanted = [[np.mean(one) for one in row] for row in falls]
    np.testing.assert_allclose(found.values, wanted, atol=1e-5)
    assert "3×3 square" in found.how
    assert "20 in all, 2 pixels apart" in found.how
    assert found.how.startswith("How far the score of class 1 falls")


def test_what_a_mean_of_softmaxes_gives_is_called_a_confidence():
    head = (Conv2D(2, 1, activation="softmax"), GlobalAveragePooling2D())
    means = Architecture("Means", PLAIN.input, head)

    network = means, random_weights(means), IMAGE, 1

    assert occlusion(*network).how.startswith("How far the confidence in class 1 falls")
    assert "the gradient of the confidence in class 1 at each pixel" in saliency(*network).how


def test_a_square_larger_than_the_image_covers_all_of_it():
    weights = random_weights(PLAIN)
    flat = np.broadcast_to(np.median(IMAGE, axis=(0, 1)), IMAGE.shape)
    both = predict(PLAIN, weights, np.stack([IMAGE, flat]))[:, 0]

    found = occlusion(PLAIN, weights, IMAGE, 0, window=50)

    np.testing.assert_allclose(found.values, both[0] - both[1], atol=1e-6)


def test_saliency_of_a_linear_network_is_the_size_of_its_weights():
    linear = Architecture("Linear", (3, 2, 2), (Flatten(), Dense(2, "softmax")))
    weights = random_weights(linear)
    kernel = weights["dense_1"][0][:, 1].reshape(3, 2, 2)

    found = saliency(linear, weights, IMAGE[:3, :2], 1)

    np.testing.assert_array_equal(found.values, np.abs(kernel).max(axis=2))
    assert found.how == (
        "The size of the gradient of the score of class 1 before the softmax at each pixel, "
        "the largest of its channels."
    )


def test_grad_cam_by_hand():
    """Behind a mean over the map, a map's worth is its weight over the number of cells."""
    layers = (Conv2D(2, 1), GlobalAveragePooling2D(), Dense(2))
    network = Architecture("By hand", (2, 2, 1), layers)
    weights: Weights = {
        "conv2d_1": (np.array([[[[1, -1]]]], np.float32), np.array([0, 3], np.float32)),
        "dense_1": (np.array([[4, 0], [8, 0]], np.float32), np.zeros(2, np.float32)),
    }
    image = np.array([[[0], [1]], [[2], [10]]], np.float32)

    found = grad_cam(network, weights, image, 0)

    # maps x and 3 - x, worth 4 / 4 and 8 / 4: x + 2 (3 - x) = 6 - x, and never below 0
    assert found.values.tolist() == [[6, 5], [4, 0]]


def test_cells_are_drawn_where_their_receptive_fields_have_their_centres():
    field = ReceptiveField(size=(3, 3), jump=(2, 4), offset=(1.0, 0.0))

    found = spread_over_image(np.array([[0, 8], [4, 8]], np.float32), field, (5, 5))

    # centres of the lines at 1 and 3, of the columns at 0 and 4
    assert found.tolist() == [
        [0, 2, 4, 6, 8],
        [0, 2, 4, 6, 8],
        [2, 3.5, 5, 6.5, 8],
        [4, 5, 6, 7, 8],
        [4, 5, 6, 7, 8],
    ]


def test_the_convolution_can_be_chosen_and_the_last_one_is_meant_otherwise():
    weights = random_weights(PLAIN)

    assert [row.name for row in map_layers(PLAIN)] == ["conv2d_1", "conv2d_2"]
    last, named = grad_cam(PLAIN, weights, IMAGE, 0), grad_cam(PLAIN, weights, IMAGE, 0, "conv2d_2")
    first = grad_cam(PLAIN, weights, IMAGE, 0, "conv2d_1")

    np.testing.assert_array_equal(last.values, named.values)
    assert "The 3 maps of Conv2D #1 (8×7 cells)" in first.how
    for found in (last, first, saliency(PLAIN, weights, IMAGE, 0)):
        assert found.values.shape == (10, 9)
        assert found.values.dtype == np.float32


def test_what_cannot_be_shown_is_refused():
    dense = Architecture("Dense", (4, 4, 1), (Flatten(), Dense(2)))
    pooled = Architecture(
        "Pooled", (4, 4, 1), (GlobalAveragePooling2D(keepdims=True), Conv2D(2, 1), Flatten())
    )
    image = np.zeros((4, 4, 1))
    for network in (dense, pooled):
        with pytest.raises(TargetError, match="has no convolution whose map lies over the image"):
            grad_cam(network, random_weights(network), image, 0)
    with pytest.raises(TargetError, match=r"cannot be made at 'dense_1'. .*: conv2d_1, conv2d_2"):
        grad_cam(PLAIN, random_weights(PLAIN), IMAGE, 0, "dense_1")
    for method in METHODS.values():
        with pytest.raises(TargetError, match=r"no class 3: the network has 3\. Use 0 to 2"):
            method(PLAIN, random_weights(PLAIN), IMAGE, 3)
