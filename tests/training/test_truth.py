"""What is said of a run is what plain Keras finds with the `.keras` file of the run, whatever the
network ends in: every loss, accuracy, count and confidence, and what was trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.network.architecture import Architecture
from cnn.network.fields import ACTIVATIONS
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layers,
    MaxPooling2D,
    Residual,
    SeparableConv2D,
    SpatialDropout2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training import fit
from cnn.training.configuration import Configuration, Optimizer, Schedule
from cnn.training.fitting import fit_to
from cnn.training.run import Run, State
from cnn.training.store import Store
from tests.network.strategies import architectures
from tests.training.in_keras import RATE, check, check_steps, check_training, in_keras

THREE = DatasetSpec(DatasetName.SHAPES)
TWO = DatasetSpec(
    DatasetName.SHAPES,
    shapes=ShapeOptions(kinds=("circle", "square"), samples=60, test_samples=80),  # type: ignore[arg-type]
)
DIGITS = DatasetSpec(DatasetName.DIGITS)
BODY = (Conv2D(4, 3, activation="relu"), MaxPooling2D(), Flatten())
ZOO = ("shapes-demo", "simple-cnn", "lenet-5", "lenet-5-1998", "keras-mnist")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('runs') / 'runs.sqlite'}")
    yield opened
    opened.close()


def settings_of(data: DatasetSpec, *, steps: int = 1) -> Configuration:
    return Configuration(
        data,
        steps=steps,
        optimizer=Optimizer.SGD,
        momentum=0.0,
        schedule=Schedule.CONSTANT,
        learning_rate=RATE,
    )


def trained(store: Store, architecture: Architecture, configuration: Configuration) -> Run:
    """Fitted to the data as every page and command does it, and trained."""
    fitted = fit_to(architecture, load(configuration.dataset, architecture.input))
    run = store.add(fitted.architecture, configuration, worker="me", changes=fitted.changes)
    return fit.carry_out(store, run)


HEADS: dict[str, Layers] = {
    "softmax": (Dense(3, "softmax"),),
    "scores": (Dense(3),),
    "sigmoid": (Dense(3, "sigmoid"),),
    "sigmoid as a layer": (Dense(3), Activation("sigmoid")),
    "double softmax": (Dense(3, "softmax"), Activation("softmax")),
    "softmax of a sigmoid": (Dense(3, "sigmoid"), Activation("softmax")),
    "nothing behind a softmax": (Dense(3, "softmax"), Activation("linear")),
    "Flatten behind a softmax": (Dense(3, "softmax"), Flatten()),
    "softmax of a sum": (Dense(3), Residual((Dense(3),), (), "softmax")),
    "sigmoid of a sum": (Dense(3), Residual((Dense(3),), (), "sigmoid")),
    "tanh": (Dense(3, "tanh"),),
    "hard sigmoid": (Dense(3), Activation("hard_sigmoid")),
    "one unit": (Dense(1, "sigmoid"),),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_run_of_any_head_was_trained_and_judged_as_keras_does_it(
    store: Store, tmp_path: Path, head: Layers
):
    data = load(THREE, (8, 8, 1))
    run = trained(store, Architecture("Any", (8, 8, 1), (*BODY, *head)), settings_of(THREE))

    keras = in_keras(store, run, tmp_path)
    check(store, run, data, keras)
    check_training(store, run, data, keras)


def test_so_it_is_after_many_steps(store: Store, tmp_path: Path):
    data = load(THREE, (8, 8, 1))
    architecture = Architecture("Any", (8, 8, 1), (*BODY, *HEADS["double softmax"]))
    run = trained(store, architecture, settings_of(THREE, steps=10))

    keras = in_keras(store, run, tmp_path, is_quick=False)
    check(store, run, data, keras)
    check_training(store, run, data, keras)


some_activation = st.sampled_from(("softmax", "sigmoid")) | st.sampled_from((None, *ACTIVATIONS))


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
    """Any network of the zoo or at random, with any end."""
    if draw(st.integers(0, 3)) == 3:
        found = entry(draw(st.sampled_from(ZOO))).architecture
        last = max(i for i, layer in enumerate(found.layers) if isinstance(layer, Dense))
        layers = found.layers[:last]
    else:
        found = draw(architectures(max_layers=3, max_depth=1))
        layers = found.layers
    shape = (max(found.input[0], 8), max(found.input[1], 8), draw(st.sampled_from((1, 3))))
    found = Architecture("any", shape, layers)
    output = trace(found).output_shape
    if len(output) == 3 and draw(st.integers(0, 5)) == 5:
        name = draw(some_activation)
        end: Layers = (Conv2D(classes, output[:2], activation=name), Flatten())
    else:
        flat = (GlobalAveragePooling2D(),) if len(output) == 3 else ()
        end = (*flat, *draw(heads(classes)))
    return Architecture("any", shape, (*layers, *end))


def is_for_this_processor(architecture: Architecture) -> bool:
    """TensorFlow has no depthwise convolutions of two strides on a processor."""
    return not any(
        isinstance(row.layer, DepthwiseConv2D | SeparableConv2D)
        and row.layer.strides[0] != row.layer.strides[1]
        for row in trace(architecture).rows
    )


@given(chosen=st.data(), data=st.sampled_from(((THREE, 3), (TWO, 2), (DIGITS, 10))))
@settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_is_said_of_any_network_of_any_end_is_what_keras_finds(
    store: Store, tmp_path_factory: pytest.TempPathFactory, chosen: st.DataObject, data
):
    spec, classes = data
    try:
        architecture = chosen.draw(networks(classes))
    except ValueError:  # groups or a kernel that do not fit another number of channels
        assume(False)
    assume(is_for_this_processor(architecture))
    run = trained(store, architecture, settings_of(spec))
    assume(run.state is not State.DIVERGED)

    assert run.state is State.FINISHED, run.message
    keras = in_keras(store, run, tmp_path_factory.mktemp("file"))
    images = load(spec, architecture.input)
    check(store, run, images, keras)
    if not any(
        isinstance(row.layer, Dropout | SpatialDropout2D) for row in trace(run.architecture).rows
    ):
        check_steps(store, run, images, keras)
