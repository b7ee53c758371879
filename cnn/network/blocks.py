"""Whole blocks as ready pieces, made to fit the channels they are put behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    LayerNormalization,
    Layers,
    LayerScale,
    MaxPooling2D,
    Residual,
    SelfAttention2D,
)
from cnn.network.layers.merges import MULTIPLY

MOMENTUM = 0.9
"""Of batch norm: with Keras' 0.99 the moving averages lag behind in short trainings."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a known network; `layers(channels)` makes it for that many input channels."""

    id: str
    title: str
    idea: str
    layers: Callable[[int], Layers]


def conv_bn(
    filters: int, kernel_size: int = 3, strides: int = 1, *, activation: str | None = "relu"
) -> Layers:
    """A convolution without bias, batch norm, and ReLU unless told otherwise."""
    layers: Layers = (
        Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=False),
        BatchNormalization(momentum=MOMENTUM),
    )
    return (*layers, Activation(activation)) if activation else layers


def conv_bn_block(channels: int) -> Layers:
    return conv_bn(max(channels, 16))


def alexnet_block(channels: int) -> Layers:
    filters = max(2 * channels, 16)
    return (
        Conv2D(filters, 5, padding="same", activation="relu"),
        MaxPooling2D(3, strides=2, padding="same"),
    )


def vgg_block(channels: int) -> Layers:
    filters = max(2 * channels, 16)
    conv = Conv2D(filters, 3, padding="same", activation="relu")
    return conv, conv, MaxPooling2D(2, padding="same")


def basic_residual(channels: int) -> Layers:
    body = (*conv_bn(channels), *conv_bn(channels, activation=None))
    return (Residual(body, activation="relu"),)


def projection_residual(channels: int) -> Layers:
    filters = 2 * channels
    body = (*conv_bn(filters, strides=2), *conv_bn(filters, activation=None))
    shortcut = conv_bn(filters, 1, strides=2, activation=None)
    return (Residual(body, shortcut, activation="relu"),)


def bottleneck_residual(channels: int) -> Layers:
    narrow = max(channels // 4, 1)
    body = (*conv_bn(narrow, 1), *conv_bn(narrow, 3), *conv_bn(channels, 1, activation=None))
    return (Residual(body, activation="relu"),)


def inception_block(channels: int) -> Layers:
    quarter, eighth = max(channels // 4, 2), max(channels // 8, 1)
    return (
        Branches(
            (
                conv_bn(quarter, 1),
                (*conv_bn(quarter, 1), *conv_bn(2 * quarter, 3)),
                (*conv_bn(eighth, 1), *conv_bn(quarter, 5)),
                (MaxPooling2D(3, strides=1, padding="same"), *conv_bn(quarter, 1)),
            )
        ),
    )


def dense_block(channels: int, growth: int = 12, count: int = 3) -> Layers:
    """`count` steps that each put `growth` new channels beside all that came before."""
    step = Branches(
        (
            (),
            (
                BatchNormalization(momentum=MOMENTUM),
                Activation("relu"),
                Conv2D(growth, 3, padding="same", use_bias=False),
            ),
        )
    )
    return (step,) * count


def separable_block(channels: int, filters: int | None = None, strides: int = 1) -> Layers:
    """Depthwise 3x3, then 1x1, each with batch norm and ReLU."""
    return (
        DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False),
        BatchNormalization(momentum=MOMENTUM),
        Activation("relu"),
        *conv_bn(filters or 2 * channels, 1),
    )


def squeeze_excite(channels: int, narrow: int = 0, activation: str = "relu") -> Layers:
    """The means are narrowed to so many numbers, or to a quarter."""
    weigh = (
        GlobalAveragePooling2D(keepdims=True),
        Conv2D(narrow or max(channels // 4, 1), 1, activation=activation),
        Conv2D(channels, 1, activation="sigmoid"),
    )
    return (Branches(((), weigh), MULTIPLY.word),)


def inverted_bottleneck(channels: int, activation: str = "relu6", inside: Layers = ()) -> Layers:
    """Four times as wide inside; `inside` stands before it is narrowed again."""
    body = (
        *conv_bn(4 * channels, 1, activation=activation),
        DepthwiseConv2D(3, padding="same", use_bias=False),
        BatchNormalization(momentum=MOMENTUM),
        Activation(activation),
        *inside,
        *conv_bn(channels, 1, activation=None),
    )
    return (Residual(body),)


def mbconv(channels: int) -> Layers:
    weigh = squeeze_excite(4 * channels, max(channels // 4, 1), "silu")
    return inverted_bottleneck(channels, "silu", weigh)


def fused_mbconv(channels: int) -> Layers:
    body = (
        *conv_bn(4 * channels, activation="silu"),
        *conv_bn(channels, 1, activation=None),
    )
    return (Residual(body),)


def convnext_block(channels: int) -> Layers:
    body = (
        DepthwiseConv2D(7, padding="same"),
        LayerNormalization(epsilon=1e-6),
        Conv2D(4 * channels, 1, activation="gelu"),
        Conv2D(channels, 1),
        LayerScale(),
    )
    return (Residual(body),)


def unet_level(channels: int) -> Layers:
    """One level alone; a deeper U-Net has another in place of the convolution below."""
    conv = Conv2D(channels, 3, padding="same", activation="relu")
    below = replace(conv, filters=2 * channels)
    up = Conv2DTranspose(channels, 2, strides=2, padding="same")
    return conv, Branches(((), (MaxPooling2D(2), below, up))), conv


def transformer_block(channels: int, heads: int = 4) -> Layers:
    """Heads that share the channels where they can, at least one number each."""
    norm = LayerNormalization(epsilon=1e-6)
    look = SelfAttention2D(heads, max(channels // heads, 1))
    think = Conv2D(4 * channels, 1, activation="gelu"), Conv2D(channels, 1)
    return Residual((norm, look)), Residual((norm, *think))


BLOCKS = {
    block.id: block
    for block in (
        Block("conv-bn", "Conv + BN + ReLU", "A 3x3 convolution, batch norm, ReLU.", conv_bn_block),
        Block("alexnet", "AlexNet", "A large kernel, then overlapping pooling.", alexnet_block),
        Block("vgg", "VGG", "Two 3x3 convolutions see as far as one 5x5.", vgg_block),
        Block("residual", "Residual block", "Learns what to add to its input.", basic_residual),
        Block(
            "residual-projection",
            "Residual, halving",
            "Half the size, twice the channels; a strided 1x1 keeps the shortcut fitting.",
            projection_residual,
        ),
        Block(
            "residual-bottleneck",
            "Residual bottleneck",
            "A 3x3 between two 1x1: the expensive kernel works on few channels.",
            bottleneck_residual,
        ),
        Block("inception", "Inception", "Several kernel sizes side by side.", inception_block),
        Block(
            "dense",
            "DenseNet",
            "Every step sees all channels of the block so far.",
            dense_block,
        ),
        Block(
            "depthwise-separable",
            "Depthwise separable",
            "Space first, channels second: nearly a ninth of a 3x3's cost where channels are many.",
            separable_block,
        ),
        Block(
            "squeeze-excite",
            "Squeeze and excite",
            "Multiplies each channel by a share that the means of all channels decide.",
            squeeze_excite,
        ),
        Block(
            "inverted-bottleneck",
            "Inverted bottleneck",
            "Wide inside, narrow where it is added: only a depthwise kernel sees the width.",
            inverted_bottleneck,
        ),
        Block(
            "mbconv",
            "MBConv",
            "EfficientNet's: an inverted bottleneck whose channels are weighed before it narrows.",
            mbconv,
        ),
        Block(
            "fused-mbconv",
            "Fused MBConv",
            "One whole 3x3 in place of a 1x1 and a depthwise 3x3: more to compute, in fewer steps.",
            fused_mbconv,
        ),
        Block(
            "convnext",
            "ConvNeXt block",
            "A large depthwise kernel, then two 1x1; one normalization and one activation.",
            convnext_block,
        ),
        Block(
            "unet-level",
            "U-Net level",
            "Half the size and back, joined with what went past it; height and width must be even.",
            unet_level,
        ),
        Block(
            "transformer",
            "Transformer block",
            "Each cell gathers from all cells, then thinks by itself in four times the channels.",
            transformer_block,
        ),
    )
}
