"""What was right and wrong, against naive loops, scikit-learn and SciPy."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import binomtest, fisher_exact
from sklearn import metrics

from cnn.diagnose.evaluation import (
    ClassFigures,
    ConfusedPair,
    Mistake,
    Predictions,
    PredictionsError,
    ahead_by_chance,
    by_chance,
    class_figures,
    confused_pairs,
    confusion_matrix,
    places_in,
    wilson_interval,
    worst_mistakes,
)

# Six images of three classes; worked out by hand below.
SCORES = np.array(
    [
        [0.8, 0.1, 0.1],  # 0, right
        [0.2, 0.7, 0.1],  # 0 taken for 1, sure
        [0.1, 0.6, 0.3],  # 1, right
        [0.4, 0.25, 0.35],  # 2 taken for 0
        [0.05, 0.9, 0.05],  # 2 taken for 1, surest
        [0.1, 0.2, 0.7],  # 2, right
    ],
    np.float32,
)
BY_HAND = Predictions(SCORES, np.array([0, 0, 1, 2, 2, 2]))


@st.composite
def predictions(draw: st.DrawFn) -> Predictions:
    """Any number of images and classes; few levels, so that ties are common."""
    images, classes = draw(st.integers(1, 30)), draw(st.integers(2, 6))
    levels = draw(arrays.arrays(np.int64, (images, classes), elements=st.integers(0, 7)))
    labels = draw(arrays.arrays(np.int64, images, elements=st.integers(0, classes - 1)))
    return Predictions((levels / 7).astype(np.float32), labels)


def test_a_matrix_by_hand():
    assert confusion_matrix(BY_HAND).tolist() == [[1, 1, 0], [0, 1, 0], [1, 1, 1]]
    assert BY_HAND.right == 3
    assert class_figures(confusion_matrix(BY_HAND)) == (
        ClassFigures(0, images=2, predicted=2, right=1),
        ClassFigures(1, images=1, predicted=3, right=1),
        ClassFigures(2, images=3, predicted=1, right=1),
    )


def test_the_worst_mistakes_by_hand():
    worst = worst_mistakes(BY_HAND, 2)

    assert [(one.place, one.label, one.predicted) for one in worst] == [(4, 2, 1), (1, 0, 1)]
    assert worst[0].confidence == pytest.approx(0.9)
    assert worst[0].on_truth == pytest.approx(0.05)


def test_the_most_confused_pairs_by_hand():
    matrix = np.array([[9, 2, 0], [3, 9, 4], [0, 0, 9]])

    assert confused_pairs(matrix, 5) == (ConfusedPair(0, 1, 2, 3), ConfusedPair(1, 2, 4, 0))
    assert [pair.mistakes for pair in confused_pairs(matrix, 5)] == [5, 4]
    assert confused_pairs(np.diag([1, 2, 3]), 5) == ()


def test_a_class_without_images_or_verdicts_has_no_share():
    figures = ClassFigures(0, images=0, predicted=0, right=0)

    assert (figures.recall, figures.precision) == (None, None)


@given(predictions())
def test_the_matrix_is_what_a_loop_counts(found: Predictions):
    counted = [[0] * found.classes for _ in range(found.classes)]
    for scores, label in zip(found.scores.tolist(), found.labels.tolist(), strict=True):
        counted[label][scores.index(max(scores))] += 1

    assert confusion_matrix(found).tolist() == counted
    every = range(found.classes)
    assert sum(counted[i][i] for i in every) == found.right


@given(predictions())
def test_precision_and_recall_are_what_scikit_learn_says(found: Predictions):
    every = list(range(found.classes))
    precision, recall, _, images = metrics.precision_recall_fscore_support(
        found.labels, found.predicted, labels=every, zero_division=np.nan
    )

    for figures in class_figures(confusion_matrix(found)):
        assert figures.images == images[figures.label]
        for ours, theirs in ((figures.precision, precision), (figures.recall, recall)):
            expected = theirs[figures.label]
            assert (ours is None) == np.isnan(expected)
            assert ours is None or ours == pytest.approx(expected)


@given(predictions(), st.integers(0, 40))
def test_the_worst_mistakes_are_what_sorting_all_of_them_gives(found: Predictions, count: int):
    every = []
    for place, (scores, label) in enumerate(zip(found.scores, found.labels, strict=True)):
        said = int(np.argmax(scores))
        if said != label:
            sure, truth = float(scores[said]), float(scores[label])
            every.append(Mistake(place, int(label), said, sure, truth))
    every.sort(key=lambda one: (-one.confidence, one.on_truth, one.place))

    assert list(worst_mistakes(found, count)) == every[:count]


@given(predictions())
def test_the_cells_hold_every_image_once_the_surest_first(found: Predictions):
    seen: list[int] = []
    matrix = confusion_matrix(found)
    for label in range(found.classes):
        for said in range(found.classes):
            places = places_in(found, label, said)
            sure = found.scores[places, said]
            assert len(places) == matrix[label, said]
            assert (np.diff(sure) <= 0).all()
            seen += places.tolist()

    assert sorted(seen) == list(range(len(found)))


@given(predictions())
def test_all_pairs_together_are_all_mistakes(found: Predictions):
    pairs = confused_pairs(confusion_matrix(found), found.classes**2)

    assert sum(pair.mistakes for pair in pairs) == len(found) - found.right
    assert [pair.mistakes for pair in pairs] == sorted(
        (pair.mistakes for pair in pairs), reverse=True
    )


@given(st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_scipys(counts: tuple[int, int]):
    right, images = counts
    expected = binomtest(right, images).proportion_ci(0.95, method="wilson")

    found = wilson_interval(right, images)

    assert found == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_an_interval_by_the_book():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 and 15 of 148.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson_interval(0, 0) == (0, 1)


def test_kept_predictions_are_read_and_checked():
    def kept(**found: np.ndarray) -> bytes:
        written = io.BytesIO()
        np.savez(written, **found)  # type: ignore[arg-type]
        return written.getvalue()

    read = Predictions.from_bytes(kept(scores=SCORES.astype(np.float16), labels=BY_HAND.labels))

    assert read.scores == pytest.approx(SCORES, abs=1e-3)
    assert confusion_matrix(read).tolist() == confusion_matrix(BY_HAND).tolist()
    with pytest.raises(PredictionsError, match="cannot be read"):
        Predictions.from_bytes(b"PK\x03\x04 half of a file")
    with pytest.raises(PredictionsError, match="cannot be read"):
        Predictions.from_bytes(kept(scores=SCORES))
    with pytest.raises(PredictionsError, match="Labels reach from 0 to 3; 3 classes need 0 to 2"):
        Predictions.from_bytes(kept(scores=SCORES[:2], labels=np.array([0, 3])))
    with pytest.raises(PredictionsError, match="a label per image"):
        Predictions.from_bytes(kept(scores=SCORES, labels=np.array([0])))


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.1, 1 / 3, 0.5]))
def test_how_rarely_chance_has_so_many_right_is_scipys_exact_test(a: int, b: int, share: float):
    right, images = min(a, b), max(a, b, 1)
    wanted = binomtest(right, images, share, alternative="greater").pvalue

    assert by_chance(right, images, share) == pytest.approx(wanted)


@given(*[st.integers(0, 60)] * 4)
def test_how_rarely_chance_is_so_far_ahead_is_scipys_fisher_test(a: int, b: int, c: int, d: int):
    wanted = fisher_exact([[a, b], [c, d]], alternative="greater").pvalue

    assert ahead_by_chance((a, a + b), (c, c + d)) == pytest.approx(wanted)
