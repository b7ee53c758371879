"""What a data set declares, once: its words, its images, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cnn.data.dataset import Source
from cnn.data.fitting import ImageShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A data set as it is offered; the shape is that of its images before they are fitted.

    `load` and `class_names` are given the `DatasetSpec`, `load` the shape that is wanted too; a set
    that `is_made_to_fit` has its images in that shape from the beginning.
    """

    title: str
    description: str
    image_shape: ImageShape
    load: Callable[[Any, ImageShape], Source]
    class_names: Callable[[Any], tuple[str, ...] | None]
    usual_epochs: int
    is_here: Callable[[], bool] = lambda: True
    is_made_to_fit: bool = False
    against_repeats: str = ""
