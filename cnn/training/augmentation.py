"""The name under which scripts that were exported import `augmented`."""

from cnn.training.engine.augmentation import augmented

__all__ = ["augmented"]
