"""Keras' augmentations as a training has them, and as a page shows them without TensorFlow."""
