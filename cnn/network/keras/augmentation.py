"""What a Keras model does to its images before its network: augmentation, and giving them a size.

Augmentation acts in training alone, so it is left out and said; what gives a size says the Input's.
Owns how the front of a network is read without them; behind other layers `read_layers` refuses
both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from cnn.network.errors import shown
from cnn.network.fields import MAX_SIDE, Pair
from cnn.network.keras.graph import Merge, Series
from cnn.network.keras.read_graph import Node
from cnn.network.keras.read_options import Notes, Options
from cnn.network.shapes import Shape, shape_text

AUGMENTATION = (
    *("RandomBrightness", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation"),
    *("RandomZoom", "RandomHeight", "RandomWidth", "RandomShear", "RandomPerspective"),
    *("RandomHue", "RandomSaturation", "RandomSharpness", "RandomGrayscale", "RandomInvert"),
    *("RandomPosterization", "RandomColorDegeneration", "RandomColorJitter", "RandomErasing"),
    *("RandomElasticTransform", "RandomGaussianBlur", "Solarization"),
    *("RandAugment", "AugMix", "MixUp", "CutMix"),
)
"""Keras' layers that change an image in training, and leave it as it is in use."""

SIZING = ("Resizing", "CenterCrop", "RandomCrop")
"""Those that give an image a height and a width."""

SCALING = ("Rescaling", "Normalization")
"""Those of the front that stay, or become what the network is fed."""

RESHAPE = "Reshape"
MOST_NAMED = 12
NOT_SAID = ("name", "dtype", "trainable", "data_format", "seed", "height", "width")
USUAL = {
    "fill_mode": ("reflect", "constant"),
    "fill_value": (0, None),
    "interpolation": ("bilinear",),
    "value_range": ([0, 255],),
}
"""What Keras takes where nothing is said, and so is not said again."""

BEHIND_OTHERS = (
    "augmentation is left out where a network begins, but this stands behind other layers. Remove "
    "it, and choose augmentation in the training."
)
SIZED_BEHIND_OTHERS = (
    "an image gets its size where a network begins, but this stands behind other layers. There, "
    "use UpSampling2D, Cropping2D or a pooling."
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The series without what prepares its images, and the sizes that this gives them."""

    series: Series
    size: Pair | None
    """Height and width as they arrive, where a layer says them."""
    size_behind: Pair | None
    """The same behind a Reshape that makes an image."""
    sized_by: tuple[str, ...]


def prepared(nodes: list[Node], series: Series, notes: Notes) -> Prepared:
    """Leaves out what prepares the images before the first layer that is more, and notes it."""
    left: list[int] = []
    augmented: list[str] = []
    sized: list[str] = []
    size: Pair | None = None
    size_behind: Pair | None = None
    is_reshaped = False
    front = list(takewhile(lambda item: _is_front(nodes, item), series))
    for node, item in ((nodes[item], item) for item in front if isinstance(item, int)):
        if node.kind in AUGMENTATION:
            augmented.append(_said(node, notes))
        elif node.kind in SIZING:
            found = _size(node)
            size, size_behind = (size, found) if is_reshaped else (found, None)
            sized.append(f"{_said(node, notes)} to {shape_text(found)}")
        else:
            is_reshaped |= node.kind == RESHAPE
            left.append(item)
    if augmented:
        notes.others.append(
            f"Left out: {_listed(augmented)}. Augmentation belongs to how a network is trained: "
            "choose it in the training."
        )
    return Prepared((*left, *series[len(front) :]), size, size_behind, tuple(sized))


def size_note(sized_by: tuple[str, ...], image: Shape) -> str:
    """What is said of the layers that give the images their size, and of the size."""
    return (
        f"Left out: {_listed(sized_by)}. The input is {shape_text(image)} here: images are to "
        "arrive in that size."
    )


def _is_front(nodes: list[Node], item: int | Merge) -> bool:
    before = (*AUGMENTATION, *SIZING, *SCALING, RESHAPE)
    return not isinstance(item, Merge) and nodes[item].kind in before


def _size(node: Node) -> Pair:
    sides: list[int] = []
    for name in ("height", "width"):
        side = node.options.get(name)
        if type(side) is not int or not 1 <= side <= MAX_SIDE:
            raise node.error(
                f"{name} must be a whole number from 1 to {MAX_SIDE:,}, got {shown(side)}."
            )
        sides.append(side)
    return sides[0], sides[1]


def _said(node: Node, notes: Notes) -> str:
    """The layer with its name, and with the values that Keras does not take by itself."""
    options = Options.of(node, (), notes)
    told = [
        f"{name}={shown(value)}"
        for name, value in options.left.items()
        if name not in NOT_SAID and not _goes_without_saying(name, value)
    ]
    for name in set(options.left) - {"dtype", "data_format"}:
        options.take(name)
    options.finish()
    title = f"{node.kind} {shown(node.name)}"
    return f"{title} ({', '.join(told)})" if told else title


def _goes_without_saying(name: str, value: object) -> bool:
    return value is None or value is False or value in USUAL.get(name, ())


def _listed(layers: Sequence[str]) -> str:
    more = len(layers) - MOST_NAMED
    return ", ".join(layers[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
