"""The name under which scripts that were exported import what changes their images."""

from cnn.training.engine.augmentation import augmented
from cnn.training.engine.augmenting.layers import Augmenting

__all__ = ["Augmenting", "augmented"]
