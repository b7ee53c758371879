"""Layers that come again one behind another: which stretch, of how many layers, and how often."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cnn.network.layers.base import Layer
from cnn.network.layers.containers import Container, Layers, changed

MOST_IN_ONE = 24
"""So many layers at most are looked at as one that comes again."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many layers from a place on, so many times one behind another."""

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.times


def plan_of(layer: Layer) -> Hashable:
    """Its kind and those of the layers it holds; not how wide they are."""
    if not isinstance(layer, Container):
        return layer.kind
    return layer.kind, layer.merge, tuple(tuple(map(plan_of, held)) for _, held in layer.series())


def after_training(layer: Layer) -> Hashable:
    """All of it but how much training leaves out, which often grows from block to block."""
    return changed(layer, lambda one: type(one)() if one.is_idle else one)


def stretches(layers: Layers, key: Callable[[Layer], Hashable]) -> tuple[Stretch, ...]:
    """The layers in order, as stretches whose layers are alike by the key; most are one layer."""
    keys = [key(layer) for layer in layers]
    found: list[Stretch] = []
    place = 0
    while place < len(keys):
        longest = Stretch(place, 1, 1)
        for length in range(1, min(MOST_IN_ONE, (len(keys) - place) // 2) + 1):
            times = _times(keys, place, length)
            if times > 1 and length * times > longest.length * longest.times:
                longest = Stretch(place, length, times)
        found.append(longest)
        place = longest.end
    return tuple(found)


def _times(keys: list[Hashable], place: int, length: int) -> int:
    first = keys[place : place + length]
    times = 1
    while keys[place + times * length : place + (times + 1) * length] == first:
        times += 1
    return times


def main_block(layers: Layers) -> Stretch | None:
    """The container whose plan holds most of the kernels, as often as there is one of that plan;
    where there is none the stretch that does; None where nothing comes again.
    """
    plans: dict[Hashable, list[int]] = {}
    for place, layer in enumerate(layers):
        if isinstance(layer, Container):
            plans.setdefault(plan_of(layer), []).append(place)
    again = [Stretch(places[0], 1, len(places)) for places in plans.values()]
    if not again:
        again = [one for one in stretches(layers, plan_of) if one.times > 1]
    return max(
        again,
        key=lambda one: one.times * _kernels(layers[one.start :][: one.length]),
        default=None,
    )


def _kernels(layers: Layers) -> int:
    return sum(
        sum(_kernels(held) for _, held in layer.series())
        if isinstance(layer, Container)
        else layer.kernels
        for layer in layers
    )
