"""Which labels look wrong, against confident learning written out in loops, and planted errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.label_errors import doubt, doubts, margin, together


def answers_of(seed: int, images: int, classes: int) -> Predictions:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    scores = rng.dirichlet(np.full(classes, 0.5), images)
    scores[np.arange(images), labels] += rng.random(images)
    return Predictions((scores / scores.sum(axis=1, keepdims=True)).astype(np.float32), labels)


def likely_by_the_paper(answers: Predictions) -> list[bool]:
    """Equations 1 and 2 of the paper: the confident joint, image by image."""
    thresholds = {}
    for one in set(answers.labels.tolist()):
        shares = [float(row[one]) for row, own in zip(*_rows(answers), strict=True) if own == one]
        thresholds[one] = sum(shares) / len(shares)
    found = []
    for row, label in zip(*_rows(answers), strict=True):
        meant = [one for one, least in thresholds.items() if float(row[one]) >= least]
        best = max(meant, key=lambda one: float(row[one]), default=label)
        found.append(best != label)
    return found


def _rows(answers: Predictions):
    return answers.scores, answers.labels.tolist()


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 6))
def test_the_labels_in_doubt_are_those_off_the_diagonal_of_the_confident_joint(
    seed, images, classes
):
    answers = answers_of(seed, images, classes)

    assert doubts(answers).likely.tolist() == likely_by_the_paper(answers)


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 6))
def test_every_image_is_ranked_once_the_likely_ones_first_by_their_margins(seed, images, classes):
    answers = answers_of(seed, images, classes)
    found, margins = doubts(answers), margin(answers)

    assert sorted(found.ranked.tolist()) == list(range(images))
    likely = found.likely[found.ranked].tolist()
    assert likely == sorted(likely, reverse=True)
    for group in (found.ranked[: found.many], found.ranked[found.many :]):
        assert (np.diff(margins[group]) >= 0).all()


def test_a_doubt_says_the_label_and_the_best_other_class_with_their_shares():
    answers = Predictions(
        np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], np.float32), np.array([0, 0, 1])
    )
    found = doubts(answers)
    first = doubt(answers, found, int(found.ranked[0]))

    assert (first.place, first.label, first.said, first.is_likely) == (0, 0, 1, True)
    assert first.label_share == pytest.approx(0.1)
    assert first.said_share == pytest.approx(0.9)


def test_planted_errors_come_first_where_the_answers_are_good():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 10, 2_000)
    scores = np.full((2_000, 10), 0.01) + 0.9 * np.eye(10)[truth]
    labels = truth.copy()
    planted = rng.choice(2_000, 100, replace=False)
    labels[planted] = (labels[planted] + rng.integers(1, 10, 100)) % 10
    found = doubts(Predictions(scores.astype(np.float32), labels))

    assert set(found.ranked[:100].tolist()) == set(planted.tolist())
    assert found.many == 100


def test_a_class_without_images_is_never_meant():
    answers = Predictions(
        np.array([[0.1, 0.0, 0.9], [0.2, 0.0, 0.8]], np.float32), np.zeros(2, int)
    )

    assert not doubts(answers).likely.any()


def test_folds_follow_each_other():
    one, other = answers_of(1, 3, 2), answers_of(2, 4, 2)
    both = together([one, other])

    assert both.labels.tolist() == [*one.labels.tolist(), *other.labels.tolist()]
    assert np.array_equal(both.scores[3:], other.scores)
