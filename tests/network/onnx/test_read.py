"""ONNX files of other programs become networks that give what onnxruntime gives of them."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.feed import Feed
from cnn.network.layers import Activation, Branches, Conv2D, Residual
from cnn.network.onnx.read import READS, read_onnx_model
from cnn.network.zoo import entry
from tests.needs import ONNX, TORCH
from tests.network.export_cases import CASES, INPUT, SMALL_ZOO, random_images, random_weights
from tests.network.onnx.outside import MODULES, answers, exported, settled
from tests.network.onnx.test_write import onnx_file
from tests.network.strategies import architectures
from tests.some import some

pytestmark = ONNX.mark()


def assert_read_as_it_answers(content: bytes, *, is_first: bool = True) -> Architecture:
    """Reads the file, and compares what comes of images with onnxruntime's answers."""
    imported, weights = read_onnx_model(content)
    images = random_images(imported.architecture)
    found = predict(imported.architecture, weights, images)
    wanted = answers(content, imported.architecture.fed.of(images), is_first=is_first)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
    return imported.architecture


@TORCH.mark()
@pytest.mark.proof
@pytest.mark.parametrize("name", MODULES)
def test_what_pytorch_exporter_of_today_writes_gives_what_it_gave(name: str):
    assert_read_as_it_answers(exported(MODULES[name](), dynamo=True))


@TORCH.mark()
@pytest.mark.parametrize("name", some(MODULES, "ResNet of bottlenecks", "MobileNetV2"))
def test_what_the_older_exporter_writes_gives_what_it_gave(name: str):
    assert_read_as_it_answers(exported(MODULES[name](), dynamo=False))


@TORCH.mark()
def test_a_resnet_is_read_as_one():
    architecture = assert_read_as_it_answers(
        exported(MODULES["ResNet of basic blocks"](), dynamo=False)
    )
    blocks = [layer for layer in architecture.layers if isinstance(layer, Residual)]

    assert [block.activation for block in blocks] == ["relu"] * 4
    assert [bool(block.shortcut) for block in blocks] == [False, False, True, False]


@TORCH.mark()
def test_squeeze_and_excite_and_silu_are_read_as_such():
    architecture = assert_read_as_it_answers(exported(MODULES["EfficientNet"](), dynamo=False))
    layers = [layer for _, layer in walk(architecture.layers)]

    assert Activation("silu") in layers
    assert "multiply" in [layer.merge for layer in layers if isinstance(layer, Branches)]


def _modules() -> dict[str, Callable[[], Any]]:
    from torch import nn

    class Viewed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.dense = nn.Conv2d(3, 4, 3, padding="same"), nn.Linear(4 * 8 * 8, 5)

        def forward(self, x: Any) -> Any:
            x = nn.functional.avg_pool2d(self.conv(x), 4)
            return self.dense(x.view(x.size(0), -1)).softmax(1)

    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 6, 4, stride=2)

        def forward(self, x: Any) -> Any:
            import torch

            mean, sd = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.3, 0.4])
            x = self.conv((x - mean.view(1, 3, 1, 1)) / sd.view(1, 3, 1, 1)) * 0.5 + 1
            return x.mean(dim=(2, 3))

    class Forked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 5, 3, padding=1)
            self.norm = nn.BatchNorm1d(9 * 16)
            self.dense = nn.Linear(9 * 16, 4)

        def forward(self, x: Any) -> Any:
            import torch

            x = nn.functional.max_pool2d(x, 8)
            x = torch.cat([torch.tanh(self.one(x)), nn.functional.elu(self.other(x))], 1)
            return self.dense(self.norm(x.flatten(1)))

    def stack(*layers: nn.Module) -> Callable[[], nn.Module]:
        return lambda: nn.Sequential(*layers)

    return {
        "a view in place of a flatten": Viewed,
        "pixels are scaled in the model": Scaled,
        "branches, flattened, normed": Forked,
        "group norm": stack(nn.Conv2d(3, 6, 3), nn.GroupNorm(3, 6), nn.GELU()),
        "instance norm": stack(nn.Conv2d(3, 6, 3), nn.InstanceNorm2d(6, affine=True), nn.Tanh()),
        "larger": stack(nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), nn.Upsample(scale_factor=2)),
        "larger, bilinear": stack(nn.Upsample(scale_factor=2, mode="bilinear")),
        "padded": stack(nn.ZeroPad2d((1, 2, 3, 0)), nn.Conv2d(3, 4, 3, dilation=2), nn.PReLU(4)),
        "pooled with a ceiling": stack(
            nn.Conv2d(3, 4, 4), nn.MaxPool2d(2, ceil_mode=True), nn.Hardtanh(0, 3)
        ),
        "grouped": stack(nn.Conv2d(3, 6, 3, groups=3, bias=False), nn.LeakyReLU(0.2), nn.SELU()),
        "guarded": stack(nn.Conv2d(3, 4, 3), nn.Softplus(), nn.Conv2d(4, 4, 3), nn.Mish()),
    }


@TORCH.mark()
@pytest.mark.parametrize("dynamo", [False, pytest.param(True, marks=pytest.mark.proof)])
def test_what_pytorch_code_is_made_of_gives_what_it_gave(dynamo: bool):
    for make in _modules().values():
        assert_read_as_it_answers(exported(settled(make()), dynamo=dynamo))


@TORCH.mark()
def test_a_map_that_was_flattened_with_its_channels_first_is_flattened_here_as_here():
    from torch import nn

    module = nn.Sequential(nn.Conv2d(3, 4, 5), nn.Flatten(), nn.Linear(4 * 28 * 28, 3))
    architecture = assert_read_as_it_answers(exported(settled(module), dynamo=False))

    assert [layer.kind for layer in architecture.layers] == ["Conv2D", "Flatten", "Dense"]


KERAS_ZOO = ("lenet-5", "resnet-lite", "mobilenet-lite", "inception-lite", "unet-lite", "vgg-lite")


@pytest.mark.parametrize("id", some(KERAS_ZOO, "lenet-5"))
def test_what_keras_exporter_writes_gives_what_it_gave(id: str):
    tf2onnx = pytest.importorskip("tf2onnx", reason=ONNX.reason)
    import tensorflow as tf

    from cnn.network.keras.model import build, set_weights

    architecture = entry(id).architecture
    model = build(architecture)
    set_weights(model, architecture, random_weights(architecture))
    like = tf.TensorSpec((None, *architecture.input), tf.float32, name="image")
    function = tf.function(lambda image: model(image), input_signature=[like])
    proto, _ = tf2onnx.convert.from_function(function, [like])

    assert_read_as_it_answers(proto.SerializeToString(), is_first=False)


@pytest.mark.parametrize("id", some(SMALL_ZOO, "lenet-5", "resnet-lite"))
def test_a_network_of_the_zoo_comes_back(id: str):
    architecture = entry(id).architecture
    read = assert_read_as_it_answers(onnx_file(architecture, random_weights(architecture)))

    assert read.input == architecture.input
    assert read.name == architecture.name


def test_every_kind_and_option_comes_back():
    for reason, architecture in CASES.items():
        try:
            assert_read_as_it_answers(onnx_file(architecture, random_weights(architecture)))
        except (AssertionError, ArchitectureError) as error:
            raise AssertionError(reason) from error


@given(architectures())
def test_random_networks_come_back(architecture: Architecture):
    weights, images = random_weights(architecture), random_images(architecture)
    imported, read = read_onnx_model(onnx_file(architecture, weights))
    found = predict(imported.architecture, read, images)
    np.testing.assert_allclose(found, predict(architecture, weights, images), rtol=1e-3, atol=1e-4)


def test_what_it_is_fed_comes_back():
    feed = Feed(0, 255, (10.0, 20.0, 30.0, 40.0))
    architecture = Architecture("fed", INPUT, (Conv2D(2, 3),), feed)
    imported, _ = read_onnx_model(onnx_file(architecture, random_weights(architecture)))

    assert imported.says_pixels
    assert imported.architecture.fed == feed


def made(*nodes: Any, sizes: Any = ("N", 3, 8, 8), **arrays: Any) -> bytes:
    """A model of these nodes, from `x` to `y`."""
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in arrays.items()],
    )
    content: bytes = helper.make_model(graph).SerializeToString()
    return content


def node(kind: str, inputs: list[str], output: str = "y", **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(kind, inputs, [output], name=f"the {kind}", **attributes)


def guarded(bound: float = 20.0, softened: str = "x") -> bytes:
    """Softplus as PyTorch's exporter of today writes it."""
    nodes = (
        node("Mul", ["x", "factor"], "other"),
        node("Softplus", [softened], "soft"),
        node("Greater", ["x", "bound"], "is_over"),
        node("Where", ["is_over", "x", "soft"]),
    )
    return made(*nodes, bound=np.float32(bound), factor=np.float32(2))


def test_a_softplus_that_is_guarded_is_a_softplus():
    layers = assert_read_as_it_answers(guarded()).layers
    assert layers == (Activation("softplus"),)


def test_another_choice_than_that_is_refused():
    with pytest.raises(
        ArchitectureError, match=r"\(Where\): it is known as a part of softplus alone"
    ):
        read_onnx_model(guarded(softened="other"))


def test_mish_is_said_by_layers_that_are_here():
    assert_read_as_it_answers(made(node("Mish", ["x"])))


REFUSED = {
    "LSTM": (
        lambda: made(node("LSTM", ["x", "w", "w"], hidden_size=2), w=np.zeros((1, 2, 2), "f4"))
    ),
    "Einsum": lambda: made(node("Einsum", ["x", "x"], equation="ab,ab->ab")),
    "Loop": lambda: made(node("Loop", ["x"])),
    "Softmax": lambda: made(node("Softmax", ["x"], axis=2)),
    "Transpose": lambda: made(node("Transpose", ["x"], perm=[0, 1, 3, 2])),
    "Pad": lambda: made(node("Pad", ["x", "p"], mode="reflect"), p=[0, 0, 1, 1, 0, 0, 1, 1]),
    "Clip": lambda: made(node("Clip", ["x", "low"]), low=np.float32(-1)),
    "MatMul": lambda: made(node("MatMul", ["x", "x"])),
    "Where": lambda: guarded(bound=1.0),
    "Greater": lambda: made(node("Greater", ["x", "x"])),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_nothing_here_is_refused_by_its_name(kind: str):
    with pytest.raises(ArchitectureError, match=rf"node 'the {kind}' \({kind}\)"):
        read_onnx_model(REFUSED[kind]())


def test_an_operator_that_is_not_known_says_which_are():
    with pytest.raises(ArchitectureError, match="Known are Add, AveragePool, "):
        read_onnx_model(REFUSED["LSTM"]())


def test_a_size_that_is_open_is_asked_for_and_can_be_said():
    content = made(node("Relu", ["x"]), sizes=("N", 3, "height", "width"))

    with pytest.raises(ArchitectureError, match="Say the size, such as: --input 28x28x3"):
        read_onnx_model(content)
    assert read_onnx_model(content, (9, 8, 3))[0].architecture.input == (9, 8, 3)


def test_arrays_beside_the_file_are_read_and_no_others(tmp_path):
    import onnx

    from cnn.network.source import read_trained

    module = pytest.importorskip("torch", reason=TORCH.reason).nn.Conv2d(3, 4, 3)
    model = onnx.load_model_from_string(exported(module, dynamo=False))
    path = tmp_path / "conv.onnx"
    onnx.save(model, path, save_as_external_data=True, location="conv.data", size_threshold=0)

    _, weights = read_trained(str(path))
    np.testing.assert_array_equal(
        weights["conv2d_1"][0], module.weight.detach().numpy().transpose(2, 3, 1, 0)
    )
    (tmp_path / "conv.data").rename(tmp_path / "real.data")
    (tmp_path / "conv.data").symlink_to(tmp_path / "real.data")
    with pytest.raises(ArchitectureError, match=r"lie in 'conv\.data', which cannot be read"):
        read_trained(str(path))
    with pytest.raises(ArchitectureError, match="lies in another file"):
        read_onnx_model(path.read_bytes())


def test_the_documentation_names_the_operators_that_are_read():
    text = (Path(__file__).parents[3] / "docs" / "onnx.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"<!-- operators -->(.*?)<!-- end -->", text, re.DOTALL)
    assert " ".join(listed.split()).split(", ") == sorted(READS)


@given(st.data())
def test_a_file_with_some_of_its_bytes_changed_is_read_or_refused(data: st.DataObject):
    architecture = entry("shapes-demo").architecture
    content = bytearray(onnx_file(architecture, random_weights(architecture)))
    places = st.one_of(st.integers(0, 2_000), st.integers(0, len(content) - 1))
    for place in data.draw(st.lists(places, min_size=1, max_size=5)):
        content[min(place, len(content) - 1)] = data.draw(st.integers(0, 255))

    with suppress(ArchitectureError):
        read_onnx_model(bytes(content))


@given(st.data())
def test_a_file_that_ends_too_early_is_read_or_refused(data: st.DataObject):
    architecture = entry("shapes-demo").architecture
    content = onnx_file(architecture, random_weights(architecture))

    with suppress(ArchitectureError):
        read_onnx_model(content[: data.draw(st.integers(0, len(content)))])
