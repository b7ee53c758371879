"""Every kind of layer: one class holds all facts about its kind."""

from cnn.network.layers.attention import PositionEmbedding, SelfAttention2D
from cnn.network.layers.base import Axes, Layer, Spreads, Weight, defaults, rules, snake_case
from cnn.network.layers.containers import Branches, Container, Layers, Residual, changed
from cnn.network.layers.convolution import (
    Conv2D,
    Convolution,
    DepthwiseConv2D,
    SeparableConv2D,
    SlidingConvolution,
)
from cnn.network.layers.normalization import GroupNormalization, LayerScale, Normalization
from cnn.network.layers.pointwise import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    LayerNormalization,
    Normalizing,
    PReLU,
    Rescaling,
    SpatialDropout2D,
    StochasticDepth,
)
from cnn.network.layers.pooling import (
    AveragePooling2D,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GlobalPooling,
    MaxPooling2D,
    Pooling,
    ZeroPadding2D,
)
from cnn.network.layers.resizing import Cropping2D, UpSampling2D
from cnn.network.layers.transposed import Conv2DTranspose

KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        Conv2D,
        DepthwiseConv2D,
        SeparableConv2D,
        Conv2DTranspose,
        MaxPooling2D,
        AveragePooling2D,
        GlobalAveragePooling2D,
        GlobalMaxPooling2D,
        UpSampling2D,
        ZeroPadding2D,
        Cropping2D,
        BatchNormalization,
        LayerNormalization,
        GroupNormalization,
        Normalization,
        LayerScale,
        Activation,
        PReLU,
        Dropout,
        SpatialDropout2D,
        StochasticDepth,
        Rescaling,
        SelfAttention2D,
        PositionEmbedding,
        Flatten,
        Dense,
        Residual,
        Branches,
    )
}
