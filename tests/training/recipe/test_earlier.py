"""Runs of earlier versions whose end was read in two ways: they stay and go on as they were.

The store was made by version 823d088, with networks of three layers on shapes of 8 x 8 pixels: a
sigmoid and a softmax behind a softmax, each trained for four epochs in one go and cut off at step
13; one epoch with a dropout behind its softmax; one of the usual kind; and one not yet begun.
"""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.comparing.comparison import Entrant, Group
from cnn.comparing.same_data import differences
from cnn.data import load
from cnn.insight.readings.answers import class_scores, shares_of
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, Conv2D, Dense, GlobalAveragePooling2D
from cnn.training.engine import fit
from cnn.training.engine.reproduce import script
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe import earlier
from cnn.training.recipe.earlier import caution, changes_if_continued
from cnn.training.recipe.run import MODEL, Run, State
from cnn.training.store.store import Store
from cnn.training.workers.resuming import ContinuationError, extend, resume
from tests import warm
from tests.network.outputs import outputs_of
from tests.training.in_keras import check_result, in_keras

MADE_BEFORE = Path(__file__).with_name("store_before_heads.sqlite.gz")


def close_to(wanted: Any) -> Any:
    """But for the rounding of the machine that the store was made on."""
    return pytest.approx(wanted, rel=1e-3, abs=1e-4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    file = tmp_path / "runs.sqlite"
    file.write_bytes(gzip.decompress(MADE_BEFORE.read_bytes()))
    opened = Store(f"sqlite:///{file}")
    yield opened
    opened.close()


def called(store: Store, name: str) -> Run:
    return next(run for run in store.latest() if run.name == name)


def curve(store: Store, run: Run) -> np.ndarray:
    epochs = store.epochs([run.id])[run.id]
    return np.array([(one.loss, one.accuracy, one.val_loss, one.val_accuracy) for one in epochs])


@pytest.mark.parametrize("name", ["Sigmoid", "Twice"])
def test_a_run_that_was_cut_off_goes_on_as_the_version_that_began_it_would_have(
    store: Store, name: str
):
    cut_off, whole = called(store, f"{name}, cut off"), called(store, f"{name}, whole")

    run = fit.carry_out(store, resume(store, cut_off.id, worker="me"))

    assert run.state is State.FINISHED, run.message
    assert curve(store, run) == close_to(curve(store, whole))
    losses = [[step.loss for step in store.steps(one.id)] for one in (run, whole)]
    assert losses[0] == close_to(losses[1])
    assert run.result
    assert whole.result
    assert run.result.test_loss == close_to(whole.result.test_loss)
    assert run.architecture == cut_off.architecture
    assert "read the end of its network in two ways" in caution(run)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sigmoid, whole", "The sigmoid at the end is replaced by a softmax"),
        ("Twice, whole", "What stands behind the softmax is left out, as it was in training."),
    ],
)
def test_what_continues_one_ends_in_the_softmax_that_it_was_trained_by(
    store: Store, tmp_path: Path, name: str, said: str
):
    old = called(store, name)

    announced = changes_if_continued(old)
    new = extend(store, old.id, 1, worker="me")

    assert new.changes == announced
    assert new.architecture.layers == (*old.architecture.layers[:3], Dense(3, "softmax"))
    assert new.changes[0].startswith(said)
    assert new.changes[-1].startswith("Up to step 40 the validation losses are those of an earlier")
    new = fit.carry_out(store, new)
    assert new.state is State.FINISHED, new.message
    before, after = (curve(store, one)[-1] for one in (old, new))
    assert abs(before[0] - after[0]) < 0.05  # it learns the same, and goes on where the other was
    assert before[2] - after[2] > 0.1  # what was judged before was not what was trained
    data = load(new.configuration.dataset, (8, 8, 1))
    check_result(store, new, data, in_keras(store, new, tmp_path))
    assert caution(new) == ""


def test_what_was_not_yet_begun_is_not_begun_with_such_an_end(store: Store):
    claimed = store.claim_next("me")
    assert claimed

    run = fit.carry_out(store, claimed)

    assert run.state is State.FAILED
    assert "Waiting ends in a way that is not trained as it stands. Train it anew" in run.message
    assert "The sigmoid at the end is replaced by a softmax" in run.message


def test_a_run_whose_loss_cannot_go_on_is_not_extended_and_says_why(store: Store):
    with pytest.raises(ContinuationError, match=r"Train it anew, .* Left out .*: Dropout #1"):
        extend(store, called(store, "Dropping").id, 1)


def test_a_mean_of_softmaxes_that_was_trained_as_it_stood_keeps_its_figures_and_says_so(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Before, the means of shares were read as scores in training and in judgement."""
    import keras

    usual = called(store, "Usual")
    head = (Conv2D(3, 1, activation="softmax"), GlobalAveragePooling2D())
    means = Architecture("Means", usual.architecture.input, head)
    monkeypatch.setattr(earlier, "check_end", lambda _: None)  # which a version before did not have
    run = fit.carry_out(store, store.add(means, usual.configuration, worker="me"))

    assert run.state is State.FINISHED, run.message
    (tmp_path / "means.keras").write_bytes(store.file(run.id, MODEL) or b"")
    model = keras.models.load_model(tmp_path / "means.keras")
    data = load(run.configuration.dataset, means.input)
    given = outputs_of(model, data.test.images)
    as_scores = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert run.result
    assert run.result.test_loss == close_to(float(as_scores(data.test.labels, given)))
    weights = trained_weights(store, run)
    scores = class_scores(means, weights, data.test.images)
    assert shares_of(means, scores) == pytest.approx(given, abs=1e-5)
    assert "are not those that Keras finds with the file" in caution(run)
    with pytest.raises(ContinuationError, match="The softmax stands behind the pooling"):
        extend(store, run.id, 1)


def test_a_reader_is_told_of_every_such_run_and_of_no_other(store: Store):
    assert {run.name for run in store.latest() if caution(run)} == {
        "Sigmoid, cut off",
        "Sigmoid, whole",
        "Twice, cut off",
        "Twice, whole",
        "Dropping",
    }


def test_the_script_of_an_old_run_does_what_the_run_did_and_that_of_a_new_one_what_it_does(
    store: Store,
):
    old = called(store, "Twice, whole")
    new = fit.carry_out(store, store.add(old.architecture, old.configuration, worker="me"))
    assert new.architecture.layers[-1] == Activation("softmax")

    assert "tf.identity" not in script(old, store.epochs([old.id])[old.id])
    assert "tf.identity" in script(new, store.epochs([new.id])[new.id])
    usual = called(store, "Usual")
    assert "tf.identity" not in script(usual, store.epochs([usual.id])[usual.id])


def test_a_comparison_that_holds_such_runs_says_so_once_and_of_whom(store: Store):
    runs = [called(store, name) for name in ("Sigmoid, whole", "Twice, whole", "Usual")]
    assert [bool(caution(run)) for run in runs] == [True, True, False]
    entrants = [Entrant(run.id, run.architecture, run=run) for run in runs]

    notes = differences([Group(one, (one.run,)) for one in entrants]).notes

    (said,) = [note for note in notes if "in two ways" in note]
    assert said.startswith(
        f"An earlier version began runs of {entrants[0].name}, {entrants[1].name}, and read"
    )
    assert said.partition(" ways: ")[2] == caution(runs[0]).partition(" ways: ")[2]
    alone = differences([Group(entrants[2], (runs[2],))]).notes
    assert not any("in two ways" in note for note in alone)


@pytest.mark.proof
def test_the_command_line_says_so_before_it_goes_on(store: Store):
    def said(*words: str) -> str:
        ran = warm.run(
            *("-m", "cnn", "runs", "resume", *words, "--store", store.url), env=os.environ
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    assert said(called(store, "Sigmoid, cut off").id).startswith("An earlier version began this")
    longer = said(called(store, "Sigmoid, whole").id, "--more-epochs", "1")
    assert longer.startswith("The sigmoid at the end is replaced by a softmax")
