"""A batch that is trained in parts side by side, a processor for each, as one batch all the same.

TensorFlow shares each operation among all processors, and waits for the last of them before the
next one. With a processor for each part nobody waits: a step takes two thirds to four fifths of
the time. What comes of it is what the whole batch comes to, rounded in other places: a batch
normalization takes its mean and variance over all parts, and a dropout draws once for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTS, THREADS = "parts", "threads"
"""What a run notes of it; one that was trained otherwise, or before this, notes nothing."""

MOST = 16
"""Each part is compiled for itself."""


def parts_noted(environment: Mapping[str, Any]) -> int:
    """In how many parts the batches of a run are trained, by what it notes; whole, where that is
    no sensible number.
    """
    noted = environment.get(PARTS)
    return noted if isinstance(noted, int) and 1 <= noted <= MOST else 1


class Parts:
    """What a layer is given, or gives, of each part of a batch."""

    def __init__(self, *ones: Any) -> None:
        self.ones = ones


def in_parts(tf: Any, keras: Any, model: Any, images: Any, count: int) -> Any:
    """The scores of a batch on which the model trains, computed in so many parts side by side; one
    that is known to have fewer images is computed as it is.
    """
    if (images.shape[0] or count) < count:
        return model(images, training=True)

    def call(layer: Any) -> Any:
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable:
            return lambda given, **_: normalized(tf, layer, given)
        if hasattr(layer, "seed_generator"):
            return lambda given, **_: drawn(layer, given)
        return lambda *args, **named: each(layer, args, named)

    def drawn(layer: Any, given: Parts) -> Parts:
        whole = layer(tf.concat(given.ones, 0), training=True)
        return Parts(*tf.split(whole, [tf.shape(one)[0] for one in given.ones]))

    def each(layer: Any, *given: Any) -> Parts:
        def of(place: int) -> Any:
            args, named = keras.tree.map_structure(
                lambda one: one.ones[place] if isinstance(one, Parts) else one, given
            )
            return layer(*args, **named)

        return Parts(*map(of, range(count)))

    sizes = [(tf.shape(images)[0] + place) // count for place in range(count)]
    found = model._run_through_graph(Parts(*tf.split(images, sizes, num=count)), call)
    return tf.concat(found.ones, 0)


def normalized(tf: Any, layer: Any, given: Parts) -> Parts:
    """A batch normalization by the mean and the variance over all parts.

    Of raw operations with few constants: a network with many such layers compiles sooner by it.
    """
    raw, count, channels = tf.raw_ops, len(given.ones), given.ones[0].shape[-1]
    axes = tf.constant(list(range(len(given.ones[0].shape) - 1)))

    def added(ones: Any) -> Any:
        return raw.AddN(inputs=list(ones))

    def over_all(ones: Any) -> Any:
        return added(raw.Sum(input=one, axis=axes) for one in ones)

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def by_all(*values: Any) -> Any:
        ones, (gamma, beta) = values[:count], values[count:]
        numbers = added(raw.Size(input=one) for one in ones)
        cells = raw.Cast(x=raw.FloorDiv(x=numbers, y=channels), DstT=tf.float32)
        mean = raw.RealDiv(x=over_all(ones), y=cells)
        apart = [raw.Sub(x=one, y=mean) for one in ones]
        variance = raw.RealDiv(x=over_all(raw.Square(x=one) for one in apart), y=cells)
        inverse = raw.Rsqrt(x=raw.AddV2(x=variance, y=layer.epsilon))
        scale = raw.Mul(x=inverse, y=gamma)
        outputs = [raw.AddV2(x=raw.Mul(x=one, y=scale), y=beta) for one in apart]

        def gradients(*changes: Any) -> Any:
            ours = list(zip(changes[:count], apart, strict=True))
            of_beta = over_all(changes[:count])
            shared = over_all(raw.Mul(x=change, y=one) for change, one in ours)
            shift = raw.RealDiv(x=of_beta, y=cells)
            tilt = raw.Mul(x=raw.Mul(x=inverse, y=inverse), y=shared)
            tilt = raw.RealDiv(x=tilt, y=cells)

            def of(change: Any, one: Any) -> Any:
                rest = raw.Sub(x=change, y=shift)
                return raw.Mul(x=raw.Sub(x=rest, y=raw.Mul(x=one, y=tilt)), y=scale)

            return *(of(*both) for both in ours), raw.Mul(x=shared, y=inverse), of_beta

        return (*outputs, mean, variance), gradients

    def follow(average: Any, new: Any) -> None:
        kept = raw.Mul(x=average.value, y=layer.momentum)
        average.assign(raw.AddV2(x=kept, y=raw.Mul(x=new, y=1.0 - layer.momentum)))

    gamma = tf.ones([channels]) if layer.gamma is None else tf.convert_to_tensor(layer.gamma)
    beta = tf.zeros([channels]) if layer.beta is None else tf.convert_to_tensor(layer.beta)
    *outputs, mean, variance = by_all(*given.ones, gamma, beta)
    follow(layer.moving_mean, mean)
    follow(layer.moving_variance, variance)
    return Parts(*outputs)
