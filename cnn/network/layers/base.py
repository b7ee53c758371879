"""What every kind of layer has in common: its fields by rule, JSON, shapes, weights and cost."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar

from cnn.network.errors import ArchitectureError
from cnn.network.fields import Pair, read_field
from cnn.network.shapes import Axis, Shape, Spread, element_count, shape_text

Axes = tuple[Axis, Axis]
Spreads = tuple[Spread, Spread]


@dataclass(frozen=True, slots=True)
class Weight:
    """One array of numbers a layer holds, named and ordered as Keras does."""

    name: str
    shape: Shape
    trainable: bool = True
    start: float = 0.0
    """What it begins as in a network that nobody has trained; kernels are drawn."""
    is_whole: bool = False
    """Whether Keras keeps it as a whole number."""
    other: Shape | None = None
    """Its shape in another layer of Keras that does the same."""

    @property
    def count(self) -> int:
        return element_count(self.shape)


class Layer:
    """One layer as a value: all facts about its kind sit in its class.

    The defaults here are those of a layer that changes neither shape nor size and holds nothing.
    Shapes that a layer cannot take are refused by `output_shape`, which the trace asks first.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    activation: str | None = None
    """What it applies to its values by itself."""

    purpose: ClassVar[str] = ""
    common_fields: ClassVar[tuple[str, ...]] = ()
    sees_everything: ClassVar[bool] = False
    kernels: ClassVar[int] = 0
    is_idle: ClassVar[bool] = False
    """Whether it acts in training alone, and gives what it got afterwards."""
    same_in_keras: ClassVar[bool] = True
    """Whether Keras has a layer of this name with these fields."""

    letters: ClassVar[str]
    """What it is in a link."""
    family: ClassVar[str]
    """The kinds that share its colour."""
    word: ClassVar[str]
    """What it is called in a picture, in a word or two; of a thin one only where it is idle."""
    is_thin: ClassVar[bool] = False
    """Whether a picture draws it with the layer that it stands behind."""
    shelf: ClassVar[str]
    """The group of the palette that offers it."""
    leads_shelf: ClassVar[bool] = False
    start: ClassVar[dict[str, Any]] = {}
    """What a new one has in the editor, where its defaults are no layer or not what one wants."""

    def __post_init__(self) -> None:
        for name, rule in rules(type(self)).items():
            object.__setattr__(self, name, read_field(rule, name, getattr(self, name)))
        self.check()

    def check(self) -> None:
        """Refuses combinations of fields that cannot be; each field alone is valid by now."""

    @property
    def kind(self) -> str:
        return type(self).__name__

    def output_shape(self, shape: Shape) -> Shape:
        """The shape this layer makes of its input's, or the reason why it cannot."""
        return shape

    def axes(self, shape: Shape) -> Axes | None:
        """How the window slides along height and width, where there is one."""
        return None

    def spread(self, shape: Shape) -> Spreads | None:
        """How cells are spread along height and width, where they are, or which are cut off."""
        return None

    def along(self, shape: Shape) -> Axes | Spreads | None:
        """How cells of the output meet those of the input, where not each meets its own."""
        return self.axes(shape) or self.spread(shape)

    def weights(self, shape: Shape) -> tuple[Weight, ...]:
        """The arrays this layer holds for an input of this shape."""
        return ()

    def macs(self, shape: Shape) -> int:
        """Multiply-accumulate operations for one image, without the bias."""
        return 0

    def kernel_macs(self, shape: Shape) -> tuple[int, ...]:
        """The same, kernel by kernel, in the order in which they are used."""
        return (self.macs(shape),) if self.kernels else ()

    def back_macs(self, shape: Shape, is_asked: bool) -> Pair:
        """Those of the way back: for the gradients of its weights, and for those of its inputs,
        of which the first is asked for if `is_asked`. Its kernels come first among its weights.
        """
        of_weights = of_inputs = 0
        for macs, kernel in zip(self.kernel_macs(shape), self.weights(shape), strict=False):
            of_inputs += macs if is_asked else 0
            of_weights += macs if kernel.trainable else 0
            is_asked = is_asked or kernel.trainable
        return of_weights, of_inputs

    def held_values(self, shape: Shape) -> int:
        """Values that it works out for one image on the way to its output, and keeps to train."""
        return 0

    def shape_formula(self, shape: Shape) -> str:
        """The output size, with the numbers put in."""
        return f"same as the input: {shape_text(shape)}"

    def param_formula(self, shape: Shape) -> str:
        """The parameters spelled out, without their sum: `16 x 5x5x6 + 16`."""
        return "0"

    def mac_formula(self, shape: Shape) -> str:
        """The multiply-accumulates spelled out, without their product."""
        return "0"


def rules(kind: type[Layer]) -> dict[str, Any]:
    """The rule of every field of a kind, in order."""
    known = _rules.get(kind)
    if known is None:
        known = _rules[kind] = {
            field.name: field.metadata["rule"] for field in fields(kind) if "rule" in field.metadata
        }
    return known


_rules: dict[type[Layer], dict[str, Any]] = {}


def defaults(kind: type[Layer]) -> dict[str, Any]:
    """What each field is when it is left out; fields that must be given are not in it."""
    return {field.name: field.default for field in fields(kind) if field.default is not MISSING}


def snake_case(kind: str) -> str:
    """A kind as Keras names its layers: `MaxPooling2D` -> `max_pooling2d`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=2D)(?=[A-Z])", "_", kind).replace("_2D", "2D").lower()


def needs_map(layer: Layer, shape: Shape) -> None:
    """Refuses a vector where only a map will do."""
    if len(shape) != 3:
        raise ArchitectureError(
            f"needs a map (height x width x channels), but gets a vector of {shape[0]:,}. "
            f"Move the {layer.kind} before the layer that made it a vector."
        )


def slide_formula(axes: Axes | Spreads) -> str:
    """Both axes' formula, or one where they are equal."""
    rows, columns = axes
    if rows == columns:
        return rows.formula
    return f"height: {rows.formula}; width: {columns.formula}"


def fitting_output(axes: Axes, what: str) -> tuple[int, int]:
    """Height and width after the slide; refused where the window is larger than its input."""
    rows, columns = axes
    if rows.room < 0 or columns.room < 0:
        spans = f"{rows.effective_kernel}x{columns.effective_kernel}"
        padded = " with its padding" if rows.padding or columns.padding else ""
        raise ArchitectureError(
            f"a {spans} {what} does not fit a {rows.size}x{columns.size} input{padded}. "
            f'Use padding="same" or a smaller {what}'
            + (", or a smaller dilation_rate." if rows.dilation * columns.dilation > 1 else ".")
        )
    return rows.output, columns.output
