"""Every rule on curves made for it, on either side of its threshold; and on real trainings."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar
from sklearn.dummy import DummyClassifier

from cnn.data import DatasetName, DatasetSpec, brought
from cnn.diagnose import remedies
from cnn.diagnose.diagnosis import diagnose
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.findings import Evidence, Finding, Severity, Symptom
from cnn.insight.readings.dead_units import LayerActivity
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Residual,
)
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.engine import fit
from cnn.training.engine.kept_splits import kept_splits
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.pace import images_of_epoch
from cnn.training.recipe.run import PREDICTIONS, Epoch, Progress, Run, State, Step
from cnn.training.recipe.told_loss import PLAIN, TRAINING_LOSS
from cnn.training.store.store import Store

SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=10)
PER_EPOCH = 10
GUESS = math.log(3)


def network(*layers: Layer) -> Architecture:
    middle = layers or (Flatten(), Dense(8, "relu"))
    return Architecture("Some", (8, 8, 1), (Conv2D(4, 3, activation="relu"), *middle, Dense(3)))


def run_of(
    configuration: Configuration = SETTINGS,
    architecture: Architecture | None = None,
    state: State = State.FINISHED,
    message: str = "",
    validation: int = 300,
) -> Run:
    return Run(
        "some",
        "Some",
        architecture or network(),
        configuration,
        state,
        0.0,
        message=message,
        images={"train": 160, "validation": validation, "test": 300},
    )


def course(
    losses: Sequence[float],
    accuracies: Sequence[float],
    val_losses: Sequence[float] | None = None,
    val_accuracies: Sequence[float] | None = None,
) -> tuple[list[Epoch], list[Step]]:
    """Epochs with these figures, and steps on straight lines between them."""
    val_losses, val_accuracies = val_losses or losses, val_accuracies or accuracies
    columns = zip(losses, accuracies, val_losses, val_accuracies, strict=True)
    epochs = [Epoch(i, *values, float(i)) for i, values in enumerate(columns, start=1)]
    ends = [min(GUESS, 3 * losses[0]), *losses]
    steps = [
        Step(i + 1, (i + 1) / PER_EPOCH, float(loss), 0.5, 0.01, 0.0)
        for i, loss in enumerate(
            np.interp(np.arange(len(losses) * PER_EPOCH) / PER_EPOCH, range(len(ends)), ends)
        )
    ]
    return epochs, steps


def found(
    run: Run,
    curves: tuple[list[Epoch], list[Step]],
    predictions: Predictions | None = None,
    layers: Sequence[LayerActivity] = (),
    validation_counts: Sequence[int] = (),
) -> dict[Symptom, Finding]:
    names = ("circle", "square", "triangle")
    findings = diagnose(run, *curves, predictions, layers, names, validation_counts)
    return {finding.symptom: finding for finding in findings}


def verdicts(matrix: Sequence[Sequence[int]]) -> Predictions:
    """Predictions with this confusion matrix."""
    cells = [(i, j) for i, row in enumerate(matrix) for j, n in enumerate(row) for _ in range(n)]
    scores = np.eye(len(matrix), dtype=np.float32)[[said for _, said in cells]]
    return Predictions(scores, np.array([label for label, _ in cells]))


HEALTHY = course(
    [0.9, 0.5, 0.2, 0.1, 0.05, 0.03, 0.02, 0.012, 0.01, 0.01],
    [0.6, 0.8, 0.95, 0.97, 0.98, 0.99, 0.99, 1.0, 1.0, 1.0],
    [0.8, 0.4, 0.2, 0.12, 0.08, 0.06, 0.05, 0.05, 0.05, 0.05],
    [0.7, 0.85, 0.95, 0.97, 0.98, 0.98, 0.98, 0.99, 0.99, 0.99],
)
FLAT = course([GUESS] * 10, [0.34] * 10, val_accuracies=[0.33] * 10)


def test_a_healthy_training_learns_and_nothing_else():
    (finding,) = found(run_of(), HEALTHY).values()

    assert (finding.symptom, finding.severity) == (Symptom.IT_LEARNS, Severity.GOOD)
    assert "99.0% of 300 validation images are right" in finding.evidence
    assert "guessing among 3 classes gives 33.3%" in finding.evidence
    assert finding.retry is None


def test_before_the_first_epoch_there_is_nothing_to_say_unless_it_diverged():
    assert diagnose(run_of(state=State.STOPPED), [], []) == ()

    diverged = run_of(replace(SETTINGS, learning_rate=0.02), state=State.DIVERGED, message="Gone.")
    (finding,) = diagnose(diverged, [], [])

    assert finding.symptom is Symptom.RATE_TOO_HIGH
    assert finding.evidence == "Gone. The highest rate was 0.02, 2 times the usual 0.01."
    assert finding.retry
    assert finding.retry.configuration == replace(SETTINGS, learning_rate=0.0067)


def test_a_loss_that_jumps_and_stays_high_has_too_high_a_rate():
    epochs, steps = course([3.0, *[GUESS] * 9], [0.33] * 10)
    steps[3] = replace(steps[3], loss=57.0)

    finding = found(run_of(replace(SETTINGS, learning_rate=3.0)), (epochs, steps))[
        Symptom.RATE_TOO_HIGH
    ]

    assert "The loss of a step reached 57, while guessing has 1.1" in finding.evidence
    assert "3, 300 times the usual 0.01" in finding.evidence
    assert finding.retry
    assert finding.retry.configuration.learning_rate == 0.01


def test_a_loss_that_jumps_once_and_comes_back_is_fine():
    epochs, steps = HEALTHY
    steps = [replace(steps[0], loss=57.0) if i == 3 else step for i, step in enumerate(steps)]

    assert Symptom.RATE_TOO_HIGH not in found(run_of(), (epochs, steps))


@pytest.mark.parametrize(("last", "fires"), [(0.45, True), (0.35, False)])
def test_a_training_loss_that_rises_by_a_third_has_too_high_a_rate(last: float, fires: bool):
    curves = course([0.9, 0.5, 0.3, 0.32, last], [0.6, 0.8, 0.9, 0.9, 0.85])

    finding = found(run_of(), curves).get(Symptom.RATE_TOO_HIGH)

    assert (finding is not None) is fires
    assert finding is None or "rose from 0.3 in epoch 3 to 0.45 in epoch 5" in finding.evidence


def test_a_training_loss_that_rises_while_as_many_are_right_says_nothing_of_the_rate():
    curves = course([0.9, 0.5, 0.3, 0.32, 0.45], [0.6, 0.8, 1.0, 1.0, 1.0])

    assert Symptom.RATE_TOO_HIGH not in found(run_of(), curves)


@pytest.mark.parametrize(("rate", "fires"), [(1e-6, True), (4e-4, True), (6e-4, False)])
def test_a_rate_far_below_the_usual_one_that_has_learnt_nothing_is_too_low(
    rate: float, fires: bool
):
    finding = found(run_of(replace(SETTINGS, learning_rate=rate)), FLAT).get(Symptom.RATE_TOO_LOW)

    assert (finding is not None) is fires
    assert finding is None or (finding.retry and finding.retry.configuration.learning_rate == 0.01)


def test_a_loss_that_falls_evenly_to_the_end_below_the_usual_rate_has_too_low_a_rate():
    falling = course([1.08, 1.0, 0.9, 0.78, 0.62], [0.35, 0.45, 0.55, 0.65, 0.7])
    low, usual = (run_of(replace(SETTINGS, learning_rate=rate)) for rate in (0.005, None))

    assert Symptom.RATE_TOO_LOW in found(low, falling)
    assert Symptom.TOO_FEW_EPOCHS not in found(low, falling)
    assert Symptom.RATE_TOO_LOW not in found(usual, falling)
    assert Symptom.TOO_FEW_EPOCHS in found(usual, falling)


def test_a_low_rate_that_has_learnt_all_the_same_is_fine():
    run = run_of(replace(SETTINGS, learning_rate=1e-5))

    assert Symptom.RATE_TOO_LOW not in found(run, HEALTHY)


SMOOTHED = replace(SETTINGS, label_smoothing=0.5, learning_rate=1e-5)
TARGET = np.array([2 / 3, 1 / 6, 1 / 6])
"""What label smoothing of 0.5 makes of one of three classes."""


def test_the_smoothed_loss_of_older_runs_is_not_taken_for_a_training_that_learns_nothing():
    lowest = float(stats.entropy(TARGET))  # which even a sure network cannot beat
    curves = course([0.95, 0.9, lowest], [0.9, 1.0, 1.0])
    older = replace(run_of(SMOOTHED), environment={"tensorflow": "2.20"})

    assert lowest > GUESS * 0.7
    assert Symptom.RATE_TOO_LOW not in found(older, curves)
    plain = replace(older, configuration=replace(SMOOTHED, label_smoothing=0.0))
    assert Symptom.RATE_TOO_LOW in found(plain, curves)


@pytest.mark.parametrize(("way", "fires"), [(0.08, True), (0.48, True), (0.52, False), (1, False)])
def test_a_plain_loss_is_judged_by_that_of_a_network_that_gives_the_smoothed_target(
    way: float, fires: bool
):
    """From guessing, a part of the way to what smoothing asks for: 2/3 for the right class."""
    noted = replace(run_of(SMOOTHED), environment={TRAINING_LOSS: PLAIN, "tensorflow": "2.20"})
    best = minimize_scalar(
        lambda share: -TARGET @ np.log([share, (1 - share) / 2, (1 - share) / 2]),
        bounds=(0.01, 0.99),
        method="bounded",
    ).x
    losses = np.linspace(GUESS, GUESS + way * (-math.log(best) - GUESS), 11)[1:].tolist()

    findings = found(noted, course(losses, [0.4] * 10))

    assert (Symptom.RATE_TOO_LOW in findings) is fires


def test_dead_units_are_no_note_where_a_smoothed_network_has_hardly_learnt():
    noted = replace(run_of(SMOOTHED), environment={TRAINING_LOSS: PLAIN, "tensorflow": "2.20"})
    layers = [LayerActivity("dense_1", "Dense #1", 20, 20, 30)]

    finding = found(noted, course([1.09, 1.0, 0.95], [0.4] * 3), layers=layers)[Symptom.DEAD_UNITS]

    assert finding.severity is Severity.PROBLEM
    assert "learns all the same" not in finding.evidence


def test_chance_level_is_said_with_what_the_network_says_of_everything():
    one_class = verdicts([[0, 100, 0], [0, 100, 0], [0, 100, 0]])

    finding = found(run_of(), FLAT, one_class)[Symptom.CHANCE_LEVEL]

    assert "34.0% of 160 training and 33.0% of 300 validation images" in finding.evidence
    assert "guessing among 3 classes gives 33.3%" in finding.evidence
    assert "All 300 test images were called square." in finding.evidence
    assert Symptom.IT_LEARNS not in found(run_of(), FLAT, one_class)


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({"epochs": 10}, "Train with rate 0.001"),
        ({"epochs": 10, "schedule": Schedule.COSINE}, "Train with usual settings"),
        ({"epochs": 10, "learning_rate": 0.001}, "Train with usual settings"),
    ],
)
def test_at_chance_the_usual_settings_are_tried_first_then_a_tenth_of_their_rate(
    settings: dict[str, object], label: str
):
    run = run_of(replace(SETTINGS, **settings))  # type: ignore[arg-type]

    retry = found(run, FLAT)[Symptom.CHANCE_LEVEL].retry

    assert retry
    assert retry.label == label


@pytest.mark.parametrize(("accuracy", "fires"), [(0.35, True), (0.45, False)])
def test_chance_level_ends_where_the_interval_does(accuracy: float, fires: bool):
    # 300 images: 35 % is within 33.3 % by chance, 45 % (39.5 to 50.7 %) is not.
    curves = course([GUESS] * 10, [0.34] * 10, val_accuracies=[accuracy] * 10)

    assert (Symptom.CHANCE_LEVEL in found(run_of(), curves)) is fires


@pytest.mark.parametrize(("dead", "fires"), [(11, False), (12, True), (20, True)])
def test_most_units_of_a_layer_dead_is_said(dead: int, fires: bool):
    layers = [LayerActivity("conv2d_1", "Conv2D #1", 8, 0, 30)]
    layers.append(LayerActivity("dense_1", "Dense #1", 20, dead, 30))
    fires_ill = found(run_of(), FLAT, layers=layers).get(Symptom.DEAD_UNITS)
    fires_well = found(run_of(), HEALTHY, layers=layers).get(Symptom.DEAD_UNITS)

    assert (fires_ill is not None, fires_well is not None) == (fires, fires)
    if fires_ill and fires_well:
        assert f"{dead} of 20 units of Dense #1 give 0 for every one of 30" in fires_ill.evidence
        assert (fires_ill.severity, fires_well.severity) == (Severity.PROBLEM, Severity.NOTE)
        assert fires_ill.retry
        kinds = [getattr(one, "activation", None) for one in fires_ill.retry.architecture.layers]
        assert kinds == ["leaky_relu", None, "leaky_relu", None]


@pytest.mark.parametrize(("momentum", "fires"), [(0.99, True), (0.9, False)])
def test_batch_norm_needs_three_over_one_minus_momentum_steps(momentum: float, fires: bool):
    # 100 steps; a momentum of 0.99 needs 300, one of 0.9 needs 30.
    normed = network(BatchNormalization(momentum), Flatten())
    curves = course([0.9, *[0.1] * 9], [0.5, *[0.99] * 9], [3.0] * 10, [0.33, *[0.5] * 9])

    all_found = found(run_of(architecture=normed), curves)

    assert (Symptom.UNSETTLED in all_found) is fires
    assert (Symptom.OVERFITTING in all_found) is not fires
    if fires:
        finding = all_found[Symptom.UNSETTLED]
        assert "need about 300 steps; there were 100" in finding.evidence
        assert finding.retry
        assert finding.retry.configuration.epochs == 30


def test_a_run_whose_single_steps_were_not_kept_is_judged_by_its_own_count_of_them():
    """A momentum of 0.9 needs 30 steps."""
    normal = network(BatchNormalization(momentum=0.9), Flatten(), Dense(8, "relu"))
    epochs, _ = HEALTHY
    of_many, of_few, of_none = (
        replace(run_of(architecture=normal), progress=Progress(10, count, count))
        for count in (1_000, 10, 0)
    )

    assert Symptom.UNSETTLED not in found(of_many, (epochs, []))
    assert "there were 10." in found(of_few, (epochs, []))[Symptom.UNSETTLED].evidence
    assert Symptom.UNSETTLED not in found(of_none, (epochs, []))


@pytest.mark.parametrize(("last", "fires"), [(0.5, True), (0.32, False)])
def test_a_validation_loss_that_rises_while_training_falls_is_said_as_that(
    last: float, fires: bool
):
    """Not that it learns by heart, which a gap of three in a hundred does not show."""
    curves = course(
        [0.9, 0.5, 0.2, 0.1, 0.01],
        [0.6, 0.8, 0.95, 0.97, 1.0],
        [0.8, 0.4, 0.3, 0.3, last],
        [0.7, 0.85, 0.97, 0.97, 0.97],
    )

    all_found = found(run_of(), curves)
    finding = all_found.get(Symptom.LOSS_ROSE)

    assert Symptom.OVERFITTING not in all_found
    assert (finding is not None) is fires
    if finding:
        assert finding.title == "The validation loss rose"
        assert "Since epoch 3 the validation loss rose from 0.3 to 0.5" in finding.evidence
        assert "the training loss fell from 0.2 to 0.01" in finding.evidence
        assert finding.severity is Severity.NOTE  # three in a hundred lie between them
        assert finding.retry
        assert finding.retry.configuration == replace(SETTINGS, patience=3)


def test_a_validation_loss_that_rises_is_no_finding_where_the_best_weights_were_kept():
    curves = course(
        [0.9, 0.5, 0.2, 0.1, 0.01],
        [0.6, 0.8, 0.95, 0.97, 1.0],
        [0.8, 0.4, 0.3, 0.3, 0.5],
        [0.7, 0.85, 0.97, 0.97, 0.97],
    )

    kept = found(run_of(replace(SETTINGS, patience=3)), curves)

    assert Symptom.LOSS_ROSE in found(run_of(), curves)
    assert not {Symptom.LOSS_ROSE, Symptom.OVERFITTING} & kept.keys()


def test_where_a_large_gap_stands_beside_it_one_finding_says_both():
    curves = course([0.9, 0.2, 0.01], [0.6, 0.95, 1.0], [0.8, 0.3, 0.9], [0.7, 0.85, 0.8])

    all_found = found(run_of(), curves)

    assert Symptom.LOSS_ROSE not in all_found
    assert all_found[Symptom.OVERFITTING].title == "It overfits"
    assert "the validation loss rose from 0.3 to 0.9" in all_found[Symptom.OVERFITTING].evidence


def test_a_gap_is_judged_at_the_epoch_whose_weights_were_kept():
    curves = course([0.5, 0.1, 0.01], [0.9, 0.96, 1.0], [0.5, 0.3, 0.4], [0.85, 0.85, 0.8])

    finding = found(run_of(replace(SETTINGS, patience=1)), curves)[Symptom.OVERFITTING]

    assert finding.evidence == (
        "Training is at 96.0% of 160 images, validation at 85.0% of 300 after epoch 2, whose "
        "weights were kept."
    )
    assert finding.retry
    assert Dropout(0.4) in finding.retry.architecture.layers


@pytest.mark.parametrize(("validation", "fires"), [(300, True), (20, False)])
def test_a_gap_is_overfitting_only_where_the_images_are_enough_to_tell(
    validation: int, fires: bool
):
    # 90 % of 300 is 86 to 93 %, of 20 it is 70 to 97 %: there 96 % is no other figure.
    curves = course([0.5, 0.1, 0.08], [0.9, 0.95, 0.96], [0.5, 0.3, 0.3], [0.85, 0.9, 0.9])

    finding = found(run_of(validation=validation), curves).get(Symptom.OVERFITTING)

    assert (finding is not None) is fires
    assert finding is None or finding.severity is Severity.PROBLEM


@pytest.mark.parametrize(("accuracy", "fires"), [(0.7, True), (0.92, False)])
def test_a_training_set_that_is_not_fitted_and_gets_no_better_is_underfitting(
    accuracy: float, fires: bool
):
    curves = course([0.9, *[0.7] * 9], [0.5, *[accuracy] * 9])

    finding = found(run_of(), curves).get(Symptom.UNDERFITTING)

    assert (finding is not None) is fires
    if finding:
        assert "Only 70.0% of the 160 training images are right" in finding.evidence
        assert finding.retry
        assert finding.retry.label == "Train twice as wide"
        assert finding.retry.architecture.layers[0] == Conv2D(8, 3, activation="relu")


def test_underfitting_by_weight_decay_is_retried_without_it():
    curves = course([0.9, *[0.7] * 9], [0.5, *[0.7] * 9])

    finding = found(run_of(replace(SETTINGS, weight_decay=0.3)), curves)[Symptom.UNDERFITTING]

    assert "Weight decay is 0.3." in finding.evidence
    assert finding.retry
    assert finding.retry.configuration.weight_decay == 0


def test_too_few_epochs_is_a_loss_that_still_falls():
    falling = course([0.9, 0.8, 0.7, 0.6, 0.4], [0.5, 0.6, 0.7, 0.8, 0.85])
    level = course([0.9, 0.5, 0.41, 0.4, 0.4], [0.5, 0.6, 0.7, 0.8, 0.85])

    finding = found(run_of(), falling)[Symptom.TOO_FEW_EPOCHS]

    assert "of the quarter before" in finding.evidence
    assert finding.retry
    assert finding.retry.configuration.epochs == 20
    assert Symptom.TOO_FEW_EPOCHS not in found(run_of(), level)


def test_of_a_few_steps_it_is_only_said_that_they_are_few():
    first = course([1.0], [0.5])
    flat = [replace(step, loss=1.0) for step in first[1]]

    all_found = found(run_of(), (first[0], flat))

    assert set(all_found) == {Symptom.TOO_FEW_EPOCHS}
    assert "It took 10 steps in 1 epoch" in all_found[Symptom.TOO_FEW_EPOCHS].evidence


@pytest.mark.parametrize(
    ("matrix", "fires"),
    [
        ([[90, 9, 1], [8, 92, 0], [1, 0, 99]], True),
        ([[94, 3, 3], [3, 94, 3], [3, 3, 94]], False),  # all pairs alike
        ([[98, 2, 0], [2, 98, 0], [0, 0, 100]], False),  # four mistakes are too few to tell
    ],
)
def test_two_classes_that_make_most_mistakes_are_named(
    matrix: Sequence[Sequence[int]], fires: bool
):
    finding = found(run_of(), HEALTHY, verdicts(matrix)).get(Symptom.CONFUSED_CLASSES)

    assert (finding is not None) is fires
    if finding:
        assert finding.title == "circle and square are taken for each other"
        assert finding.evidence.startswith(
            "17 of 19 mistakes on 300 test images: 9 of circle taken for square, 8 the other"
        )


def test_a_cause_hides_what_follows_from_it_and_problems_come_before_notes():
    run = run_of(replace(SETTINGS, learning_rate=1e-6))
    layers = [LayerActivity("dense_1", "Dense #1", 20, 19, 30)]

    assert list(found(run, FLAT, layers=layers)) == [Symptom.RATE_TOO_LOW, Symptom.DEAD_UNITS]
    well = list(found(run_of(), HEALTHY, layers=layers))
    assert well == [Symptom.IT_LEARNS, Symptom.DEAD_UNITS]


# What guessing gives -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "counts", [(270, 20, 10), (100, 100, 100), (1, 0, 299), (0, 0, 300), (3, 7, 11)]
)
def test_guessing_is_what_scikit_learns_dummy_does_on_the_validation_labels(
    counts: Sequence[int],
):
    labels = np.repeat([0, 1, 2], counts)
    blind = np.zeros((len(labels), 1))
    commonest = DummyClassifier(strategy="most_frequent").fit(blind, labels)
    by_share = DummyClassifier(strategy="prior").fit(blind, labels)
    likely = by_share.predict_proba(blind)[
        np.arange(len(labels)), np.unique(labels, False, True)[1]
    ]

    evidence = Evidence(run_of(), *HEALTHY, validation_counts=counts)

    assert evidence.chance == pytest.approx(commonest.score(blind, labels))
    assert evidence.chance_loss == pytest.approx(-np.log(likely).mean())


def test_who_only_names_the_largest_class_has_learnt_nothing():
    # 90:5:5; the loss is that of one who knows the shares, 0.394, and nothing of the images.
    entropy = float(stats.entropy([0.9, 0.05, 0.05]))
    curves = course([0.6, *[entropy] * 9], [0.9] * 10)

    all_found = found(run_of(), curves, validation_counts=(270, 15, 15))

    assert Symptom.IT_LEARNS not in all_found
    assert all_found[Symptom.CHANCE_LEVEL].evidence.endswith(
        "90.0% of 300 validation images are right after 10 epochs; always naming the most frequent "
        "class gives 90.0%."
    )


def test_who_is_right_more_often_than_the_largest_class_is_frequent_learns():
    curves = course([0.5, 0.2, 0.1], [0.9, 0.95, 0.97])

    said = found(run_of(), curves, validation_counts=(270, 15, 15))[Symptom.IT_LEARNS].evidence

    assert "97.0% of 300 validation images" in said
    assert "where always naming the most frequent class gives 90.0%" in said


def test_a_training_accuracy_far_above_the_largest_class_is_not_called_guessing():
    curves = course([0.3, 0.1, 0.02], [0.9, 0.95, 0.99], [0.4, 0.5, 0.9], [0.9, 0.89, 0.89])

    all_found = found(run_of(), curves, validation_counts=(270, 15, 15))

    assert Symptom.CHANCE_LEVEL not in all_found
    assert all_found[Symptom.OVERFITTING].severity is Severity.PROBLEM


def test_where_the_validation_labels_are_not_known_those_of_the_test_are_taken():
    test = verdicts([[270, 0, 0], [15, 0, 0], [15, 0, 0]])

    assert Evidence(run_of(), *HEALTHY, test).chance == 0.9


def test_of_own_images_whose_shares_nobody_knows_it_is_not_said_that_it_learns():
    own = replace(SETTINGS, dataset=DatasetSpec(DatasetName.OWN_IMAGES, file="gone.zip"))

    assert Symptom.IT_LEARNS not in found(run_of(own), HEALTHY)
    assert Symptom.IT_LEARNS in found(run_of(own), HEALTHY, validation_counts=(100, 100, 100))


def test_a_loss_is_held_against_the_entropy_of_the_shares():
    curves = course([0.39] * 10, [0.9] * 10)
    slow = replace(SETTINGS, learning_rate=1e-6)

    finding = found(run_of(slow), curves, validation_counts=(270, 15, 15))[Symptom.RATE_TOO_LOW]

    assert "where guessing by how frequent each class is has 0.394" in finding.evidence


# On how many images a training figure was measured ---------------------------------------------


@given(
    train=st.integers(1, 500), batch=st.integers(1, 64), steps=st.integers(1, 200), data=st.data()
)
def test_the_images_of_an_epoch_are_those_its_steps_took(train, batch, steps, data):
    per_epoch = [min(batch, train - first) for first in range(0, train, batch)]
    taken: dict[int, int] = {}
    for step in range(steps):
        epoch = step // len(per_epoch) + 1
        taken[epoch] = taken.get(epoch, 0) + per_epoch[step % len(per_epoch)]
    epoch = data.draw(st.sampled_from(sorted(taken)))
    settings = replace(SETTINGS, batch_size=batch, steps=steps)

    assert images_of_epoch(settings, train, epoch, steps) == taken[epoch]


def test_a_last_epoch_of_few_steps_is_said_to_be_measured_on_few_images():
    curves = course([0.9, *[0.7] * 9], [0.5, *[0.7] * 9])
    cut = curves[0], curves[1][: 9 * PER_EPOCH + 4]

    finding = found(run_of(replace(SETTINGS, batch_size=16)), cut)[Symptom.UNDERFITTING]

    assert finding.evidence.startswith(
        "Only 70.0% of the 64 training images of its last epoch, which was cut short, are right"
    )


# What is proposed ---------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["lenet-5", "vgg-lite", "mobilenet-lite", "tiny-vgg"])
def test_a_network_twice_as_wide_still_fits_together(id: str):
    network = entry(id).architecture
    wider = remedies.wider(run_of(architecture=network))

    assert wider
    before, after = trace(network), trace(wider.architecture)
    assert after.output_shape == before.output_shape
    assert 1.5 * before.total_params < after.total_params < 4.5 * before.total_params


def test_what_cannot_be_widened_is_not_proposed():
    into_itself = Architecture(
        "Some", (8, 8, 1), (Residual((Conv2D(1, 3, padding="same"),)), Flatten(), Dense(3))
    )  # the input's one channel is added to the two of a doubled filter
    only_a_head = Architecture("Head", (8, 8, 1), (Flatten(), Dense(3)))

    assert remedies.wider(run_of(architecture=into_itself)) is None
    assert remedies.wider(run_of(architecture=only_a_head)) is None


def test_what_is_in_use_against_overfitting_is_not_proposed_again():
    dropped = network(Dropout(0.2), Flatten())
    augmented = replace(SETTINGS, zoom=0.2)

    def proposed(settings: Configuration) -> Configuration:
        retry = remedies.regularized(run_of(settings, dropped))
        assert retry.architecture == dropped
        return retry.configuration

    assert proposed(SETTINGS) == replace(SETTINGS, shift=0.1, rotation=10.0, zoom=0.1)
    decayed = replace(augmented, optimizer=Optimizer.ADAMW, weight_decay=0.01)
    assert proposed(augmented) == decayed
    assert proposed(decayed) == replace(decayed, weight_decay=0.03)


def test_what_augmentation_holds_back_is_retried_without_it():
    curves = course([0.9, *[0.7] * 9], [0.5, *[0.7] * 9])
    turned = replace(SETTINGS, rotation=180.0, shift=0.4)

    finding = found(run_of(turned), curves)[Symptom.UNDERFITTING]

    assert finding.evidence.endswith("Its images are augmented.")
    assert finding.retry
    assert finding.retry.configuration == SETTINGS


@pytest.mark.parametrize(("epochs", "patience"), [(50, 8), (5, None)])
def test_what_patience_ended_is_retried_with_more_of_it_not_with_more_epochs(
    epochs: int, patience: int | None
):
    falling = course([0.9, 0.8, 0.7, 0.6, 0.4], [0.5, 0.6, 0.7, 0.8, 0.85])
    settings = replace(SETTINGS, epochs=epochs, patience=4)

    finding = found(run_of(settings), falling)[Symptom.TOO_FEW_EPOCHS]

    assert finding.retry
    if patience:
        assert "Early stopping ended it, with a patience of 4" in finding.evidence
        assert finding.retry.configuration == replace(settings, patience=patience)
    else:
        assert finding.retry.configuration == replace(settings, epochs=10)


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ({"epochs": 600}, {"epochs": 1_000}),
        ({"epochs": 1_000}, {"seed": 1}),
        ({"epochs": 4, "steps": 70}, {"epochs": 8, "steps": 140}),
        ({"epochs": 1_000, "seconds": 30.0}, {"seconds": 60.0}),
        ({"epochs": 1_000, "seconds": 86_400.0}, {"seed": 1}),
    ],
)
def test_a_longer_training_has_more_of_what_decides_its_length_as_far_as_there_can_be_more(
    now: dict[str, object], change: dict[str, object]
):
    settings = replace(SETTINGS, **now)  # type: ignore[arg-type]

    retry = remedies.longer(run_of(settings))

    assert retry.configuration == replace(settings, **change)  # type: ignore[arg-type]


def test_the_usual_settings_are_proposed_only_to_those_who_left_them():
    odd = replace(SETTINGS, optimizer=Optimizer.SGD, schedule=Schedule.STEP)

    assert remedies.usual_settings(run_of()) is None
    retry = remedies.usual_settings(run_of(odd))
    assert retry
    assert retry.configuration == SETTINGS


# Real trainings -----------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(
    store: Store,
    configuration: Configuration,
    architecture: Architecture | None = None,
) -> tuple[Finding, ...]:
    network = architecture or entry("shapes-demo").architecture
    run = store.add(network, configuration, worker="me")
    run = fit.carry_out(store, run)
    kept = store.file(run.id, PREDICTIONS)
    predictions = Predictions.from_bytes(kept) if kept else None
    counts = kept_splits(store, run.id).counts["validation"]
    assert sum(counts) == run.images["validation"]
    return diagnose(
        run,
        store.epochs([run.id])[run.id],
        store.steps(run.id),
        predictions,
        validation_counts=counts,
    )


@pytest.mark.parametrize(
    ("rate", "symptom"), [(3.0, Symptom.RATE_TOO_HIGH), (1e-6, Symptom.RATE_TOO_LOW)]
)
@pytest.mark.proof
def test_a_real_training_at_a_wrong_rate_is_found_out_and_its_retry_learns(
    store: Store, rate: float, symptom: Symptom
):
    wrong = replace(SETTINGS, epochs=4, learning_rate=rate)

    first = trained(store, wrong)[0]

    assert first.symptom is symptom
    assert first.retry
    again = trained(store, replace(first.retry.configuration, epochs=20))
    assert again[0].symptom is Symptom.IT_LEARNS
    assert not [one for one in again if one.severity is Severity.PROBLEM]


def test_a_real_training_on_noise_of_nine_to_one_is_not_said_to_learn(store: Store, tmp_path: Path):
    rng = np.random.default_rng(0)
    noise, labels = rng.integers(0, 256, (600, 8, 8), np.uint8), (np.arange(600) % 10 == 0) * 1
    file = tmp_path / "noise.npz"
    np.savez(file, images=noise, labels=labels)
    network = Architecture("Some", (8, 8, 1), (Flatten(), Dense(4, "relu"), Dense(2)))
    settings = Configuration(brought(file), epochs=6, batch_size=64)

    said = trained(store, settings, network)

    assert Symptom.IT_LEARNS not in [one.symptom for one in said]


def test_the_accuracy_of_a_last_epoch_that_was_cut_short_is_a_share_of_the_images_it_had(
    store: Store,
):
    settings = replace(SETTINGS, batch_size=16, steps=13)  # 150 images: ten steps an epoch
    run = fit.carry_out(store, store.add(entry("shapes-demo").architecture, settings, worker="me"))
    _, last = store.epochs([run.id])[run.id]

    images = images_of_epoch(settings, run.images["train"], last.epoch, 13)

    assert images == 3 * 16
    steps = store.steps(run.id)[10:]
    assert sum(step.accuracy * 16 for step in steps) / images == pytest.approx(last.accuracy)
