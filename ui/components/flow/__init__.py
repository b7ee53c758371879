"""A pad whose ink flows through a trained network while one draws: its maps and its answer, all in
the browser. Nothing is sent, neither while one draws nor after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ui.components.component import component

_mount = component("flow")


@dataclass(frozen=True, slots=True)
class Stage:
    """The maps that are shown of a layer: the name of its row, and what they are called."""

    layer: str
    title: str
    about: str


def flow(network: str, stages: Sequence[Stage], names: Sequence[str], *, key: str) -> None:
    """Shows the pad and the network at that address: some stages of it, and its answer by names."""
    data = {"network": network, "stages": [asdict(one) for one in stages], "names": list(names)}
    _mount(key=key, data=data)
