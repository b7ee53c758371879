"""An ONNX file gives, in onnxruntime, what Keras gives; ONNX's own checker finds nothing wrong."""

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture
from cnn.network.feed import Feed
from cnn.network.keras.model import Weights, WeightsError, build, set_weights
from cnn.network.layers import AveragePooling2D
from cnn.network.onnx.write import write_onnx
from cnn.network.zoo import entry
from tests.needs import ONNX
from tests.network.export_cases import (
    CASES,
    INPUT,
    SMALL_ZOO,
    random_images,
    random_weights,
)
from tests.network.onnx.outside import answers
from tests.network.strategies import architectures
from tests.some import some

pytestmark = ONNX.mark()


def onnx_file(architecture: Architecture, weights: Weights, *names: str) -> bytes:
    into = io.BytesIO()
    write_onnx(architecture, weights, into, names)
    return into.getvalue()


def checked(content: bytes) -> Any:
    """The model as the `onnx` package reads it, when its checker is content."""
    import onnx

    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    return model


def kept_to(found: Any, wanted: Any, reason: str = "") -> None:
    """The same to 1e-5, of the largest of them where that is above 1."""
    within = 1e-5 * np.max(np.abs(wanted), initial=1.0)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=within, err_msg=reason)


def test_zeros_that_lie_beside_a_narrow_map_are_left_out_of_a_mean():
    """Along one axis they are as many as the window is long along the other."""
    architecture = Architecture("narrow", (1, 1, 2), (AveragePooling2D((1, 2), padding="same"),))
    images = random_images(architecture)

    kept_to(answers(onnx_file(architecture, {}), images), images)


@pytest.mark.parametrize("id", some(SMALL_ZOO, "lenet-5", "resnet-lite"))
def test_a_network_of_the_zoo_gives_what_keras_gives(id: str):
    architecture = entry(id).architecture
    weights, images = random_weights(architecture), random_images(architecture)
    model = build(architecture)
    set_weights(model, architecture, weights)

    kept_to(answers(onnx_file(architecture, weights), images), np.asarray(model(images)))


def test_every_kind_and_option_gives_what_numpy_gives():
    """Whose passes are held against Keras' in their own tests."""
    for reason, architecture in CASES.items():
        weights, images = random_weights(architecture), random_images(architecture)
        content = onnx_file(architecture, weights)
        checked(content)
        found, wanted = (
            answers(content, architecture.fed.of(images)),
            predict(architecture, weights, images),
        )
        kept_to(found, wanted, reason)


@given(architectures())
def test_random_networks_give_what_numpy_gives(architecture: Architecture):
    weights, images = random_weights(architecture), random_images(architecture)
    content = onnx_file(architecture, weights)
    checked(content)
    found, wanted = (
        answers(content, architecture.fed.of(images)),
        predict(architecture, weights, images),
    )
    kept_to(found, wanted)


def test_the_file_says_how_it_is_to_be_fed_and_what_its_classes_are():
    feed = Feed(0, 255, (10.0, 20.0, 30.0, 40.0))
    architecture = Architecture("Größe", INPUT, (), feed)
    model = checked(onnx_file(architecture, {}, "cat", "dog"))
    said = {one.key: one.value for one in model.metadata_props}
    (given,) = model.graph.input

    assert said["pixels"] == feed.text
    assert json.loads(said["class_names"]) == ["cat", "dog"]
    assert given.name == "image_nchw"
    sizes = [one.dim_param or one.dim_value for one in given.type.tensor_type.shape.dim]
    assert sizes == ["N", 4, 9, 8]
    assert model.graph.name == "Größe"


def test_weights_of_another_network_are_refused():
    with pytest.raises(WeightsError, match="needs weights of the shapes"):
        onnx_file(entry("lenet-5").architecture, {})
