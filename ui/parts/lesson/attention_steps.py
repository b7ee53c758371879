"""One cell that looks at four, in steps: each number of it, from its query to what it gathers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.lessons.attention.by_hand import CELLS, ByHand, Numbers, by_hand
from cnn.lessons.lesson import Lesson
from cnn.numbers import fixed
from ui.components.grids import Grid, Step, grid_steps
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.gradient_steps import exact

Lit = dict[str, tuple[tuple[int, int, str], ...]]


def cell_by_cell(lesson: Lesson, *, key: str) -> None:
    """Which cell looks, whether products are divided, the steps, and what dividing does."""
    st.markdown(explained(lesson, "hand_lead"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        asks = int(
            controls.choice(
                "asks", lesson.text("asks_label"), tuple(map(str, range(len(CELLS)))), first="2"
            )
        )
        divides = controls.toggle("divides", lesson.text("divides_label"), first=True)
    found = by_hand(asks, divides=divides)
    grid_steps(
        _grids(lesson, asks, found, divides),
        _steps(lesson, asks, found, divides),
        key=key,
        leader="products",
    )
    st.markdown(
        lesson.text(
            "hand_note",
            share=fixed(found.weights.max(), 3),
            how=lesson.text("how_without" if divides else "how_with"),
            other=fixed(by_hand(asks, divides=not divides).weights.max(), 3),
        )
    )


def _grids(lesson: Lesson, asks: int, found: ByHand, divides: bool) -> list[Grid]:
    size = len(found.query)
    divided = "hand_divided" if divides else "hand_undivided"
    return [
        Grid("query", lesson.text("hand_query", cell=asks), _row(found.query)),
        Grid("keys", lesson.text("hand_keys"), _grid(found.keys), sign="·"),
        Grid("products", lesson.text("hand_products"), _column(found.products), sign="="),
        Grid("divided", lesson.text(divided, size=size), _column(found.divided), sign="→"),
        Grid("weights", lesson.text("hand_weights"), _column(found.weights), sign="→"),
        Grid("values", lesson.text("hand_values"), _grid(found.values), sign="×"),
        Grid("gathered", lesson.text("hand_gathered"), _row(found.gathered), sign="Σ"),
    ]


def _steps(lesson: Lesson, asks: int, found: ByHand, divides: bool) -> list[Step]:
    return [
        *(_product(lesson, asks, found, other) for other in range(len(CELLS))),
        _divided(lesson, found, divides),
        _softmax(lesson, found),
        _gathered(lesson, found),
    ]


def _product(lesson: Lesson, asks: int, found: ByHand, other: int) -> Step:
    written = _sum(found.query, found.keys[other], found.products[other])
    size = len(found.query)
    lit: Lit = {
        "query": _line(0, size),
        "keys": _line(other, size),
        "products": ((other, 0, "picked"),),
    }
    head = lesson.text("step_product", cell=asks, other=other)
    return Step(head, (("", written),), {}, lit)


def _divided(lesson: Lesson, found: ByHand, divides: bool) -> Step:
    size, root = len(found.query), exact(found.root)
    lines = [
        f"{exact(product)} ÷ {root} = {exact(over)}" if divides else exact(product)
        for product, over in zip(found.products, found.divided, strict=True)
    ]
    name = "step_divided" if divides else "step_undivided"
    lit: Lit = {"products": _all(found.products), "divided": _all(found.divided)}
    return Step(lesson.text(name, size=size, root=root), (("", "\n".join(lines)),), {}, lit)


def _softmax(lesson: Lesson, found: ByHand) -> Step:
    total = exact(found.powers.sum())
    powers = [
        f"e^{exact(over)} = {exact(power)}"
        for over, power in zip(found.divided, found.powers, strict=True)
    ]
    parts = [
        f"{exact(power)} ÷ {total} = {exact(weight)}"
        for power, weight in zip(found.powers, found.weights, strict=True)
    ]
    rows = (
        ("", "\n".join(powers)),
        (lesson.text("step_sum"), f"{' + '.join(map(exact, found.powers))} = {total}"),
        (lesson.text("step_shares"), "\n".join(parts)),
        (lesson.text("step_sum"), exact(found.weights.sum())),
    )
    lit: Lit = {"divided": _all(found.divided), "weights": _all(found.weights)}
    return Step(lesson.text("step_softmax"), rows, {}, lit)


def _gathered(lesson: Lesson, found: ByHand) -> Step:
    lines = [
        _sum(found.weights, of_all, gathered)
        for of_all, gathered in zip(found.values.T, found.gathered, strict=True)
    ]
    size = len(found.gathered)
    lit: Lit = {
        "weights": _all(found.weights),
        "values": tuple(cell for other in range(len(CELLS)) for cell in _line(other, size)),
        "gathered": _line(0, size, "picked"),
    }
    return Step(lesson.text("step_gathered"), (("", "\n".join(lines)),), {}, lit)


def _sum(ones: Numbers, others: Numbers, result: float) -> str:
    terms = (f"{exact(a)}·{exact(b)}" for a, b in zip(ones, others, strict=True))
    return f"{' + '.join(terms)} = {exact(result)}"


def _grid(values: Numbers) -> Array:
    return values.astype(np.float32)


def _row(values: Numbers) -> Array:
    return _grid(values[None])


def _column(values: Numbers) -> Array:
    return _grid(values[:, None])


def _all(values: Numbers) -> tuple[tuple[int, int, str], ...]:
    return tuple((place, 0, "patch") for place in range(len(values)))


def _line(row: int, size: int, look: str = "patch") -> tuple[tuple[int, int, str], ...]:
    return tuple((row, column, look) for column in range(size))
