"""What the exports are tested with: a network for every kind, option and pitfall, and the zoo.

Each case stands under the reason why it is there.
"""

from typing import Any

import numpy as np

from cnn.network.architecture import Architecture
from cnn.network.blocks import transformer_block
from cnn.network.fields import ACTIVATIONS
from cnn.network.keras.model import Weights
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    Layers,
    LayerScale,
    MaxPooling2D,
    Normalization,
    PositionEmbedding,
    PReLU,
    Rescaling,
    Residual,
    SelfAttention2D,
    SeparableConv2D,
    SpatialDropout2D,
    StochasticDepth,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.trace import trace

INPUT = (9, 8, 4)
"""Odd by even, so that `same` pads both ways and a swap of height and width shows."""

SMALL_ZOO = (
    *("shapes-demo", "simple-cnn", "keras-mnist", "wide-lenet", "tiny-vgg"),
    *("lenet-5", "lenet-5-1998"),
    *("alexnet-lite", "vgg-lite", "resnet-lite", "inception-lite", "densenet-lite"),
    *("mobilenet-lite", "unet-lite"),
)
"""The networks of the zoo that a test can afford to run."""

same_conv = Conv2D(4, 3, padding="same")
half_conv = Conv2D(4, 3, strides=2, padding="same")


def nested(depth: int) -> Layers:
    layers: Layers = (same_conv,)
    for _ in range(depth):
        layers = (Residual(layers), Activation("tanh"))
    return layers


def branch(count: int) -> Layers:
    return tuple(Conv2D(2, 1 + index % 3, padding="same") for index in range(count))


ONE_LAYER: dict[str, Layer] = {
    "conv: valid pads nothing": Conv2D(5, 3),
    "conv: height and width of the kernel differ": Conv2D(5, (3, 2)),
    "conv: same, odd kernel, both sides alike": Conv2D(5, 3, padding="same"),
    "conv: same, even kernel, more at the end": Conv2D(5, (4, 2), padding="same"),
    "conv: same, strides, an even side pads at the end only": half_conv,
    "conv: same, strides differ": Conv2D(5, 3, strides=(3, 1), padding="same"),
    "conv: same, strides above the kernel, no padding": Conv2D(5, 2, strides=3, padding="same"),
    "conv: same, kernel larger than the map": Conv2D(3, (13, 11), padding="same"),
    "conv: same, dilation, even kernel": Conv2D(5, 2, padding="same", dilation_rate=(3, 2)),
    "conv: dilation differs": Conv2D(5, 3, dilation_rate=(2, 1)),
    "conv: whole-number padding": Conv2D(5, 3, padding=2, strides=2),
    "conv: whole-number padding above the kernel": Conv2D(5, 1, padding=3),
    "conv: padding 0 is valid": Conv2D(5, 3, padding=0),
    "conv: groups": Conv2D(6, 3, groups=2, padding="same"),
    "conv: a group for each channel": Conv2D(8, 3, groups=4, strides=2, padding="same"),
    "conv: no bias": Conv2D(5, 3, use_bias=False),
    "depthwise: one kernel a channel": DepthwiseConv2D(3),
    "depthwise: several a channel, in the channels' order": DepthwiseConv2D(3, depth_multiplier=3),
    "depthwise: same with strides": DepthwiseConv2D(3, strides=2, padding="same"),
    "depthwise: strides differ": DepthwiseConv2D(3, strides=(1, 2), padding="same"),
    "depthwise: dilation differs": DepthwiseConv2D(3, dilation_rate=(2, 1), padding="same"),
    "depthwise: padded, no bias": DepthwiseConv2D((3, 2), padding=1, use_bias=False),
    "separable: two convolutions, one bias": SeparableConv2D(5, 3, activation="relu"),
    "separable: multiplier, strides": SeparableConv2D(
        5, 3, strides=2, padding="same", depth_multiplier=2
    ),
    "separable: padded, no bias": SeparableConv2D(5, (2, 3), padding=2, use_bias=False),
    "separable: dilation": SeparableConv2D(5, 3, dilation_rate=2, padding="same"),
    "separable: as long as a line gets": SeparableConv2D(
        16,
        (3, 5),
        strides=(2, 1),
        padding="same",
        depth_multiplier=16,
        activation="hard_sigmoid",
        use_bias=False,
    ),
    "transposed: windows side by side": Conv2DTranspose(5, 2, strides=2),
    "transposed: windows overlap": Conv2DTranspose(5, 3, strides=2, activation="relu"),
    "transposed: same cuts off one at the end": Conv2DTranspose(5, 3, strides=2, padding="same"),
    "transposed: same cuts off both ends alike": Conv2DTranspose(5, 4, strides=2, padding="same"),
    "transposed: same, each axis in its own way": Conv2DTranspose(
        3, (5, 3), strides=(2, 3), padding="same", use_bias=False
    ),
    "transposed: same, stride 1": Conv2DTranspose(3, (4, 3), padding="same"),
    "transposed: kernel larger than the map": Conv2DTranspose(2, (13, 11), padding="same"),
    "up: each cell four times": UpSampling2D(),
    "up: height and width differ": UpSampling2D((3, 1)),
    "up: between the cells": UpSampling2D(interpolation="bilinear"),
    "up: between the cells, odd and even": UpSampling2D((3, 4), "bilinear"),
    "up: between the cells of a line": UpSampling2D((1, 5), "bilinear"),
    "crop: the same on all sides": Cropping2D(1),  # type: ignore[arg-type]
    "crop: four sides": Cropping2D(((1, 2), (0, 3))),
    "crop: nothing": Cropping2D(),
    "max: drops the odd row": MaxPooling2D(),
    "max: windows overlap": MaxPooling2D(3, strides=2),
    "max: same, an odd side": MaxPooling2D(2, padding="same"),
    "max: same, odd window, stride 1": MaxPooling2D(3, strides=1, padding="same"),
    "max: same, even window, stride 1": MaxPooling2D(2, strides=1, padding="same"),
    "max: same, each axis in its own way": MaxPooling2D((2, 3), strides=(1, 2), padding="same"),
    "max: same, strides above the window": MaxPooling2D(2, strides=3, padding="same"),
    "max: same, window larger than the map": MaxPooling2D(21, strides=2, padding="same"),
    "max: whole-number padding as in ResNet": MaxPooling2D(3, strides=2, padding=1),
    "max: less than half a window": MaxPooling2D(5, strides=1, padding=1),
    "max: padding, all different": MaxPooling2D((3, 5), strides=(2, 3), padding=1),
    "max: padding 0 is valid": MaxPooling2D(3, padding=0),
    "average: drops the odd row": AveragePooling2D(),
    "average: same, an odd side": AveragePooling2D(2, padding="same"),
    "average: same leaves padding out": AveragePooling2D(3, strides=1, padding="same"),
    "average: same, even window, stride 1": AveragePooling2D(2, strides=1, padding="same"),
    "average: same, more at the end": AveragePooling2D(4, strides=2, padding="same"),
    "average: same, each axis": AveragePooling2D((2, 3), strides=(1, 2), padding="same"),
    "average: same, strides above the window": AveragePooling2D(2, strides=3, padding="same"),
    "average: same, window larger than the map": AveragePooling2D(21, strides=2, padding="same"),
    "average: whole-number padding counts": AveragePooling2D(3, strides=2, padding=1),
    "average: more padding than PyTorch allows": AveragePooling2D(2, strides=2, padding=3),
    "global average": GlobalAveragePooling2D(),
    "global average, still a map": GlobalAveragePooling2D(keepdims=True),
    "global max": GlobalMaxPooling2D(),
    "global max, still a map": GlobalMaxPooling2D(keepdims=True),
    "zeros: the same on all sides": ZeroPadding2D(((2, 2), (2, 2))),
    "zeros: height and width differ": ZeroPadding2D(((1, 1), (2, 2))),
    "zeros: four sides": ZeroPadding2D(((1, 2), (0, 3))),
    "batch norm: Keras' defaults": BatchNormalization(),
    "batch norm: PyTorch's defaults": BatchNormalization(momentum=0.9, epsilon=1e-5),
    "batch norm: no scale": BatchNormalization(scale=False),
    "batch norm: no shift": BatchNormalization(center=False),
    "batch norm: neither": BatchNormalization(scale=False, center=False, momentum=0.0),
    "layer norm: the channels of each pixel": LayerNormalization(),
    "layer norm: no scale": LayerNormalization(scale=False, epsilon=1e-5),
    "layer norm: no shift": LayerNormalization(center=False),
    "layer norm: neither": LayerNormalization(scale=False, center=False),
    "group norm: two groups": GroupNormalization(2),
    "group norm: each channel by itself, no scale": GroupNormalization(4, 1e-5, scale=False),
    "group norm: all channels, no shift": GroupNormalization(1, center=False),
    "group norm: neither": GroupNormalization(2, scale=False, center=False),
    "normalization: what is adapted": Normalization(),
    "normalization: one number": Normalization(0.5, 0.25),
    "normalization: a number for each channel": Normalization(
        (0.485, 0.456, 0.406, -1.0), (0.052, 0.05, 0.0625, 4.0)
    ),
    "layer scale": LayerScale(0.1),
    "prelu: a slope for each channel": PReLU(),
    "prelu: a slope for each cell": PReLU(shared=False),
    "dropout rests": Dropout(0.25),
    "dropout of channels rests": SpatialDropout2D(0.25),
    "dropout of whole maps rests": StochasticDepth(0.25),
    "rescaling: a fraction": Rescaling(1 / 255),
    "rescaling: to -1..1": Rescaling(1 / 127.5, offset=-1.0),
    "rescaling: what reads badly as a fraction": Rescaling(0.3, offset=1e-7),
    "attention: one head": SelfAttention2D(1, 3),
    "attention: heads that are not as wide as the channels together": SelfAttention2D(3, 2),
    "attention: heads of one number, no bias": SelfAttention2D(2, 1, use_bias=False),
    "position embedding: a number for each value": PositionEmbedding(),
    "flatten: row by row, channels together": Flatten(),
    "relu: a slope": Activation("relu", negative_slope=0.1),
    "relu: a steep slope": Activation("relu", negative_slope=1.5),
    "relu: a ceiling": Activation("relu", max_value=1.5),
    "relu: the ceiling of relu6": Activation("relu", max_value=6.0),
    "relu: a ceiling of 0": Activation("relu", max_value=0.0),
    "relu: a threshold": Activation("relu", threshold=0.5),
    "relu: a threshold above the ceiling": Activation("relu", threshold=2.0, max_value=1.0),
    "relu: all three": Activation("relu", negative_slope=0.2, max_value=1.0, threshold=0.5),
    "residual: itself doubled": Residual(()),
    "residual: identity": Residual((same_conv,)),
    "residual: identity, activation": Residual((same_conv, same_conv), activation="relu"),
    "residual: projection": Residual((half_conv,), (Conv2D(4, 1, strides=2),), "elu"),
    "residual: scaled": Residual((same_conv,), scale=0.17),
    "residual: scaled, projection, activation": Residual(
        (half_conv, half_conv), (Conv2D(4, 1, strides=4),), "relu", 0.5
    ),
    "residual: nothing scaled but the input": Residual((), scale=-0.5),
    "residual: scaled beside a longer shortcut": Residual((), (same_conv, same_conv), scale=0.5),
    "residual: scaled in a scaled one": Residual((Residual((same_conv,), scale=0.1),), scale=0.2),
    "residual: empty body": Residual((), (same_conv, Activation("relu"))),
    "residual: in a body": Residual((same_conv, Residual((same_conv,)), same_conv)),
    "residual: in a shortcut": Residual(
        (half_conv,), (Residual((same_conv,), (same_conv,)), half_conv)
    ),
    "residual: from map to vector": Residual((GlobalMaxPooling2D(),), (GlobalAveragePooling2D(),)),
    "residual: flattens inside": Residual((Flatten(), Dense(3)), (Flatten(), Dense(3, "relu"))),
    "branches: side by side": Branches((branch(1), branch(3), (MaxPooling2D(3, 1, "same"),))),
    "branches: added": Branches((branch(1), branch(2)), merge="add"),
    "branches: one is the input": Branches(((), branch(2))),
    "branches: all are the input": Branches(((), ())),
    "branches: the input added": Branches(((), (), (same_conv,)), merge="add"),
    "branches: in branches": Branches(
        ((Branches((branch(1), branch(2))), *branch(1)), ((Branches(((), branch(1)))),), branch(1))
    ),
    "branches: what is in a branch, and more of it": Branches(
        ((same_conv, Branches(((), branch(1)))), ())
    ),
    "branches: in a shortcut in a branch": Branches(
        (
            branch(1),
            (
                same_conv,
                Residual(
                    (same_conv,),
                    (Branches((branch(1), branch(1))), Residual((same_conv,), (same_conv,))),
                ),
            ),
        )
    ),
    "branches: in a body in branches": Branches(
        ((Residual((Branches((branch(1), branch(2))),)),), branch(1))
    ),
    "branches: too many for a line": Branches(tuple(branch(1) for _ in range(9))),
    "branches: multiplied": Branches((branch(1), branch(2), (Conv2D(2, 1),)), "multiply"),
    "branches: squeeze and excite": Branches(
        (
            (),
            (
                GlobalAveragePooling2D(keepdims=True),
                Conv2D(2, 1, activation="relu"),
                Conv2D(4, 1, activation="sigmoid"),
            ),
        ),
        "multiply",
    ),
    "branches: a vector times a map": Branches(
        ((GlobalMaxPooling2D(), Dense(4, "sigmoid")), (same_conv,)), "multiply"
    ),
    "branches: the bare vector of a pooling times a map": Branches(
        ((), (GlobalAveragePooling2D(),)), "multiply"
    ),
    "branches: one channel for all": Branches(
        ((Conv2D(1, 3, padding="same", activation="sigmoid"),), ()), "multiply"
    ),
    "branches: a line times a column": Branches(
        ((Conv2D(3, 1, strides=(200, 1)),), (Conv2D(3, 1, strides=(1, 200)),)), "multiply"
    ),
    "branches: the square": Branches(((), ()), "multiply"),
    "branches: vectors multiplied": Branches(
        ((Flatten(), Dense(3)), (Flatten(), Dense(1)), (Flatten(), Dense(3))), "multiply"
    ),
    "branches: the largest": Branches((branch(1), branch(2), branch(3)), "maximum"),
    "branches: the largest, where many are equal": Branches(
        (
            (Activation("relu"),),
            (SeparableConv2D(4, 3, padding="same", activation="relu"),),
            (Activation("relu6"),),
        ),
        "maximum",
    ),
    "branches: the mean": Branches((branch(1), branch(2), branch(3)), "average"),
    "branches: the first less the second": Branches(((), (same_conv,)), "subtract"),
    "branches: side by side as vectors": Branches(
        ((Flatten(),), (GlobalMaxPooling2D(), Dense(3)), (GlobalAveragePooling2D(),))
    ),
}

STACKS: dict[str, Architecture] = {
    "no layer at all": Architecture("case", INPUT, ()),
    "dense after flatten: order of the features": Architecture(
        "case", INPUT, (Conv2D(5, 3, activation="relu"), Flatten(), Dense(7, "tanh"), Dense(3))
    ),
    "one channel: the order does not matter": Architecture(
        "case", (5, 4, 1), (Flatten(), Dense(3, use_bias=False))
    ),
    "one pixel: neither does it here": Architecture("case", (1, 1, 6), (Flatten(), Dense(3))),
    "flatten a vector": Architecture("case", INPUT, (Flatten(), Flatten(), Dense(3), Flatten())),
    "norms of vectors": Architecture(
        "case",
        INPUT,
        (
            GlobalAveragePooling2D(),
            BatchNormalization(),
            BatchNormalization(scale=False),
            LayerNormalization(),
            LayerNormalization(center=False),
            Dense(5, "softmax"),
        ),
    ),
    "a U-Net of two levels": Architecture(
        "case",
        (10, 20, 2),
        (
            same_conv,
            Branches(
                (
                    (),
                    (
                        MaxPooling2D(),
                        same_conv,
                        Branches(
                            (
                                (),
                                (
                                    MaxPooling2D(5),
                                    same_conv,
                                    Conv2DTranspose(4, 6, strides=5, padding="same"),
                                ),
                            )
                        ),
                        same_conv,
                        UpSampling2D(interpolation="bilinear"),
                    ),
                )
            ),
            Conv2D(3, 3, padding="same", activation="relu"),
        ),
    ),
    "the one pixel there is, made larger": Architecture(
        "case",
        (1, 1, 2),
        (UpSampling2D(3, "bilinear"), Conv2DTranspose(2, 3, strides=3)),
    ),
    "cropped behind a pooling": Architecture(
        "case", INPUT, (MaxPooling2D(3, 1, "same"), Cropping2D(((2, 1), (1, 1))), Flatten())
    ),
    "more that takes vectors": Architecture(
        "case",
        INPUT,
        (
            GlobalAveragePooling2D(),
            GroupNormalization(2),
            Normalization(),
            Normalization((0.0, 0.5, 1.0, -1.0), (1.0, 2.0, 0.5, 0.25)),
            PReLU(shared=False),
            Residual((Dense(4),), scale=0.3),
        ),
    ),
    "a transformer block between convolutions": Architecture(
        "case",
        INPUT,
        (
            Conv2D(8, 2, strides=2),
            PositionEmbedding(),
            *transformer_block(8),
            Conv2D(3, 3, padding="same"),
            Flatten(),
            Dense(3, "softmax"),
        ),
    ),
    "attention of a single cell": Architecture("case", (1, 1, 6), (SelfAttention2D(2, 2),)),
    "depthwise of one channel": Architecture(
        "case", (9, 8, 1), (DepthwiseConv2D(3), SeparableConv2D(4, 3))
    ),
    "padding loses even where all is negative": Architecture(
        "case", INPUT, (Rescaling(1.0, -20.0), MaxPooling2D(3, strides=2, padding=1))
    ),
    "same padding, too": Architecture(
        "case", INPUT, (Rescaling(1.0, -20.0), MaxPooling2D(2, strides=1, padding="same"))
    ),
    "a window on a single pixel": Architecture(
        "case", (1, 1, 2), (MaxPooling2D(2, 1, "same"), AveragePooling2D(2, 1, "same"))
    ),
    "a residual right at the input, then a flatten": Architecture(
        "case", INPUT, (Residual((same_conv,), (same_conv,)), Flatten(), Dense(2))
    ),
    "a residual of vectors": Architecture(
        "case", INPUT, (Flatten(), Dense(6), Residual((Dense(6, "relu"),)), Dense(2))
    ),
    "as deep as networks go": Architecture("case", (4, 3, 4), nested(50)),
}

CASES: dict[str, Architecture] = {
    **{reason: Architecture("case", INPUT, (layer,)) for reason, layer in ONE_LAYER.items()},
    **{
        f"{name} of a map": Architecture("case", INPUT, (Activation(name),)) for name in ACTIVATIONS
    },
    **{
        f"{name} in layers": Architecture(
            "case", INPUT, (Conv2D(3, 3, activation=name), Flatten(), Dense(4, name))
        )
        for name in ACTIVATIONS
    },
    **STACKS,
}


def random_weights(architecture: Architecture, seed: int = 0) -> Weights:
    """Weights that keep the values moderate; no moving statistic is the neutral one."""
    random = np.random.default_rng(seed)

    def drawn(name: str, shape: tuple[int, ...]) -> Any:
        if name == "count":
            return np.zeros(shape, np.float32)
        if name in ("gamma", "variance", "moving_variance"):
            return random.uniform(0.5, 2.0, shape).astype(np.float32)
        fan_in = max(int(np.prod(shape[:-1])), 1) if "kernel" in name else 4
        if name in ("query_kernel", "key_kernel"):
            fan_in *= 100  # or one share is all, and many cells gather the same but for rounding
        return random.normal(0, fan_in**-0.5, shape).astype(np.float32)

    return {
        row.name: tuple(drawn(weight.name, weight.shape) for weight in row.weights)
        for row in trace(architecture).rows
        if row.weights
    }


def random_images(architecture: Architecture, seed: int = 0) -> Any:
    """Three images, wide enough in their values to reach every bend of an activation."""
    shape = (3, *architecture.input)
    return np.random.default_rng(seed).normal(0, 3, shape).astype(np.float32)
