"""The lesson on squeeze and excite as its script sees a visitor, at several addresses."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.lessons.equivariance import example
from cnn.lessons.squeeze_excite import (
    Gates,
    closed_alone,
    measured,
    network,
    weighed,
    without_block,
)
from cnn.network.link import decode
from cnn.numbers import fixed
from tests.ui.visiting import pressed, visited, words
from ui.parts.drawing import answers
from ui.session import words as session_words

ROOT = Path(__file__).parents[3]


def certainty(share: float) -> str:
    return answers.certainty(share).replace("\u202f", " ")


def percent(share: float) -> str:
    return session_words.percent(share).replace("\u202f", " ")


def lesson(**query: str) -> AppTest:
    return visited("lesson", of="squeeze_excite", **query)


@pytest.mark.parametrize("place", [3, 0, 12])
@pytest.mark.parametrize(
    ("gate", "share", "how"), [("closed", 0.0, "closed"), ("open", 1.0, "fully open")]
)
def test_it_says_what_the_network_makes_of_a_digit_with_a_gate_held(store, place, gate, share, how):
    image, number, digit = example(place)
    own, held = weighed(image), weighed(image, {2: share})
    app = lesson(digit=str(place), channel="2", gate=gate)
    said = words(app)
    assert f"Test image {number} of the MNIST sample, a" in said
    assert f"**{digit}**. The network reads **{own.said}**" in said
    assert f"the gate of channel 2 is **{fixed(own.gates[2], 2)}**" in said
    changed = certainty(float(held.shares[own.said]))
    assert f"With channel 2 {how}, it reads **{held.said}**" in said
    assert f"the share of {own.said} is **{changed}**" in said


def test_nothing_is_changed_at_first(store):
    said = words(lesson())
    assert "The network reads **9**" in said
    assert "With channel" not in said


def test_the_channel_that_matters_most_is_named_and_closed_by_a_button(store):
    found = closed_alone(example(3)[0])
    app = lesson()
    assert f"each closed alone, **channel {found.argmin()}**" in words(app)
    app = pressed(lesson(channel="5"), "Close it")
    assert f"With channel {found.argmin()} closed" in words(app)
    assert f"**{certainty(float(found.min()))}**" in words(app)


def test_what_was_measured_stands_in_the_table(store):
    said = words(lesson())
    found = measured()
    for gates, name in (
        (Gates.OWN, "decided by each image"),
        (Gates.MEAN, "each held at its mean over all images"),
        (Gates.OPEN, "all fully open"),
    ):
        right = found.right[gates]
        assert f"| {name} | {right} | **{percent(right / 1000)}** |" in said
    with_block, without = network().card.right, without_block().card.right
    assert f"of all 10,000 test images\nof MNIST it reads **{with_block:,}** right" in said
    assert f"without the block, trained alike, **{without:,}**" in said


@pytest.mark.parametrize("digit", [3, 1, 5])
def test_the_gates_that_a_digit_opens_and_closes_are_its_own(store, digit):
    shown = int(example(digit)[2])
    gates = measured().gates
    apart = gates[shown] - gates.mean(axis=0)
    said = words(lesson(digit=str(digit), heat="beside"))
    ((above, below),) = re.findall(r"opens channels (.+?) furthest.+closes (.+?) furthest", said)
    named = [[int(one) for one in re.findall(r"\d+", part)] for part in (above, below)]
    assert len(named[0]) == len(named[1]) == 3
    assert min(apart[named[0]]) >= max(apart[[c for c in range(32) if c not in named[0]]])
    assert max(apart[named[1]]) <= min(apart[[c for c in range(32) if c not in named[1]]])


@pytest.mark.parametrize(
    "query",
    [
        {"digit": "40", "channel": "32", "gate": "half", "sort": "x", "heat": "<b>"},
        {"digit": "-1", "channel": "1e9"},
    ],
)
def test_values_that_cannot_be_are_the_first_ones(store, query):
    app = lesson(**query)
    assert dict(app.query_params).keys() == {"of"}
    assert "The network reads **9**" in words(app)


def test_where_the_channel_is_locked_there_is_no_button_that_would_change_it(store):
    assert "Close it" in [one.label for one in lesson().button]
    assert "Close it" not in [one.label for one in lesson(lock="channel").button]


def test_compare_sets_it_beside_the_same_network_without_the_block(store):
    app = pressed(lesson(), "Compare")
    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    assert not app.exception, app.exception
    whole, plain = (decode(one) for one in app.multiselect[0].value)
    assert whole == network().architecture
    assert plain.layers == tuple(one for one in whole.layers if one.kind != "Branches")
