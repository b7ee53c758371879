"""A number of parameters that a person reads is the total of the trace, which is that of Keras, and
where batch norm makes the trained ones fewer, they stand behind it, in the same words everywhere.
"""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from cnn.insight.readings.explanations import explain
from cnn.lessons.catalogue import find
from cnn.network.keras.export import keras_code
from cnn.network.keras.model import build
from cnn.network.layers import Container
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.pictures.network.diagram import hover_text
from cnn.shipped import shipped
from tests.ui.visiting import visited, words
from ui.views.draw.card import card_facts

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(file for part in ("cnn", "ui", "pages") for file in (ROOT / part).rglob("*.py"))
WITH_BATCH_NORM = ("vgg-lite", "resnet-lite", "inception-lite", "densenet-lite", "mobilenet-lite")
TOTALS = {
    *("trace.total_params", "traced.total_params", "seen.total_params"),
    *("trace(changed).total_params", "short(traced.total_params)"),
    "short(trace(one.architecture).total_params)",
}
"""What may stand in front of the word, apart from `params_text`: the total of a trace."""
OTHERS = {
    ("cnn/network/advice.py", "parameters"),  # those of biases, all of them trained
    ("cnn/pictures/network/dense_or_convolution.py", "dense"),  # totals of networks of one layer
    ("cnn/pictures/network/dense_or_convolution.py", "convolution"),
    ("cnn/pictures/network/dense_or_convolution.py", "params"),
    ("cnn/pictures/inside/stages.py", "row.param_formula"),
    ("cnn/pictures/network/timeline.py", "one.params"),  # tests/lessons/test_history.py has each
    ("cnn/pictures/comparison/atlas_chart.py", "known.params"),  # total_params, by test_atlas.py
    ("cnn/comparing/in_short.py", "params"),  # row.trace.total_params
    ("cnn/comparing/depth.py", "own.params"),  # how many more; test_depth.py asks Keras
    ("cnn/training/forecast/limits.py", "params"),
    ("ui/parts/network/side_by_side.py", "row.param_formula"),
    ("ui/parts/runs/elsewhere.py", "one.told.parameters"),  # Keras' own count_params
}


def said_before_parameters() -> set[tuple[str, str]]:
    """Every value that a text puts in front of the word: the file, and how it is written there."""
    found = set()
    for file in SCRIPTS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            for value, after in zip(node.values, node.values[1:], strict=False):
                if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                    continue
                if re.match(r"[* ]*param", str(after.value)):
                    found.add((str(file.relative_to(ROOT)), ast.unparse(value.value)))
    return found


def in_keras(id: str) -> tuple[int, int]:
    """All parameters of a network of the zoo, and those that are trained."""
    model = build(entry(id).architecture)
    return model.count_params(), sum(int(np.prod(one.shape)) for one in model.trainable_weights)


def test_the_number_in_front_of_the_word_is_a_total():
    found = said_before_parameters()
    assert {(file, text) for file, text in found if text not in TOTALS} <= OTHERS
    assert any(text in TOTALS for _, text in found)


@pytest.mark.parametrize("id", ["lenet-5", *WITH_BATCH_NORM])
def test_the_total_stands_first_and_the_trained_ones_where_they_are_fewer(id):
    total, trainable = in_keras(id)
    traced = trace(entry(id).architecture)

    said = f"{total:,} parameters"
    if id in WITH_BATCH_NORM:
        assert trainable < total
        said += f" ({trainable:,} trainable)"

    assert traced.params_text == said
    assert f"Exactly {said}." in keras_code(entry(id).architecture).text


def test_home_says_it_of_the_classics_too(store):
    said = words(visited("home"))
    for id in CLASSICS:
        total, trainable = in_keras(id)
        trained = f" ({trainable:,} trainable)" if trainable < total else ""
        assert f"{total:,} parameters{trained}" in said


def test_a_layer_and_a_block_say_it_like_the_network():
    traced = trace(entry("resnet-lite").architecture)
    norm = next(row for row in traced.rows if row.kind == "BatchNormalization")
    assert "64 parameters (32 trainable)" in hover_text(norm)  # 16 channels: two learned, two kept
    block = next(row for row in traced.rows if isinstance(row.layer, Container))
    inside = traced.within(block.path)
    moving = sum(2 * row.output_shape[-1] for row in inside if row.kind == "BatchNormalization")
    total = sum(row.params for row in inside)
    facts = {fact.label: fact.text for fact in explain(block, traced)}
    assert facts["Parameters"] == f"{total:,} ({total - moving:,} trainable)"


def test_the_card_of_the_network_that_ships_says_it_too():
    card = shipped().card
    facts = {fact.label: fact.text for fact in card_facts(card)}
    assert facts["Network"].startswith(f"{trace(card.architecture).params_text}, ")
    assert " trainable)" in facts["Network"]


@pytest.mark.parametrize(("which", "ids"), [("vgg", ("vgg-16", "vgg-lite")), ("resnet", None)])
def test_the_words_of_lesson_11_are_those_of_the_pictures_above_them(store, which, ids):
    """The picture adds up its parts to the total; the line below it begins with the same."""
    said = words(visited("lesson", of="history", which=which))
    for id in ids or ("resnet-18", "resnet-lite"):
        assert f"**{trace(entry(id).architecture).params_text}**" in said
    assert find("history").words["counted"].count("{params}") == 1
