"""Every network of the zoo leaves in each format, answers there as it does here, and comes back."""

import io
from typing import Any

import numpy as np
import pytest

from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture
from cnn.network.keras.file import keras_file
from cnn.network.keras.model import Weights, WeightsError, build, set_weights
from cnn.network.keras.weights import read_keras_model
from cnn.network.onnx.read import read_onnx_model
from cnn.network.onnx.write import write_onnx
from cnn.network.torch.export import torch_code
from cnn.network.torch.file import read_torch_weights, write_torch_weights
from cnn.network.trace import FLOAT_BYTES, trace
from cnn.network.zoo import zoo
from tests.needs import ONNX, SAFETENSORS, TORCH
from tests.network.export_cases import random_images, random_weights
from tests.network.onnx.outside import answers
from tests.network.torch.test_export import channels_last, module_of

pytestmark = [
    pytest.mark.proof,
    *(needed.mark() for needed in (ONNX, SAFETENSORS, TORCH)),
    pytest.mark.parametrize("id", zoo()),
]


READ_BYTES = 500_000_000
LARGE = 100
"""The largest weights of a `.keras` file that are read; of larger images, one is enough."""


class Case:
    """A network with weights, and what Keras makes of three images."""

    def __init__(self, id: str) -> None:
        self.architecture: Architecture = zoo()[id].architecture
        self.weights: Weights = random_weights(self.architecture)
        self.images = random_images(self.architecture)
        if len(self.images[0]) > LARGE:
            self.images = self.images[:1]
        model = build(self.architecture)
        set_weights(model, self.architecture, self.weights)
        self.wanted = np.asarray(model(self.images))


@pytest.fixture
def case(id: str) -> Case:
    return Case(id)


def alike(found: Any, wanted: Any) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max(initial=1.0))


def test_json(id: str):
    architecture = zoo()[id].architecture
    assert Architecture.from_json(architecture.to_json()) == architecture


def test_keras(case: Case):
    content = keras_file(case.architecture, case.weights)
    if FLOAT_BYTES * trace(case.architecture).total_params > READ_BYTES:  # VGG-16 alone
        with pytest.raises(WeightsError, match="at most 500,000,000 are read"):
            read_keras_model(content)
        return
    read, weights = read_keras_model(content)

    assert read.architecture.input == case.architecture.input
    was, now = (trace(one).total_params for one in (case.architecture, read.architecture))
    assert now == was  # its layers may be others: Keras pads by a layer of its own
    alike(predict(read.architecture, weights, case.images), case.wanted)


def test_onnx(case: Case):
    into = io.BytesIO()
    write_onnx(case.architecture, case.weights, into)
    alike(answers(into.getvalue(), case.images), case.wanted)

    read, weights = read_onnx_model(into.getvalue())

    alike(predict(read.architecture, weights, case.images), case.wanted)


@pytest.mark.parametrize("ending", [".safetensors", ".pt"])
def test_weights_for_pytorch(case: Case, ending: str):
    import torch
    from safetensors.torch import load

    into = io.BytesIO()
    write_torch_weights(case.architecture, case.weights, into, ending)
    content = into.getvalue()
    state = load(content) if ending != ".pt" else torch.load(io.BytesIO(content), weights_only=True)
    module = module_of(torch_code(case.architecture).text)
    module.load_state_dict(state, strict=True)
    with torch.no_grad():
        given = torch.from_numpy(case.images.transpose(0, 3, 1, 2).copy())
        alike(channels_last(module.eval()(given).numpy()), case.wanted)

    if ending == ".safetensors":  # a .pt is code, which is never read
        back, weights = read_torch_weights(content)
        assert back == case.architecture
        alike(predict(back, weights, case.images), case.wanted)
