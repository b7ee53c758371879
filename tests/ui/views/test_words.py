"""The page of all words, and lessons whose words are links, as their scripts see a visitor."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnn.lessons.catalogue import find, lessons
from cnn.lessons.lesson import Lesson
from cnn.lessons.words import met, words
from tests.ui.visiting import shown, visited


def terms(app: AppTest) -> list[str]:
    return [one.value for one in app.header]


def found(app: AppTest, looked_for: str) -> AppTest:
    app.text_input(key="find_word").set_value(looked_for)
    return shown(app)


def test_every_word_has_its_address_its_sentence_and_where_it_is_seen():
    app = visited("words")
    assert terms(app) == [word.term for word in words()]
    assert [one.anchor for one in app.header] == [word.key for word in words()]
    said = [one.value for one in app.markdown]
    for word in words():
        assert f"{word.says}  \n[{word.place}]({word.address})" in said


def test_words_are_found_by_how_they_are_written_and_by_what_they_say():
    app = found(visited("words"), " Skip Connection ")
    assert terms(app) == ["shortcut"]
    assert "overfitting" in terms(found(app, "by heart"))
    assert terms(found(app, "qwertz")) == []
    assert "No word has that in it." in [one.value for one in app.caption]
    assert len(terms(found(app, ""))) == len(words())


@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: str(one.key))
def test_a_lesson_explains_a_word_where_it_is_first_and_none_in_what_is_asked(
    store, lesson: Lesson
):
    app = visited("lesson", of=lesson.key)
    said = [one.value for one in (*app.markdown, *app.caption)]
    before_the_mathematics = [text for text in said if "$" not in text]
    keys = [
        key for text in before_the_mathematics for key in re.findall(r"\]\(words#([a-z-]+)\)", text)
    ]
    assert keys
    assert len(keys) == len(set(keys))
    asked = [f"**{check.question}**" for check in lesson.checks]
    assert [text for text in said if text in asked] == asked
    labels = [one.label for one in (*app.slider, *app.radio, *app.selectbox, *app.toggle)]
    options = [option for one in app.radio for option in one.options]
    assert not [text for text in (*labels, *options) if met(text)]


def test_the_reason_of_an_answer_explains_its_words(store):
    app = visited("lesson", of="why")
    check = find("why").checks[0]
    app.radio(key=f"answer_why_{check.key}").set_value(check.right)
    assert met(shown(app).success[0].value) == {"kernel", "weight", "channel", "filter"}
