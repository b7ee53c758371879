"""The lessons as they are written: complete, in order, and each with all that belongs to it."""

import ast
import re
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest

from cnn.lessons import catalogue
from cnn.lessons.lesson import Check, Lesson, LessonError, Level, Option, read

ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize(
    "lesson", catalogue.lessons(), ids=[one.key for one in catalogue.lessons()]
)
RIGHT, WRONG = Option("yes", "because", True), Option("no", "since")


def test_numbers_are_in_order_and_none_is_given_twice():
    numbers = [one.number for one in catalogue.lessons()]
    assert numbers == list(range(len(numbers)))


def test_extra_lessons_come_after_the_end_and_are_on_no_other_way():
    way = catalogue.whole_way()
    assert (way[0].number, way[-1].key) == (0, "rules")
    assert catalogue.lessons()[: len(way)] == way
    assert {one.is_extra for one in catalogue.lessons()[len(way) :]} == {True}
    assert not [one for one in catalogue.short_way() if one.is_extra]


def words_read(lesson: Lesson) -> int:
    """All that a reader may read of it, but for the mathematics and the wrong answers' reasons."""
    texts = [lesson.question, lesson.takeaway, *lesson.words.values()]
    for check in lesson.checks:
        texts += [check.question, *(option.text for option in check.options)]
        texts.append(check.options[check.right].why)
    return sum(len(text.split()) for text in texts)


@EVERY
def test_the_minutes_are_enough_to_read_200_words_in_each_and_to_use_the_controls(lesson: Lesson):
    left = lesson.minutes - words_read(lesson) / 200
    assert 1 <= left <= 4


def test_all_lessons_take_an_hour_and_the_short_way_with_its_end_45_minutes_at_most():
    assert sum(one.minutes for one in catalogue.whole_way()) <= 60
    short = sum(one.minutes for one in catalogue.short_way())
    assert short + catalogue.last_minutes() <= 45


def test_the_short_way_goes_from_lesson_0_to_a_network_that_is_trained_and_is_left_by_next_alone():
    way = catalogue.short_way()
    assert (way[0].key, way[-1].key) == ("training", "shapes")
    for one, after in pairwise(way):
        assert catalogue.beside(one, short=True)[1] == after
    assert catalogue.beside(way[-1], short=True)[1] is None
    aside = next(one for one in catalogue.lessons() if one not in way)
    assert catalogue.beside(aside, short=True) == catalogue.beside(aside)


def test_the_words_around_the_lessons_have_names_alone_to_be_filled_in():
    text = catalogue.frame_text("about", number=3, minutes=4, level="easy")
    assert text == "Lesson 3 · 4 min · easy"
    sources = [path.read_text() for path in (ROOT / "ui/parts/lesson").glob("*.py")]
    sources += [path.read_text() for path in (ROOT / "ui/views/desk").glob("*.py")]
    sources += [(ROOT / f"pages/{page}.py").read_text() for page in ("desk", "learn", "words")]
    asked = {
        name
        for source in sources
        for call in re.findall(r"frame_text\(\s*([^),=]+)", source)
        for name in re.findall(r"[\"']([a-z_]+)[\"']", call)
    }
    assert len(asked) > 40
    for name in asked:
        assert catalogue.words_around()[name].strip()


@EVERY
def test_a_lesson_has_a_module_a_browser_test_and_nothing_left_empty(lesson: Lesson):
    assert find_spec(f"ui.views.lessons.{lesson.key}")
    assert (ROOT / f"tests/browser/lessons/{lesson.key}.py").is_file()
    for text in (lesson.title, lesson.question, lesson.takeaway, *lesson.words.values()):
        assert text.strip()
    for check in lesson.checks:
        assert all(option.text and option.why for option in check.options)
        assert len({option.text for option in check.options}) == len(check.options)
    assert len({check.key for check in lesson.checks}) == len(lesson.checks)


def strings(source: str) -> tuple[set[str], list[str]]:
    """The texts in a source, and what those become that are put together: `picture_.+`."""
    tree = list(ast.walk(ast.parse(source)))
    whole = {str(one.value) for one in tree if isinstance(one, ast.Constant)}
    parts = [
        "".join(
            re.escape(str(x.value)) if isinstance(x, ast.Constant) else ".+" for x in one.values
        )
        for one in tree
        if isinstance(one, ast.JoinedStr)
    ]
    return whole, [one for one in parts if re.search("[a-z]{3}", one)]


@EVERY
def test_every_text_of_a_lesson_is_shown_by_its_module_and_the_other_way_round(lesson: Lesson):
    source = (ROOT / f"ui/views/lessons/{lesson.key}.py").read_text()
    asked = set(
        re.findall(r'(?:lesson\.text\(|words\[|explained\(\s*lesson,)\s*"([a-z0-9_]+)"', source)
    )
    assert asked <= set(lesson.words)
    beside = [
        *(ROOT / "cnn/lessons").glob(f"{lesson.key}.py"),
        *(ROOT / "ui/parts/lesson").glob(f"{lesson.key}_*.py"),
        *(ROOT / f"ui/parts/lesson/{name}.py" for name in ("gradient_steps", "larger_maps")),
    ]
    known, patterns = strings("\n".join([source, *(path.read_text() for path in beside)]))
    for name in lesson.words:
        assert name in known or any(re.fullmatch(one, name) for one in patterns), name
    for text in lesson.words.values():  # `{names}` alone: no position, no attribute
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names)


def test_every_module_of_a_lesson_has_its_words():
    modules = {path.stem for path in (ROOT / "ui/views/lessons").glob("[a-z]*.py")}
    assert modules == {one.key for one in catalogue.lessons()}


def test_the_way_goes_from_the_first_lesson_to_the_last():
    line = catalogue.lessons()
    assert catalogue.beside(line[0])[0] is None
    assert catalogue.beside(line[-1])[1] is None
    for one, after in pairwise(line):
        assert catalogue.beside(one)[1] == after
        assert catalogue.beside(after)[0] == one


@pytest.mark.parametrize("key", [None, "", "nothing", "../why", "WHY"])
def test_an_unknown_key_finds_the_first_lesson(key):
    assert catalogue.find(key) == catalogue.lessons()[0]


def test_what_to_know_before_names_the_four_ideas_each_with_a_pointer():
    before = catalogue.overview()["before"]
    names = ["Dot product", "Matrix shapes", "Derivative", "Chain rule"]
    assert [one["name"] for one in before] == names
    assert all(one["address"].startswith("https://") and one["formula"] for one in before)
    assert catalogue.overview()["use"].keys() == {"yes", "no"}


@pytest.mark.parametrize("options", [(WRONG, WRONG), (RIGHT, RIGHT, WRONG)])
def test_a_question_has_exactly_one_right_option(options):
    with pytest.raises(LessonError, match="exactly one option must be right"):
        Check("k", "why?", options)


def test_a_question_with_a_single_option_is_none():
    with pytest.raises(LessonError, match="two options or more"):
        Check("k", "why?", (RIGHT,))


def test_a_lesson_without_a_question_or_with_a_key_no_module_can_have_is_refused():
    check = Check("k", "why?", (WRONG, RIGHT))
    with pytest.raises(LessonError, match="at least one question"):
        Lesson("a", 1, "A", "?", 3, Level.BEGINNER, "t", (), {})
    extra = replace(check, is_extra=True)
    with pytest.raises(LessonError, match="at least one question"):
        Lesson("a", 1, "A", "?", 3, Level.BEGINNER, "t", (extra,), {})
    with pytest.raises(LessonError, match="'a-b' must be a Python name"):
        Lesson("a-b", 1, "A", "?", 3, Level.BEGINNER, "t", (check,), {})


def test_a_file_that_leaves_something_out_says_what(tmp_path: Path):
    (tmp_path / "one.toml").write_text('number = 1\ntitle = "One"\n')
    with pytest.raises(LessonError, match=r"one.toml has no 'question'. Add it."):
        read(tmp_path / "one.toml")
