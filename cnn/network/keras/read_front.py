"""What stands before a Keras model's first real layer: its input, a Reshape to an image, rescaling.

A Normalization there becomes how the pixels are fed; `normalization` says how. Augmentation and
what gives images their size are left out; `augmentation` says which.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.errors import shown
from cnn.network.feed import Feed
from cnn.network.fields import Pair
from cnn.network.keras.augmentation import SCALING, prepared, size_note
from cnn.network.keras.graph import Merge, Series
from cnn.network.keras.normalization import Adapted, fed_by, note_on, says_range
from cnn.network.keras.read_graph import Node
from cnn.network.keras.read_kinds import layers_of
from cnn.network.keras.read_options import Notes, Options
from cnn.network.layers import Rescaling
from cnn.network.shapes import MapShape, Shape, element_count, shape_text

LEFT_OPEN = "Say the size, such as"
"""How an error begins to ask for a size that can be said beside the file."""


@dataclass(frozen=True, slots=True)
class Front:
    """The image that a network reads, and what it is fed for it."""

    image: MapShape
    feed: Feed | None
    """Where a Normalization says it; None where none stands first."""
    says_range: bool
    """Whether it also says from what to what the pixels go."""


@dataclass(frozen=True, slots=True)
class FrontReader:
    """The nodes of which the first is the input, and what an `Assembly` has beside them."""

    nodes: list[Node]
    notes: Notes
    given: MapShape | None
    adapted: Adapted | None

    def read(self, series: Series) -> tuple[Front, Series]:
        """What comes before the layers, and what is left of the series."""
        found = prepared(self.nodes, series, self.notes)
        size, image, series, reshaped_at = self._input(found.series, found.size)
        if found.size_behind:
            image = *found.size_behind, image[2]
        if found.sized_by:
            self.notes.others.append(size_note(found.sized_by, image))
        feed, is_said, series = self._normalized(series, size, image, reshaped_at)
        return Front(image, feed, is_said), series

    def _input(self, series: Series, sized: Pair | None) -> tuple[Shape, MapShape, Series, int]:
        """The input's shape and the image's; a Reshape that first makes one is part of it.

        Last comes how many layers stand before that Reshape: all, where there is none. Where a
        layer gives images their size, the shape is that which it makes.
        """
        size = self._input_size(self.nodes[0], sized)
        place, node = self._first(series)
        image, reshaped_at = size, len(series)
        flattened = node is not None and node.kind == "Flatten"
        if node and node.kind == "Reshape":
            options = Options.of(node, size, self.notes)
            target = target_of(options)
            flattened = len(target) == 1
            if len(target) == 3:
                options.finish()
                image, series = target, series[:place] + series[place + 1 :]
                reshaped_at = place
        if flattened and len(size) == 2:
            image = *size, 1
        if len(image) != 3:
            raise self.nodes[0].error(
                f"the input is {shape_text(size)}, but a network here begins with an image, height "
                "x width x channels. Give it such an Input, or begin with a Reshape to one."
            )
        if image != size:
            self.notes.others.append(
                f"The input {shape_text(size)} is read as an image of {shape_text(image)}."
            )
        height, width, channels = image
        return size, (height, width, channels), series, reshaped_at

    def _first(self, series: Series, before: tuple[str, ...] = SCALING) -> tuple[int, Node | None]:
        """The first layer that is more than a rescaling, unless branches come before it."""
        for place, item in enumerate(series):
            if isinstance(item, Merge):
                break
            if self.nodes[item].kind not in before:
                return place, self.nodes[item]
        return len(series), None

    def _normalized(
        self, series: Series, size: Shape, image: Shape, reshaped_at: int
    ) -> tuple[Feed | None, bool, Series]:
        """What a Normalization at the front feeds, and the layers without it and all before it."""
        place, node = self._first(series, ("Rescaling",))
        if node is None or node.kind != "Normalization":
            return None, False, series
        is_image = place >= reshaped_at or size == image
        options = Options.of(node, size if place < reshaped_at else image, self.notes)
        scalings = [
            Options.of(self.nodes[item], image, self.notes)
            for item in series[:place]
            if isinstance(item, int)
        ]
        layers = [layer for scaling in scalings for layer in layers_of(scaling)]
        before = [layer for layer in layers if isinstance(layer, Rescaling)]
        if len(before) < len(layers):
            return None, False, series
        feed = fed_by(options, before, self.adapted, may_stay=is_image)
        if feed is None:
            return None, False, series
        for taken in (*scalings, options):
            taken.finish()
        is_said = says_range(before, feed)
        self.notes.others.append(note_on(node, feed, is_said=is_said, rescaled=bool(before)))
        says_nothing = not (is_said or feed.mean or feed.sd)
        return None if says_nothing else feed, is_said, series[place + 1 :]

    def _input_size(self, node: Node, sized: Pair | None) -> Shape:
        options = Options.of(node, (), self.notes)
        whole = options.take("batch_shape") or options.take("batch_input_shape")
        if (whole is None or whole == []) and self.given:
            whole = [None, *self.given]
        if not isinstance(whole, list) or not whole:
            raise node.error(f"the model has no input shape. {asked_for((None, None, None))}")
        size = tuple(whole[1:])
        if sized and len(size) != 3:
            raise node.error(
                f"the input is {shown(size)}, but only an image, height x width x channels, can be "
                f"given a size. {asked_for(size)}"
            )
        if sized:
            size = *sized, size[2]
        if self.given and len(size) == len(self.given):
            filled = zip(size, self.given, strict=True)
            size = tuple(other if side is None else side for side, other in filled)
        if not size or any(type(side) is not int or side < 1 for side in size):
            raise node.error(
                f"the input is {shown(size)}, but every size must be known and at least 1. "
                f"{asked_for(size)}"
            )
        if whole[0] is not None:
            self.notes.others.append(f"Left out: the fixed batch size of {shown(whole[0])}.")
        options.finish()
        return size


def asked_for(size: tuple[object, ...]) -> str:
    """What to do about a size that is not known; those that are stay in what is to be typed."""
    usual = 28, 28, 1
    sides = size if len(size) == 3 else usual
    known = tuple(
        side if type(side) is int and side > 0 else other
        for side, other in zip(sides, usual, strict=True)
    )
    is_open = [side is None or side == one for side, one in zip(sides, known, strict=True)]
    if len(size) != 3 or not all(is_open):
        return f"Give it an Input such as {known}."
    text = shape_text(known)
    return (
        f"{LEFT_OPEN}: --input {text} on the command line, {text} as Size of the input on a page, "
        f"or keras.Input({known}) in the model."
    )


def target_of(options: Options) -> Shape:
    """The shape a Reshape makes; -1 stands for what is left."""
    node = options.node
    target = options.take("target_shape")
    sizes = target if isinstance(target, list) else []
    if not sizes or any(type(size) is not int or size < -1 or size == 0 for size in sizes):
        raise node.error(f"target_shape must be a list of sizes, got {shown(target)}.")
    count = element_count(options.shape)
    known = element_count(tuple(size for size in sizes if size > 0))
    shape = tuple(count // known if size < 0 else size for size in sizes)
    if sizes.count(-1) > 1 or element_count(shape) != count:
        raise node.error(
            f"{shape_text(options.shape)} has {count:,} values and cannot become {shown(target)}."
        )
    return shape
