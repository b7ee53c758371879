"""A graph of layers as series and parallel parts, nested in each other.

Knows numbers only: what the nodes are is the importer's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merge:
    """A node with several inputs, and the series that lead to each of them from where they part."""

    node: int
    branches: tuple[Series, ...]


Series = tuple[int | Merge, ...]
"""Nodes one after the other, from the one after the start to the end."""


class NotNestedError(Exception):
    """The graph is no nest of series and parallel parts: the node is used twice, or for nothing."""

    def __init__(self, node: int, *, unused: bool = False) -> None:
        super().__init__(node)
        self.node = node
        self.unused = unused


class TooDeepError(Exception):
    """The parallel parts are nested deeper than asked for."""

    def __init__(self, node: int) -> None:
        super().__init__(node)
        self.node = node


def series_parallel(inputs: Sequence[Sequence[int]], output: int, max_depth: int) -> Series:
    """The nodes between node 0 and `output`, as nested series and parallel parts.

    `inputs[node]` are the nodes that feed it, all of smaller number; node 0 has none. Every node
    but 0 must be used exactly once.

    The branches of a merge part at the nearest node that dominates all its inputs (the last one
    that every way to the merge passes), so a series is a way up the tree of dominators.
    """
    split = _dominators(inputs)
    used = [False] * len(inputs)

    def series(start: int, end: int, depth: int) -> Series:
        if depth > max_depth:
            raise TooDeepError(end)
        way = []
        node = end
        while node != start:
            if used[node]:
                raise NotNestedError(node)
            used[node] = True
            way.append(node)
            node = split[node]
        return tuple(
            Merge(node, tuple(series(split[node], branch, depth + 1) for branch in inputs[node]))
            if len(inputs[node]) > 1
            else node
            for node in reversed(way)
        )

    found = series(0, output, 0)
    for node, seen in enumerate(used):
        if node and not seen:
            raise NotNestedError(node, unused=True)
    return found


def _dominators(inputs: Sequence[Sequence[int]]) -> list[int]:
    """For each node the last one before it that every way from node 0 to it passes."""
    split, depth = [0], [0]
    for feeds in inputs[1:]:
        nearest = feeds[0]
        for other in feeds[1:]:
            while nearest != other:
                if depth[nearest] >= depth[other]:
                    nearest = split[nearest]
                else:
                    other = split[other]
        split.append(nearest)
        depth.append(depth[nearest] + 1)
    return split
