"""The lesson on transfer as its script sees a visitor, at several addresses."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.lessons.transfer import EPOCHS, FEW_EPOCHS, Case, Own, borders, head_first, kept
from cnn.lessons.transfer.measured import measured
from cnn.shipped.starts import IDS
from tests.ui.visiting import pressed, visited, words
from ui.session import words as session_words

ROOT = Path(__file__).parents[3]


def percent(share: float) -> str:
    return session_words.percent(share).replace("\u202f", " ")


def lesson(**query: str) -> AppTest:
    return visited("lesson", of="transfer", **query)


@pytest.mark.parametrize(("own", "border"), [(Own.SCENES, 9), (Own.SCENES, 5), (Own.DIGITS, 0)])
def test_it_says_what_a_border_keeps_costs_and_is_worth(store, own, border):
    said = words(lesson(own=own, border=str(border)))
    now, found, new = kept(own, border), measured()[Case(own, border)], measured()[Case(own, None)]
    assert f"**{now.frozen:,}** are frozen" in said
    assert f"**New**: {now.new:,}" in said
    assert f"So **{now.trained:,}** are trained" in said
    assert f"takes **{now.macs:,}** MACs" in said
    assert f"With this border **{percent(found.mean)}** of {found.images:,} test images" in said
    low, high = min(found.shares), max(found.shares)
    by_seed = f"{percent(low)} to {percent(high)} by seed" if low < high else "with every seed"
    assert f"were right ({by_seed})" in said
    assert f"With new weights: **{percent(new.mean)}**" in said


def test_the_table_has_each_way_with_both_images_and_with_fewer_epochs(store):
    said, found = words(lesson()), measured()
    columns = [(Own.SCENES, EPOCHS), (Own.DIGITS, EPOCHS), (Own.DIGITS, FEW_EPOCHS)]
    assert "| Digits, 30 epochs | Digits, 10 epochs |" in said
    ways = (("New weights", None), ("The whole body frozen", 9), ("Fine-tuned: nothing frozen", 0))
    for name, freeze in ways:
        means = [found[Case(own, freeze, epochs)].mean for own, epochs in columns]
        shares = " | ".join(f"**{percent(mean)}**" for mean in means)
        assert f"| {name} | {shares} |" in said


@pytest.mark.parametrize("query", [{"own": "cats", "border": "2"}, {"border": "10", "image": "40"}])
def test_values_that_cannot_be_are_the_first_ones(store, query):
    app = lesson(**query)
    assert dict(app.query_params).keys() == {"of"}
    assert f"**{kept(Own.SCENES, borders()[-1]).frozen:,}** are frozen" in words(app)


def test_train_begins_with_the_body_and_the_border_that_were_chosen(store):
    app = pressed(lesson(own=Own.DIGITS, border="5"), "Train it")
    app.switch_page(str(ROOT / "pages" / "train.py")).run()
    assert not app.exception, app.exception
    said = words(app)
    assert app.selectbox(key="train_start").value in IDS
    assert "frozen: up to Residual #2 (the first 5)" in said
    assert f"the head alone for {head_first(5)} epochs" in said


def test_lesson_and_beyond_lead_to_each_other_and_say_the_same(store):
    assert "](beyond#tuning)" in words(lesson())
    beyond = words(visited("beyond"))
    assert "](lesson?of=transfer)" in beyond
    for own, freeze in ((Own.SCENES, None), (Own.SCENES, 0), (Own.DIGITS, None), (Own.DIGITS, 9)):
        assert percent(measured()[Case(own, freeze)].mean) in beyond
