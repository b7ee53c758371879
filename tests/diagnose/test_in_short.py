"""The sentences above a run's results say what its record says, and claim what is shown."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.findings import Finding, Severity, Symptom
from cnn.diagnose.in_short import in_short
from cnn.training.recipe.run import Result, Run
from tests.diagnose.test_diagnosis import run_of

NAMES = ("circle", "square", "triangle")


def answers(matrix: list[list[int]]) -> Predictions:
    """One answer for each count of a confusion matrix: true classes are its rows."""
    cells = np.array(matrix)
    labels, predicted = (np.repeat(axis.ravel(), cells.ravel()) for axis in np.indices(cells.shape))
    return Predictions(np.eye(len(cells), dtype=np.float32)[predicted], labels.astype(np.int64))


def run_with(predictions: Predictions, **more: int) -> Run:
    accuracy, images = predictions.right / len(predictions), len(predictions)
    return replace(run_of(), result=Result(0.1, accuracy, images, 160, 300, 1.0, 1.0, **more))


def said_of(matrix: list[list[int]], *found: Finding, **more: int) -> str:
    predictions = answers(matrix)
    return in_short(run_with(predictions, **more), predictions, NAMES, found)


def test_of_many_images_a_share_of_a_hundred_is_said_with_its_interval_and_what_it_confuses():
    said = said_of([[990, 10, 0], [2, 998, 0], [0, 2, 998]])

    low, high = (100 * one for one in stats.binomtest(2986, 3000).proportion_ci(method="wilson"))
    assert said == (
        "It learned: of 3,000 test images of Shapes, 99.5 of 100 are right (95 % interval "
        f"{low:.1f} to {high:.1f} %). It confuses circle and square most, either way round: 12 of "
        "its 14 mistakes. It does not yet read circle as well as the others: 990 of 1,000 are "
        "right, 1,996 of 2,000 of theirs."
    )


def test_of_few_images_they_are_counted_and_what_may_be_chance_is_not_claimed():
    said = said_of([[9, 1, 0], [1, 9, 0], [0, 1, 9]])

    assert said.startswith(
        "It learned: of 30 test images of Shapes, 27 are right (95 % interval 74."
    )
    assert "No two classes stand out among its 3 mistakes." in said
    assert "No class is shown to be harder for it than the others." in said


def test_who_is_no_better_than_naming_one_class_is_not_said_to_have_learned():
    said = said_of([[100, 0, 0], [100, 0, 0], [95, 0, 5]])

    assert said == (
        "It is not shown to have learned: of 300 test images of Shapes, 35.0 of 100 are right "
        "(95 % interval 29.8 to 40.6 %), and to name one class for all gives 33.3 %."
    )


@given(st.tuples(*[st.integers(0, 8)] * 3).filter(any), st.integers(0, 8))
def test_so_few_that_all_right_would_not_show_it_are_said_to_be_too_few(sizes, wrong):
    first, second, third = sizes
    missed = min(first, wrong)
    said = said_of([[first - missed, missed, 0], [0, second, 0], [0, 0, third]])

    images = sum(sizes)
    chance = max(sizes) / images
    by_chance = stats.binomtest(images, images, chance, alternative="greater").pvalue
    low = stats.binomtest(images, images).proportion_ci(method="wilson").low
    assert ("So few cannot show it, even with all of them right" in said) == (
        by_chance >= 0.05 or low <= chance
    )


def test_without_a_mistake_nothing_is_said_of_classes():
    assert said_of([[5, 0, 0], [0, 5, 0], [0, 0, 5]]) == (
        "It learned: of 15 test images of Shapes, all are right (95 % interval 79.6 to 100.0 %)."
    )


def test_pairs_that_are_confused_as_often_are_named_together_and_more_than_two_not_at_all():
    two = said_of([[50, 4, 0], [0, 50, 4], [0, 0, 50]])
    three = said_of([[50, 4, 0], [0, 50, 4], [4, 0, 50]])

    assert (
        "It confuses circle and square, and square and triangle, most, either way round: 4 of its "
        "8 mistakes each." in two
    )
    assert "No two classes stand out among its 12 mistakes." in three


def test_images_that_were_seen_before_are_not_counted():
    said = said_of([[100, 0, 0], [0, 100, 0], [0, 20, 80]], seen_test_images=100, unseen_right=180)

    assert said.startswith(
        "It learned: of 200 test images of Shapes that are in none of its other images, 90.0 of 100"
    )


def test_what_the_diagnosis_found_is_added_and_what_was_said_is_not_said_again():
    overfits = Finding(Symptom.OVERFITTING, Severity.PROBLEM, "It overfits", "")
    confused = Finding(Symptom.CONFUSED_CLASSES, Severity.NOTE, "a and b are taken", "")
    learns = Finding(Symptom.IT_LEARNS, Severity.GOOD, "It learns", "")

    said = said_of([[9, 1, 0], [1, 9, 0], [0, 1, 9]], learns, overfits, confused)

    assert said.endswith(" The diagnosis below adds: it overfits.")


def test_classes_without_a_name_are_called_by_their_number():
    predictions = answers([[50, 4, 0], [0, 50, 0], [0, 0, 50]])

    assert "class 0 and class 1 most" in in_short(run_with(predictions), predictions, (), ())


def test_a_run_that_was_not_tested_has_none():
    assert in_short(run_of(), answers([[1, 0], [0, 1]]), NAMES, ()) == ""


@given(st.integers(0, 3_000), st.integers(1, 3_000))
def test_a_share_that_is_neither_none_nor_all_never_reads_so(right: int, images: int):
    right = min(right, images)
    said = said_of([[right, images - right, 0], [0, 0, 0], [0, 0, 0]])
    (share,) = re.findall(r"Shapes, (.*?) (?:is|are) right", said)

    assert (share == "all") == (right == images)
    assert (share == "0") == (right == 0)
    if share.endswith(" of 100"):
        assert abs(float(share.removesuffix(" of 100")) - 100 * right / images) <= 0.05 + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_where_all_classes_are_read_alike_hardly_ever_one_is_called_harder(seed: int):
    """At most 5 % of worlds, and chance on top of that: 11 of 100 has p < 1 %."""
    random = np.random.default_rng(seed)
    matrices = []
    for _ in range(100):
        right = random.binomial(40, 0.8, 3)
        matrices.append(
            [
                [int(r) if i == j else int(40 - r) * (j == (i + 1) % 3) for j in range(3)]
                for i, r in enumerate(right)
            ]
        )

    assert sum("It does not yet read" in said_of(one) for one in matrices) <= 10
