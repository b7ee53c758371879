"""The sentence above a comparison says what its table claims, and no more."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.compare.in_short import in_short
from cnn.compare.standings import table as standings
from cnn.compare.verdict import Claims, claims
from cnn.network.zoo import zoo
from tests.compare.test_verdict import ENTRANTS, apart, right, table

TITLES = {one.id: one.name for one in ENTRANTS}
MACS = {"lenet-5": "416,520", "simple-cnn": "1,031,744"}


def said_of(answers: Mapping[str, np.ndarray]) -> tuple[str, Claims]:
    found, read = table(answers)
    told = claims(found, read)
    return in_short(standings(found, {}), told), told


def alike(*ids: str, images: int = 400) -> dict[str, np.ndarray]:
    """Networks of five seeds that are right equally often, each with another first seed."""
    return {id: right(0.9, 0.91, 0.9, 0.89, 0.9, images=images) for id in ids}


def test_networks_that_cannot_be_told_apart_are_named_with_what_is_ruled_out_and_the_cheapest():
    said, told = said_of(alike("lenet-5", "simple-cnn"))
    (pair,) = told.judgements

    assert pair.seeds
    above = float(re.findall(r"above ([\d.]+) points", said)[0])
    assert above - 0.1 < 100 * max(-pair.seeds.low, pair.seeds.high) <= above
    assert said == (
        f"LeNet-5 and Simple CNN cannot be told apart here (differences above {above} points are "
        f"ruled out); of these, LeNet-5 is the cheaper, with {MACS['lenet-5']} MACs an image."
    )


def test_one_that_is_better_than_all_is_said_to_be_and_nobody_is_called_cheap():
    said, _ = said_of(apart("vgg-lite", "lenet-5", "simple-cnn"))

    assert said.startswith("VGG-lite is better than each of the others here")
    assert "cheap" not in said
    assert said_of(apart("vgg-lite", "lenet-5"))[0] == "VGG-lite is better than LeNet-5 here."


def test_one_that_is_behind_all_of_the_first_is_behind():
    said, _ = said_of(alike("lenet-5", "vgg-lite") | {"alexnet-lite": right(*[0.5] * 5)})

    assert said.startswith("LeNet-5 and VGG-lite cannot be told apart here (")
    assert said.endswith("; AlexNet-lite is behind.")


def test_with_too_few_seeds_that_is_all_that_is_said():
    said, _ = said_of({"lenet-5": right(0.9, 0.9), "simple-cnn": right(0.5, 0.5)})

    assert said.startswith("Over seeds nothing can be told of these networks")
    assert said_of({"lenet-5": right(0.9, 0.9, 0.9)})[0] == ""


def test_one_with_too_few_seeds_beside_others_is_named_as_not_told():
    said, _ = said_of(alike("lenet-5", "vgg-lite") | {"alexnet-lite": right(0.5)})

    assert said.endswith("; of AlexNet-lite nothing can be told yet.")


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


def test_networks_of_equal_cost_have_no_cheapest():
    found, read = table(alike("lenet-5", "simple-cnn"))
    rows = standings(found, {})

    said = in_short([replace(row, trace=rows[0].trace) for row in rows], claims(found, read))

    assert "cheap" not in said
    found, read = table(alike("lenet-5", "simple-cnn", "vgg-lite"))
    assert "; of these, LeNet-5 is the cheapest, with" in in_short(
        standings(found, {}), claims(found, read)
    )
