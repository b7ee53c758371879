"""The depth experiment: who takes part, how gradients are read, and what is said of it."""

from dataclasses import replace
from math import sqrt

import pytest

from cnn.network.deep_networks import Way, deep_network
from cnn.network.trace import trace
from cnn.training.comparison import Entrant, Group
from cnn.training.depth import (
    Member,
    Moment,
    findings,
    gradient_profile,
    kernel_layers,
    members,
    of_gradients,
)
from cnn.training.run import GradientNorms, Result, Run, State
from cnn.training.standings import Row, table
from tests.training.test_comparison import SETTINGS

SMALL = Member(8, Way.PLAIN)


def row(member: Member, *accuracies: float, images: int = 1_000) -> Row:
    network = member.network()
    runs = tuple(
        Run(
            id=f"{member.id}-{seed}",
            name=network.name,
            architecture=network,
            configuration=replace(SETTINGS, seed=seed),
            state=State.FINISHED,
            created_at=0,
            result=Result(0.1, accuracy, images, 5_000, 1_000, 8.0, 4_000.0),
        )
        for seed, accuracy in enumerate(accuracies)
    )
    return table([Group(Entrant(member.id, network), runs)], {})[0]


def said(**accuracies: tuple[float, ...]) -> list[str]:
    """What is said of such results: `plain_8=(0.9, 0.8)`."""
    found = {}
    for name, results in accuracies.items():
        way, depth = name.split("_")
        member = Member(int(depth), Way(way))
        found[member] = row(member, *results)
    return findings(found)


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


def test_a_fall_with_depth_is_told_with_its_error():
    """Errors over images: sqrt(.95*.05/1000) = .00689 and sqrt(.5*.5/1000) = .01581, together
    sqrt(.00689**2 + .01581**2) = .01725.
    """
    (sentence,) = said(plain_8=(0.95,), plain_32=(0.5,))

    assert sentence == (
        "Plain: 95.0 % of 1,000 test images (one seed) at depth 8, 50.0 % of 1,000 test images "
        "(one seed) at depth 32. That is 45.0 percentage points lower, more than twice the error "
        "of the difference (±3.4)."
    )


def test_where_plain_gets_better_with_depth_that_is_what_is_said():
    first, *_ = said(plain_8=(0.5, 0.51), plain_14=(0.9, 0.91))

    assert "40.0 percentage points higher" in first
    assert "mean of 2 seeds" in first


def test_what_is_within_its_error_is_not_told_apart():
    first, second, between = said(
        plain_8=(0.97,), plain_32=(0.965,), residual_8=(0.97,), residual_32=(0.97,)
    )

    assert "These runs cannot tell the two apart: 0.5 percentage points lower" in first
    assert "cannot tell the two apart" in second
    assert between.startswith("At depth 32, plain has 96.5 % of 1,000 test images (one seed), ")


def test_the_shortcut_is_judged_at_the_greatest_depth_that_both_have():
    *_, sentence = said(plain_8=(0.9,), residual_8=(0.9,), plain_32=(0.9,))

    assert sentence.startswith("At depth 8, plain has")


def test_of_one_network_nothing_is_said():
    assert said(plain_8=(0.9,)) == []
    assert findings({}) == []
