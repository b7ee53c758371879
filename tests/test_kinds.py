"""Kinds of layers and merges: each fact in one place, each table of what they do complete."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.insight.passes import layer_effort
from cnn.insight.passes.backward import Weighted, backward
from cnn.insight.passes.forward import forward
from cnn.insight.passes.in_browser import PUTS
from cnn.insight.passes.layer_passes import PASSES
from cnn.insight.passes.merge_passes import MERGINGS
from cnn.insight.passes.weights import random_weights
from cnn.insight.readings.cell import cell
from cnn.insight.readings.cell_sentences import MERGE_SENTENCES, SENTENCES
from cnn.network import layers
from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.fields import Real, ruled
from cnn.network.heads import end
from cnn.network.layers import (
    KINDS,
    Axes,
    Branches,
    Container,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    Residual,
    ZeroPadding2D,
    rules,
)
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.merges import MERGES
from cnn.network.onnx.kinds import WRITES
from cnn.network.onnx.write import MERGING
from cnn.network.shapes import Shape
from cnn.network.torch.layers import MODULES
from cnn.network.torch.modules import HELPERS
from cnn.network.trace import trace
from cnn.network.variants import with_depth, with_dropout, with_filters, with_kernel_size
from cnn.pictures.kit.palette import COLOUR_OF_FAMILY
from cnn.pictures.network.diagram import SIGNS, diagram
from tests.network.export_cases import CASES
from ui.components.schema import GROUPS

ROOT = Path(__file__).parents[1]
SOURCES = [
    path
    for folder in ("cnn", "ui", "pages", "scripts")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".js", ".html")
]
LEAVES = {kind for kind in KINDS.values() if not issubclass(kind, Container)}
ACTING = {kind for kind in LEAVES if not kind.is_idle}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def naming(pattern: str) -> list[str]:
    """The source files in which a pattern is found."""
    return [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]


# ---- facts -----------------------------------------------------------------------------------


def test_every_class_that_is_a_layer_is_known_as_a_kind():
    modules = [
        importlib.import_module(f"{layers.__name__}.{found.name}")
        for found in pkgutil.iter_modules(layers.__path__)
    ]
    made = {
        name: one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, Layer) and hasattr(one, "letters")
    }

    assert made == KINDS


@every_kind
def test_a_kind_says_all_facts_about_itself(kind: type[Layer]):
    assert kind.letters
    assert kind.purpose
    assert kind.family in COLOUR_OF_FAMILY
    assert kind.shelf in GROUPS
    is_named_in_pictures = not kind.is_thin and not issubclass(kind, Container)
    assert not (is_named_in_pictures or kind.is_idle) or kind.word
    for field in fields(kind):
        holds_layers = isinstance(field.metadata["rule"], Series | Parallel)
        assert holds_layers or field.metadata["hint"].endswith(".")


def test_one_kind_at_most_leads_a_shelf():
    leading = [kind.shelf for kind in KINDS.values() if kind.leads_shelf]

    assert len(leading) == len(set(leading))


# ---- tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (MODULES, LEAVES),
        (WRITES, ACTING),
        (PASSES, ACTING),
        (SENTENCES, ACTING),
        (PUTS, ACTING),
    ],
    ids=["PyTorch", "ONNX", "NumPy", "sentences", "browser"],
)
def test_every_kind_stands_in_the_tables_of_what_it_does(table: Any, kinds: set[type[Layer]]):
    assert table.keys() == kinds


@pytest.mark.parametrize("table", [MERGINGS, MERGE_SENTENCES, MERGING, SIGNS])
def test_every_merge_stands_in_the_tables_of_what_it_does(table: Any):
    assert table.keys() == MERGES.keys()


def test_every_merge_is_a_step_of_the_browser():
    text = (ROOT / "ui/components/engine/operations.js").read_text(encoding="utf-8")
    made = re.search(r"export const MAKERS = \{(.*?)\};", text, re.DOTALL)

    assert made
    assert set(MERGES) <= set(re.findall(r"\w+", made[1]))


@pytest.mark.parametrize("merge", MERGES.values(), ids=MERGES)
def test_a_merge_is_a_layer_of_keras_and_a_module_of_a_script(merge):
    keras = pytest.importorskip("keras", reason="Keras is the oracle; the app requires it")

    assert issubclass(getattr(keras.layers, merge.keras), keras.layers.Layer)
    compile(HELPERS[merge.keras], merge.keras, "exec")
    assert Branches(((), ()), merge.word).merge == merge.word


def test_every_kind_has_the_cases_by_which_its_effort_is_measured():
    covered = {layer.kind for case in CASES.values() for _, layer in walk(case.layers)}

    assert covered == KINDS.keys()


def test_the_effort_of_an_unknown_window_is_no_guess():
    row = trace(Architecture("One", (8, 8, 1), (ZeroPadding2D(),))).rows[0]

    assert layer_effort.beside(row, 1) == 0
    with pytest.raises(NotImplementedError, match="UnknownWindow has no effort yet"):
        layer_effort.beside(replace(row, layer=UnknownWindow()), 1)


FILTERS, KERNELS, DROPOUT, DEPTH = "filters", "kernel size", "dropout", "depth"
CHANGED_BY: dict[str, set[str]] = {
    "Conv2D": {FILTERS, KERNELS, DEPTH},
    "DepthwiseConv2D": {KERNELS, DEPTH},
    "SeparableConv2D": {FILTERS, KERNELS, DEPTH},
    "Conv2DTranspose": {FILTERS, KERNELS, DEPTH},
    "MaxPooling2D": set(),
    "AveragePooling2D": set(),
    "GlobalAveragePooling2D": set(),
    "GlobalMaxPooling2D": set(),
    "UpSampling2D": set(),
    "ZeroPadding2D": set(),
    "Cropping2D": set(),
    "BatchNormalization": set(),
    "LayerNormalization": set(),
    "GroupNormalization": set(),
    "Normalization": set(),
    "LayerScale": set(),
    "Activation": set(),
    "PReLU": set(),
    "Dropout": {DROPOUT},
    "SpatialDropout2D": {DROPOUT},
    "StochasticDepth": {DROPOUT},
    "Rescaling": set(),
    "SelfAttention2D": set(),
    "PositionEmbedding": set(),
    "Flatten": set(),
    "Dense": set(),
    "Residual": {DEPTH},
    "Branches": {DEPTH},
}
"""By which variants a network is changed that is this kind alone."""

VARIANTS: dict[str, Callable[[Architecture], Architecture]] = {
    FILTERS: lambda one: with_filters(one, 2),
    KERNELS: lambda one: with_kernel_size(one, 5),
    DROPOUT: lambda one: with_dropout(one, 0.9),
    DEPTH: lambda one: with_depth(one, 2),
}


def test_it_is_said_of_every_kind_which_variants_change_it():
    assert CHANGED_BY.keys() == KINDS.keys()


@every_kind
def test_a_variant_changes_the_kinds_that_it_is_about(kind: type[Layer]):
    alone = Architecture("Alone", (8, 8, 4), (kind(**kind.start),))
    found = set()
    for name, change in VARIANTS.items():
        with suppress(ArchitectureError):
            found |= {name} if change(alone) != alone else set()

    assert found == CHANGED_BY[kind.__name__]


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if "strides" in rules(kind)])
def test_what_has_strides_keeps_the_size_in_the_copies_of_a_block(kind: type[Layer]):
    strided = kind(**kind.start | {"strides": 2})
    once = Architecture("Block", (9, 9, 4), (Residual((strided,), (strided,)),))

    assert trace(with_depth(once, 3)).output_shape == trace(once).output_shape


# ---- a kind that is new ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GaussianNoise(Layer):
    """One that acts in training alone, known nowhere but here."""

    purpose = "While training, adds noise; does nothing afterwards."
    letters, word, family, shelf = "gn", "noise", "dropout", "Regularization"
    is_thin = is_idle = True

    stddev: float = ruled(Real(0.0, 1.0), 0.1, "How much noise.", "sd")


class UnknownWindow(Layer):
    """One with a window, which stands in no table."""

    def axes(self, shape: Shape) -> Axes:
        return ZeroPadding2D().axes(shape)


def test_a_new_kind_that_acts_in_training_alone_needs_no_other_word():
    plain = (Conv2D(3, 3, activation="relu"), Flatten(), Dense(2))
    noisy = (plain[0], GaussianNoise(), *plain[1:], GaussianNoise())
    without, with_it = (Architecture("n", (6, 6, 1), found) for found in (plain, noisy))
    weights = random_weights(without)
    images = np.random.default_rng(2).random((2, 6, 6, 1), np.float32)
    one, other = (
        backward(found, weights, images, Weighted(np.ones((2, 2), np.float32)))
        for found in (without, with_it)
    )

    np.testing.assert_array_equal(one.input, other.input)
    seen = forward(with_it, weights, images, keep_linear=True)
    np.testing.assert_array_equal(seen["gaussian_noise_1"], seen["conv2d_1"])
    said = cell(trace(with_it), weights, seen, "gaussian_noise_1", (1, 2, 0)).sentence
    assert re.fullmatch(r"Noise lets .* through; it acts in training alone\.", said)
    assert end(with_it) == 3
    assert diagram(trace(with_it)).count('class="layer dropout"') == 2
    assert all(layer_effort.held(row, True) == 0 for row in trace(with_it).rows[1::3])


# ---- how many files a new one is -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "most"), [("SpatialDropout2D", 3), ("LayerNormalization", 10)], ids=["idle", "acting"]
)
def test_a_kind_is_named_in_few_files(kind: str, most: int):
    """A leaf without arithmetic after training, and one with it that stands in a block, too.

    What trains a network that has such a layer is no place of the kind. ONNX has an operator of the
    same name, which three files know.
    """
    places = [one for one in naming(rf"\b{kind}\b") if not one.startswith("scripts/train_")]
    assert len(places) <= most


def test_a_merge_is_named_in_its_home_and_in_the_tables_of_what_it_does():
    home = "cnn/network/layers/merges.py"
    tables = [MERGINGS, MERGE_SENTENCES, MERGING, SIGNS]

    assert home in naming(r'"concatenate"')
    assert len(naming(r"""["']concatenate["']|["']Concatenate["']""")) == 1 + len(tables)
