"""Operators that mix features or bring them to mean 0: dense layers and normalisations."""

from __future__ import annotations

import numpy as np

from cnn.network import layers as kinds
from cnn.network.layers import Layer
from cnn.network.onnx import cells
from cnn.network.onnx.flow import UNKNOWN_NUMBERS, Form, Reading, Value, real, whole
from cnn.network.onnx.messages import Array, Op


def gemm(reading: Reading, op: Op) -> None:
    value, kernel = reading.value(op), reading.array(op, 1)
    if kernel.ndim != 2 or whole(op, "transA", 0):
        raise op.error(f"its kernel has {kernel.ndim} axes; a dense layer has two.")
    kernel = kernel.T if whole(op, "transB", 0) else kernel
    bias = reading.given(op, 2)
    with np.errstate(all="ignore"):  # what is not finite is refused where it is taken
        kernel = kernel * np.float32(real(op, "alpha", 1.0))
        bias = None if bias is None else bias.reshape(-1) * np.float32(real(op, "beta", 1.0))
    if bias is not None:
        bias = np.repeat(bias, kernel.shape[1]) if bias.size == 1 else bias
    reading.put(op, dense(reading, op, value, kernel, bias))


def dense(
    reading: Reading, op: Op, value: Value, kernel: Array, bias: Array | None = None
) -> Value:
    """A dense layer behind a vector; behind a map with channels last, a convolution of 1x1."""
    use_bias = bias is not None
    arrays = (bias,) if bias is not None else ()
    if value.form is Form.LAST and len(value.shape) == 3:
        layer: Layer = kinds.Conv2D(kernel.shape[1], 1, use_bias=use_bias)
        return reading.add(op, layer, value, (kernel[None, None], *arrays))
    if value.form is not Form.FLAT:
        raise op.error(
            f"it mixes {value.form.value}, but a dense layer needs a vector. Flatten before it."
        )
    if kernel.shape[0] != value.shape[0]:
        raise op.error(
            f"its kernel is for {kernel.shape[0]:,} features, but {value.shape[0]:,} come in."
        )
    layer = kinds.Dense(kernel.shape[1], use_bias=use_bias)
    return reading.add(op, layer, value, (value.sorted(kernel), *arrays), order=None)


def matmul(reading: Reading, op: Op) -> None:
    if reading.flows(op, 0) and reading.flows(op, 1):
        reading.put(op, cells.matched(reading, op))
        return
    if not reading.flows(op, 0):
        raise op.error(UNKNOWN_NUMBERS)
    value, kernel = reading.value(op), reading.array(op, 1)
    if kernel.ndim != 2:
        raise op.error(f"its kernel has {kernel.ndim} axes; a dense layer has two.")
    if value.form is Form.CELLS:
        reading.put(op, cells.projected(reading, op, value, kernel))
        return
    reading.put(op, dense(reading, op, value, kernel))


def batch_norm(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    if whole(op, "training_mode", 0) or value.form not in (Form.FIRST, Form.FLAT):
        raise op.error("it is to be trained on, or goes over other than channels. Export for use.")
    arrays = [value.sorted(reading.array(op, place).reshape(-1)) for place in (1, 2, 3, 4)]
    momentum = real(op, "momentum", 0.9)
    layer = kinds.BatchNormalization(
        momentum if 0 <= momentum < 1 else 0.99, real(op, "epsilon", 1e-5)
    )
    reading.put(op, reading.add(op, layer, value, arrays))


def layer_norm(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    last = {Form.LAST: 3, Form.FLAT: 1}.get(value.form)
    if whole(op, "axis", -1) not in (-1, last) or last is None:
        raise op.error(
            "it goes over other axes than the channels of a cell, or a vector. Only those do here."
        )
    arrays = [value.sorted(reading.array(op, 1).reshape(-1))]
    beta = reading.given(op, 2)
    arrays += [] if beta is None else [value.sorted(beta.reshape(-1))]
    layer = kinds.LayerNormalization(real(op, "epsilon", 1e-5), center=beta is not None)
    reading.put(op, reading.add(op, layer, value, arrays))


def instance_norm(reading: Reading, op: Op) -> None:
    """One group for each channel, or for each of the rows that channels were put into."""
    value = reading.value(op)
    epsilon = real(op, "epsilon", 1e-5)
    gamma, beta = (reading.array(op, place).reshape(-1) for place in (1, 2))
    if value.form is Form.FIRST and len(value.shape) == 3:
        layer = kinds.GroupNormalization(value.shape[-1], epsilon)
        reading.put(op, reading.add(op, layer, value, (gamma, beta)))
        return
    if value.form is not Form.ROWS or np.any(gamma != 1) or np.any(beta != 0):
        raise op.error("it goes over neither channels nor groups of them, as those here do.")
    layer = kinds.GroupNormalization(value.beside, epsilon, center=False, scale=False)
    reading.put(op, reading.add(op, layer, value, form=Form.ROWS, beside=value.beside))


def group_norm(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    groups = whole(op, "num_groups", 1)
    gamma, beta = (reading.array(op, place).reshape(-1) for place in (1, 2))
    if value.form not in (Form.FIRST, Form.FLAT) or groups < 1 or value.shape[-1] % groups:
        raise op.error(f"it cannot divide {value.shape} into num_groups={groups}.")
    if gamma.size == groups != value.shape[-1]:  # as before opset 21
        gamma, beta = (np.repeat(one, value.shape[-1] // groups) for one in (gamma, beta))
    layer = kinds.GroupNormalization(groups, real(op, "epsilon", 1e-5))
    reading.put(op, reading.add(op, layer, value, (gamma, beta)))
