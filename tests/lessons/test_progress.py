"""Progress: kept in the store, counted from what was answered, exported, erased, certified."""

import json
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.lessons import progress
from cnn.lessons.catalogue import lessons, whole_way
from cnn.lessons.lesson import Check, Lesson, LessonError
from cnn.lessons.progress import MARKED, Event, Standing
from cnn.lessons.progress import file as progress_file
from cnn.lessons.progress.certificate import certificate, earned_in
from cnn.training.store.store import Store
from cnn.training.store.tables import SCHEMA_VERSION

ME, OTHER = "a" * 64, "b" * 64
FIRST = lessons()[0]
CHECK = FIRST.checks[0]
WRONG = next(i for i, option in enumerate(CHECK.options) if not option.is_right)


class Reader(HTMLParser):
    """The names of tags and attributes in a page, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def answer(store: Store, lesson: Lesson, check: Check, option: int) -> None:
    progress.keep(store, ME, [progress.answered(lesson, check, option)])


def mark(store: Store, lesson: Lesson) -> None:
    progress.keep(store, ME, [progress.marked(lesson)])


def answer_all(store: Store, lesson: Lesson) -> None:
    for check in lesson.checks:
        answer(store, lesson, check, check.right)


def test_nothing_is_answered_or_done_at_first(store: Store):
    found = progress.standing(store, ME)
    assert found.chosen(FIRST, CHECK) is None
    assert not found.is_answered(FIRST, CHECK)
    assert not any(found.is_done(lesson) for lesson in lessons())


def test_a_wrong_answer_is_remembered_and_answers_nothing(store: Store):
    answer(store, FIRST, CHECK, WRONG)
    found = progress.standing(store, ME)
    assert found.chosen(FIRST, CHECK) == WRONG
    assert not found.is_answered(FIRST, CHECK)


def test_a_right_answer_counts_though_another_is_chosen_after_it(store: Store):
    for option in (WRONG, CHECK.right, WRONG):
        answer(store, FIRST, CHECK, option)
    found = progress.standing(store, ME)
    assert found.is_answered(FIRST, CHECK)
    assert found.chosen(FIRST, CHECK) == WRONG
    assert found.tried[FIRST.key, CHECK.key] == (WRONG, CHECK.right, WRONG)


def test_a_lesson_is_done_when_its_last_question_is_answered(store: Store):
    *others, last = FIRST.checks
    for check in others:
        answer(store, FIRST, check, check.right)
    assert not progress.standing(store, ME).is_done(FIRST)
    answer(store, FIRST, last, last.right)
    assert progress.standing(store, ME).is_done(FIRST)
    assert not any(progress.standing(store, ME).is_done(other) for other in lessons()[1:])


def test_a_marked_lesson_is_done_with_nothing_answered(store: Store):
    mark(store, FIRST)
    found = progress.standing(store, ME)
    assert found.is_done(FIRST)
    assert not found.is_answered(FIRST, CHECK)


def test_progress_is_found_again_after_the_store_was_closed(store: Store):
    answer_all(store, FIRST)
    store.close()
    again = Store(store.url)
    assert progress.standing(again, ME).is_done(FIRST)
    again.close()


def test_erasing_empties_one_profile_and_no_other(store: Store):
    answer_all(store, FIRST)
    progress.keep(store, OTHER, [progress.marked(FIRST)])
    progress.erase(store, ME)
    assert progress.standing(store, ME).events == ()
    assert progress.standing(store, OTHER).is_done(FIRST)


def test_an_answer_that_a_question_no_longer_has_is_left_out(store: Store):
    answer(store, FIRST, CHECK, 99)
    found = progress.standing(store, ME)
    assert found.chosen(FIRST, CHECK) is None
    assert json.loads(progress_file.written(found, lessons()))["progress"][0]["questions"][0] == {
        "question": CHECK.question,
        "tried": [],
        "right": False,
    }


def test_the_export_says_what_was_tried_in_words(store: Store):
    for option in (WRONG, CHECK.right):
        answer(store, FIRST, CHECK, option)
    written = json.loads(progress_file.written(progress.standing(store, ME), lessons()))["progress"]
    assert [one["lesson"] for one in written] == [lesson.key for lesson in lessons()]
    assert written[0]["questions"][0]["tried"] == [
        CHECK.options[WRONG].text,
        CHECK.options[CHECK.right].text,
    ]
    assert written[0]["questions"][0]["right"] is True


def test_a_store_without_progress_gets_a_place_for_it_and_keeps_the_rest(store: Store):
    file = store.url.removeprefix("sqlite:///")
    store.close()
    with sqlite3.connect(file) as database:
        database.execute("drop table progress")
        names = "name, architecture, saved_at"
        database.execute(f"insert into designs ({names}) values ('mine', '{{}}', 1.0)")
    again = Store(store.url)
    answer_all(again, FIRST)
    assert progress.standing(again, ME).is_done(FIRST)
    again.close()
    with sqlite3.connect(file) as database:
        versions = database.execute("select schema_version from about").fetchall()
        assert versions == [(SCHEMA_VERSION,)]
        assert database.execute("select name from designs").fetchall() == [("mine",)]


def test_whoever_did_the_other_lessons_before_the_introduction_came_has_them_all_done(store: Store):
    introduction, *others = lessons()
    for lesson in others:
        answer_all(store, lesson)
    found = progress.standing(store, ME)
    assert found.left(lessons()) == ()
    assert not found.is_done(introduction), "nobody is said to have done what they did not"

    page = certificate("Ada", found, lessons())

    assert f"has worked through {len(others)} lessons" in page
    assert '<li value="1">' in page
    assert introduction.title not in page
    questions = sum(len(lesson.checks) for lesson in others)
    assert f"answer to {questions} of their {questions} questions" in page


def test_the_introduction_is_left_until_another_lesson_is_done(store: Store):
    introduction, second, *others = lessons()
    assert [one.is_introduction for one in lessons()] == [True] + [False] * (len(lessons()) - 1)
    assert progress.standing(store, ME).left(lessons()) == whole_way()
    mark(store, second)
    left = tuple(one for one in others if one in whole_way())
    assert progress.standing(store, ME).left(lessons()) == left
    mark(store, introduction)
    assert progress.standing(store, ME).is_done(introduction)


def test_there_is_no_certificate_while_a_lesson_is_left(store: Store):
    for lesson in lessons():
        if lesson != whole_way()[-1]:
            answer_all(store, lesson)
    with pytest.raises(LessonError, match="are not done yet"):
        certificate("Ada", progress.standing(store, ME), lessons())


def test_a_certificate_shows_the_name_as_typed_and_loads_nothing(store: Store):
    answer_all(store, FIRST)
    for lesson in lessons()[1:]:
        mark(store, lesson)
    name = '<script>alert(1)</script> & "Ada" $name ${date}'
    page = certificate(name, progress.standing(store, ME), lessons())

    read = Reader()
    read.feed(page)
    assert not read.names & {"script", "link", "img", "src", "href", "onclick"}
    assert name in "".join(read.words)
    questions = sum(len(lesson.needed) for lesson in lessons())
    assert f"answer to {len(FIRST.checks)} of their {questions} questions" in page
    assert f"has worked through {len(lessons())} lessons" in page
    assert f'<li value="{FIRST.number}">' in page


CAME_LATER = [(lesson, check) for lesson in lessons() for check in lesson.checks if check.is_extra]


def test_whoever_had_done_all_lessons_before_a_question_came_still_has(store: Store):
    assert [(lesson.key, check.key) for lesson, check in CAME_LATER] == [
        ("pooling", "saves"),
        ("activations", "needed"),
        ("receptive_field", "more"),
        ("backpropagation", "even"),
    ]
    for lesson in lessons():
        for check in lesson.checks:
            if not check.is_extra:
                answer(store, lesson, check, check.right)
    before = progress.standing(store, ME)
    assert before.left(lessons()) == ()
    questions = sum(len(lesson.checks) for lesson in lessons())
    older = questions - len(CAME_LATER)
    page = certificate("Ada", before, lessons())
    assert f"answer to {older} of their {older} questions" in page

    for lesson, check in CAME_LATER:
        answer(store, lesson, check, check.right)
    after = progress.standing(store, ME)
    assert f"answer to {questions} of their {questions} questions" in certificate(
        "Ada", after, lessons()
    )
    assert earned_in(after, lessons()) == earned_in(before, lessons())


def test_whoever_had_done_all_lessons_before_an_extra_one_came_still_has(store: Store):
    *_, last = whole_way()
    extra = [one for one in lessons() if one.is_extra]
    assert [one.key for one in extra][:1] == ["squeeze_excite"]
    for lesson in whole_way():
        answer_all(store, lesson)
    before = progress.standing(store, ME)
    assert before.left(lessons()) == ()
    assert earned_in(before, lessons()) == last.key
    page = certificate("Ada", before, lessons())
    assert f"has worked through {len(whole_way())} lessons" in page
    assert extra[0].title not in page

    answer_all(store, extra[0])
    after = progress.standing(store, ME)
    assert after.is_done(extra[0])
    assert earned_in(after, lessons()) == last.key
    page = certificate("Ada", after, lessons())
    assert f"has worked through {len(whole_way()) + 1} lessons" in page
    assert f'<li value="{extra[0].number}">{extra[0].title}</li>' in page


def test_extra_lessons_alone_end_nothing(store: Store):
    for lesson in lessons():
        if lesson.is_extra:
            answer_all(store, lesson)
    found = progress.standing(store, ME)
    assert found.left(lessons()) == whole_way()[1:], "but for the introduction"
    with pytest.raises(LessonError, match="are not done yet"):
        certificate("Ada", found, lessons())


def test_a_question_that_came_later_makes_no_lesson_done(store: Store):
    for lesson, check in CAME_LATER:
        answer(store, lesson, check, check.right)
        found = progress.standing(store, ME)
        assert found.is_answered(lesson, check)
        assert not found.is_done(lesson)


ANSWERS = tuple(
    Event(lesson.key, check.key, check.right, 0.0)
    for lesson in lessons()
    for check in lesson.checks
)
ASIDE = Event("challenge-0123", "a run", 1, 0.0)


@given(st.permutations(ANSWERS), st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_certificate_is_earned_in_the_lesson_of_the_last_answer_that_was_missing(
    answers: list[Event], marked: int, random: Random
):
    events = answers + [Event(one.key, MARKED, 1, 0.0) for one in lessons()[:marked]]
    events += [ASIDE, *answers[:3]]  # to be answered again earns nothing anew
    random.shuffle(events)
    standing = Standing(tuple(events))

    counts = range(len(events) + 1)
    first = next(n for n in counts if not Standing(tuple(events[:n])).left(lessons()))

    assert earned_in(standing, lessons()) == events[first - 1].lesson
    assert earned_in(Standing(tuple(events[: first - 1])), lessons()) == ""


def test_nothing_is_earned_by_nothing():
    assert earned_in(Standing(), lessons()) == ""
