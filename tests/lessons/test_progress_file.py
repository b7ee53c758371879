"""Progress as a file: what was exported comes back, and what is no such file is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cnn.lessons import progress
from cnn.lessons.catalogue import challenges, lessons
from cnn.lessons.challenges import tries
from cnn.lessons.progress import MARKED, MOST_OF_ONE, Event, Standing
from cnn.lessons.progress.file import LIMIT_BYTES, ProgressFileError, read, written
from cnn.training.recipe.json_columns import END_OF_TIME_S
from cnn.training.store.row_checks import MOST
from cnn.training.store.store import Store
from tests.hostile import corpus
from tests.hostile.test_doors import assert_is_a_sentence

ANSWERS = [(lesson.key, check.key) for lesson in lessons() for check in lesson.checks]
PLACES = some.one_of(
    some.sampled_from(ANSWERS),
    some.sampled_from([(lesson.key, MARKED) for lesson in lessons()]),
    some.tuples(
        some.from_regex(r"challenge-[0-9a-f]{16}", fullmatch=True),
        some.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    ),
)
EVENTS = some.lists(
    some.builds(
        lambda place, choice, at: Event(place[0], place[1], choice, at),
        PLACES,
        some.integers(0, 9) | some.integers(0, MOST),
        some.floats(0, END_OF_TIME_S, exclude_max=True),
    ),
    max_size=40,
)
GOOD = {"lesson": "why", "item": "grow", "choice": 1, "at": 1.5}
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(["kept", "progress", *GOOD]), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('files') / 'runs.sqlite'}")
    yield opened
    opened.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS)
def test_what_was_exported_comes_back_in_another_store_as_it_was(store: Store, events: list[Event]):
    progress.erase(store, "one")
    progress.erase(store, "other")
    progress.keep(store, "one", events)
    exported = progress.standing(store, "one")
    assert set(exported.events) == set(events)

    back = read(written(exported, lessons()).encode())
    for _ in range(2):  # brought back twice, it is there once
        progress.keep(store, "other", back)

    assert progress.standing(store, "other") == exported


def test_names_of_all_lessons_questions_and_challenges_can_be_read_again():
    named = [*ANSWERS, *((tries._key(one.goals), "0123456789ab") for one in challenges())]
    events = tuple(Event(*place, 1, float(n)) for n, place in enumerate(named))
    assert read(written(Standing(events), lessons()).encode()) == events


def test_a_full_profile_fits_into_a_file():
    longest = Event("l" * 64, "i" * 64, MOST, 12_345_678_901.123457)
    full = written(Standing((longest,) * MOST_OF_ONE), lessons()).encode()
    assert len(full) < LIMIT_BYTES
    assert len(read(full)) == MOST_OF_ONE


@given(JSON)
def test_any_json_is_read_or_refused_in_a_sentence(found: Any):
    try:
        events = read(json.dumps(found).encode())
    except ProgressFileError as error:
        assert_is_a_sentence(str(error))
    else:
        assert isinstance(found, dict)
        assert len(events) == len(found["kept"])


@given(some.binary(max_size=200))
def test_any_bytes_are_refused_in_a_sentence(content: bytes):
    with pytest.raises(ProgressFileError) as refused:
        read(content)
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.MODELS)
def test_a_hostile_file_is_refused_in_a_sentence(name: str):
    with pytest.raises(ProgressFileError) as refused:
        read(corpus.MODELS[name])
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" " * (LIMIT_BYTES + 1), r"it has 2,000,001 bytes, and a file of progress at most"),
        (b"[" * 100_000, "it is no JSON"),
        (b'{"kept": [' + b"9" * 5_000 + b"]}", "it is no JSON"),
        (b"", "it is no JSON. Choose one that was exported here"),
        (b"[1]", "it is JSON of another kind"),
        (b'{"nodes": []}', "it is JSON of another kind"),
        (b'{"progress": []}', "an earlier version exported it"),
        (b'{"kept": {}}', "no list of at most 5,000"),
        (json.dumps({"kept": [GOOD] * 5_001}).encode(), "no list of at most 5,000"),
    ],
    ids=str,
)
def test_what_is_no_file_of_progress_says_why(content: bytes, says: str):
    with pytest.raises(ProgressFileError, match=says):
        read(content)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lesson": "<b>"}, "answer 2 in it is to"),
        ({"lesson": "x" * 65}, "answer 2 in it is to"),
        ({"lesson": 3}, "answer 2 in it is to"),
        ({"item": None}, "answer 2 in it is to"),
        ({"item": "a/b"}, "answer 2 in it is to"),
        ({"choice": -1}, "is -1, which is no option"),
        ({"choice": True}, "is True, which is no option"),
        ({"choice": MOST + 1}, "which is no option"),
        ({"choice": 1.0}, "is 1.0, which is no option"),
        ({"at": float("nan")}, "at nan, which is no time"),
        ({"at": 1e300}, "which is no time"),
        ({"at": "now"}, "at 'now', which is no time"),
        ({"at": False}, "at False, which is no time"),
        ({"more": 1}, "it needs at, choice, item, lesson"),
    ],
    ids=str,
)
def test_an_answer_that_is_none_is_named(change: dict[str, Any], says: str):
    with pytest.raises(ProgressFileError, match=says):
        read(json.dumps({"kept": [GOOD, GOOD | change]}).encode())


def test_it_says_in_words_what_was_done_too(tmp_path: Path):
    right = lessons()[0].checks[0].right
    one = Event(lessons()[0].key, lessons()[0].checks[0].key, right, 1.0)
    said = json.loads(written(Standing((one,)), lessons()))["progress"]
    assert [line["title"] for line in said] == [lesson.title for lesson in lessons()]
    assert said[0]["questions"][0]["right"] is True
