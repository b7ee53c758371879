"""No two statements of a page contradict each other: stars, sentences, intervals, p values.

Tables are drawn, judged and put into words as the pages and the report do, and read again.
"""

import itertools
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from cnn.commands.again import again_of
from cnn.comparing.answers import Answers
from cnn.comparing.columns import stars
from cnn.comparing.comparison import Entrant, Group, Plan
from cnn.comparing.findings import Findings, told_apart
from cnn.comparing.same_data import differences
from cnn.comparing.standings import table
from cnn.comparing.verdict import claims
from cnn.network.zoo import entry
from cnn.pictures.comparison.report import report
from tests.comparing.test_comparison import SETTINGS, run
from tests.some import some
from tests.statistics.simulation import OWN_IMAGES, USUAL

IDS = ("lenet-5", "simple-cnn", "vgg-lite", "resnet-lite")
ENTRANTS = tuple(Entrant(id, entry(id).architecture) for id in IDS)
ID_OF = {one.name: one.id for one in ENTRANTS}
WORLDS = [
    replace(world, ahead=ahead, accuracy=0.85) for world in (USUAL, OWN_IMAGES)
    for ahead in (0.0, 0.1)
]  # fmt: skip


def findings_of(right: np.ndarray) -> Findings:
    """What is found of networks with these answers: networks x seeds x images."""
    read: dict[str, Answers] = {}
    groups = []
    for entrant, own in zip(ENTRANTS, right, strict=False):
        runs = [run(entrant, seed, test=float(row.mean())) for seed, row in enumerate(own)]
        for one, row in zip(runs, own, strict=True):
            none = np.zeros(len(row), np.int64)
            read[one.id] = Answers((~row).astype(np.int64), np.ones(len(row), np.float32), none)
        groups.append(Group(entrant, tuple(runs)))
    judged = claims(groups, lambda one: read[one.id])
    plan = Plan(ENTRANTS[: len(right)], SETTINGS, right.shape[1])
    return Findings(plan, tuple(table(groups, {})), {}, differences(groups), judged)


def better_in_words(said: str) -> set[tuple[str, str]]:
    """Every "A is better than B" of a text about networks, as ids."""
    names = "|".join(map(re.escape, ID_OF))
    return {
        (ID_OF[a], ID_OF[b]) for a, b in re.findall(f"({names}) is better than ({names})", said)
    }


@pytest.mark.parametrize("world", WORLDS, ids=str)
@pytest.mark.parametrize("seeds", some([2, 3, 5], 2, 3))
def test_stars_sentences_and_intervals_say_the_same(world, seeds: int):
    rng = np.random.default_rng(seeds)
    for right in itertools.chain.from_iterable(world.tables(5, 4, seeds, 300, rng)):
        found = findings_of(right)
        best = stars(found.rows, found.claims.best)["test_accuracy"]
        claimed = set()
        for one in found.judgements:
            if seeds < 3:
                assert one.seeds is None
                assert "Over seeds it cannot be told" in one.sentences[1]
                continue
            assert one.seeds
            (sentence,) = one.sentences
            is_said = better_in_words(sentence)
            assert is_said == ({one.better} if one.better else set())
            assert ("cannot be told apart" in sentence) == (not is_said)
            leaves_out_0 = not one.seeds.low <= 0 <= one.seeds.high
            assert leaves_out_0 == bool(is_said) == (one.seeds.p < one.seeds.level)
            claimed |= is_said
        rest = {row.id for row in found.rows} - best
        assert all((a, b) in claimed for a in best for b in rest) or not best
        assert not any((a, b) in claimed for a in best for b in best)
        assert not any((b, a) in claimed for a in best for b in rest)
        assert bool(told_apart(found.claims)) == bool(claimed)


def test_the_report_marks_and_says_the_same():
    (right,) = itertools.islice(
        itertools.chain.from_iterable(
            replace(USUAL, accuracy=0.8, ahead=0.15).tables(1, 3, 5, 500, np.random.default_rng(0))
        ),
        1,
    )
    found = findings_of(right)
    whole = unescape(report(found, 0.0, again_of(found)))
    start, end = whole.index("<h2>Are the diff"), whole.index("<h2>Conditions")
    body = whole[whole.index("<tbody>") : whole.index("</tbody>")]
    marked = {
        ID_OF[name]
        for name, cell in re.findall(r"</i>([^<]+)<small>.*?</th><td class=\"(.*?)\">", body)
        if cell == "best"
    }

    assert marked == set(found.claims.best) == {"lenet-5"}
    assert {("lenet-5", "simple-cnn"), ("lenet-5", "vgg-lite")} <= better_in_words(whole[start:end])
