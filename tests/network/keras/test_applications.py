"""The networks of `keras.applications`, read from their descriptions; Keras is who counts."""

import gc
import re
from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any

import pytest

from cnn.network.atlas import atlas, design
from cnn.network.errors import ArchitectureError
from cnn.network.keras.read import read_keras_config
from cnn.network.trace import trace
from tests.some import some

READ = (
    *("VGG16", "VGG19"),
    *("ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2"),
    *("InceptionV3", "InceptionResNetV2", "Xception"),
    *("MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large"),
    *("DenseNet121", "DenseNet169", "DenseNet201"),
    *(f"EfficientNetB{size}" for size in range(8)),
    *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
    *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
)
CROSSING = ("NASNetMobile", "NASNetLarge")
ONE_OF_EACH = (
    *("VGG16", "ResNet50", "ResNet50V2", "InceptionV3", "Xception", "MobileNet", "MobileNetV2"),
    *("MobileNetV3Small", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "EfficientNetV2S"),
    "ConvNeXtTiny",
)
"""The smallest of each family, and what another reads that it has not."""

SMALL = 30_000_000
"""Parameters of the networks that are all built anew, which the rest takes minutes for."""

PUBLISHED = {
    "VGG16": 138_357_544,
    "VGG19": 143_667_240,
    "ResNet50": 25_636_712,
    "ResNet101": 44_707_176,
    "ResNet152": 60_419_944,
    "ResNet50V2": 25_613_800,
    "ResNet101V2": 44_675_560,
    "ResNet152V2": 60_380_648,
    "InceptionV3": 23_851_784,
    "InceptionResNetV2": 55_873_736,
    "Xception": 22_910_480,
    "MobileNet": 4_253_864,
    "MobileNetV2": 3_538_984,
    "DenseNet121": 8_062_504,
    "DenseNet169": 14_307_880,
    "DenseNet201": 20_242_984,
    "EfficientNetB0": 5_330_571,
    "EfficientNetB1": 7_856_239,
    "EfficientNetB2": 9_177_569,
    "EfficientNetB3": 12_320_535,
    "EfficientNetB4": 19_466_823,
    "EfficientNetB5": 30_562_527,
    "EfficientNetB6": 43_265_143,
    "EfficientNetB7": 66_658_687,
}
"""The totals that the page "Keras Applications" gives in full."""


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> None:
    """As everywhere, and over all that TensorFlow is, which is loaded for it."""
    import keras

    keras.backend.clear_session()
    gc.freeze()


@pytest.fixture(autouse=True)
def little_is_kept() -> Iterator[None]:
    import keras

    yield
    keras.backend.clear_session()


def made(name: str) -> Any:
    """The network as Keras makes it, without numbers in its weights."""
    import keras

    # It leaves the size of its input open, unlike the others.
    size = {"input_shape": (224, 224, 3)} if "MobileNetV3" in name else {}
    with keras.StatelessScope(initialize_variables=False):
        return getattr(keras.applications, name)(weights=None, **size)


def layer_of(model: Any, name: str) -> Any:
    """The layer or the operation of that name; a slash leads into a submodel."""
    for part in name.split("/"):
        held = getattr(model, "operations", model.layers)
        model = next(one for one in held if one.name == part)
    return model


def test_these_are_all_there_are():
    from keras import applications

    there = {name for name in vars(applications) if callable(getattr(applications, name))}

    assert there == {*READ, *CROSSING}


def built_anew() -> set[str]:
    small = {one.title for one in atlas().values() if one.params < SMALL}
    return {*ONE_OF_EACH, *small.intersection(READ)}


@pytest.mark.parametrize("name", some(READ, *built_anew()))
def test_a_network_is_read_layer_by_layer(name: str):
    model = made(name)
    read = read_keras_config(model.to_json())
    traced = trace(read.architecture)

    assert traced.total_params == model.count_params() == PUBLISHED.get(name, model.count_params())
    assert traced.trainable_params == sum(prod(one.shape) for one in model.trainable_weights)
    assert traced.output_shape == model.output_shape[1:]
    assert read.layer_names.keys() == {row.name for row in traced.rows}
    for row in traced.rows:
        layer = layer_of(model, read.layer_names[row.name])
        shape = layer.output.shape[1:]
        assert row.params == sum(prod(one.shape) for one in getattr(layer, "weights", ()))
        # What is pooled is 1x1 here at once, where Keras has a Reshape behind it.
        assert row.output_shape in (shape, (1, 1, *shape)), layer.name
    (known,) = (one for one in atlas().values() if one.title == name)
    assert design(known.id) == replace(read.architecture, name=name)  # the atlas is of this Keras


@pytest.mark.parametrize("name", some(CROSSING, "NASNetMobile"))
def test_a_network_whose_branches_cross_is_refused_with_the_layer(name: str):
    with pytest.raises(ArchitectureError) as caught:
        read_keras_config(made(name).to_json())

    said = str(caught.value)
    assert "its output is used by branches that cross each other, as in NASNet's cells: it" in said
    # Every layer that is named is one that Keras connects with the one that is refused.
    named = r"layer '([^']*)' .* it goes to ('.*')(?: and \d+ more)?\. Here branches stand .*"
    found = re.fullmatch(named, said)
    assert found
    refused, goes_to = found.groups()
    model = made(name)
    for user in re.findall(r"'([^']*)'", goes_to):
        (node,) = model.get_layer(user)._inbound_nodes[:1]
        feeds = [tensor._keras_history.operation.name for tensor in node.input_tensors]
        assert refused in feeds
