"""Networks: found, read, traced, shown in a notebook, and built for Keras and PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnn.network import zoo as known
from cnn.network.architecture import SHOWN, Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.trace import Trace, trace

if TYPE_CHECKING:
    import keras

    from cnn.network.keras.model import Weights

__all__ = [
    "Architecture",
    "ArchitectureError",
    "Trace",
    "build",
    "read",
    "to_torch",
    "trace",
    "zoo",
]

Size = tuple[int, int, int]


class Zoo(Mapping[str, Architecture]):
    """The networks that come along, by their ids; read when one is asked for."""

    def __getitem__(self, id: str) -> Architecture:
        if id not in known.zoo():
            raise KeyError(f"{id}. There are: {', '.join(known.zoo())}.")
        return known.zoo()[id].architecture

    def __iter__(self) -> Iterator[str]:
        return iter(known.zoo())

    def __len__(self) -> int:
        return len(known.zoo())

    def __repr__(self) -> str:
        return f"Zoo({', '.join(self)})"


zoo = Zoo()


def read(source: str | Path, size: Size | None = None, pixels: str | None = None) -> Architecture:
    """The network of a zoo id, or of a file: our JSON, Keras' JSON, or one with weights (`.keras`,
    `.onnx`, `.safetensors`).

    `size` is another input, `pixels` says what it is fed, such as `0..255`. What is not read of a
    design, or not said in it, is a warning; nothing in a file is run, and its weights stay there.
    """
    from cnn.network.keras.read import WITHOUT_WEIGHTS
    from cnn.network.shapes import shape_text
    from cnn.network.source import chosen

    found = chosen(str(source), shape_text(size) if size else None, pixels)
    for note in (*found.notes, found.assumed):
        if note and note != WITHOUT_WEIGHTS:
            said = note.replace("--pixels", "`pixels`").replace("--input", "`size`")
            warnings.warn(said, stacklevel=2)
    return found.architecture


def network_of(source: Architecture | str | Path) -> Architecture:
    """A network as it is given to a verb: itself, or what `read` takes."""
    return source if isinstance(source, Architecture) else read(source)


def build(network: Architecture, weights: Weights | None = None) -> keras.Model:
    """The Keras model of a network, with weights such as `Trained.weights` where they are given."""
    from cnn.network.keras import model

    made = model.build(network)
    if weights is not None:
        model.set_weights(made, network, weights)
    return made


def to_torch(network: Architecture, weights: Weights | None = None) -> Any:
    """The PyTorch module of a network, with weights such as `Trained.weights` where they are given.

    Its class is the one that the page and `python -m cnn code` write; it takes channels first.
    """
    from cnn.network.torch.live import torch_module

    return torch_module(network, weights)


def _svg(network: Architecture) -> str:
    from cnn.pictures.network.diagram import diagram
    from cnn.pictures.network.slabs import standalone

    return standalone(diagram(trace(network, partial=True)))


def _html(network: Architecture) -> str:
    """The picture where its words have the page's colour, beside its sums."""
    from html import escape

    from cnn.pictures.network.diagram import diagram

    traced = trace(network, partial=True)
    below = escape(str(traced.fault or traced.params_text))
    return (
        f"<div><strong>{escape(network.name)}</strong>, {below}"
        f'<div style="overflow-x:auto">{diagram(traced)}</div></div>'
    )


SHOWN.update(svg=_svg, html=_html)
