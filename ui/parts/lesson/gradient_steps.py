"""The gradient of a shared kernel as a picture in steps: what each place adds to it."""

from __future__ import annotations

import numpy as np

from cnn.insight.passes.kernel_gradient import Descent, numerical_gradients
from cnn.lessons.lesson import Lesson
from cnn.numbers import number
from ui.components.grids import Grid, Step, grid_steps


def place_by_place(lesson: Lesson, found: Descent, *, key: str) -> None:
    """Input, arriving gradient, this place's contribution, the sum so far, and the check beside."""
    scale = float(max(np.abs(found.running).max(), np.abs(found.contributions).max())) or 1.0
    numerical = numerical_gradients(found.input, found.kernel, found.target)[0]
    first, nudged = np.zeros_like(found.kernel), numerical.astype(np.float32)
    grids = [
        Grid("input", lesson.text("input_grid"), found.input),
        Grid("arriving", lesson.text("arriving_short"), found.arriving, sign="×"),
        Grid("contribution", lesson.text("contribution"), first, sign="=", scale=scale),
        Grid("sum", lesson.text("so_far"), first, sign="Σ", scale=scale),
        Grid("nudged", lesson.text("nudged"), nudged, sign="→", scale=scale),
    ]
    steps = [_step(lesson, found, place) for place in range(found.arriving.size)]
    grid_steps(grids, steps, key=key, leader="arriving")


def _step(lesson: Lesson, found: Descent, place: int) -> Step:
    height, width = found.kernel.shape
    row, column = divmod(place, found.arriving.shape[1])
    count = found.arriving.size
    output, target = found.output[row, column], found.target[row, column]
    gradient = found.arriving[row, column]
    patch = found.input[row : row + height, column : column + width]
    lines = [
        " , ".join(f"{_factor(value)}×{_factor(gradient)}" for value in line) for line in patch
    ]
    name = "place_sum_last" if place == count - 1 else "place_sum"
    return Step(
        lesson.text("place", place=place + 1, count=count, row=row, column=column),
        (
            (
                lesson.text("place_gradient"),
                f"{exact(output)} − {_factor(target)} = {exact(gradient)}",
            ),
            (lesson.text("place_patch"), "\n".join(lines)),
            (
                lesson.text("place_sum_label"),
                lesson.text(
                    name,
                    count=place + 1,
                    all=count,
                    sum=_sum(found.contributions[: place + 1, 0, 0]),
                ),
            ),
        ),
        {"contribution": found.contributions[place], "sum": found.running[place]},
        {
            "arriving": ((row, column, "picked"),),
            "input": tuple(
                (row + i, column + j, "patch") for i in range(height) for j in range(width)
            ),
        },
        {"nudged": "≈"} if place == count - 1 else {},
    )


def _sum(values: np.ndarray) -> str:
    total = float(values.sum(dtype=np.float64))
    return f"{' + '.join(map(_factor, values))} = {exact(total)}"


def exact(value: float | np.floating) -> str:
    """As the grids write numbers: up to seven digits, a real minus."""
    return number(value, 7)


def _factor(value: float | np.floating) -> str:
    return f"({exact(value)})" if value < 0 else exact(value)
