"""An example of each of Keras' augmentations, by its name."""

from typing import Any

EACH: dict[str, dict[str, Any]] = {
    "flip": {"flip": "both"},
    "crop": {"crop": 2},
    "brightness": {"brightness": 0.3},
    "contrast": {"contrast": 0.5},
    "colour": {"colour": 0.4},
    "randaugment": {"randaugment": 2},
    "erasing": {"erasing": 0.5},
    "mixup": {"mixup": 0.4},
    "cutmix": {"cutmix": 0.4},
}
ALL = {name: value for one in EACH.values() for name, value in one.items()}
