"""Images changed by layers of Keras on their way into training, and labels mixed with them.

Keras' layers count their draws by themselves, so a training that was cut off would meet others when
it goes on. Here the seed and the step decide each draw, and nothing else.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from cnn.network.shapes import MapShape
from cnn.training.engine.augmentation import augmented
from cnn.training.recipe.augmentations import WARPS, chosen
from cnn.training.recipe.configuration import Configuration


class Augmenting:
    """All augmentations of one training, in their order; made once, outside what is compiled."""

    def __init__(self, tf: Any, configuration: Configuration, image_shape: MapShape) -> None:
        import keras

        configuration.check_channels(image_shape[-1])
        self.tf, self.configuration = tf, configuration
        self.is_warped = any(getattr(configuration, name) for name in WARPS)
        self.seeds = _seeds(tf, keras)
        # There is no loop or condition of TensorFlow in it, so nothing that it has to look for.
        self._changed = tf.autograph.experimental.do_not_convert(self._all_changed)
        self.layers = []
        for name, one in chosen(configuration).items():
            for turn, (called, given) in enumerate(one.layers(configuration, image_shape)):
                # By name: what else is chosen, and what the table is to have one day, is no matter.
                which = crc32(f"{name} {turn}".encode()) >> 1
                self.layers.append((which, one.is_mixing, self._layer(keras, called, given)))

    def _layer(self, keras: Any, called: str, given: dict[str, Any]) -> Any:
        kind = getattr(keras.layers, called)
        if not _is_random(kind):
            return kind(**given)
        layer = kind(**given, seed=0)  # without one, Keras would draw it where weights are drawn
        layer.generator = self.seeds
        return layer

    def __call__(self, images: Any, targets: Any, step: Any) -> tuple[Any, Any]:
        """Float images, and labels as one-hot rows, as they are trained on at a step."""
        found: tuple[Any, Any] = self._changed(images, targets, step)
        return found

    def _all_changed(self, images: Any, targets: Any, step: Any) -> tuple[Any, Any]:
        tf, seed = self.tf, self.configuration.seed
        if self.is_warped:
            moved = augmented(tf, images, self.configuration, step)
            images = tf.ensure_shape(moved, images.shape)  # which Keras' layers have to know
        drawn = tf.stack([tf.constant(seed), step])
        for which, is_mixing, layer in self.layers:
            if not _is_random(type(layer)):
                images = layer(images)
                continue
            self.seeds.begin(drawn, which)
            how = layer.get_random_transformation(images)
            if is_mixing:
                targets = layer.transform_labels(targets, how)
            images = layer.transform_images(images, how)
        return images, targets


def _is_random(kind: Any) -> bool:
    return hasattr(kind, "get_random_transformation")


def _seeds(tf: Any, keras: Any) -> Any:
    """What layers take their seeds from: each is told by where it begins, and its number."""

    class Seeds(keras.random.SeedGenerator):  # type: ignore[misc]
        def __init__(self) -> None:  # without the variable that others count in
            self.name, self.drawn = "seeds", 0

        def begin(self, at: Any, which: int) -> None:
            self.at, self.drawn = tf.random.experimental.stateless_fold_in(at, which), 0

        def next(self, ordered: bool = True) -> Any:
            self.drawn += 1
            return tf.random.experimental.stateless_fold_in(self.at, self.drawn)

    return Seeds()
