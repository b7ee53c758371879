"""Layers that Keras has not: as classes of Keras, and as the lines that a script brings along.

Their names and their package are all that a file has of them; whoever loads it with Keras needs
the class itself. Keras is imported by calling, not before.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from cnn.network.architecture import Architecture, walk
from cnn.network.layers import Layer, PositionEmbedding

if TYPE_CHECKING:
    import keras

PACKAGE = "cnn_workbench"
"""What the classes are registered under, as the decorators below spell it out."""


@cache
def position_embedding() -> type[keras.Layer]:
    import keras
    from keras import layers

    @keras.saving.register_keras_serializable(package="cnn_workbench")
    class PositionEmbedding(layers.Layer):  # type: ignore[misc]  # Keras ships no types
        """Adds a learned number to each channel of each cell of a map."""

        def build(self, input_shape: tuple[int, ...]) -> None:
            self.embedding = self.add_weight(
                name="embedding",
                shape=input_shape[1:],
                initializer=keras.initializers.RandomNormal(stddev=0.02),
            )

        def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
            return inputs + self.embedding

    return PositionEmbedding


OWN: dict[type[Layer], Callable[[], Any]] = {PositionEmbedding: position_embedding}
"""By our kind of the same name, what makes the class."""


def registered_name(kind: str) -> str | None:
    """What Keras calls a class of ours in a file; None of a kind that Keras has itself."""
    return f"{PACKAGE}>{kind}" if kind in {one.__name__ for one in OWN} else None


def own_kinds(architecture: Architecture) -> tuple[type[Layer], ...]:
    """Those in the network that Keras has not."""
    found = {type(layer) for _, layer in walk(architecture.layers)}
    return tuple(kind for kind in OWN if kind in found)


def classes_text(architecture: Architecture) -> str:
    """Their classes as a script has them, which needs `keras` and its `layers`; else nothing."""
    return "\n\n\n".join(_text(OWN[kind]) for kind in own_kinds(architecture))


def _text(make: Callable[[], Any]) -> str:
    """The lines of the class that a function makes, without what they say to a type checker."""
    source = inspect.getsource(make)
    lines = source[source.index("    @keras.saving") : source.rindex("\n    return ")]
    plain = [line.partition("  # type: ")[0].rstrip() for line in lines.splitlines()]
    return textwrap.dedent("\n".join(plain)).rstrip()
