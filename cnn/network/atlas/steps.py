"""The step from one network to another: the block that is new, how often it is there, or numbers.

Which block made the step is told by hand, in `facts.json`; how often it stands in a network, and
what is said where no block is new, comes from the layers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from cnn.network.architecture import walk
from cnn.network.layers import (
    Activation,
    Container,
    Conv2D,
    Convolution,
    DepthwiseConv2D,
    Layer,
    Layers,
    Pooling,
    Residual,
)
from cnn.network.layers.repeats import main_block
from cnn.network.trace import Trace

Plan = tuple[Hashable, ...]
ACTIVATION, DEPTHWISE = Activation.__name__, DepthwiseConv2D.__name__


def times(block: Layers, layers: Layers, *, any_shortcut: bool = False) -> int:
    """How often layers of the plan of a block stand in a network, at any depth; with `any_shortcut`
    a sum is known by its body alone.
    """
    wanted = plan(block, any_shortcut=any_shortcut)
    return sum(
        _times(wanted, plan(series, any_shortcut=any_shortcut)) for series in _every_series(layers)
    )


def in_numbers(was: Trace, now: Trace) -> str:
    """The step between two networks where no block is told to be new."""
    (block, count), (block_now, count_now) = _made_of(was), _made_of(now)
    is_same = block is not None and block == block_now
    changes = [
        (count, count_now, "{} of it in place of {}"),
        (_widest(was), _widest(now), "at most {} channels in place of {}"),
        (was.depth, now.depth, "{} layers deep in place of {}"),
        (_side(was), _side(now), "images of {} pixels a side in place of {}"),
    ]
    said = [
        words.format(f"{after:,}", f"{before:,}")
        for before, after, words in changes[0 if is_same else 1 :]
        if before != after
    ]
    return f"{'The same block' if is_same else 'In numbers'}: {', '.join(said) or 'nothing new'}."


def plan(layers: Layers, *, any_shortcut: bool = False) -> Plan:
    """What of layers makes them a block: kinds and order, not how wide they are, nor which
    activation it is, nor what acts in training alone. An activation counts as a layer of its own,
    wherever it is written, and groups of a single channel as depthwise.
    """
    found: list[Hashable] = []
    for layer in layers:
        if layer.is_idle:
            continue
        if isinstance(layer, Container):
            series = [plan(held, any_shortcut=any_shortcut) for _, held in layer.series()]
            is_body_alone = any_shortcut and isinstance(layer, Residual)
            found.append((layer.kind, layer.merge, *(series[:1] if is_body_alone else series)))
        else:
            kind = DEPTHWISE if _is_depthwise(layer) else layer.kind
            found += [(kind, *_window(layer))] if kind != ACTIVATION else []
            found += [(ACTIVATION,)] if layer.activation not in (None, "linear") else []
    return tuple(found)


def _is_depthwise(layer: Layer) -> bool:
    return isinstance(layer, Conv2D) and layer.groups == layer.filters > 1


def _window(layer: Layer) -> tuple[str, ...]:
    """Whether a kernel sees one cell or more, and whether windows of a pooling overlap."""
    if isinstance(layer, Convolution):
        return ("one cell" if max(layer.kernel_size) == 1 else "a window",)
    if isinstance(layer, Pooling):
        return ("overlapping" if layer.pool_size > layer.strides else "side by side",)
    return ()


def _times(wanted: Plan, found: Plan) -> int:
    count = place = 0
    while place + len(wanted) <= len(found):
        is_here = found[place : place + len(wanted)] == wanted
        count += is_here
        place += len(wanted) if is_here else 1
    return count


def _every_series(layers: Layers) -> Iterator[Layers]:
    yield layers
    for _, layer in walk(layers):
        if isinstance(layer, Container):
            yield from (held for _, held in layer.series())


def _made_of(traced: Trace) -> tuple[Plan | None, int]:
    """The plan of what comes again and again, and how often it does."""
    layers = traced.architecture.layers
    block = main_block(layers)
    if block is None:
        return None, 0
    return plan(layers[block.start :][: block.length]), block.times


def _widest(traced: Trace) -> int:
    """The most channels of a map."""
    maps = (row.output_shape for row in traced.rows if len(row.output_shape) == 3)
    return max((shape[2] for shape in maps), default=0)


def _side(traced: Trace) -> int:
    return traced.architecture.input[0]
