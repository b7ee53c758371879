"""The sentence above a comparison says what its table claims, and no more."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.comparing.in_short import in_short
from cnn.comparing.standings import table as standings
from cnn.comparing.verdict import Claims, claims
from cnn.network.trace import Trace
from cnn.network.zoo import zoo
from tests.comparing.test_verdict import ENTRANTS, apart, right, table

TITLES = {one.id: one.name for one in ENTRANTS}
MACS = {"lenet-5": "416,520", "simple-cnn": "1,031,744"}
PARAMS = {"lenet-5": "61,706", "simple-cnn": "20,490"}
MORE = " More seeds would narrow this, best added all at once."


def said_of(answers: Mapping[str, np.ndarray]) -> tuple[str, Claims]:
    found, read = table(answers)
    told = claims(found, read)
    return in_short(standings(found, {}), told), told


def alike(*ids: str, images: int = 400) -> dict[str, np.ndarray]:
    """Networks of five seeds that are right equally often, each with another first seed."""
    return {id: right(0.9, 0.91, 0.9, 0.89, 0.9, images=images) for id in ids}


def test_two_that_cannot_be_told_apart_are_named_with_what_was_measured_and_the_cheapest():
    worse = right(0.88, 0.9, 0.88, 0.89, 0.9)  # 0.89 on average, the other 0.9
    said, told = said_of(alike("simple-cnn") | {"lenet-5": worse})
    (pair,) = told.judgements

    assert pair.seeds
    low, high = map(float, re.findall(r"([\d.]+) behind to ([\d.]+) ahead", said)[0])
    assert low - 0.1 < -100 * pair.seeds.low <= low
    assert high - 0.1 < 100 * pair.seeds.high <= high
    assert said == (
        "Simple CNN and LeNet-5 cannot be told apart here: Simple CNN was measured 1.0 points "
        f"ahead (95 % interval: {low} behind to {high} ahead); of these, Simple CNN has the fewest "
        f"parameters ({PARAMS['simple-cnn']}), LeNet-5 the fewest MACs an image "
        f"({MACS['lenet-5']}).{MORE}"
    )


def test_of_more_it_is_said_what_all_intervals_rule_out():
    said, told = said_of(alike("lenet-5", "simple-cnn", "vgg-lite"))
    ends = [end for one in told.judgements if one.seeds for end in (-one.seeds.low, one.seeds.high)]

    above = float(re.findall(r"above ([\d.]+) points", said)[0])
    assert above - 0.1 < 100 * max(ends) <= above
    assert said.endswith(MORE)


def test_one_that_is_better_than_all_is_said_to_be_and_nobody_is_called_cheap():
    said, _ = said_of(apart("vgg-lite", "lenet-5", "simple-cnn"))

    assert said.startswith("VGG-lite is better than each of the others here")
    assert "cheap" not in said
    assert said_of(apart("vgg-lite", "lenet-5"))[0] == "VGG-lite is better than LeNet-5 here."


def test_one_that_is_behind_all_of_the_first_is_behind():
    said, _ = said_of(alike("lenet-5", "vgg-lite") | {"alexnet-lite": right(*[0.5] * 5)})

    assert said.startswith("LeNet-5 and VGG-lite cannot be told apart here: measured ")
    assert said.endswith(f"; AlexNet-lite is behind.{MORE}")


def test_with_too_few_seeds_that_is_all_that_is_said():
    said, _ = said_of({"lenet-5": right(0.9, 0.9), "simple-cnn": right(0.5, 0.5)})

    assert said.startswith("Over seeds nothing can be told of these networks")
    assert said_of({"lenet-5": right(0.9, 0.9, 0.9)})[0] == ""


def test_one_with_too_few_seeds_beside_others_is_named_as_not_told():
    said, _ = said_of(alike("lenet-5", "vgg-lite") | {"alexnet-lite": right(0.5)})

    assert said.endswith(f"; of AlexNet-lite nothing can be told yet.{MORE}")


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5), st.integers(0, 1_000))
def test_nobody_is_put_behind_who_is_not_shown_to_be(steps, seed):
    noise = np.random.default_rng(seed)
    answers = {
        id: np.stack([noise.permutation(400) < 4 * (95 - step) for _ in range(4)])
        for id, step in zip(TITLES, steps, strict=False)
    }

    said, told = said_of(answers)

    better = {one.better for one in told.judgements if one.better}
    beaten = {worse for _, worse in better}
    first, *rest = re.split(r"; (?!of these)", said)
    for id in answers:
        assert TITLES[id] in said or "each of the others here" in first
        assert not (id in beaten and re.match(rf".*{TITLES[id]}.* cannot be told", first))
        assert id in beaten or not any(
            TITLES[id] in one.split(" behind")[0] for one in rest if " behind" in one
        )
    assert not re.search("tied|equal|same", said)
    if " better than " in first:
        assert len(answers) - len(beaten) == 1


@pytest.mark.parametrize("id", MACS)
def test_the_cost_that_is_named_is_that_of_the_network(id):
    from cnn.network.trace import trace

    assert f"{trace(zoo()[id].architecture).total_macs:,}" == MACS[id]
    assert f"{trace(zoo()[id].architecture).total_params:,}" == PARAMS[id]


def costing(*costs: tuple[int, int]) -> str:
    """What is said of networks that cannot be told apart, of so many parameters and MACs."""
    found, read = table(alike(*("lenet-5", "simple-cnn", "vgg-lite")[: len(costs)]))
    rows = [
        replace(row, trace=cast(Trace, SimpleNamespace(total_params=params, total_macs=macs)))
        for row, (params, macs) in zip(standings(found, {}), costs, strict=True)
    ]
    return in_short(rows, claims(found, read))


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        (((5, 7), (5, 7)), ""),
        (((5, 7), (6, 8)), "LeNet-5 is the cheaper, with 5 parameters and 7 MACs an image"),
        (((9, 7), (6, 8)), "Simple CNN has the fewest parameters (6), LeNet-5 the fewest MACs an "
         "image (7)"),
        (((5, 7), (6, 7)), "LeNet-5 has the fewest parameters (5)"),
        (((5, 7), (5, 6)), "Simple CNN has the fewest MACs an image (6)"),
        (((6, 8), (5, 7), (6, 8)), "Simple CNN is the cheapest, with 5 parameters and 7 MACs an "
         "image"),
    ],
)  # fmt: skip
def test_the_cheapest_has_the_fewest_of_both_else_each_is_named(
    costs: tuple[tuple[int, int], ...], said: str
):
    told = costing(*costs)

    assert re.findall(r"; of these, (.*?)\. More", told) == ([said] if said else [])


def test_two_that_were_measured_without_a_difference_have_an_interval_all_the_same():
    answers = {"lenet-5": right(0.9, 0.9, 0.9, 0.8)}
    answers["simple-cnn"] = answers["lenet-5"]

    said, _ = said_of(answers)

    assert ": measured 0.0 points apart (95 % interval: LeNet-5 " in said
