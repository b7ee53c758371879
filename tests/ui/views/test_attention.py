"""The lesson on attention as its script sees a visitor, at several addresses."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.lessons import attention
from cnn.lessons.attention import Position, looked, looked_at_most, needed, shuffled, worked
from cnn.lessons.attention.by_hand import by_hand
from cnn.lessons.attention.measured import measured
from cnn.lessons.equivariance import example
from cnn.network.link import decode
from cnn.numbers import fixed, number
from tests.ui.visiting import pressed, visited, words
from ui.parts.drawing import answers
from ui.session import words as session_words

ROOT = Path(__file__).parents[3]


def certainty(share: float) -> str:
    return answers.certainty(share).replace("\u202f", " ")


def percent(share: float) -> str:
    return session_words.percent(share).replace("\u202f", " ")


def lesson(**query: str) -> AppTest:
    return visited("lesson", of="attention", **query)


@pytest.mark.parametrize("place", [3, 12])
def test_it_says_what_the_network_makes_of_a_digit(store, place):
    image, number_, digit = example(place)
    own = looked(image)
    said = words(lesson(digit=str(place)))
    assert f"Test image {number_} of the MNIST sample, a" in said
    assert f"**{digit}**. The network reads **{own.said}**" in said
    assert f"**{certainty(float(own.shares[own.said]))}** sure" in said
    assert "As you have changed it" not in said


@pytest.mark.parametrize(("position", "shuffle"), [("0", "0"), ("1", "1"), ("0", "1")])
def test_it_says_what_becomes_of_the_answer_without_positions_and_shuffled(
    store, position, shuffle
):
    image = example(3)[0]
    own = looked(image)
    shown = shuffled(image) if shuffle == "1" else image
    now = looked(shown, Position.OWN if position == "1" else Position.OFF)
    said = words(lesson(position=position, shuffle=shuffle))
    share = certainty(float(now.shares[own.said]))
    assert f"it reads **{now.said}**; the share of {own.said} is **{share}**" in said


@pytest.mark.parametrize(("cell", "head"), [("3-3", "mean"), ("0-6", "2")])
def test_one_share_is_worked_out_for_the_chosen_cell_and_head(store, cell, head):
    image = example(3)[0]
    row, column = map(int, cell.split("-"))
    of = 0 if head == "mean" else int(head)
    place = 7 * row + column
    other = int(looked(image).weights[of, place].argmax())
    found = worked(image, of, place, other, Position.OWN)
    said = words(lesson(cell=cell, head=head))
    assert f"by head {of}, with keys of 14 numbers: row {row}, column {column} looks" in said
    assert f"at row {other // 7}, column {other % 7}." in said
    assert f"Query · key is **{number(found.product)}**" in said
    assert f"**{fixed(found.share, 3)}**." in said


@pytest.mark.parametrize(("asks", "divides"), [("2", "1"), ("0", "0"), ("3", "1")])
def test_the_small_case_says_what_dividing_does(store, asks, divides):
    ones = by_hand(int(asks), divides=divides == "1"), by_hand(int(asks), divides=divides == "0")
    how = "without" if divides == "1" else "with"
    said = words(lesson(asks=asks, divides=divides))
    shares = [fixed(one.weights.max(), 3) for one in ones]
    assert f"The largest share is **{shares[0]}**; {how} the division it would be" in said
    assert f"it would be **{shares[1]}**" in said


def test_what_was_measured_stands_in_the_tables(store):
    said, found = words(lesson()), measured()
    for position, name in (
        (Position.OWN, "as learned"),
        (Position.OFF, "switched off: all 0"),
        (Position.NEVER, "never had one, trained alike"),
    ):
        both = " | ".join(percent(right / found.images) for right in found.right[position])
        assert f"| {name} | {both} |" in said
    assert f"it reads {found.even:,} of 10,000 images right" in said
    assert f"by **{fixed(100 * found.lost_looked, 1)}** percentage points" in said
    assert f"In **{found.agree:,}** images the first and the last" in said
    assert f"head 0 {percent(found.outside[0])}" in said


@pytest.mark.parametrize("side", [7, 14])
def test_costs_are_those_of_the_trace(store, side):
    found = attention.cost(side)
    said = words(lesson(side=str(side)))
    assert f"**{found.cells} cells**: attention takes **{found.attention:,}** MACs" in said
    assert f"of which {found.pairs:,} are" in said
    assert f"takes **{found.convolution:,}**." in said
    assert "takes 4 times as much, each cell with each 16 times" in said


def test_how_many_are_read_right_is_told_after_a_guess(store):
    right = f"**{attention.with_convolution().card.right:,}**"
    app = lesson()
    assert "Say it before you see it" in words(app)
    assert right not in words(app)
    app = pressed(app, "The convolution")
    assert "You said: **The convolution**." in words(app)
    assert right in words(app)
    assert f"**{attention.network().card.right:,}**" in words(app)


def test_where_the_guess_is_locked_nothing_is_hidden_behind_it(store):
    app = lesson(lock="guess")
    assert f"**{attention.network().card.right:,}**" in words(app)
    assert "You said" not in words(app)


def test_the_cell_that_is_looked_at_most_and_the_one_that_is_needed_most_are_named(store):
    image = example(3)[0]
    most, least = looked_at_most(image, looked(image).weights), int(needed(image).argmin())
    said = words(lesson())
    assert f"with ink **row {most // 7}, column {most % 7}** is looked at most" in said
    assert f"Without **row {least // 7}, column {least % 7}** it loses most" in said


def test_before_anything_is_drawn_the_rest_of_the_lesson_stands_there(store):
    said = words(lesson(image="drawn"))
    assert "Draw a digit" in said
    assert "The network reads" not in said
    assert "Say it before you see it" in said


@pytest.mark.parametrize(
    "query",
    [
        {"digit": "40", "cell": "7-0", "head": "4", "image": "x", "side": "1", "guess": "<b>"},
        {"digit": "-1", "cell": "3", "head": "-1", "asks": "4", "position": "off", "side": "29"},
    ],
)
def test_values_that_cannot_be_are_the_first_ones(store, query):
    app = lesson(**query)
    assert dict(app.query_params).keys() == {"of"}
    assert "by head 0, with keys of 14 numbers: row 3, column 3 looks" in words(app)


def test_compare_sets_it_beside_the_two_others(store):
    app = pressed(lesson(), "Compare")
    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    assert not app.exception, app.exception
    found = [decode(one) for one in app.multiselect[0].value]
    others = attention.network(), attention.with_convolution(), attention.without_position()
    assert [one.layers for one in found] == [one.architecture.layers for one in others]
