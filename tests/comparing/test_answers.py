"""What runs answered, and whose answers may be set against each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.comparing.answers import (
    Answers,
    AnswersError,
    answers,
    same_test,
    shared_seeds,
    why_not_comparable,
)
from cnn.comparing.comparison import Entrant, Group, Plan, groups
from cnn.data.portion import Portion
from cnn.training.recipe.run import PREDICTIONS, Run, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.comparing.test_comparison import DEMO, LENET, plan, run

LABELS = np.array([0, 1, 2, 0])


def answered(*given: int, labels: np.ndarray = LABELS) -> Answers:
    return Answers(np.array(given), np.ones(len(given), np.float32), labels)


def pair(seeds: int, runs: list[Run]) -> tuple[Group, Group]:
    first, second = groups(plan(seeds), runs)
    return first, second


def test_answers_are_the_likeliest_classes_and_how_sure_they_were(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    kept = store.add(LENET.architecture, plan().configuration, worker="me")
    scores = np.array([[0.9, 0.1, 0], [0.2, 0.3, 0.5], [0, 0, 1], [0.5, 0.25, 0.25]], np.float16)
    store.keep_file(kept.id, PREDICTIONS, arrays_to_bytes({"scores": scores, "labels": LABELS}))

    found = answers(store, kept)

    assert found.given.tolist() == [0, 2, 2, 0]
    assert found.sureness == pytest.approx([0.9, 0.5, 1, 0.5], abs=1e-3)
    assert found.accuracy == 0.75
    store.close()


def test_answers_that_contradict_the_result_are_refused(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    kept = store.add(LENET.architecture, plan().configuration, worker="me")
    content = {"scores": np.eye(3)[[0, 1, 2, 1]], "labels": LABELS}
    store.keep_file(kept.id, PREDICTIONS, arrays_to_bytes(content))
    result = replace(kept, result=run(LENET, test=1.0).result)

    with pytest.raises(AnswersError, match=r"75.00% of the images.*100.00%"):
        answers(store, result)
    store.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "keeps no answers"),
        (b"no archive", "cannot be read"),
        (arrays_to_bytes({"scores": np.ones((4, 3))}), "cannot be read"),
        (arrays_to_bytes({"scores": np.ones((4, 3)), "labels": LABELS[:2]}), "do not belong"),
        (arrays_to_bytes({"scores": np.ones(4), "labels": LABELS}), "do not belong"),
    ],
)
def test_answers_that_cannot_be_had_are_a_sentence(tmp_path: Path, content, message: str):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    kept = store.add(LENET.architecture, plan().configuration, worker="me")
    if content is not None:
        store.keep_file(kept.id, PREDICTIONS, content)

    with pytest.raises(AnswersError, match=message):
        answers(store, kept)
    store.close()


def on(fingerprint: str, one: Run) -> Run:
    return replace(one, data_fingerprint=fingerprint)


@pytest.mark.parametrize(
    ("first", "second", "theirs", "reason"),
    [
        (on("a", run(LENET)), on("a", run(LENET, 1)), answered(0, 1, 2, 0), ""),
        (on("a", run(LENET)), on("b", run(LENET, 1)), answered(0, 1, 2, 0), "fingerprints a and b"),
        (on("a", run(LENET)), on("b", run(DEMO)), answered(0, 1, 2, 0), "28x28x1 and 16x16x1"),
        (
            on("a", run(LENET)),
            on("a", run(LENET, 1)),
            answered(0, 1, 2, 0, labels=LABELS[::-1]),
            "different labels",
        ),
        (
            on("a", run(LENET)),
            on("a", run(LENET, 1)),
            answered(0, labels=LABELS[:1]),
            "4 and 1 images",
        ),
    ],
)
def test_only_answers_to_the_very_same_images_are_compared(first, second, theirs, reason: str):
    said = why_not_comparable(first, second, answered(0, 0, 0, 0), theirs)

    assert (reason in said) if reason else said == ""


def with_share(share: float, one: Run) -> Run:
    spec = replace(one.configuration.dataset, portion=Portion(share))
    return replace(one, configuration=replace(one.configuration, dataset=spec))


def test_fewer_training_images_leave_the_test_the_same():
    whole, half = on("a", run(LENET)), on("b", with_share(0.5, run(LENET)))
    other = on("b", with_share(0.5, run(DEMO)))
    answers = answered(0, 1, 2, 0)

    assert why_not_comparable(whole, half, answers, answers) == ""
    assert "28x28x1 and 16x16x1" in why_not_comparable(whole, other, answers, answers)


def test_only_seeds_that_both_have_finished_are_shared():
    runs = [run(LENET, 0), run(LENET, 1), run(DEMO, 1), run(DEMO, 0, State.DIVERGED)]

    assert shared_seeds(*pair(3, runs)) == [1]


def test_runs_on_other_images_are_left_out_of_an_agreement():
    runs = [on("a", run(LENET)), on("b", run(LENET, 1)), on("a", run(LENET, 2))]

    assert [one for one, _ in same_test(runs, lambda _: answered(0, 1, 2, 0))] == [runs[0], runs[2]]


def test_a_run_that_stands_alone_is_set_against_the_run_of_its_own_seed():
    own = run(DEMO, seed=1)
    alone = Entrant("run-x", DEMO.architecture, run=own)
    lenet, itself = groups(
        Plan((LENET, alone), plan().configuration, seeds=2), [run(LENET, 0), run(LENET, 1), own]
    )

    assert shared_seeds(lenet, itself) == [1]
