"""What is said of a run is what plain Keras finds with the `.keras` file of the run, whatever the
network ends in: every loss, accuracy, count and confidence, and what was trained.

The networks of the zoo are in `test_truth_of_zoo`, what people bring in `test_truth_of_data`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnn.data import DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.feed import NAMED, Feed
from cnn.network.fields import ACTIVATIONS
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LayerNormalization,
    Layers,
    MaxPooling2D,
    Rescaling,
    Residual,
    SeparableConv2D,
    SpatialDropout2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.network.outputs import outputs_of
from tests.network.strategies import architectures
from tests.some import some
from tests.training.in_keras import check, check_steps, check_training, in_keras
from tests.training.subjects import DATA, THREE, TWO, trained

BODY = (Conv2D(4, 3, activation="relu"), MaxPooling2D())
QUICK = [
    one.architecture
    for one in zoo().values()
    if len(trace(one.architecture).rows) <= 16 and trace(one.architecture).total_params <= 250_000
]
"""Of the zoo; others take seconds for each example."""


VECTOR_HEADS: dict[str, Layers] = {
    "softmax": (Dense(3, "softmax"),),
    "scores": (Dense(3),),
    "scores without a bias": (Dense(3, use_bias=False),),
    "sigmoid": (Dense(3, "sigmoid"),),
    "sigmoid as a layer": (Dense(3), Activation("sigmoid")),
    "double softmax": (Dense(3, "softmax"), Activation("softmax")),
    "softmax of a sigmoid": (Dense(3, "sigmoid"), Activation("softmax")),
    "sigmoid of a softmax": (Dense(3, "softmax"), Activation("sigmoid")),
    "nothing behind a softmax": (Dense(3, "softmax"), Activation("linear")),
    "Flatten behind a softmax": (Dense(3, "softmax"), Flatten()),
    "Dropout behind a softmax": (Dense(3, "softmax"), Dropout(0.5)),
    "Dropout behind scores": (Dense(3), Dropout(0.5)),
    "Dropout before them": (Dropout(0.5), Dense(3, "softmax")),
    "softmax of a sum": (Dense(3), Residual((Dense(3),), (), "softmax")),
    "sigmoid of a sum": (Dense(3), Residual((Dense(3),), (), "sigmoid")),
    "a score beside a softmax": (Branches(((Dense(1),), (Dense(2, "softmax"),)), "concatenate"),),
    "softmaxes multiplied": (
        Branches(((Dense(3, "softmax"),), (Dense(3, "softmax"),)), "multiply"),
    ),
    "softmax of a product": (
        Branches(((Dense(3),), (Dense(3, "sigmoid"),)), "multiply"),
        Activation("softmax"),
    ),
    "normalized scores": (Dense(3), BatchNormalization()),
    "normalized shares": (Dense(3, "softmax"), LayerNormalization()),
    "sharpened softmax": (Dense(3), Rescaling(10.0), Activation("softmax")),
    "flattened softmax": (Dense(3, "softmax"), Rescaling(10.0, -1.0)),
    "tanh": (Dense(3, "tanh"),),
    "hard sigmoid": (Dense(3), Activation("hard_sigmoid")),
    "relu": (Dense(3, "relu"),),
    "bent relu": (Dense(3), Activation("relu", 0.1, 6.0, 0.5)),
    "one unit": (Dense(1, "sigmoid"),),
    "another number of units": (Dense(7, "softmax"),),
}
MAP_HEADS: dict[str, Layers] = {
    "mean of maps": (Conv2D(3, 1), GlobalAveragePooling2D()),
    "softmax of the mean of maps": (Conv2D(3, 1), GlobalAveragePooling2D(), Activation("softmax")),
    "mean of softmaxes": (Conv2D(3, 1, activation="softmax"), GlobalAveragePooling2D()),
    "mean of sigmoids": (Conv2D(3, 1, activation="sigmoid"), GlobalAveragePooling2D()),
    "softmaxes pooled twice": (
        *(Conv2D(3, 2), Activation("softmax"), SpatialDropout2D(0.2)),
        *(AveragePooling2D(2), Flatten(), Activation("linear")),
    ),
    "most of sigmoids": (Conv2D(3, 1, activation="sigmoid"), GlobalMaxPooling2D()),
    "softmax of one cell": (Conv2D(3, 3, activation="softmax"), Flatten()),
    "sigmoid of one cell": (Conv2D(3, 3), Activation("sigmoid"), GlobalAveragePooling2D()),
}
HEADS_OF_TWO: dict[str, Layers] = {
    "two: softmax": (Dense(2, "softmax"),),
    "two: sigmoid": (Dense(2, "sigmoid"),),
    "two: one unit": (Dense(1, "sigmoid"),),
    "two: one unit, sigmoid as a layer": (Dense(1), Activation("sigmoid")),
    "two: one bent unit": (Dense(1, "tanh"), Activation("sigmoid")),
    "two: one unit, no sigmoid": (Dense(1),),
    "two: one unit of a softmax": (Dense(1, "softmax"),),
}
OFTEN = (
    *("softmax", "scores", "double softmax", "a score beside a softmax"),
    *("softmax of the mean of maps", "two: one unit"),
)
"""Others stand at the ends of random networks."""
HEADS: dict[str, tuple[DatasetSpec, Layers]] = (
    {name: (THREE, (Flatten(), *head)) for name, head in VECTOR_HEADS.items()}
    | {name: (THREE, head) for name, head in MAP_HEADS.items()}
    | {name: (TWO, (Flatten(), *head)) for name, head in HEADS_OF_TWO.items()}
)


def test_a_run_of_many_steps_was_trained_and_judged_as_keras_does_it(store: Store, tmp_path: Path):
    head = (Flatten(), *VECTOR_HEADS["double softmax"])
    architecture = Architecture("Any", (8, 8, 1), (*BODY, *head))
    run, images = trained(store, architecture, THREE, steps=10)  # within the third epoch

    keras = in_keras(store, run, tmp_path, is_quick=False)
    check(store, run, images, keras)
    check_training(store, run, images, keras)


@pytest.mark.parametrize("name", some(HEADS, *OFTEN))
def test_a_run_of_any_head_was_trained_and_judged_as_keras_does_it(
    store: Store, tmp_path: Path, name: str
):
    spec, head = HEADS[name]
    run, images = trained(store, Architecture("Any", (8, 8, 1), (*BODY, *head)), spec)

    assert run.state is State.FINISHED, run.message
    keras = in_keras(store, run, tmp_path)
    check(store, run, images, keras)
    check_training(store, run, images, keras)
    given = outputs_of(keras.model, keras.fed(images.test.pixels))
    is_probabilities = given.min() >= 0 and np.allclose(given.sum(axis=1), 1, atol=1e-5)
    assert is_probabilities == keras.has_softmax


some_channels = st.sampled_from((1, 3))
SMALLEST_SIDE = 8  # of a drawing
some_activation = st.sampled_from(("softmax", "sigmoid")) | st.sampled_from((None, *ACTIVATIONS))
FEEDS_OF_THREE = (
    *(Feed(0, 1, (0.13,), (0.31,)), Feed(0.1, 0.7, (0.2,), (3.0,)), Feed(bgr=True)),
    *NAMED.values(),
)
FEEDS = tuple(one for one in FEEDS_OF_THREE if len(one.mean) < 2 and not one.bgr)


@st.composite
def heads(draw: Callable[[st.SearchStrategy[Any]], Any], classes: int) -> Layers:
    """Any end behind a vector: a dense layer with all that may stand behind it."""
    if draw(st.integers(0, 3)) == 3:
        return (Dense(draw(st.sampled_from((1, 4))), draw(some_activation)),)
    layers: Layers = (Dense(classes, draw(some_activation)),)
    for _ in range(draw(st.integers(0, 2))):
        layers += (
            draw(
                st.one_of(
                    st.builds(Activation, some_activation.filter(bool)),
                    st.sampled_from((Dropout(0.3), Flatten(), BatchNormalization())),
                    st.builds(Residual, st.just((Dense(classes),)), st.just(()), some_activation),
                )
            ),
        )
    return layers


@st.composite
def networks(draw: Callable[[st.SearchStrategy[Any]], Any], classes: int) -> Architecture:
    """Any network of the zoo or at random, with any end, and fed as it may be."""
    if draw(st.integers(0, 3)) == 3:
        found = draw(st.sampled_from(QUICK))
        last = max(i for i, layer in enumerate(found.layers) if isinstance(layer, Dense))
        shape, layers = (*found.input[:2], draw(some_channels)), found.layers[:last]
    else:
        found = draw(architectures(3, 1, SMALLEST_SIDE, some_channels))
        shape, layers = found.input, found.layers
    found = Architecture("any", shape, layers)
    output = trace(found).output_shape
    if len(output) == 3 and draw(st.integers(0, 5)) == 5:
        name = draw(some_activation)
        end: Layers = (Conv2D(classes, output[:2], activation=name), Flatten())
    else:
        flat = (GlobalAveragePooling2D(),) if len(output) == 3 else ()
        end = (*flat, *draw(heads(classes)))
    feed = None
    if draw(st.booleans()):
        feed = draw(st.sampled_from(FEEDS_OF_THREE if shape[2] == 3 else FEEDS))
    return Architecture("any", shape, (*layers, *end), feed)


def is_for_this_processor(architecture: Architecture) -> bool:
    """TensorFlow has no depthwise convolutions of two strides on a processor."""
    return not any(
        isinstance(row.layer, DepthwiseConv2D | SeparableConv2D)
        and row.layer.strides[0] != row.layer.strides[1]
        for row in trace(architecture).rows
    )


@given(chosen=st.data(), kind=st.sampled_from(list(DATA)))
@settings(
    max_examples=settings().max_examples // 2,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_what_is_said_of_any_network_of_any_end_is_what_keras_finds(
    store: Store,
    data: dict[str, DatasetSpec],
    tmp_path_factory: pytest.TempPathFactory,
    chosen: st.DataObject,
    kind: str,
):
    architecture = chosen.draw(networks(DATA[kind]))
    assume(is_for_this_processor(architecture))
    run, images = trained(store, architecture, data[kind])
    assume(run.state is not State.DIVERGED)

    assert run.state is State.FINISHED, run.message
    keras = in_keras(store, run, tmp_path_factory.mktemp("file"))
    check(store, run, images, keras)
    check_steps(store, run, images, keras)
