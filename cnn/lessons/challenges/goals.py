"""What a challenge asks of a network and its training, as a link carries it.

    `params<20000,test>0.98,data=mnist-sample`

    goals = goal { "," goal }
    goal  = measure ( "<" | ">" ) number | "data=" name of a data set

A field is one of a map: a network without a map meets no goal of it.
A goal that only a training can show is met by one training that meets all of them. Which training
counts is the business of `tries`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from cnn.data import DatasetName, DatasetSpec
from cnn.data.sets import DRAWN
from cnn.network.errors import shown
from cnn.network.trace import Trace
from cnn.numbers import exact
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run

LONGEST, MOST = 200, 8
MOST_DECIMALS = 15
DATA = "data"
_GOAL = re.compile(r"([a-z]+)([<>])(\d{1,12}(?:\.\d{1,6})?)")


class GoalError(ValueError):
    """A text that is not a list of goals."""


class Measure(StrEnum):
    PARAMS = "params"
    MACS = "macs"
    DEPTH = "depth"
    FIELD = "field"
    TEST = "test"
    EPOCHS = "epochs"
    SECONDS = "seconds"


OF_TRAINING = (Measure.TEST, Measure.EPOCHS, Measure.SECONDS)


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that is to be above or below a limit, never equal to it."""

    measure: Measure
    is_above: bool
    limit: float

    def is_met(self, value: float) -> bool:
        return value > self.limit if self.is_above else value < self.limit


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals of a challenge; `data` is what must be trained on, where that is said."""

    goals: tuple[Goal, ...]
    data: DatasetName | None = None

    @property
    def need_training(self) -> bool:
        return any(goal.measure in OF_TRAINING for goal in self.goals)


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal, the figure it is judged by, and on how many images that was measured."""

    goal: Goal
    value: float | None = None
    images: int | None = None

    @property
    def is_met(self) -> bool:
        return self.value is not None and self.goal.is_met(self.value)


def read(text: str) -> Goals:
    """The goals of a text, or the error that says which part is none."""
    if len(text) > LONGEST:
        raise GoalError(f"goals of {len(text)} characters are too long: at most {LONGEST}.")
    goals, data = [], None
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if equals and name == DATA and value in list(DatasetName):
            data = DatasetName(value)
            continue
        found = _GOAL.fullmatch(part)
        if not found or found[1] not in list(Measure):
            raise GoalError(
                f"{shown(part)} is no goal. Write one like params<20000, with one of "
                f"{', '.join(Measure)}, or {DATA}= and one of {', '.join(DatasetName)}."
            )
        goals.append(Goal(Measure(found[1]), found[2] == ">", float(found[3])))
    if not 1 <= len(goals) <= MOST:
        raise GoalError(f"a challenge has 1 to {MOST} goals, got {len(goals)}.")
    return Goals(tuple(goals), data)


def written(goals: Goals) -> str:
    """The text of goals, as a link carries it."""
    parts = [
        f"{one.measure}{'>' if one.is_above else '<'}{one.limit:.6f}".rstrip("0").rstrip(".")
        for one in goals.goals
    ]
    return ",".join([*parts, *([f"{DATA}={goals.data}"] if goals.data else [])])


def judged(goals: Goals, trace: Trace, run: Run | None = None) -> tuple[Judged, ...]:
    """Every goal with its figure: of the network, and of a training of it on the right data."""
    if run and not (is_of(run, trace) and is_data(goals, run.configuration.dataset)):
        run = None
    return tuple(_judged(goal, trace, run) for goal in goals.goals)


def is_of(run: Run, trace: Trace) -> bool:
    """Whether a run trained this very network, whatever it is called."""
    same = run.architecture.input == trace.architecture.input
    return same and run.architecture.layers == trace.architecture.layers


def is_data(goals: Goals, spec: DatasetSpec) -> bool:
    """Whether these are the data of the goals: drawings as they usually are, as fewer kinds of
    shapes, or plainer ones, are another task. Which of them are drawn, the seed may decide.
    """
    return goals.data is None or (spec.name is goals.data and spec.drawn_as == DRAWN.get(spec.name))


def misses_epochs(goals: Goals, configuration: Configuration) -> bool:
    """Whether a training is known beforehand to have too many epochs, or too few, for a goal."""
    is_known = not configuration.has_budget and not configuration.patience
    return is_known and not all(
        one.is_met(configuration.epochs) for one in goals.goals if one.measure is Measure.EPOCHS
    )


def _judged(goal: Goal, trace: Trace, run: Run | None) -> Judged:
    if goal.measure in OF_TRAINING:
        return _of_run(goal, run)
    if trace.fault is not None or not trace.rows:
        return Judged(goal)
    if goal.measure is Measure.FIELD and not trace.last_map:
        return Judged(goal)
    value = {
        Measure.PARAMS: trace.total_params,
        Measure.MACS: trace.total_macs,
        Measure.DEPTH: trace.depth,
        Measure.FIELD: min(trace.last_map_field),
    }[goal.measure]
    return Judged(goal, float(value))


def _of_run(goal: Goal, run: Run | None) -> Judged:
    if run is None or run.result is None:
        return Judged(goal)
    result = run.result
    if goal.measure is Measure.TEST:
        return Judged(goal, result.test_accuracy, result.test_images)
    if goal.measure is Measure.EPOCHS:
        return Judged(goal, float(result.epochs or run.configuration.epochs))
    return Judged(goal, result.seconds)


def shown_value(goal: Goal, value: float) -> str:
    """A figure or a limit as it may be shown, never rounded onto the other side of a limit; of
    seconds, nor onto the limit itself.
    """
    if goal.measure is Measure.TEST:
        return f"{exact(math.floor(value * 10_000 + 1e-6) / 100)}\u202f%"
    if goal.measure is Measure.SECONDS:
        return f"{_told_apart(value, goal.limit)} s"
    return f"{value:,.0f}"


def _told_apart(value: float, limit: float) -> str:
    """With one decimal, and more where it takes them to show on which side of the limit it is."""
    for decimals in range(1, MOST_DECIMALS):
        text = f"{value:.{decimals}f}"
        if (float(text) > limit, float(text) < limit) == (value > limit, value < limit):
            return text
    return f"{value:.{MOST_DECIMALS}f}"
