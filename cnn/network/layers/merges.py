"""How a container joins the outputs of its series: every merge, with its shape and its names.

What a merge computes, and how it is drawn and told, is in the tables of those who do that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnn.network.errors import ArchitectureError
from cnn.network.shapes import Shape, shape_text

Shapes = Sequence[Shape]


@dataclass(frozen=True, slots=True)
class Merge:
    """One way to join: its word in JSON and in links, and Keras' name of the layer that does it.

    `hint` says what it does in the editor, `purpose` in a PyTorch script, `torch` in code there.
    """

    word: str
    keras: str
    hint: str
    purpose: str
    torch: str
    shape: Callable[[Shapes], Shape]
    """The shape that the series' outputs have together, or the reason why they have none."""
    formula: Callable[[Shapes, Shape], str]
    """The merge with the numbers put in, from the shapes and the one they make."""
    has_axis: bool = False
    """Whether Keras' layer is told along which axis it joins."""


def _side_by_side(shapes: Shapes) -> Shape:
    if len({len(shape) for shape in shapes}) > 1:
        raise ArchitectureError(
            f"the branches give {_listed(shapes)}; side by side needs maps only, or vectors only. "
            "Let all branches end as a map, or all as a vector."
        )
    if len({shape[:-1] for shape in shapes}) > 1:
        raise ArchitectureError(
            f"the branches give {_listed(shapes)}; side by side needs equal height and width. "
            'Use padding="same" and the same strides in every branch, or a Cropping2D on what is '
            "larger."
        )
    return *shapes[0][:-1], sum(shape[-1] for shape in shapes)


def _channels_added_up(shapes: Shapes, merged: Shape) -> str:
    channels = " + ".join(str(shape[-1]) for shape in shapes)
    return f"{channels} = {merged[-1]} {'channels' if len(merged) == 3 else 'features'}"


def _equal(what: str) -> Callable[[Shapes], Shape]:
    def shape(shapes: Shapes) -> Shape:
        if len(set(shapes)) > 1:
            raise ArchitectureError(
                f"the branches give {_listed(shapes)}; {what} needs equal shapes. "
                'Give them the same filters, strides and padding, or use merge="concatenate".'
            )
        return shapes[0]

    return shape


def _two_equal(shapes: Shapes) -> Shape:
    if len(shapes) != 2:
        raise ArchitectureError(
            f"there are {len(shapes)} branches; a difference is that of two, the first less the "
            "second. Keep two."
        )
    return _equal("a difference")(shapes)


def _repeated(shapes: Shapes) -> Shape:
    """Equal along each axis but for sizes of 1; a vector is a map of 1x1, as in Keras."""
    rank = max(map(len, shapes))
    each = zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True)
    sizes = [sorted({1, *along}) for along in each]
    if max(map(len, sizes)) > 2:
        raise ArchitectureError(
            f"the branches give {_listed(shapes)}; a product needs equal sizes, or sizes of 1, "
            "which are repeated. Give them the same filters, strides and padding, or let one end "
            "as 1x1 or in a single channel."
        )
    return tuple(found[-1] for found in sizes)


def _between(sign: str) -> Callable[[Shapes, Shape], str]:
    def formula(shapes: Shapes, merged: Shape) -> str:
        repeated = ", sizes of 1 repeated" if len(set(shapes)) > 1 else ""
        return (
            f"{sign.join(map(shape_text, shapes))} = {shape_text(merged)}, value by value{repeated}"
        )

    return formula


def _mean(shapes: Shapes, merged: Shape) -> str:
    total = " + ".join(map(shape_text, shapes))
    return f"({total}) / {len(shapes)} = {shape_text(merged)}, value by value"


def _largest(shapes: Shapes, merged: Shape) -> str:
    return f"max({_listed(shapes)}) = {shape_text(merged)}, value by value"


def _listed(shapes: Shapes) -> str:
    return ", ".join(map(shape_text, shapes))


CONCATENATE = Merge(
    "concatenate",
    "Concatenate",
    "side by side in the channels",
    "puts their outputs side by side",
    "torch.cat([branch(x) for branch in self.branches], dim=1)",
    _side_by_side,
    _channels_added_up,
    has_axis=True,
)
ADD = Merge(
    "add",
    "Add",
    "summed value by value",
    "adds their outputs",
    "sum(branch(x) for branch in self.branches)",
    _equal("a sum"),
    _between(" + "),
)
MULTIPLY = Merge(
    "multiply",
    "Multiply",
    "multiplied value by value",
    "multiplies their outputs",
    """torch.stack(
            torch.broadcast_tensors(*(branch(x) for branch in self.branches))
        ).prod(dim=0)""",
    _repeated,
    _between(" times "),
)
MAXIMUM = Merge(
    "maximum",
    "Maximum",
    "the largest value of them",
    "keeps the largest of their values",
    "torch.stack([branch(x) for branch in self.branches]).amax(dim=0)",
    _equal("a maximum"),
    _largest,
)
AVERAGE = Merge(
    "average",
    "Average",
    "their mean",
    "takes the mean of their outputs",
    "torch.stack([branch(x) for branch in self.branches]).mean(dim=0)",
    _equal("a mean"),
    _mean,
)
SUBTRACT = Merge(
    "subtract",
    "Subtract",
    "the first less the second",
    "subtracts the second from the first",
    "self.branches[0](x) - self.branches[1](x)",
    _two_equal,
    _between(" - "),
)
MERGES = {merge.word: merge for merge in (CONCATENATE, ADD, MULTIPLY, MAXIMUM, AVERAGE, SUBTRACT)}
"""By their words; the first is what is meant where nothing is said."""
