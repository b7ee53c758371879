"""The depth experiment: who takes part, how gradients are read, and what is said of it."""

from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from cnn.comparing.answers import Answers, answers
from cnn.comparing.comparison import Entrant, Group, groups
from cnn.comparing.depth import (
    Member,
    Moment,
    asked,
    extra,
    findings,
    gradient_profile,
    kernel_layers,
    members,
    of_gradients,
    shipped_plan,
    what_differs,
)
from cnn.comparing.standings import table
from cnn.comparing.verdict import Asked, Sharing, claims
from cnn.network.deep_networks import DEPTHS, Way, deep_network
from cnn.network.keras.model import build
from cnn.network.trace import trace
from cnn.training.recipe.run import GradientNorms, Result, Run, State
from cnn.training.store import archive
from cnn.training.store.store import Store
from tests.comparing.test_comparison import SETTINGS

SMALL = Member(8, Way.PLAIN)


ASKED = (
    (Member(8, Way.PLAIN), Member(32, Way.PLAIN)),
    (Member(8, Way.RESIDUAL), Member(32, Way.RESIDUAL)),
    (Member(32, Way.PLAIN), Member(32, Way.RESIDUAL)),
)


def said(images: int = 1_000, **accuracies: tuple[float, ...]) -> list[str]:
    """What is said of such results: `plain_8=(0.9, 0.8)`, where the last images are wrong."""
    found: dict[Member, Group] = {}
    read: dict[str, Answers] = {}
    for name, results in accuracies.items():
        way, depth = name.split("_")
        member = Member(int(depth), Way(way))
        network = member.network()
        runs = []
        for seed, accuracy in enumerate(results):
            run = Run(
                id=f"{member.id}-{seed}",
                name=network.name,
                architecture=network,
                configuration=replace(SETTINGS, seed=seed),
                state=State.FINISHED,
                created_at=0,
                result=Result(0.1, accuracy, images, 5_000, 1_000, 8.0, 4_000.0),
            )
            wrong = (np.arange(images) >= round(accuracy * images)).astype(np.int64)
            read[run.id] = Answers(wrong, np.ones(images, np.float32), np.zeros(images, np.int64))
            runs.append(run)
        found[member] = Group(Entrant(member.id, network), tuple(runs))
    groups = list(found.values())
    judged = claims(groups, lambda run: read[run.id], asked(found))
    return findings(dict(zip(found, table(groups, {}), strict=True)), judged)


def test_every_depth_takes_part_plain_and_residual_and_has_its_own_id():
    found = members([14, 8, 8], [True, False])

    assert [(one.depth, one.way, one.batch_norm) for one in found[:3]] == [
        (8, Way.PLAIN, True),
        (8, Way.RESIDUAL, True),
        (14, Way.PLAIN, True),
    ]
    assert len({one.id for one in found}) == len(found) == 8
    assert {one.kind for one in found} == {
        *("Plain", "Residual", "Plain, no batch norm", "Residual, no batch norm")
    }


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("depth", [8, 32])
def test_the_layers_of_a_profile_are_as_many_as_the_network_is_deep(depth: int, way: Way):
    network = deep_network(depth, way)
    names = kernel_layers(network)

    assert len(names) == depth
    assert names[-1] == "dense_1"
    by_name = {one.name: one for one in trace(network).rows}
    assert not any("shortcut" in by_name[name].path for name in names)


def measured(*factors: float) -> list[GradientNorms]:
    """Norms that fall by half from layer to layer, at so many steps."""
    names = kernel_layers(SMALL.network())
    return [
        GradientNorms(step, {name: factor / 2**place for place, name in enumerate(names)})
        for step, factor in enumerate(factors, 1)
    ]


def test_a_profile_is_of_the_first_step_or_the_median_of_all():
    network, run = SMALL.network(), measured(8.0, 1.0, 2.0)

    assert gradient_profile(network, [run], Moment.FIRST) == pytest.approx(
        [8 / 2**place for place in range(8)]
    )
    assert gradient_profile(network, [run], Moment.MEDIAN)[0] == pytest.approx(2.0)


def test_seeds_are_put_together_by_their_geometric_mean():
    found = gradient_profile(SMALL.network(), [measured(1.0), [], measured(4.0)], Moment.FIRST)

    assert found[0] == pytest.approx(sqrt(1 * 4))


def test_a_gradient_of_nothing_and_a_run_that_kept_none_have_a_norm_of_0():
    assert gradient_profile(SMALL.network(), [measured(0.0), measured(1.0)], Moment.FIRST)[0] == 0
    assert gradient_profile(SMALL.network(), [[]], Moment.FIRST) == [0.0] * 8


@pytest.mark.parametrize(
    ("norms", "words"),
    [
        ((8.0, 1.0, 2.0, 9.0), "Plain: the norm in the first convolution is 4 times that in the"),
        ((1e-6, 1.0, 0.01, 9.0), "Plain: the norm in the first convolution is 1/10,000 of that in"),
        ((0.98, 5.0, 1.0, 9.0), "Plain: the norms in the first and in the last convolution are al"),
        ((0.0, 1.0, 1.0, 9.0), "Plain: a gradient of exactly 0 does not train its layer."),
    ],
)
def test_gradients_are_told_from_the_last_convolution_to_the_first(norms, words):
    assert of_gradients("Plain", norms).startswith(words)


def test_a_fall_with_depth_of_one_seed_is_told_of_the_trained_networks():
    (sentence,) = said(plain_8=(0.95,), plain_32=(0.5,))

    assert sentence.startswith(
        "Plain: 95.0 % of 1,000 test images (one seed) at depth 8, 50.0 % of 1,000 test images "
        "(one seed) at depth 32. Of the networks trained with seed 0, on images like these, Plain "
        "8 is right more often than Plain 32, by 45.00 percentage points"
    )
    assert "Over seeds it cannot be told" in sentence


def test_where_plain_gets_better_with_depth_over_seeds_that_is_what_is_said():
    low, high = (0.5, 0.51, 0.49, 0.5, 0.5), (0.9, 0.91, 0.9, 0.9, 0.89)

    (sentence,) = said(plain_8=low, plain_14=high)

    assert "mean of 5 seeds" in sentence
    assert "Over 5 seeds of each and 1,000 test images, Plain 14 is better than Pl" in sentence


def test_what_chance_may_make_is_not_told_apart():
    first, second, between = said(
        plain_8=(0.97,) * 3, plain_32=(0.969,) * 3, residual_8=(0.97,) * 3, residual_32=(0.97,) * 3
    )

    assert "Plain 8 and Plain 32 cannot be told apart: the difference is 0.10 percentage" in first
    assert "cannot be told apart" in second
    assert between.startswith("At depth 32, plain has 96.9 % of 1,000 test images (mean of 3 seed")


def test_the_shortcut_is_judged_at_the_greatest_depth_that_both_have():
    *_, sentence = said(plain_8=(0.9,), residual_8=(0.9,), plain_32=(0.9,))

    assert sentence.startswith("At depth 8, plain has")


def test_only_what_the_experiment_asks_shares_the_level(tmp_path: Path):
    """Of 8 networks there are 28 pairs; asked is one of each way, and one between the ways."""
    plan, store = shipped_plan(), Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    archive.take_in_shipped(store, archive.Shipped.DEPTH)
    trained = groups(plan, store.find(plan.recipes()))
    found = dict(zip(members(DEPTHS, [True]), trained, strict=True))
    judged = claims(list(found.values()), lambda run: answers(store, run), asked(found))

    assert (judged.sharing.pairs, judged.best, len(judged.judgements)) == (3, frozenset(), 3)
    assert {one.seeds.level for one in judged.judgements if one.seeds} == {0.05 / 3}
    rows = dict(zip(found, table(list(found.values()), {}), strict=True))
    for sentence, pair in zip(findings(rows, judged), ASKED, strict=True):
        for one in pair:
            share = np.mean([run.result.test_accuracy for run in found[one].finished if run.result])
            assert f"{100 * share:.1f} % of 1,000 test images (mean of 5 seeds)" in sentence
    store.close()


def test_who_leaves_depths_out_after_a_look_shares_the_level_with_all_pairs():
    """Of four depths and two ways there are 28; pairs that were asked anyway stay three."""
    found = {
        member: Group(
            Entrant(member.id, member.network()),
            tuple(
                Run(f"{member.id}-{seed}", "", member.network(), SETTINGS, State.FINISHED, 0.0)
                for seed in range(5)
            ),
        )
        for member in members(DEPTHS, [True])
    }

    def left_with(*depths: int) -> Asked:
        shown = {member: group for member, group in found.items() if member.depth in depths}
        return asked(shown, [group for member, group in found.items() if member not in shown])

    assert left_with(*DEPTHS).sharing == Sharing(3)
    assert left_with(8, 32).sharing == Sharing(3, 4)
    assert left_with(32).sharing == Sharing(3, 6)
    assert left_with(14, 20).sharing is None
    assert left_with(8, 20).sharing is None


def nothing(_: Run) -> Answers:
    raise AssertionError


def test_of_one_network_nothing_is_said():
    assert said(plain_8=(0.9,)) == []
    assert findings({}, claims([], nothing)) == []


@pytest.mark.parametrize("depth", [8, 14, 32])
@pytest.mark.parametrize("norm", [True, False])
def test_what_the_residual_one_has_more_is_what_keras_counts_more(depth: int, norm: bool):
    """By hand: 1x1 kernels 8 x 16 and 16 x 32, 640 weights; with batch norm four numbers for each
    of 48 channels, without it a bias; on maps of 7x7 and 4x4, 128 x 49 + 512 x 16 = 14,464 MACs.
    """
    plain, residual = (build(Member(depth, way, norm).network()) for way in Way)
    found = extra(depth, batch_norm=norm)

    assert found.params == residual.count_params() - plain.count_params()
    assert found.params == 640 + (4 * 48 if norm else 48)
    assert (found.projections, found.macs) == (2, 14_464)


def test_what_two_networks_differ_in_is_said_with_all_that_comes_with_it():
    assert what_differs(members([8, 32], [True])) == (
        "At every depth chosen, the residual one also has 1×1 convolutions with batch norm on 2 "
        "shortcuts, where the map halves and the filters double: 832 parameters and 14,464 MACs "
        "more. Otherwise their convolutions are the same."
    )
    assert "688 parameters" in what_differs(members([14], [False]))
    assert what_differs([]) == ""
