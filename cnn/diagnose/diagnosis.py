"""Why isn't it learning? All rules applied to one training, what matters most first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnn.diagnose import network_symptoms, symptoms
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.findings import Evidence, Finding, Severity, Symptom
from cnn.insight.readings.dead_units import LayerActivity
from cnn.numbers import number
from cnn.training.recipe.run import Epoch, Run, Step

RULES: tuple[Callable[[Evidence], Finding | None], ...] = (
    symptoms.rate_too_high,
    symptoms.rate_too_low,
    symptoms.chance_level,
    network_symptoms.dead_units,
    network_symptoms.unsettled,
    symptoms.overfitting,
    symptoms.underfitting,
    symptoms.too_few_epochs,
    network_symptoms.confused_classes,
)

EXPLAINED = {
    Symptom.RATE_TOO_HIGH: {
        *(Symptom.RATE_TOO_LOW, Symptom.CHANCE_LEVEL, Symptom.UNDERFITTING),
        Symptom.TOO_FEW_EPOCHS,
    },
    Symptom.RATE_TOO_LOW: {
        *(Symptom.CHANCE_LEVEL, Symptom.UNDERFITTING, Symptom.TOO_FEW_EPOCHS),
        Symptom.CONFUSED_CLASSES,
    },
    Symptom.UNSETTLED: {Symptom.OVERFITTING, Symptom.LOSS_ROSE},
}
"""What is no finding of its own where its cause is known."""


def diagnose(
    run: Run,
    epochs: Sequence[Epoch],
    steps: Sequence[Step],
    predictions: Predictions | None = None,
    layers: Sequence[LayerActivity] = (),
    class_names: Sequence[str] = (),
    validation_counts: Sequence[int] = (),
) -> tuple[Finding, ...]:
    """What is wrong with a training and what might help; or that it learns.

    Without one whole epoch there is nothing to judge, except that it diverged. What guessing
    gives follows from the validation images of each class.
    """
    evidence = Evidence(run, epochs, steps, predictions, layers, class_names, validation_counts)
    found = [finding for rule in RULES if (finding := rule(evidence))]
    explained = {
        symptom
        for finding in found
        for symptom in EXPLAINED.get(finding.symptom, ())
        if finding.severity is Severity.PROBLEM
    }
    kept = [finding for finding in found if finding.symptom not in explained]
    if not any(one.severity is Severity.PROBLEM for one in kept) and _learns(evidence):
        kept.insert(0, _it_learns(evidence))
    return tuple(sorted(kept, key=lambda one: one.severity is Severity.NOTE))


def _learns(found: Evidence) -> bool:
    return bool(found.epochs) and found.are_shares_known and found.is_above_chance


def _it_learns(found: Evidence) -> Finding:
    first, last = found.epochs[0], found.epochs[-1]
    low, high = found.validation_range
    end = number(last.loss, 3)
    way = f"from {number(first.loss, 3)} to {end}" if first is not last else end
    return Finding(
        Symptom.IT_LEARNS,
        Severity.GOOD,
        "It learns",
        f"{last.val_accuracy:.1%} of {found.validation_images:,} validation images are right (95 % "
        f"interval {low:.1%} to {high:.1%}), where {found.guessing} gives {found.chance:.1%}. "
        f"Training loss: {way}.",
    )
