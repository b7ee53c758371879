"""Progress on the pages: each browser's own, kept, taken along, erased; or for this visit alone."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from cnn.lessons import progress
from cnn.lessons.catalogue import challenges, lessons
from cnn.lessons.challenges import tries
from cnn.lessons.challenges.goals import written as written_goals
from cnn.lessons.progress.file import written
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import tables
from cnn.training.store.store import Store
from tests.ui.visiting import ME, MY_KEY, browse_with, pressed, visited, words
from ui.session.person import profile_of

FIRST = lessons()[0]
RIGHT = [check.right for check in FIRST.checks]
YOUR_KEY = "y" * 43
WITHOUT_COOKIES = ""
SAID = "kept for this visit alone"

Browse = Callable[[str], None]


@pytest.fixture
def browse(monkeypatch: pytest.MonkeyPatch) -> Browse:
    return lambda key: browse_with(key, monkeypatch)


def answered() -> AppTest:
    """The first lesson with all its questions answered, right."""
    app = visited("lesson", of=FIRST.key)
    for place, right in enumerate(RIGHT):
        app.radio[place].set_value(right).run()
    assert not app.exception
    return app


def chosen() -> list[int | None]:
    return [one.value for one in visited("lesson", of=FIRST.key).radio][: len(RIGHT)]


def done(app: AppTest) -> str:
    return str(next(one.proto.text for one in app.get("progress"))).partition(" · ")[0]


def rows(store: Store) -> int:
    with store.begin() as connection:
        return int(
            connection.execute(select(func.count()).select_from(tables.progress)).scalar_one()
        )


def brought(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value(("progress.json", content, "application/json")).run()
    assert not app.exception
    return app


def test_another_browser_begins_with_nothing_and_each_finds_its_own_again(
    store: Store, browse: Browse
):
    answered()
    browse(YOUR_KEY)
    assert chosen() == [None] * len(RIGHT)
    assert done(visited("learn")).startswith("0 of")
    wrong = (RIGHT[0] + 1) % 2
    visited("lesson", of=FIRST.key).radio[0].set_value(wrong).run()

    browse(MY_KEY)
    assert chosen() == RIGHT
    assert done(visited("learn")).startswith("1 of")
    browse(YOUR_KEY)
    assert chosen() == [wrong, *[None] * (len(RIGHT) - 1)]
    assert SAID not in words(visited("learn"))


def test_the_store_holds_no_key_and_nothing_of_who_only_looks(store: Store, browse: Browse):
    for key in (MY_KEY, YOUR_KEY, WITHOUT_COOKIES):
        browse(key)
        visited("learn")
        visited("lesson", of=FIRST.key)
    assert rows(store) == 0

    browse(MY_KEY)
    answered()
    with store.begin() as connection:
        kept = connection.execute(select(tables.progress)).all()
    assert {one.profile for one in kept} == {ME}
    assert MY_KEY not in repr(kept)


def test_what_all_shared_before_goes_to_the_first_browser_that_asks(store: Store, browse: Browse):
    earlier = [progress.answered(FIRST, check, check.right) for check in FIRST.checks]
    progress.keep(store, progress.SHARED, earlier)

    assert done(visited("learn")).startswith("1 of")
    browse(YOUR_KEY)
    assert done(visited("learn")).startswith("0 of")
    browse(MY_KEY)
    assert chosen() == RIGHT
    assert rows(store) == len(earlier)


def test_whoever_keeps_no_cookies_does_not_get_what_all_shared(store: Store, browse: Browse):
    progress.keep(store, progress.SHARED, [progress.marked(FIRST)])
    browse(WITHOUT_COOKIES)
    assert done(visited("learn")).startswith("0 of")
    browse(MY_KEY)
    assert done(visited("learn")).startswith("1 of")


def test_without_cookies_a_visit_keeps_its_answers_says_so_and_the_store_none(
    store: Store, browse: Browse
):
    browse(WITHOUT_COOKIES)
    app = answered()
    assert SAID in words(app)
    assert [one.value for one in app.radio][: len(RIGHT)] == RIGHT
    app.switch_page("pages/learn.py").run()
    assert done(app).startswith("1 of")
    assert SAID in words(app)

    assert rows(store) == 0
    assert chosen() == [None] * len(RIGHT), "another visit"


def test_a_try_at_a_challenge_is_that_of_the_browser(store: Store, browse: Browse):
    one = next(one for one in challenges() if one.goals.need_training)
    run = store.add(entry("shapes-demo").architecture, Configuration())
    mine = progress.standing(store, ME)
    progress.keep(store, ME, tries.name(store, one.goals, mine, run.id))

    query = {"run": run.id, "goals": written_goals(one.goals)}
    assert "named for it, without a result" in words(visited("train", **query))
    browse(YOUR_KEY)
    assert "was not named for it before it began" in words(visited("train", **query))


def test_an_exported_file_brings_it_all_to_another_browser(store: Store, browse: Browse):
    answered()
    exported = written(progress.standing(store, ME), lessons()).encode()
    browse(YOUR_KEY)
    app = brought(visited("learn"), exported)

    assert done(app).startswith("1 of")
    assert [one.value for one in app.toast] == [
        f"Your progress is back: {len(RIGHT)} answers and tries in the file."
    ]
    assert chosen() == RIGHT
    yours = progress.standing(store, profile_of(YOUR_KEY))
    assert yours == progress.standing(store, ME)


def test_a_lesson_that_was_open_before_shows_what_was_brought_back(store: Store, browse: Browse):
    answered()
    exported = written(progress.standing(store, ME), lessons()).encode()
    browse(YOUR_KEY)
    app = visited("lesson", of=FIRST.key)
    app.radio[0].set_value((RIGHT[0] + 1) % 2).run()
    app = brought(app.switch_page("pages/learn.py").run(), exported)
    app.switch_page("pages/lesson.py").run()
    assert app.title[0].value == FIRST.title
    assert [one.value for one in app.radio][: len(RIGHT)] == [(RIGHT[0] + 1) % 2, *RIGHT[1:]]
    assert "done" in words(app), "an answer that came later stands, and the right one counts"


def test_an_exported_file_comes_back_without_cookies_too(store: Store, browse: Browse):
    answered()
    exported = written(progress.standing(store, ME), lessons()).encode()
    browse(WITHOUT_COOKIES)
    app = brought(visited("learn"), exported)
    assert done(app).startswith("1 of")
    assert rows(store) == len(RIGHT)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no JSON", "it is no JSON"),
        (b'{"nodes": "<img src=x>"}', "it is JSON of another kind"),
        (b'{"kept": ["<img src=x>"]}', "answer 1 in it is"),
    ],
)
def test_what_is_no_file_of_progress_is_refused_and_changes_nothing(
    store: Store, content: bytes, says: str
):
    answered()
    before = progress.standing(store, ME)
    app = brought(visited("learn"), content)
    assert f"This file is not brought back: {says}" in words(app)
    assert "<img" not in "".join(one.value for one in app.error).replace("\\<", "")
    assert progress.standing(store, ME) == before


def test_what_is_too_much_to_bring_back_says_so(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(progress, "MOST_OF_ONE", 1)
    two = [progress.marked(lesson) for lesson in lessons()[:2]]
    content = written(progress.Standing(tuple(two)), lessons()).encode()
    app = brought(visited("learn"), content)
    (said,) = [one.value for one in app.toast]
    assert "could not be kept: at most 1 answers" in said.replace("\\", "")
    assert rows(store) == 0


def test_erasing_takes_ones_own_alone(store: Store, browse: Browse):
    answered()
    browse(YOUR_KEY)
    answered()
    app = visited("learn")
    app.checkbox(key="reset_sure").check().run()
    app = pressed(app, "Erase my progress")
    assert done(app).startswith("0 of")
    assert chosen() == [None] * len(RIGHT)
    browse(MY_KEY)
    assert chosen() == RIGHT


def test_erasing_without_cookies_takes_that_of_the_visit(store: Store, browse: Browse):
    browse(WITHOUT_COOKIES)
    app = answered()
    app.switch_page("pages/learn.py").run()
    app.checkbox(key="reset_sure").check().run()
    app = pressed(app, "Erase my progress")
    assert done(app).startswith("0 of")
