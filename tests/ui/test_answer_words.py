"""An answer in words: the browser's are those of Python."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.insight.readings.answers import answer, in_words
from cnn.insight.readings.reading import Reader
from cnn.shipped import shipped
from cnn.shipped.unlike import unlike
from ui.parts.drawing.answers import NAMES, answer_card, how_sure, said_of
from ui.parts.drawing.networks import Named

ANSWERS = Path(__file__).parents[2] / "ui" / "components" / "answers"
NODE = shutil.which("node")


needs_node = pytest.mark.skipif(NODE is None, reason="node is the oracle: where it is, as in CI")


def spread_shares() -> np.ndarray:
    """Shares of ten classes: sure ones, spread ones, all equal, all of one."""
    chance = np.random.default_rng(4)
    spreads = [chance.dirichlet(np.full(10, width), 300) for width in (0.02, 0.1, 0.4, 3)]
    return np.concatenate([*spreads, np.full((1, 10), 0.1), np.eye(10)]).astype(np.float32)


def in_node(program: str) -> Any:
    assert NODE is not None
    found = subprocess.run(
        [NODE, "--input-type=module"], input=program, capture_output=True, text=True, check=True
    )
    return json.loads(found.stdout)


@needs_node
def test_the_browser_says_an_answer_in_the_same_words():
    shares = spread_shares()
    program = (
        f'import {{ howSure, inWords }} from "{(ANSWERS / "words.js").as_uri()}";'
        f"const [all, names] = {json.dumps([shares.tolist(), NAMES])};"
        "console.log(JSON.stringify(all.map((one) => [inWords(one, names), howSure(one, names)])));"
    )

    own = [[in_words(answer(one), NAMES), how_sure(one, NAMES)] for one in shares]
    assert in_node(program) == own
    assert len({words for words, _ in own}) > 100


@pytest.mark.parametrize(
    ("shares", "said", "note"),
    [
        ((0.9999, 0.0001), "Lanterns, >\u00a099.9\u202f% sure.", "then owl with <\u00a00.1\u202f%"),
        ((0.7, 0.3), "Lanterns, 70.0\u202f% sure.", "then owl with 30.0\u202f%"),
        (
            (0.55, 0.45),
            "It is not sure: lanterns or owl?",
            "55.0\u202f% sure, then owl with 45.0\u202f%",
        ),
        ((0.02, 0.98), "Owl, 98.0\u202f% sure.", "then lanterns with 2.0\u202f%"),
    ],
)  # fmt: skip
def test_a_class_that_is_a_word_is_said_without_an_article(
    shares: tuple[float, float], said: str, note: str
):
    assert said_of(np.array(shares, np.float32), ("lanterns", "owl")) == (said, note)


def test_a_digit_is_said_as_one_says_it():
    shares = np.eye(10, dtype=np.float32)[8]

    assert said_of(shares, NAMES) == ("It is an 8.", how_sure(shares, NAMES))


@needs_node
@pytest.mark.parametrize("beyond", [False, True])
def test_the_browsers_card_says_what_the_servers_says(beyond: bool):
    found = shipped()
    reader = Reader(found.architecture, found.weights, found.card.configuration.dataset)
    network = Named("shipped", "It", "", reader)
    far = 2 * unlike().card.line if beyond else 0.0
    shares = spread_shares()
    program = (
        f'import {{ answerOf }} from "{(ANSWERS / "live.js").as_uri()}";'
        f"const [all, names, beyond] = {json.dumps([shares.tolist(), NAMES, beyond])};"
        "console.log(JSON.stringify(all.map((one) => answerOf(one, names, beyond))));"
    )

    for card, likely in zip(in_node(program), shares, strict=True):
        own = answer_card(network, likely, is_told=True, far=far)
        for part in ("tone", "digit", "says", "then", "best"):
            assert card[part] == own[part]
        for bar, wanted in zip(card["bars"], own["bars"], strict=True):
            assert [bar[0], bar[2]] == [wanted[0], wanted[2]]
            assert float(bar[1]) == pytest.approx(wanted[1], abs=1.01e-4)
