"""The PyTorch module has the parameters of the network and, with its weights, the same outputs."""

import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import Weights, WeightsError, build, set_weights, weights_of
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layers,
    Residual,
    SeparableConv2D,
    StochasticDepth,
    UpSampling2D,
)
from cnn.network.torch.export import torch_code, torch_state
from cnn.network.torch.live import torch_module
from cnn.network.trace import trace
from cnn.network.zoo import entry, zoo
from tests.needs import TORCH
from tests.network.export_cases import (
    CASES,
    INPUT,
    SMALL_ZOO,
    random_images,
    random_weights,
    same_conv,
)
from tests.network.strategies import architectures
from tests.some import some


@pytest.mark.parametrize("architecture", CASES.values(), ids=CASES.keys())
def test_the_module_gives_what_the_keras_model_gives(architecture: Architecture):
    assert_same_outputs(architecture)


@pytest.mark.parametrize(
    "id",
    some([*SMALL_ZOO, "resnet-18"], "lenet-5", "resnet-lite", "mobilenet-lite"),
)
def test_the_modules_of_the_zoo_give_what_the_keras_models_give(id: str):
    assert_same_outputs(without_softmax(entry(id).architecture))


@pytest.mark.parametrize("id", ["alexnet", "vgg-16"])
def test_the_largest_originals_have_every_parameter(id: str):
    """Counted without memory for the weights; they hold no layer that the others do not."""
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    architecture = entry(id).architecture
    with torch.device("meta"):
        module = module_of(torch_code(architecture).text)

    assert sum(p.numel() for p in module.parameters()) == trace(architecture).total_params


def runs_in_64_bits(architecture: Architecture) -> bool:
    """Whether TensorFlow can run it so: its depthwise kernels take one stride for both, and what
    lies between cells is of 32 bits.
    """
    layers = [layer for _, layer in walk(architecture.layers)]
    return all(
        layer.strides[0] == layer.strides[1]
        for layer in layers
        if isinstance(layer, DepthwiseConv2D | SeparableConv2D)
    ) and not any(isinstance(layer, UpSampling2D) and layer.is_linear for layer in layers)


@given(architectures().filter(runs_in_64_bits))
def test_the_modules_of_random_networks_give_what_the_keras_models_give(
    architecture: Architecture,
):
    """In 64 bits: some random networks, such as layer norm of one channel, magnify rounding."""
    assert_same_outputs(architecture, "float64")


def test_a_plain_stack_reads_as_pytorch_is_taught():
    assert (
        torch_code(entry("lenet-5").architecture).text
        == '''\
"""LeNet-5 in PyTorch.

Input: (N, 1, 28, 28), float32 pixels from 0 to 1. Exactly 61,706 parameters.
Output: (N, 10), probabilities after a softmax.
To train: nn.NLLLoss on their logarithm, or nn.CrossEntropyLoss without nn.Softmax.
"""

import torch
from torch import nn


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(400, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, 10),
            nn.Softmax(dim=1),
        )

    def forward(self, x):
        x = self.features(x)
        x = x.permute(0, 2, 3, 1).flatten(1)  # channels last, as Keras does
        return self.classifier(x)


if __name__ == "__main__":
    model = LeNet5().eval()
    image = torch.rand(1, 1, 28, 28)
    count = sum(p.numel() for p in model.parameters())
    print(f"{count:,} parameters: {tuple(image.shape)} -> {tuple(model(image).shape)}")
'''
    )


def test_a_residual_block_brings_its_class_along():
    body = (Conv2D(6, 3, strides=2, padding="same", use_bias=False), BatchNormalization())
    network = Architecture("Skip", (8, 8, 3), (Residual(body, (Conv2D(6, 1, 2),), "relu"),))
    text = torch_code(network).text

    assert "class Residual(nn.Module):" in text
    assert (
        """
        self.layers = nn.Sequential(
            Residual(
                nn.Sequential(
                    nn.ZeroPad2d((0, 1, 0, 1)),  # "same" pads more at the end
                    nn.Conv2d(3, 6, 3, stride=2, bias=False),
                    nn.BatchNorm2d(6, eps=0.001, momentum=0.01),
                ),
                shortcut=nn.Conv2d(3, 6, 1, stride=2),
                activation=nn.ReLU(),
            ),
        )

    def forward(self, x):
        return self.layers(x)
"""
        in text
    )


def test_only_the_classes_that_are_used_come_along():
    for case, architecture in CASES.items():
        text = torch_code(architecture).text
        defined = re.findall(r"^(?:class|def) (\w+)", text, flags=re.MULTILINE)
        body = text.split(f"class {defined[-1]}")[1]

        assert defined[-1] == "Case"
        assert [name for name in defined[:-1] if f"{name}(" not in body] == [], case


@pytest.mark.parametrize("id", zoo())
def test_every_layer_has_its_lines(id: str):
    architecture = entry(id).architecture
    paths = {line.path for line in torch_code(architecture).lines}

    assert paths - {None} == {path for path, _ in walk(architecture.layers)}


def test_a_line_belongs_to_the_innermost_layer_it_builds():
    layers = (Residual((same_conv,), activation="relu"), Flatten(), Dense(3, "relu"))
    lines = torch_code(Architecture("net", INPUT, layers)).lines
    owner = {line.text.strip(): line.path for line in lines}

    assert owner["nn.Conv2d(4, 4, 3, padding=1),"] == (0, "body", 0)
    assert owner["activation=nn.ReLU(),"] == (0,)
    assert owner["nn.ReLU(),"] == (2,)
    flatten = "x = x.permute(0, 2, 3, 1).flatten(1)  # channels last, as Keras does"
    assert owner[flatten] == (1,)
    assert owner["self.features = nn.Sequential("] is None


def test_batch_norm_says_what_pytorch_calls_buffers():
    network = Architecture("net", INPUT, (BatchNormalization(),))

    assert "Exactly 16 parameters." in torch_code(network).text
    assert "8 of them are batch norm's running statistics" in torch_code(network).text


@pytest.mark.parametrize("momentum", [0.9, 0.99])
def test_batch_norm_remembers_as_long_as_keras_does(momentum: float):
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    network = Architecture("net", INPUT, (BatchNormalization(momentum=momentum),))
    weights = random_weights(network)
    images = random_images(network)
    built = build(network)
    set_weights(built, network, weights)
    module = carried_over(network, weights).train()

    built(images, training=True)
    module(torch.from_numpy(images.transpose(0, 3, 1, 2)))

    moved = weights_of(built, network)["batch_normalization_1"][2]
    np.testing.assert_allclose(module.layers[0].running_mean.numpy(), moved, rtol=1e-4, atol=1e-5)


def test_stochastic_depth_leaves_out_whole_maps_in_training():
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    network = Architecture("net", INPUT, (StochasticDepth(0.25),))
    module = module_of(torch_code(network).text).train()

    found = module(torch.ones(400, INPUT[2], *INPUT[:2])).numpy()

    kept = found[:, 0, 0, 0] > 0
    assert 0.65 < kept.mean() < 0.85  # 4.6 deviations of 400 coins from 0.75
    np.testing.assert_allclose(found[kept], 1 / 0.75, rtol=1e-6)
    assert not found[~kept].any()


def test_a_scaled_body_reads_as_one():
    body = (Conv2D(4, 3, padding="same"), BatchNormalization())
    text = torch_code(Architecture("net", INPUT, (Residual(body, scale=0.2),))).text

    assert (
        """
            Residual(
                nn.Sequential(
                    nn.Conv2d(4, 4, 3, padding=1),
                    nn.BatchNorm2d(4, eps=0.001, momentum=0.01),
                    Rescale(0.2),
                ),
            ),
"""
        in text
    )


def test_weights_of_another_network_are_refused():
    network = Architecture("net", INPUT, (Conv2D(2, 3),))
    other = random_weights(Architecture("net", INPUT, (Conv2D(2, 5),)))

    with pytest.raises(WeightsError, match=r"conv2d_1 needs weights of the shapes .* got .*5, 5"):
        torch_state(network, other)
    with pytest.raises(WeightsError, match=r"got \[\]"):
        torch_state(network, {})


def test_a_network_that_cannot_be_has_no_code():
    with pytest.raises(ArchitectureError, match="needs a vector"):
        torch_code(Architecture("net", INPUT, (Dense(3),)))


@pytest.mark.proof
@pytest.mark.parametrize("id", ["lenet-5", "resnet-lite", "inception-lite"])
def test_the_script_runs_as_it_stands(id: str, tmp_path):
    pytest.importorskip("torch", reason=TORCH.reason)
    architecture = entry(id).architecture
    script = tmp_path / "network.py"
    script.write_text(torch_code(architecture).text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert ran.returncode == 0, ran.stderr
    total = trace(architecture).total_params
    assert ran.stdout == f"{total:,} parameters: (1, 1, 28, 28) -> (1, 10)\n"


def assert_same_outputs(architecture: Architecture, dtype: str = "float32") -> None:
    """Carries random weights over, and compares parameters and outputs with Keras."""
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    weights = random_weights(architecture)
    images = random_images(architecture)
    built = build_in(dtype, architecture)
    set_weights(built, architecture, weights)
    module = carried_over(architecture, weights).to(getattr(torch, dtype))
    first = torch.from_numpy(images.transpose(0, 3, 1, 2).astype(dtype))
    with torch.no_grad():
        found = channels_last(module(first).numpy())

    floats = [t for t in module.state_dict().values() if t.is_floating_point()]
    assert sum(t.numel() for t in floats) == trace(architecture).total_params
    trainable = sum(p.numel() for p in module.parameters())
    assert trainable == trace(architecture).trainable_params
    np.testing.assert_allclose(found, np.asarray(built(images)), rtol=1e-4, atol=1e-4)


def build_in(dtype: str, architecture: Architecture) -> Any:
    """The Keras model, calculating in a precision of our choice."""
    import keras

    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        return build(architecture)
    finally:
        keras.config.set_dtype_policy(usual)


def without_softmax(architecture: Architecture) -> Architecture:
    """The network up to its last layer's activation, which would hide small and large alike."""
    *layers, last = architecture.layers
    assert isinstance(last, Dense)
    return replace(architecture, layers=(*layers, replace(last, activation=None)))


def carried_over(architecture: Architecture, weights: Weights) -> Any:
    """The module with the weights, every one of them and no other, as `cnn.to_torch` gives it."""
    return torch_module(architecture, weights)


def module_of(script: str) -> Any:
    scope: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script, "exported.py", "exec"), scope)
    name = re.findall(r"^class (\w+)", script, flags=re.MULTILINE)[-1]
    return scope[name]().eval()


def channels_last(array: Any) -> Any:
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((GlobalAveragePooling2D(),), "(N, 3), means of probabilities."),
        ((GlobalAveragePooling2D(), Dense(3, "softmax")), "(N, 3), probabilities after a softmax."),
        ((GlobalMaxPooling2D(),), "(N, 3)."),
    ],
)
def test_it_is_said_what_the_outputs_are(end: Layers, said: str):
    layers = (Conv2D(3, 1, activation="softmax"), *end)

    code = torch_code(Architecture("Ends", (4, 4, 1), layers))

    assert f"Output: {said}\n" in str(code.text)
    assert ("without nn.Softmax" in code.text) is ("after a softmax" in said)
