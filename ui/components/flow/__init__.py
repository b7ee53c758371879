"""A pad whose ink flows through a trained network while one draws: its maps and its answer, all in
the browser. Nothing is sent, neither while one draws nor after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from cnn.pictures.page.stages import Stage
from ui.components.component import component

_mount = component("flow")


def flow(network: str, stages: Sequence[Stage], names: Sequence[str], *, key: str) -> None:
    """Shows the pad and the network at that address: some stages of it, and its answer by names."""
    data = {
        "network": network,
        "stages": [asdict(one) for one in stages],
        "names": list(names),
        "what": "a digit",
        "example": True,
    }
    _mount(key=key, data=data)
