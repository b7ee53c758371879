"""What the browser is given of the feature maps: from the bytes, each map comes back."""

import base64
import json

import numpy as np
import pytest

from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.inside.explorer import ALL_BYTES, LARGEST, LAYER_BYTES, explorer_parts


def parts_of(architecture: Architecture, names: tuple[str, ...] = ()):
    image = np.random.default_rng(0).random((1, *architecture.input)).astype(np.float32)
    found = forward(architecture, random_weights(architecture), image)
    return image, found, explorer_parts(trace(architecture), image[0], found.outputs, names)


def maps(part) -> np.ndarray:
    """The values as the browser has them again: `[map, line, column]`."""
    levels = np.frombuffer(base64.b64decode(part["bytes"]), np.uint8)
    levels = levels.reshape(part["count"], part["height"], part["width"]).astype(float)
    low, high = (np.array(part[end])[:, None, None] for end in ("lows", "highs"))
    values: np.ndarray = low + levels / 255 * (high - low)
    return values


def test_every_map_comes_back_to_half_a_level():
    image, found, parts = parts_of(entry("lenet-5").architecture)

    assert [part["name"] for part in parts] == ["", *found.outputs]
    for part in parts:
        values = found.outputs[part["name"]][0] if part["name"] else image[0]
        wanted = values[None, None] if values.ndim == 1 else np.moveaxis(values, -1, 0)
        half = (np.array(part["highs"]) - part["lows"]).max() / 255 * 0.51
        np.testing.assert_allclose(maps(part), wanted, atol=half + 1e-5)
        assert part["hidden"] == 0


def test_of_too_many_or_large_maps_some_are_left_out_and_it_is_said():
    _, found, parts = parts_of(Architecture("wide", (130, 130, 3), (Conv2D(90, (3, 3)),)))

    last = parts[-1]
    assert last["every"] == 2
    assert max(last["height"], last["width"]) <= LARGEST
    assert last["count"] * last["height"] * last["width"] <= LAYER_BYTES
    assert last["count"] + last["hidden"] == 90
    half = (np.array(last["highs"]) - last["lows"]).max() / 255 * 0.51
    wanted = np.moveaxis(found.output[0][::2, ::2, : last["count"]], -1, 0)
    np.testing.assert_allclose(maps(last), wanted, atol=half + 1e-5)


def test_of_very_many_layers_each_has_a_smaller_share_of_the_bytes():
    deep = Architecture("deep", (64, 64, 16), (Conv2D(16, 1),) * 600)
    outputs = {row.name: np.ones((1, 64, 64, 16), np.float32) for row in trace(deep).rows}
    parts = explorer_parts(trace(deep), np.ones((64, 64, 16), np.float32), outputs, ())
    assert {(part["count"], part["hidden"]) for part in parts} == {(3, 13)}
    assert sum(len(base64.b64decode(part["bytes"])) for part in parts) <= ALL_BYTES


def test_a_short_vector_has_its_numbers_and_the_last_one_its_classes():
    network = Architecture("few", (6, 6, 1), (Flatten(), Dense(units=3)))
    _, found, parts = parts_of(network, ("a", "b", "c"))

    assert parts[-1]["values"] == pytest.approx(found.output[0].tolist(), rel=1e-4)
    assert parts[-1]["classes"] == ["a", "b", "c"]
    assert "classes" not in parts[1]
    assert parts[1]["values"] == []


def test_endless_numbers_are_sent_as_json_can_hold_them():
    network = Architecture("broken", (4, 4, 1), (Conv2D(1, (3, 3)), GlobalMaxPooling2D()))
    weights = random_weights(network)
    weights["conv2d_1"][0][0, 0] = np.nan
    image = np.ones((1, 4, 4, 1), np.float32)
    found = forward(network, weights, image)

    parts = explorer_parts(trace(network), image[0], found.outputs, ())

    json.dumps(parts, allow_nan=False)


def test_it_is_said_what_a_cell_sees_and_the_whole_image_only_where_it_is():
    kept = GlobalAveragePooling2D(keepdims=True)
    networks = {
        (Conv2D(2, 1), Conv2D(2, 3), MaxPooling2D(2), kept): [
            *("", "", "3×3 pixels of the image", "4×4 pixels of the image"),
            "the whole image",
        ],
        (MaxPooling2D(3), kept, Flatten()): [
            *("", "3×3 pixels of the image", "81 of the 100 pixels of the image", ""),
        ],
    }
    for layers, wanted in networks.items():
        network = Architecture("Seen", (10, 10, 1), layers)
        image = np.ones((1, 10, 10, 1), np.float32)
        outputs = forward(network, random_weights(network), image).outputs

        parts = explorer_parts(trace(network), image[0], outputs, ())

        assert [part["sees"] for part in parts] == wanted
