"""Long curves as few points: read bit by bit they are what they are when read at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, State, Step
from cnn.training.store.store import Store
from cnn.training.store.thinning import stretch_length, thinned
from cnn.training.workers.resuming import resume

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
losses = st.lists(st.sampled_from((0.25, 0.5, 1.0, 2.0, 4.0)), min_size=1, max_size=200)


def steps(values: list[float], first: int = 1, seconds: float = 0.0) -> list[Step]:
    return [
        Step(i, i / 10, loss, 0.5, 0.01, seconds + i) for i, loss in enumerate(values, start=first)
    ]


def wave(count: int) -> list[float]:
    return [1 + (i * 7_919 % 1_000) / 1_000 for i in range(count)]


@given(losses, losses, st.sampled_from((1, 2, 4, 8, 16)))
def test_what_is_thinned_in_two_parts_is_as_if_thinned_at_once(first, second, length: int):
    both = steps(first + second)
    by_parts = thinned([*thinned(both[: len(first)], length), *both[len(first) :]], 2 * length)

    assert by_parts == thinned(both, 2 * length)


@given(losses, st.sampled_from((1, 3, 8)))
def test_every_stretch_keeps_its_extremes_and_the_curve_its_end(values, length: int):
    whole = steps(values)
    found = thinned(whole, length)

    assert found[-1] == whole[-1]
    for place in {one.step // length for one in whole}:
        there = [one.loss for one in whole if one.step // length == place]
        kept = [one.loss for one in found if one.step // length == place]
        assert (min(kept), max(kept)) == (min(there), max(there))


def test_for_one_point_there_is_an_answer_too():
    """Before: a loop without an end."""
    assert stretch_length(1_000, 1) == stretch_length(1_000, 2) == 1_024


@given(st.integers(10, 10_000_000), st.integers(10, 5_000))
def test_a_stretch_is_as_short_as_the_points_allow(last: int, at_most: int):
    length = stretch_length(last, at_most)

    assert 2 * len(range(0, last + 1, length)) <= at_most + 1
    assert length == 1 or 2 * len(range(0, last + 1, length // 2)) > at_most


def test_a_curve_that_grows_is_the_same_for_one_who_watched_and_one_who_comes_late(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")
    curve, told = steps(wave(3_000)), 0
    while told < len(curve):
        store.record(run.id, curve[told : told + 173], Progress())
        told += 173
        watched = store.steps(run.id, 200)
        assert watched[-1] == curve[:told][-1]
    late = Store(store.url)

    assert watched == late.steps(run.id, 200)
    late.close()


def test_only_what_is_new_of_a_long_curve_is_read(store: Store, monkeypatch):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.record(run.id, steps(wave(1_000)), Progress())
    store.steps(run.id, 100)
    monkeypatch.setattr("cnn.training.store.rows.extreme_steps", None)  # would read all of it

    store.record(run.id, steps([9.0, 0.1], first=1_001), Progress())

    assert [one.step for one in store.steps(run.id, 100)][-2:] == [1_001, 1_002]


@pytest.mark.parametrize("again_to", [400, 1_000, 1_200])
def test_a_run_that_was_resumed_shows_what_it_did_then(store: Store, again_to: int):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.record(run.id, steps(wave(1_000)), Progress())
    store.steps(run.id, 100)
    store.finish(run.id, State.INTERRUPTED)
    resume(store, run.id, worker="me")  # without a checkpoint: from the beginning

    again = steps([5.0] * again_to, seconds=0.5)
    store.record(run.id, again, Progress())

    assert {one.loss for one in store.steps(run.id, 100)} == {5.0}
    assert store.steps(run.id, 100)[-1] == again[-1]
