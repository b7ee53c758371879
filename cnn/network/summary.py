"""A trace as text for a terminal, and as plain values for JSON."""

from __future__ import annotations

from typing import Any

from cnn.network.advice import advice, said
from cnn.network.errors import path_text
from cnn.network.shapes import shape_text
from cnn.network.table import HEAD, cells
from cnn.network.trace import Row, Trace
from cnn.network.training_macs import Cost, total_training_macs, training_costs


def summary_dict(trace: Trace) -> dict[str, Any]:
    """The whole trace as plain values. Sizes are one number where height and width are equal.

    `pixels` are there where the network is fed others than those from 0 to 1.
    """
    costs, fed = training_costs(trace), trace.architecture.fed
    return {
        "name": trace.architecture.name,
        "input": list(trace.architecture.input),
        "layers": [_row_dict(row, costs.get(row.path, Cost())) for row in trace.rows],
        "output_shape": list(trace.output_shape),
        "total_params": trace.total_params,
        "trainable_params": trace.trainable_params,
        "non_trainable_params": trace.non_trainable_params,
        "total_macs": trace.total_macs,
        "total_training_macs": total_training_macs(trace),
        "activation_bytes": trace.activation_bytes,
        "depth": trace.depth,
        "warnings": list(said(advice(trace))),
    } | ({} if fed.is_usual else {"pixels": fed.text})


def _row_dict(row: Row, cost: Cost) -> dict[str, Any]:
    field = row.receptive_field
    axes = row.axes or ()
    return {
        "name": row.name,
        "kind": row.kind,
        "path": path_text(row.path),
        "depth": row.depth,
        "input_shape": list(row.input_shape),
        "output_shape": list(row.output_shape),
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
        "training_macs": cost.total,
        "activation_bytes": row.activation_bytes,
        "receptive_field": _one_or_two(field.size),
        "jump": _one_or_two(field.jump),
        "offset": _one_or_two(field.offset),
        "formula": row.formula,
        "padding": [[axis.before, axis.after] for axis in axes],
        "dropped": [axis.dropped for axis in axes],
        "param_formula": row.param_formula,
        "mac_formula": row.mac_formula,
    }


def _one_or_two(pair: tuple[float, float]) -> float | list[float]:
    return pair[0] if pair[0] == pair[1] else list(pair)


def summary_text(trace: Trace) -> str:
    """A table of the layers and their totals, then the remarks."""
    head = ("layer", "output", "params", "MACs", "sees", "size")
    body = [
        (
            "  " * row.depth + row.name,
            shape_text(row.output_shape),
            f"{row.params:,}",
            f"{row.macs:,}",
            shape_text(row.receptive_field.size),
            row.formula,
        )
        for row in trace.rows
    ]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = [_line(line, widths) for line in [head, *body]]
    rule = "-" * min(max(map(len, lines)), 100)
    name, size = trace.architecture.name, shape_text(trace.architecture.input)
    fed = trace.architecture.fed
    pixels = "" if fed.is_usual else f", pixels {fed.words}"
    parts = [
        f"{name}, input {size}{pixels}",
        rule,
        lines[0],
        rule,
        *lines[1:],
        rule,
        *_totals(trace),
    ]
    parts += [f"! {remark}" for remark in said(advice(trace))]
    return "\n".join(parts)


def summary_table(trace: Trace) -> list[list[str | int]]:
    """The layers as a plain table, its head first: for CSV and Markdown."""
    return [list(HEAD), *map(cells, trace.rows)]


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    right = (False, True, True, True, True, False)
    padded = (
        cell.rjust(width) if is_right else cell.ljust(width)
        for cell, width, is_right in zip(cells, widths, right, strict=True)
    )
    return "  ".join(padded).rstrip()


def _totals(trace: Trace) -> list[str]:
    return [
        f"{trace.total_params:,} parameters ({trace.trainable_params:,} trainable, "
        f"{trace.non_trainable_params:,} not trainable)",
        f"{trace.total_macs:,} multiply-accumulates per image (kernels and attention, no bias), "
        f"{total_training_macs(trace):,} to train on it",
        f"{trace.activation_bytes:,} bytes of activations per image, {trace.depth} layers deep",
    ]
