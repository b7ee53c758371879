"""What training on an image costs: by hand, and counted in the graphs of TensorFlow and PyTorch."""

from __future__ import annotations

from collections.abc import Collection
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given, settings

from cnn.network.architecture import Architecture, walk
from cnn.network.blocks import (
    basic_residual,
    inception_block,
    projection_residual,
    squeeze_excite,
    transformer_block,
)
from cnn.network.keras.model import build
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    LayerScale,
    MaxPooling2D,
    PositionEmbedding,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
)
from cnn.network.torch.export import torch_code
from cnn.network.trace import trace
from cnn.network.training_macs import (
    Cost,
    forward_alone,
    total_training_macs,
    training_costs,
    training_macs,
)
from cnn.network.zoo import entry
from tests.needs import TORCH
from tests.network.strategies import architectures
from tests.network.torch.test_export import module_of
from tests.some import some

HEAD = (GlobalAveragePooling2D(), Dense(3, "softmax"))
SMALL_ZOO = (
    *("lenet-5", "simple-cnn", "alexnet-lite", "vgg-lite", "inception-lite", "resnet-lite"),
    *("densenet-lite", "mobilenet-lite", "keras-mnist", "tiny-vgg", "shapes-demo"),
)
SIZE = (12, 12, 2)
STACKS: dict[str, Architecture] = {
    name: Architecture("Stack", SIZE, (*layers, *HEAD))
    for name, layers in {
        "a dense layer alone": (),
        "branches from the image": inception_block(4),
        "a residual from the image": (Residual((Conv2D(2, 3, padding="same"),)),),
        "a projection from the image": projection_residual(2),
        "a residual after a convolution": (Conv2D(4, 3), *basic_residual(4)),
        "pooling first": (MaxPooling2D(2), Conv2D(3, 3), Conv2D(3, 3)),
        "batch norm first": (BatchNormalization(), Conv2D(3, 3)),
        "batch norm without weights first": (
            BatchNormalization(center=False, scale=False),
            Conv2D(3, 3),
        ),
        "depthwise first": (DepthwiseConv2D(3, depth_multiplier=2), Conv2D(3, 1)),
        "separable twice": (SeparableConv2D(4, 3), SeparableConv2D(3, 3, strides=2)),
        "dilation": (Conv2D(4, 3, dilation_rate=2), DepthwiseConv2D(3, dilation_rate=2)),
        "gated": (*squeeze_excite(2), Conv2D(2, 3), *squeeze_excite(2)),
        "the largest of two": (
            Branches(((Conv2D(2, 3, padding="same"),), (Conv2D(2, 1),)), "maximum"),
        ),
        "a branch of nothing": (Branches(((Conv2D(2, 3, padding="same"),), ())), Conv2D(2, 3)),
    }.items()
}


def counted_in_tensorflow(architecture: Architecture, frozen: Collection[str] = ()) -> int:
    """Every operation with a kernel that the gradients of the weights, or the loss, ask for; those
    of layers that are `frozen` by `trainable=False` are not asked for.

    Each is a sum of products: of a kernel and all places of the map it is laid on, whichever of
    the three is what comes out.
    """
    import tensorflow as tf

    model = build(architecture)
    for name in frozen:
        model.get_layer(name).trainable = False

    def step(images: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(images, training=True)))
        return loss, tape.gradient(loss, model.trainable_variables)

    traced = tf.function(step).get_concrete_function(tf.TensorSpec((1, *architecture.input)))
    total, seen, asked = 0, set(), [one.op for one in traced.outputs if one is not None]
    while asked:
        operation = asked.pop()
        if operation.name not in seen:
            seen.add(operation.name)
            total += _products(operation, tf)
            asked += [one.op for one in operation.inputs]
    return total


def _products(operation: Any, tf: Any) -> int:
    kind, inputs = operation.type, operation.inputs
    if kind == "MatMul":
        (rows, _), columns = operation.outputs[0].shape, inputs[0].shape
        inner = columns[0] if operation.get_attr("transpose_a") else columns[1]
        return int(rows * inner * operation.outputs[0].shape[1])
    if kind in ("Conv2D", "DepthwiseConv2dNative"):
        kernel, places = inputs[1].shape, operation.outputs[0].shape
    elif kind in ("Conv2DBackpropInput", "DepthwiseConv2dNativeBackpropInput"):
        kernel, places = inputs[1].shape, inputs[2].shape
    elif kind in ("Conv2DBackpropFilter", "DepthwiseConv2dNativeBackpropFilter"):
        shapes = inputs[1].op  # of all that the forward operation was given
        given = inputs[1].op.inputs[inputs[1].value_index] if shapes.type == "ShapeN" else None
        kernel = given.shape if given is not None else tf.get_static_value(inputs[1])
        places = inputs[2].shape
    else:
        # A kind of kernel that is not known here must not go by uncounted.
        assert not any(word in kind for word in ("Conv", "MatMul", "Einsum")), kind
        return 0
    # A dilated convolution is one of several smaller maps, which the batch has then.
    return int(prod(int(side) for side in kernel) * prod(places[:3]))


def counted_in_pytorch(architecture: Architecture) -> int:
    """What PyTorch's own counter says of the exported module, there and back, in products."""
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    module = module_of(torch_code(architecture).text).train()
    height, width, channels = architecture.input
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        # Two images, as PyTorch has no batch norm of one value.
        module(torch.zeros(2, channels, height, width)).square().sum().backward()
    total = counter.get_total_flops()
    assert total % 4 == 0
    return int(total) // 4  # a product and a sum, for each of two images


@pytest.mark.parametrize(
    "id", some(("lenet-5", "inception-lite", "resnet-lite", "mobilenet-lite"), "resnet-lite")
)
def test_a_network_of_the_zoo_costs_what_the_graph_of_its_gradient_has(id: str):
    architecture = entry(id).architecture

    assert training_macs(architecture) == counted_in_tensorflow(architecture)


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_costs_what_the_graph_of_its_gradient_has(name: str):
    assert training_macs(STACKS[name]) == counted_in_tensorflow(STACKS[name])


@settings(max_examples=12, deadline=None)
@given(architectures())
def test_any_network_costs_what_the_graph_of_its_gradient_has(architecture: Architecture):
    # Keras has a compiled function do groups, and one do attention, into which the count does not
    # look; and TensorFlow
    # pads a map of odd size that it divides for a dilated kernel, and multiplies with the padding.
    # A LayerScale is a kernel in Keras alone, which has no other layer for it.
    for _, layer in walk(architecture.layers):
        assume(getattr(layer, "groups", 1) == 1 and not isinstance(layer, SelfAttention2D))
        assume(getattr(layer, "dilation_rate", (1, 1)) == (1, 1))
        assume(not isinstance(layer, LayerScale))

    assert training_macs(architecture) == counted_in_tensorflow(architecture)


@pytest.mark.parametrize(
    "id", some([id for id in SMALL_ZOO if id != "mobilenet-lite"], "lenet-5", "resnet-lite")
)
def test_pytorch_counts_the_same_where_it_counts_groups_rightly(id: str):
    """Its formula for the gradient of a grouped kernel multiplies all channels with all."""
    architecture = entry(id).architecture

    assert training_macs(architecture) == counted_in_pytorch(architecture)


LOOKING = {
    name: Architecture("Looking", (6, 5, 4), (*layers, *HEAD))
    for name, layers in {
        "attention of the image": (SelfAttention2D(2, 3),),
        "attention behind a convolution": (Conv2D(3, 2, strides=2), SelfAttention2D(1, 5)),
        "a transformer": (Conv2D(8, 2, strides=2), PositionEmbedding(), *transformer_block(8)),
        "positions first": (PositionEmbedding(), SelfAttention2D(2, 2, use_bias=False)),
    }.items()
}


@pytest.mark.parametrize("name", LOOKING)
def test_attention_costs_what_pytorch_counts(name: str):
    assert training_macs(LOOKING[name]) == counted_in_pytorch(LOOKING[name])


def test_attention_on_the_image_is_worked_out_by_hand():
    found = training_costs(trace(Architecture("Look", (2, 3, 4), (SelfAttention2D(2, 5),))))

    # A kernel: 6 cells x 4 x 10 = 240. Query times key, shares times values: 6 x 6 x 10 = 360 each,
    # and twice that on the way back. Only the output's input is asked for, not the image.
    assert found == {(0,): Cost(4 * 240 + 2 * 360, 4 * 240, 240 + 4 * 360)}


def test_the_parts_of_each_layer_are_those_worked_out_by_hand():
    network = Architecture(
        "By hand",
        (8, 8, 1),
        (
            Conv2D(2, 3, padding="same"),  # 64 places x 2 x 9 = 1,152
            SeparableConv2D(3, 3, padding="same"),  # 64 x 2 x 9 = 1,152, and 64 x 3 x 2 = 384
            Activation("relu"),
            Flatten(),
            Dense(5),  # 192 x 5 = 960
        ),
    )

    found = training_costs(trace(network))

    assert [found[(i,)] for i in range(5)] == [
        Cost(1_152, 1_152, 0),
        Cost(1_536, 1_536, 1_536),
        Cost(),
        Cost(),
        Cost(960, 960, 960),
    ]
    assert total_training_macs(trace(network)) == 2 * 1_152 + 3 * (1_536 + 960)


def test_groups_divide_what_a_kernel_costs_there_and_back():
    layers = Conv2D(4, 3, groups=2), Conv2D(4, 3, groups=4, dilation_rate=2)
    found = training_costs(trace(Architecture("Groups", (12, 12, 2), layers)))

    # 10 x 10 places x 4 x 9 x 1 channel = 3,600; 6 x 6 x 4 x 9 x 1 = 1,296.
    assert [found[(i,)] for i in (0, 1)] == [Cost(3_600, 3_600, 0), Cost(1_296, 1_296, 1_296)]


def test_the_first_kernel_of_a_separable_convolution_asks_for_nothing_of_the_image():
    network = Architecture("Separable", (8, 8, 2), (SeparableConv2D(3, 3, padding="same"),))

    # Depthwise 64 x 2 x 9 = 1,152; pointwise 64 x 3 x 2 = 384, whose input has weights before it.
    assert training_costs(trace(network))[(0,)] == Cost(1_536, 1_536, 384)


@pytest.mark.parametrize("id", some(["lenet-5", "resnet-lite", "inception-lite"], "inception-lite"))
@pytest.mark.parametrize("share", some([0.3, 0.7, 1.0], 0.7))
def test_what_is_frozen_from_the_front_on_costs_what_the_graph_has_left(id: str, share: float):
    architecture = entry(id).architecture
    with_weights = [row.name for row in trace(architecture).rows if row.weights]
    frozen = with_weights[: int(share * (len(with_weights) - 1))]

    found = total_training_macs(trace(architecture), frozen)

    assert found == counted_in_tensorflow(architecture, frozen)
    assert trace(architecture).total_macs < found < training_macs(architecture)


@pytest.mark.parametrize("name", STACKS)
def test_a_layer_that_is_frozen_between_trained_ones_hands_its_gradient_on(name: str):
    traced = trace(STACKS[name])
    names = [row.name for row in traced.rows if row.weights]
    frozen = names[1:-1:2]

    assert total_training_macs(traced, frozen) == counted_in_tensorflow(STACKS[name], frozen)


def test_frozen_layers_are_worked_out_by_hand():
    layers = (Conv2D(2, 3, padding="same"), Conv2D(3, 1), Flatten(), Dense(5))
    traced = trace(Architecture("By hand", (8, 8, 1), layers))
    first, second, _, last = (row.name for row in traced.rows)

    # 64 places x 2 x 9 = 1,152, then 64 x 3 x 2 = 384, then 192 x 5 = 960.
    assert training_costs(traced, [first, second])[(1,)] == Cost(384, 0, 0)
    assert training_costs(traced, [first, second])[(3,)] == Cost(960, 960, 0)
    assert training_costs(traced, [second])[(1,)] == Cost(384, 0, 384)
    assert training_costs(traced, [first, last])[(3,)] == Cost(960, 0, 960)
    assert forward_alone(traced, [first, second]) == {(0,), (1,), (2,)}
    assert forward_alone(traced, [second]) == set()


def test_a_block_of_frozen_layers_is_forward_alone_and_one_with_a_trained_layer_is_not():
    block = Residual((Conv2D(2, 3, padding="same"), Conv2D(2, 3, padding="same")))
    traced = trace(Architecture("Blocks", (8, 8, 2), (block, block, *HEAD)))
    names = [row.name for row in traced.rows if row.weights]

    assert {path[0] for path in forward_alone(traced, names[:2])} == {0}
    assert (0,) in forward_alone(traced, names[:2])
    assert forward_alone(traced, names[:3]) - forward_alone(traced, names[:2]) == {(1, "body", 0)}


def test_it_is_twice_the_forward_pass_at_least_and_never_three_times():
    shares = {
        id: training_macs(entry(id).architecture) / trace(entry(id).architecture).total_macs
        for id in SMALL_ZOO
    }
    alone = STACKS["a dense layer alone"]

    assert training_macs(alone) == 2 * trace(alone).total_macs
    assert all(2 < share < 3 for share in shares.values())
    assert max(shares.values()) - min(shares.values()) > 0.2  # so equal ones do not stay equal


def test_a_fault_leaves_the_cost_of_what_stands_before_it():
    torn = Architecture("Torn", (8, 8, 1), (Conv2D(2, 3), Dense(3)))

    # 6 x 6 x 2 x 9 = 648, forward and for the weights.
    assert total_training_macs(trace(torn, partial=True)) == 2 * 648
