"""Tries at a challenge: the first that was named counts, and later ones have their numbers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.lessons import progress
from cnn.lessons.catalogue import challenges, lessons
from cnn.lessons.challenges import tries
from cnn.lessons.challenges.goals import read
from cnn.lessons.challenges.tries import in_words
from cnn.lessons.progress.certificate import certificate
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.recipe.run import Result, Run, State
from cnn.training.store.store import Store
from tests.lessons.challenges.test_goals import SAMPLE, SIMPLE

ME = "a" * 64
WANTED = read("test>0.98,data=mnist-sample")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def name(store: Store, run: Run) -> None:
    standing = progress.standing(store, ME)
    progress.keep(store, ME, tries.name(store, WANTED, standing, run.id))


def trained(store: Store, test: float | None, *, is_named: bool = True, seed: int = 0) -> Run:
    """A training that has ended, with this test accuracy or without any."""
    run = store.add(SIMPLE, replace(SAMPLE, seed=seed))
    if is_named:
        name(store, run)
    result = None if test is None else Result(0.1, test, 1_000, 5_000, 1_000, 12.5, 4_000.0)
    store.finish(run.id, State.STOPPED if result is None else State.FINISHED, "", result)
    return run


def found(store: Store) -> tuple[tries.Try, ...]:
    return tries.tries(store, WANTED, progress.standing(store, ME))


def test_a_training_that_nobody_named_is_no_try_however_good_it_is(store: Store):
    trained(store, 0.999, is_named=False)

    assert found(store) == ()
    assert tries.first_passed(found(store)) is None


def test_the_best_of_many_is_said_to_be_that(store: Store):
    for seed, test in enumerate((0.97, 0.975, 0.985, 0.99)):
        trained(store, test, seed=seed)

    some = found(store)

    assert [(one.number, one.is_passed) for one in some] == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]
    assert in_words(some) == "passed at try 3; the first try, which counts, did not"


def test_the_first_that_passes_has_passed_whatever_comes_after_it(store: Store):
    first = trained(store, 0.985)
    trained(store, 0.5, seed=1)

    won = tries.first_passed(found(store))

    assert won
    assert won.run
    assert (won.number, won.run.id) == (1, first.id)
    assert in_words(found(store)) == "passed at the first try"


def test_what_came_to_no_test_was_no_look_at_the_test_images(store: Store):
    trained(store, None)
    waiting = store.add(SIMPLE, replace(SAMPLE, seed=5))
    name(store, waiting)
    standing = progress.standing(store, ME)

    assert found(store) == ()
    assert tries.next_number(store, WANTED, standing) == 2  # the one that waits will be the first
    assert tries.is_named(WANTED, standing, waiting.id)


def test_deleting_a_try_does_not_undo_it(store: Store):
    bad = trained(store, 0.5)
    trained(store, 0.99, seed=1)
    store.remove(bad.id)

    some = found(store)

    assert [(one.number, one.run is None, one.is_passed) for one in some] == [
        (1, True, False),
        (2, False, True),
    ]


def test_a_training_is_named_for_one_challenge_and_no_other(store: Store):
    run = trained(store, 0.99)
    other = read("test>0.9,data=mnist-sample")
    standing = progress.standing(store, ME)

    assert tries.tries(store, other, standing) == ()
    assert tries.of_network(found(store), trace(SIMPLE)) == found(store)[0]
    assert tries.of_network(found(store), trace(entry("lenet-5").architecture)) is None
    assert found(store)[0].run == store.get(run.id)


def test_a_like_training_that_was_tested_under_no_name_is_a_try_that_cannot_pass(store: Store):
    """Whatever its seed: who names another seed of it has looked at what the test images say."""
    seen = [trained(store, 0.99, is_named=False), trained(store, 0.97, is_named=False, seed=1)]
    trained(store, None, is_named=False, seed=2)  # never came to a test
    standing = progress.standing(store, ME)
    alike = tries.seen_before(store, WANTED, standing, SIMPLE, replace(SAMPLE, seed=9))
    assert [one.id for one in alike] == [one.id for one in seen]

    named = trained(store, 0.985, seed=9)

    some = found(store)
    assert [(one.number, one.was_named, one.is_passed) for one in some] == [
        (1, False, False),
        (2, False, False),
        (3, True, True),
    ]
    assert in_words(some) == "passed at try 3; the first, which counts, was not named beforehand"
    assert tries.next_number(store, WANTED, progress.standing(store, ME)) == 4
    assert not tries.is_named(WANTED, progress.standing(store, ME), seen[0].id)
    assert tries.of_network(some, trace(SIMPLE)) == some[2]
    # They are counted once, and deleting them does not undo that.
    store.remove(seen[0].id)
    trained(store, 0.5, seed=10)
    assert [one.run and one.run.id for one in found(store)[:3]] == [None, seen[1].id, named.id]
    assert [one.number for one in found(store)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "spelled", [{"learning_rate": 0.01}, {"batch_size": 64}, {"momentum": 0.5}]
)
def test_the_same_settings_spelled_otherwise_are_the_same_training(store: Store, spelled):
    run = store.add(SIMPLE, replace(SAMPLE, **spelled), worker="me")
    store.freeze(run.id, "abc", {"train": 5_000, "validation": 1_000, "test": 1_000}, {})
    store.finish(run.id, State.FINISHED, "", Result(0.1, 0.9, 1_000, 5_000, 1_000, 12.5, 4e3))

    before = tries.seen_before(store, WANTED, progress.standing(store, ME), SIMPLE, SAMPLE)

    assert [one.id for one in before] == [run.id]


def test_one_of_other_settings_data_or_layers_is_another_training(store: Store):
    other_data = replace(SAMPLE, dataset=DatasetSpec(DatasetName.DIGITS))
    for network, settings in (
        (SIMPLE, replace(SAMPLE, epochs=4)),
        (SIMPLE, replace(SAMPLE, shift=0.1)),
        (SIMPLE, other_data),
        (entry("lenet-5").architecture, SAMPLE),
    ):
        run = store.add(network, settings)
        store.finish(run.id, State.FINISHED, "", Result(0.1, 0.9, 1_000, 5_000, 1_000, 12.5, 4e3))

    assert tries.seen_before(store, WANTED, progress.standing(store, ME), SIMPLE, SAMPLE) == []
    trained(store, 0.99, seed=1)
    assert in_words(found(store)) == "passed at the first try"


def test_one_that_comes_to_its_test_after_the_other_was_named_is_no_try(store: Store):
    later = store.add(SIMPLE, SAMPLE)
    trained(store, 0.985, seed=1)
    store.finish(later.id, State.FINISHED, "", Result(0.1, 0.5, 1_000, 5_000, 1_000, 12.5, 4e3))

    assert in_words(found(store)) == "passed at the first try"
    # But it is before the next one is named.
    assert tries.seen_before(
        store, WANTED, progress.standing(store, ME), SIMPLE, replace(SAMPLE, seed=2)
    ) == [store.get(later.id)]


def test_tries_are_no_answers_and_are_forgotten_with_them(store: Store):
    trained(store, 0.99)

    assert not any(progress.standing(store, ME).is_done(one) for one in lessons())
    progress.erase(store, ME)
    assert found(store) == ()


def test_the_certificate_numbers_the_tries(store: Store):
    for lesson in lessons():
        progress.keep(store, ME, [progress.marked(lesson)])
    standing = progress.standing(store, ME)
    title = challenges()[0].title
    assert "Challenges" not in certificate("Ada", standing, lessons())

    trained(store, 0.5)
    assert f"<li>{title}: not passed in 1 try</li>" in certificate(
        "Ada", standing, lessons(), {title: found(store)}
    )
    trained(store, 0.99, seed=1)
    page = certificate("Ada", standing, lessons(), {title: found(store)})

    assert f"<li>{title}: passed at try 2; the first try, which counts, did not</li>" in page
