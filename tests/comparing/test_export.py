"""Everything of a comparison as JSON and CSV: complete, in full, and safe to open."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from cnn.comparing.answers import Answers
from cnn.comparing.comparison import Entrant, Plan, groups
from cnn.comparing.export import as_dict, brief, curves_csv, table_csv
from cnn.comparing.findings import Findings, findings, over_seeds_in_short, the_rule, told_apart
from cnn.comparing.verdict_words import power
from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization, Dense, Flatten
from cnn.training.recipe.run import Run, State
from tests.comparing.test_comparison import DEMO, LENET, SETTINGS, run
from tests.comparing.test_standings import epochs


def answer(_: Run) -> Answers:
    return Answers(np.array([0, 1]), np.ones(2, np.float32), np.array([0, 0]))


def found(*runs: Run, entrants: tuple[Entrant, ...] = (LENET, DEMO), seeds: int = 2) -> Findings:
    plan = Plan(entrants, SETTINGS, seeds)
    curves = {one.id: epochs(0.5, 0.96) for one in runs}
    return findings(plan, groups(plan, runs), curves, answer, 0.95)


ALL = found(run(LENET, 0, test=0.9), run(LENET, 1, test=0.8), run(DEMO, 0, test=0.7))


def test_the_brief_results_are_those_of_the_command_line():
    lenet, demo = map(brief, ALL.rows)

    assert lenet == {
        "name": "LeNet-5",
        "params": 61_706,
        "trainable_params": 61_706,
        "macs": 416_520,
        "seeds": [0, 1],
        "test_accuracy_mean": pytest.approx(0.85),
        "test_accuracy_sd": pytest.approx(0.005**0.5),
        "test_accuracy_of_seeds": [0.9, 0.8],
        "seconds_mean": 2.0,  # by the clock of the curve: a second an epoch
    }
    assert (demo["seeds"], demo["test_accuracy_sd"]) == ([0], None)


def test_what_batch_norm_does_not_train_is_among_the_parameters_but_not_the_trainable():
    layers = (BatchNormalization(), Flatten(), Dense(units=10, activation="softmax"))
    normed = Entrant("normed", Architecture("Normed", (28, 28, 1), layers))

    (row,) = found(entrants=(normed,)).rows

    dense = 784 * 10 + 10
    assert (brief(row)["params"], brief(row)["trainable_params"]) == (dense + 4, dense + 2)
    assert "params,trainable_params," in table_csv(found(entrants=(normed,)))


def test_a_network_without_a_result_has_no_figures_and_no_seeds():
    _, demo = map(brief, found(run(LENET), run(DEMO, 0, State.DIVERGED)).rows)

    assert (demo["seeds"], demo["test_accuracy_mean"], demo["seconds_mean"]) == ([], None, None)


def test_json_holds_every_run_epoch_and_condition():
    again = json.loads(json.dumps(as_dict(ALL)))

    assert again["conditions"]["epochs"] == SETTINGS.epochs
    assert "seed" not in again["conditions"]
    assert again["seeds"] == [0, 1]
    lenet = again["results"][0]
    assert [one["seed"] for one in lenet["runs"]] == [0, 1]
    assert [one["val_accuracy"] for one in lenet["runs"][0]["epochs"]] == [0.5, 0.96]
    assert lenet["target"] == {
        "validation_accuracy": 0.95,
        "seeds_that_reached_it": 2,
        "epochs": {"mean": 2.0, "sd": 0.0, "n": 2},
        "seconds": {"mean": 2.0, "sd": 0.0, "n": 2},
    }
    assert [(one["first"], one["second"]) for one in again["pairs"]] == [("LeNet-5", "Shapes demo")]


def test_a_table_has_a_line_for_each_network_and_curves_one_for_each_epoch():
    lenet, demo = csv.DictReader(io.StringIO(table_csv(ALL)))
    curves = list(csv.DictReader(io.StringIO(curves_csv(ALL))))

    assert (lenet["name"], lenet["params"], lenet["seeds"]) == ("LeNet-5", "61706", "0 1")
    assert float(lenet["test_accuracy_mean"]) == pytest.approx(0.85)
    assert demo["test_accuracy_sd"] == ""
    assert [(one["seed"], one["epoch"]) for one in curves] == [
        *(("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")),
        *(("0", "1"), ("0", "2")),
    ]


def test_a_name_is_no_formula_to_a_spreadsheet():
    named = replace(LENET, architecture=replace(LENET.architecture, name='=HYPERLINK("http://x")'))

    (line,) = csv.DictReader(io.StringIO(table_csv(found(run(LENET), entrants=(named,)))))

    assert line["name"] == '\'=HYPERLINK("http://x")'


def test_before_anything_is_finished_there_are_no_curves_to_save():
    assert curves_csv(found()) == ""


def test_pairs_share_the_level_and_the_table_says_so():
    entrants = tuple(replace(DEMO, id=f"{i}") for i in range(5))
    many = found(run(DEMO), entrants=entrants).claims

    assert len(many.judgements) == many.sharing.pairs == 10
    assert "All 10 pairs of the table share the level 5 %, so that each has 0.5 %" in " ".join(
        the_rule(many)
    )
    assert the_rule(found(run(LENET), run(DEMO)).claims) == [power()]
    assert the_rule(found(run(LENET)).claims) == []


def test_who_added_seeds_after_a_look_is_told_that_all_looks_have_more_than_the_level():
    runs = [run(one, seed) for one in (LENET, DEMO) for seed in range(3)]
    one = found(*runs, seeds=3).claims
    (pair,) = one.judgements

    said = the_rule(replace(one, judgements=(replace(pair, looks=2),)))[0]

    assert (
        "this is look 2: each look has a quarter of the level of the one before, here 1.25 %"
        in said
    )
    assert "All looks together have up to 6.7 %" in said


def test_what_cannot_be_told_of_any_pair_is_said_once():
    assert "at least 3 finished seeds" in over_seeds_in_short(ALL.judgements)
    assert over_seeds_in_short(()) == ""
    runs = [run(one, seed) for one in (LENET, DEMO) for seed in range(3)]
    assert over_seeds_in_short(found(*runs, seeds=3).judgements) == ""


def test_json_has_every_test_and_every_seeds_accuracy():
    again = json.loads(json.dumps(as_dict(ALL)))
    (pair,) = again["pairs"]

    assert [one["test_accuracy_of_seeds"] for one in again["results"]] == [[0.9, 0.8], [0.7]]
    assert (again["best"], again["looks"], again["level"]) == ([], 1, 0.05)
    assert pair["ids"] == ["lenet-5", "shapes-demo"]
    assert (pair["shared_seeds"], pair["seeds"], pair["better"]) == ([0], None, None)
    assert pair["images"]["p"] == 1.0
    assert told_apart(ALL.claims) == ""
