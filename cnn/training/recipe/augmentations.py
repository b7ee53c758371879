"""The augmentations of Keras that a training may choose, each declared once.

They stand in the order in which images meet them, after shift, rotation and zoom, which are ours.
Owns what each is called, its setting and its layers; the engine draws and computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cnn.network.fields import Real, Whole
from cnn.network.shapes import MapShape
from cnn.numbers import exact
from cnn.training.recipe.setting import Panel, Setting, Word

Layers = list[tuple[str, dict[str, Any]]]
WARPS = ("shift", "rotation", "zoom")
"""The settings of our own three, which are done in one step, before all of Keras'."""

RANGE = (0, 1)
"""What pixels are between where they are changed."""

MOST_OPERATIONS = 5
LEAST = 0.05
"""Below it Keras' shares are not those of Beta(a, a): of 0.01, every sixth is one half."""


class Flip(StrEnum):
    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


FLIP_NAMES = {
    Flip.NONE: "none",
    Flip.HORIZONTAL: "left to right",
    Flip.VERTICAL: "upside down",
    Flip.BOTH: "both",
}
WAYS: dict[Flip, tuple[str, ...]] = {
    Flip.NONE: (),
    Flip.HORIZONTAL: ("horizontal",),
    Flip.VERTICAL: ("vertical",),
    Flip.BOTH: ("horizontal", "vertical"),
}
"""What Keras calls each way; it would draw once for both, so each has a layer of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """One way in which Keras changes images on their way into training.

    | part | what derives from it |
    |---|---|
    | `default`, `setting` | its field in the configuration; where it is at its default it is off |
    | `layers` | the layers of Keras that do it, in turn: each class and what it is made with |
    | `channels` | how many channels an image must have; None is any number |
    | `is_mixing` | whether two images become one, and so do their labels |
    | `example` | the value at which its cost is measured |
    | `times` | how many times that cost a configuration's value has |
    """

    default: Any
    setting: Setting
    layers: Callable[[Any, MapShape], Layers]
    channels: int | None = None
    is_mixing: bool = False
    example: Any
    times: Callable[[Any], int] = lambda own: 1


def _flip_said(flip: Flip) -> str:
    ways = " and ".join(FLIP_NAMES[Flip(way)] for way in WAYS[flip])
    return f"{ways}, half of them{' each way' * (flip is Flip.BOTH)}"


def _setting(name: str, **parts: Any) -> Setting:
    return Setting(panel=Panel.AUGMENTATION, is_later=True, in_address=f"augment_{name}", **parts)


AUGMENTATIONS: Mapping[str, Augmentation] = {
    "flip": Augmentation(
        default=Flip.NONE,
        setting=_setting(
            "flip",
            rule=Word(Flip, FLIP_NAMES),
            label="Flip",
            hint="Mirrors half of the images, drawn for each; with both, half of them each way. "
            "Digits and letters do not stay what they are.",
            title="Images flipped",
            said=lambda own: _flip_said(own.flip),
        ),
        layers=lambda own, shape: [("RandomFlip", {"mode": way}) for way in WAYS[own.flip]],
        example=Flip.HORIZONTAL,
        times=lambda own: len(WAYS[own.flip]),
    ),
    "crop": Augmentation(
        default=0,
        setting=_setting(
            "crop",
            rule=Whole(0, 32),
            label="Crop",
            unit="pixels",
            hint="A black frame of so many pixels is put around the images, and they are cut to "
            "their size at a drawn place: one place for all images of a step.",
            title="Images cropped",
            said=lambda own: f"out of a frame of {own.crop} pixels",
        ),
        layers=lambda own, shape: [
            ("ZeroPadding2D", {"padding": own.crop}),
            ("RandomCrop", {"height": shape[0], "width": shape[1]}),
        ],
        example=4,
    ),
    "brightness": Augmentation(
        default=0.0,
        setting=_setting(
            "brightness",
            rule=Real(0.0, 1.0),
            label="Brightness",
            step=0.05,
            hint="Makes an image lighter or darker by up to so much: 0.2 adds or takes up to 0.2 "
            "of the way from black to white.",
            title="Brightness changed",
            said=lambda own: f"by up to {exact(100 * own.brightness)} % of white",
        ),
        layers=lambda own, shape: [
            ("RandomBrightness", {"factor": own.brightness, "value_range": RANGE})
        ],
        example=0.2,
    ),
    "contrast": Augmentation(
        default=0.0,
        setting=_setting(
            "contrast",
            rule=Real(0.0, 1.0),
            label="Contrast",
            step=0.05,
            hint="Brings the pixels of each channel nearer to their mean, or farther from it: 0.2 "
            "makes the distance 0.8 to 1.2 times what it was.",
            title="Contrast changed",
            said=lambda own: f"by up to {exact(100 * own.contrast)} %",
        ),
        # Of one number Keras takes the upper half alone.
        layers=lambda own, shape: [
            ("RandomContrast", {"factor": (own.contrast, own.contrast), "value_range": RANGE})
        ],
        example=0.2,
    ),
    "colour": Augmentation(
        default=0.0,
        setting=_setting(
            "colour",
            rule=Real(0.0, 1.0),
            label="Colour",
            step=0.05,
            hint="Of images in colour: the hue moves either way by up to so much of half the "
            "circle of colours, and the saturation grows or falls with it; 1 is any hue, from "
            "grey to full colour.",
            title="Colour changed",
            said=lambda own: f"by up to {exact(100 * own.colour)} % in hue and saturation",
        ),
        layers=lambda own, shape: [
            (
                "RandomColorJitter",
                {
                    "value_range": RANGE,
                    "saturation_factor": (0.5 - own.colour / 2, 0.5 + own.colour / 2),
                    "hue_factor": own.colour,
                },
            )
        ],
        channels=3,
        example=0.2,
    ),
    "randaugment": Augmentation(
        default=0,
        setting=_setting(
            "randaugment",
            rule=Whole(0, MOST_OPERATIONS),
            label="RandAugment",
            unit="operations",
            hint="So many of Keras' eleven operations in turn, drawn for each step: shear, shift, "
            "turn, brightness, greyer, contrast, sharpness, fewer levels, solarize, stretched "
            "contrast, equalize. All eleven are computed each time, which takes long.",
            title="Images changed",
            said=lambda own: (
                f"by {own.randaugment} of RandAugment's operations a step, strength "
                f"{exact(own.randaugment_strength)}"
            ),
        ),
        layers=lambda own, shape: [
            (
                "RandAugment",
                {
                    "value_range": RANGE,
                    "num_ops": own.randaugment,
                    "factor": own.randaugment_strength,
                },
            )
        ],
        example=1,
        times=lambda own: own.randaugment,
    ),
    "erasing": Augmentation(
        default=0.0,
        setting=_setting(
            "erasing",
            rule=Real(0.0, 1.0),
            label="Erasing",
            step=0.05,
            hint="In so large a share of the images a drawn rectangle becomes noise, each of its "
            "sides from 14 % to 57 % of the image's.",
            title="A rectangle erased",
            said=lambda own: f"in {exact(100 * own.erasing)} % of the images",
        ),
        # Of one number Keras would draw the share anew for each image, from 0 to it.
        layers=lambda own, shape: [
            ("RandomErasing", {"factor": (own.erasing, own.erasing), "value_range": RANGE})
        ],
        example=0.5,
    ),
    "mixup": Augmentation(
        default=0.0,
        setting=_setting(
            "mixup",
            rule=Real(0.0, 1.0, least=LEAST),
            label="MixUp",
            step=0.05,
            hint="Blends each image, and its label, with another of the step. The share is drawn "
            "from Beta(a, a), where a is this number: 0.2 mostly leaves one of both, 1 gives all "
            "shares alike.",
            title="Images blended",
            said=lambda own: (
                f"in pairs by MixUp, shares from Beta({exact(own.mixup)}, {exact(own.mixup)})"
            ),
        ),
        layers=lambda own, shape: [("MixUp", {"alpha": own.mixup})],
        is_mixing=True,
        example=0.2,
    ),
    "cutmix": Augmentation(
        default=0.0,
        setting=_setting(
            "cutmix",
            rule=Real(0.0, 1.0, least=LEAST),
            label="CutMix",
            step=0.05,
            hint="Puts a rectangle of another image of the step into each image; the label is "
            "mixed by area. The share that stays is drawn from Beta(a, a), where a is this number.",
            title="Images put together",
            said=lambda own: (
                f"in pairs by CutMix, shares from Beta({exact(own.cutmix)}, {exact(own.cutmix)})"
            ),
        ),
        # Of one number Keras would draw `a` itself, from 0 to it.
        layers=lambda own, shape: [("CutMix", {"factor": (own.cutmix, own.cutmix)})],
        is_mixing=True,
        example=0.2,
    ),
}


def augmentation(name: str) -> Any:
    """The field of a configuration that chooses this augmentation."""
    one = AUGMENTATIONS[name]
    return field(default=one.default, metadata={"setting": one.setting})


def chosen(own: Any) -> dict[str, Augmentation]:
    """Those of Keras that a configuration chooses, by name, in the order of the images."""
    return {name: one for name, one in AUGMENTATIONS.items() if getattr(own, name) != one.default}
