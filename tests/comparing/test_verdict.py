"""What a table may claim: who is judged how, at which level, and who has a star."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnn.comparing.answers import Answers, AnswersError, Read
from cnn.comparing.comparison import Entrant, Group, groups
from cnn.comparing.findings import the_rule, unseen
from cnn.comparing.looks import looks
from cnn.comparing.significance import answered, over_seeds
from cnn.comparing.verdict import Claims, Sharing, claims
from cnn.network.zoo import entry
from cnn.training.recipe.run import Run, State
from tests.comparing.test_comparison import DEMO, LENET, plan, run

NAMES = ("lenet-5", "simple-cnn", "vgg-lite", "resnet-lite", "alexnet-lite")
ENTRANTS = [Entrant(id, entry(id).architecture) for id in NAMES]


def right(*shares: float, images: int = 400) -> np.ndarray:
    """Seeds by images: each seed is right on so many of the first images, the hard ones last."""
    return np.stack([np.arange(images) < round(share * images) for share in shares])


def table(answers: Mapping[str, np.ndarray], at: float = 0) -> tuple[list[Group], Read]:
    """Networks with these answers, by the id of each, and how to read them."""
    read: dict[str, Answers] = {}
    found = []
    for id, own in answers.items():
        entrant = next(one for one in ENTRANTS if one.id == id)
        runs = [run(entrant, seed, test=float(row.mean()), at=at) for seed, row in enumerate(own)]
        runs = [replace(one, data_fingerprint="same") for one in runs]
        for one, row in zip(runs, own, strict=True):
            labels = np.zeros(own.shape[1], np.int64)
            read[one.id] = Answers((~row).astype(np.int64), np.ones(len(row), np.float32), labels)
        found.append(Group(entrant, tuple(runs)))
    return found, lambda one: read[one.id]


def claimed(answers: Mapping[str, np.ndarray]) -> Claims:
    return claims(*table(answers))


def apart(*ids: str) -> dict[str, np.ndarray]:
    """Networks of five seeds, each far better than the next."""
    steps = (0.0, 0.005, -0.005, 0.0025, -0.0025)
    return {
        id: right(*(0.95 - 0.15 * place + step for step in steps)) for place, id in enumerate(ids)
    }


def test_one_seed_each_is_said_of_the_trained_networks_as_scipy_would():
    first, second = np.ones((1, 40), bool), np.ones((1, 40), bool)
    first[0, :2], second[0, 10:25] = False, False
    (found,) = claimed({"lenet-5": first, "simple-cnn": second}).judgements

    assert found.images
    assert (found.images.only_first, found.images.only_second) == (15, 2)
    assert found.images.p == pytest.approx(stats.binomtest(15, 17).pvalue)
    assert found.seeds is None
    assert found.better is None
    about_runs, about_networks = found.sentences
    assert about_runs.startswith("Of the networks trained with seed 0, on images like these, LeNet")
    assert about_networks.startswith("Over seeds it cannot be told: at least 3 of each")


def test_two_seeds_each_are_both_in_the_test_of_the_trained_networks():
    found = claimed({"lenet-5": right(0.95, 0.9), "simple-cnn": right(0.8, 0.85)})
    (pair,) = found.judgements

    assert pair.images
    assert pair.shared_seeds == (0, 1)
    assert pair.images.difference == pytest.approx(0.1)
    assert "trained with seeds 0 and 1" in pair.sentences[0]
    assert found.best == frozenset()


def test_three_seeds_each_are_said_of_the_networks_alone():
    (found,) = claimed({"lenet-5": right(*[0.95] * 3), "simple-cnn": right(*[0.9] * 3)}).judgements

    assert found.images is None
    assert found.seeds
    assert len(found.sentences) == 1
    assert found.sentences[0].startswith("Over 3 seeds of each and 400 test images, LeNet-5 is bet")


def test_all_pairs_of_the_table_share_the_level_also_those_not_trained_yet():
    answers = apart(*NAMES[:2])
    found, read = table(answers)
    three = [*found, Group(ENTRANTS[2], (None,))]
    (two_of_three,) = claims(three, read).judgements
    first, second = (answered(answers[id]) for id in NAMES[:2])

    assert two_of_three.seeds == over_seeds(first, second, 0.05 / 3)
    (alone,) = claims(found, read).judgements
    assert alone.seeds == over_seeds(first, second, 0.05)
    why = "; 98.33 % because 3 pairs share the 5 %, so that p counts below 0.0167)"
    assert why in two_of_three.sentences[0]
    assert "share" not in alone.sentences[0]


def test_the_best_of_three_that_are_far_apart_has_the_star():
    found = claimed(apart("vgg-lite", "lenet-5", "simple-cnn"))

    assert found.best == {"vgg-lite"}
    assert {one.better for one in found.judgements} == {
        *(("vgg-lite", "lenet-5"), ("vgg-lite", "simple-cnn"), ("lenet-5", "simple-cnn"))
    }


def test_two_that_cannot_be_told_apart_have_a_star_each_where_both_beat_the_third():
    answers = apart("vgg-lite", "lenet-5")
    answers["simple-cnn"] = answers["vgg-lite"]

    assert claimed(answers).best == {"vgg-lite", "simple-cnn"}


def test_the_same_network_twice_is_never_better_than_itself():
    own = right(0.9, 0.92, 0.94, 0.9, 0.91)

    found = claimed({"lenet-5": own, "simple-cnn": own})

    assert found.best == frozenset()
    assert found.judgements[0].seeds
    assert found.judgements[0].seeds.p == 1.0


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_judgement_turns_with_the_order_that_is_asked_for(seeds: int):
    answers = {"lenet-5": right(*[0.9] * seeds), "vgg-lite": right(*[0.8] * seeds)}
    found, other = claimed(answers), claimed(dict(reversed(answers.items())))
    one, two = found.of("vgg-lite", "lenet-5"), other.of("vgg-lite", "lenet-5")

    assert one
    assert two
    assert (one.first, one.ids, one.better) == (two.first, two.ids, two.better)
    for ours, theirs in ((one.images, two.images), (one.seeds, two.seeds)):
        assert (ours is None) == (theirs is None)
        if ours and theirs:
            assert (ours.difference, ours.low) == pytest.approx((theirs.difference, theirs.low))
            assert getattr(ours, "only_first", 0) == getattr(theirs, "only_first", 0)
    assert found.of("lenet-5", "vgg-lite") is found.judgements[0]


def test_while_a_training_is_under_way_nothing_is_claimed_of_networks():
    found, read = table(apart("vgg-lite", "lenet-5"))
    live = replace(found[0], runs=(*found[0].runs, run(ENTRANTS[0], 5, State.RUNNING)))

    told = claims([live, found[1]], read)

    assert told.best == frozenset()
    assert told.judgements[0].sentences[0].startswith("It is judged when the trainings under way")


def test_without_the_answers_of_a_run_it_cannot_be_told():
    found, read = table(apart("vgg-lite", "lenet-5"))
    lost = found[0].finished[2]

    def without(one: Run) -> Answers:
        if one is lost:
            raise AnswersError(f"run {one.id} keeps no answers to the test images. Train it again.")
        return read(one)

    told = claims(found, without)

    assert told.best == frozenset()
    assert told.judgements[0].seeds is None
    assert told.judgements[0].sentences == (
        f"It cannot be told: run {lost.id} keeps no answers to the test images. Train it again.",
    )


def test_of_accuracies_on_different_data_nothing_is_told():
    found, read = table(apart("vgg-lite", "lenet-5"))
    other = tuple(replace(one, data_fingerprint="other") for one in found[1].finished)

    told = claims([found[0], Group(found[1].entrant, other)], read)

    assert told.best == frozenset()
    assert told.judgements[0].sentences[0].startswith("It cannot be told: Their data are not the")


def test_without_a_seed_that_both_finished_nothing_is_said_of_trained_networks():
    lenet, demo = groups(plan(2), [run(LENET, 0), run(DEMO, 1)])

    def nothing(_: Run) -> Answers:
        raise AssertionError

    (found,) = claims([lenet, demo], nothing).judgements

    assert (found.images, found.shared_seeds) == (None, ())
    assert "no seed has a finished run of both" in found.sentences[0]


def came(*batches: tuple[float, range]) -> list[Group]:
    """Two networks whose seeds were queued together at these times, each run taking 10 s."""
    return [
        Group(
            entrant,
            tuple(
                replace(run(entrant, seed), created_at=at, finished_at=at + 10 * (place + 1))
                for at, seeds in batches
                for place, seed in enumerate(seeds)
            ),
        )
        for entrant in (LENET, DEMO)
    ]


@pytest.mark.parametrize(
    ("batches", "times"),
    [
        ([(0, range(5))], 1),
        ([(0, range(3)), (1_000, range(3, 5))], 2),
        ([(0, range(3)), (1_000, range(3, 5)), (2_000, range(5, 10))], 3),
        ([(0, range(2)), (1_000, range(2, 5))], 1),  # with two seeds nothing could be claimed
        ([(0, range(3)), (85, range(3, 5))], 1),  # one after the other, by a program
        ([(0, range(3)), (95, range(3, 5))], 2),  # more than a minute after the end
        ([(0, range(3)), (20, range(3, 5))], 1),  # while the first were under way
    ],
)
def test_seeds_that_came_after_the_networks_could_be_judged_are_another_look(batches, times):
    found = came(*batches)

    assert looks(found) == times


def test_each_look_has_a_quarter_of_the_level_of_the_one_before():
    found, read = table(apart("vgg-lite", "lenet-5"))
    later = [
        Group(
            group.entrant,
            tuple(
                replace(one, created_at=1_000.0 * (seed > 2))
                for seed, one in enumerate(group.finished)
            ),
        )
        for group in found
    ]

    told = claims(later, read)

    assert (told.looks, told.level) == (2, 0.0125)
    assert told.judgements[0].seeds
    assert told.judgements[0].seeds.level == 0.0125


def test_a_network_that_is_added_is_no_other_look():
    lenet, demo = came((0, range(3)))
    simple = Group(
        ENTRANTS[1],
        tuple(replace(run(ENTRANTS[1], seed), created_at=1_000) for seed in range(5)),
    )

    assert looks([lenet, demo, simple]) == 1


def test_the_time_in_which_other_networks_were_trained_is_no_pause():
    """Seed by seed, as `compare` trains four networks: between two seeds of one the other three."""
    found = [
        Group(
            entrant,
            tuple(
                replace(run(entrant, seed), created_at=start, finished_at=start + 100)
                for seed in range(5)
                for start in [400 * seed + 100 * place]
            ),
        )
        for place, entrant in enumerate(ENTRANTS[:4])
    ]

    assert looks(found) == 1
    for pair in combinations(found, 2):
        rest = [one for one in found if one not in pair]
        assert looks(pair, rest) == 1
    assert looks([found[0], found[2]]) == 5  # what the two look like without the others


def test_a_training_that_diverged_is_no_pause_either():
    first, second = came((0, range(3)), (1_000, range(3, 5)))
    lost = replace(run(ENTRANTS[1], 0, State.DIVERGED, at=30), created_at=30.0, finished_at=990.0)

    assert looks([first, second]) == 2
    assert looks([first, second], [Group(ENTRANTS[1], (lost,))]) == 1


def test_a_pair_of_which_nothing_was_added_is_at_its_first_look():
    found, read = table(apart("vgg-lite", "lenet-5", "simple-cnn"))
    later = tuple(
        replace(one, created_at=1_000.0 * (seed > 2)) for seed, one in enumerate(found[2].finished)
    )

    told = claims([*found[:2], Group(found[2].entrant, later)], read)

    assert [one.looks for one in told.judgements] == [1, 2, 2]
    assert [one.seeds and one.seeds.level for one in told.judgements] == [
        0.05 / 3, *[0.0125 / 3] * 2,
    ]  # fmt: skip
    said = " ".join(the_rule(told))
    assert "so that pairs are at look 1 and 2: each look has a quarter of the level" in said


@st.composite
def whole_tables(draw: st.DrawFn) -> tuple[list[Group], Read]:
    """Up to five networks whose seeds came in up to three batches."""
    many = draw(st.integers(3, 5))
    answers, times = {}, {}
    for id in NAMES[:many]:
        wrong = draw(st.lists(st.integers(0, 60), min_size=1, max_size=6))
        answers[id] = right(*(1 - one / 120 for one in wrong), images=120)
        times[id] = sorted(draw(st.lists(st.integers(0, 2), min_size=len(wrong), max_size=6)))
    found, read = table(answers)
    timed = [
        Group(
            group.entrant,
            tuple(
                replace(one, created_at=1_000.0 * when, finished_at=1_000.0 * when + 10)
                for one, when in zip(group.finished, times[group.entrant.id], strict=False)
            ),
        )
        for group in found
    ]
    return timed, read


@given(whole_tables(), st.data())
def test_who_takes_networks_out_changes_no_claim(whole, data):
    """Before, the best and the worst of ten that are alike were "better" in 13 to 52 %."""
    found, read = whole
    told = claims(found, read)
    shown = data.draw(st.sets(st.sampled_from(range(len(found))), min_size=2))
    kept = [one for place, one in enumerate(found) if place in shown]
    left = [one for place, one in enumerate(found) if place not in shown]

    few = claims(kept, read, others=left)

    assert few.looks <= told.looks
    could_be_judged = all(len(one.finished) >= 3 for one in left)  # else no look was had at them
    for pair in few.judgements:
        if pair.images or could_be_judged:
            assert pair == told.of(*pair.ids)


def test_the_level_is_shared_with_those_that_are_not_shown_and_the_rule_says_so():
    found, read = table(apart(*NAMES))
    few = claims(found[:2], read, others=found[2:])
    (pair,) = few.judgements
    first, second, *_ = the_rule(few)

    assert pair.seeds
    assert pair.seeds.level == 0.05 / 10
    assert first.startswith(
        "All 10 pairs of networks trained under these conditions share the level 5 %, so that each "
        "has 0.5 %"
    )
    assert second == "The level is shared with 3 networks that are not shown."
    (one_more,) = unseen(claims(found[:4], read, others=found[4:]))
    assert one_more == "The level is shared with 1 network that is not shown."
    assert not unseen(claims(found, read))


def test_beside_claims_about_networks_those_with_one_seed_do_not_count():
    found, read = table(apart(*NAMES[:2]) | {id: right(0.5) for id in NAMES[2:]})
    two, rest = found[:2], found[2:]

    assert claims(two, read, others=rest).sharing == Sharing(1)
    assert claims([rest[0], rest[1]], read, others=[*two, rest[2]]).sharing == Sharing(10, 3)
    mixed = claims([*two, rest[0]], read, others=rest[1:])
    assert (mixed.of_networks, mixed.of_trained) == (Sharing(3), Sharing(10, 2))
    assert (
        "Where too few seeds have finished, 10 pairs share it, so that each has 0.5 %, those with "
        "2 networks that are not shown among them."
    ) in the_rule(mixed)


@given(
    st.integers(2, 4).flatmap(
        lambda many: st.tuples(
            *[st.lists(st.integers(0, 30), min_size=3, max_size=5) for _ in range(many)]
        )
    )
)
def test_a_star_is_better_than_all_without_one_and_none_with_one(wrong):
    """By trying every set of networks against the verdicts of the pairs."""
    answers = {
        id: right(*(1 - one / 60 for one in own), images=120)
        for id, own in zip(NAMES, wrong, strict=False)
    }
    found = claimed(answers)
    better = {one.better for one in found.judgements}
    ids = list(answers)
    wanted = [
        set(some)
        for size in range(1, len(ids))
        for some in combinations(ids, size)
        if all((a, b) in better for a in some for b in ids if b not in some)
        and not any((a, b) in better for a, b in permutations(some, 2))
    ]

    assert [set(found.best)] == (wanted or [set()])


@given(st.integers(1, 2), st.lists(st.floats(0.3, 1.0), min_size=2, max_size=3))
def test_below_three_seeds_nobody_is_called_better(seeds: int, shares: list[float]):
    """The table says so below its stars, and no sentence beside it may say otherwise."""
    some = zip(ENTRANTS, shares, strict=False)
    found = claimed({one.id: right(*([share] * seeds)) for one, share in some})

    assert not found.best
    assert not any("better" in said for one in found.judgements for said in one.sentences)
