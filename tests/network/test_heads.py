"""How networks end, and what is changed of an end that would be read in two ways."""

import numpy as np
import pytest
from scipy.special import softmax

from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.network.advice import advice
from cnn.network.architecture import Architecture
from cnn.network.heads import BOUNDS, end, end_activation, is_read_twice, settled, surest
from cnn.network.keras.model import build, set_weights, weights_of
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layers,
    MaxPooling2D,
    Residual,
    SpatialDropout2D,
)
from cnn.network.trace import trace
from tests.network.outputs import outputs_of

SIGMOID = "The sigmoid at the end is replaced by a softmax: of the 3 classes one is right, and"
SOFTMAX = Activation("softmax")


def network(*layers) -> Architecture:
    return Architecture("Small", (4, 4, 1), layers)


def small(*head) -> Architecture:
    return network(Flatten(), *head)


@pytest.mark.parametrize(
    "head",
    [
        (),
        (Dense(3),),
        (Dense(3, "softmax"),),
        (Dense(3), SOFTMAX),
        (Dense(3, "softmax"), SOFTMAX),
        (Dense(3, "sigmoid"), SOFTMAX),
        (Dense(3, "tanh"), Dropout(0.3)),
        (Dense(3, "hard_sigmoid"),),
        (Dense(1, "sigmoid"),),
    ],
)
def test_an_end_that_everything_reads_alike_stays(head: Layers):
    assert settled(small(*head)) == (small(*head), ())


def test_what_ends_in_a_map_stays():
    for layers in ((Conv2D(3, 2, activation="softmax"),), (Conv2D(3, 2), Activation("sigmoid"))):
        assert settled(network(*layers)) == (network(*layers), ())


DROPPED = "Left out behind the end: Dropout #1, which would drop answers."
BEHIND = "The softmax stands behind the Flatten, where it gives the same."
POOLED = "The softmax stands behind the pooling, where it gives the same."
OF_MEANS = "The softmax stands behind the pooling, and makes shares of mean scores"
CHANGED: list[tuple[Layers, Layers, list[str]]] = [
    ((Flatten(), Dense(3, "sigmoid")), (Flatten(), Dense(3, "softmax")), [SIGMOID]),
    ((Flatten(), Dense(3), Activation("sigmoid")), (Flatten(), Dense(3), SOFTMAX), [SIGMOID]),
    ((Flatten(), Dense(3, "softmax"), Dropout(0.1)), (Flatten(), Dense(3, "softmax")), [DROPPED]),
    (
        (Flatten(), Dense(3, "sigmoid"), Dropout(0.1)),
        (Flatten(), Dense(3, "softmax")),
        [SIGMOID, DROPPED],
    ),
    (
        (Flatten(), Dense(3), SOFTMAX, Activation("linear")),
        (Flatten(), Dense(3), SOFTMAX),
        ["The linear activation behind the end is left out"],
    ),
    (
        (Conv2D(3, 4, activation="softmax"), SpatialDropout2D(0.2), Flatten()),
        (Conv2D(3, 4), Flatten(), SOFTMAX),
        ["Left out behind the end: SpatialDropout2D #1", BEHIND],
    ),
    ((Conv2D(3, 4), SOFTMAX, Flatten()), (Conv2D(3, 4), Flatten(), SOFTMAX), [BEHIND]),
    (
        (Flatten(), Dense(3), Residual((Dense(3),), (), "softmax")),
        (Flatten(), Dense(3), Residual((Dense(3),)), SOFTMAX),
        ["The softmax of Residual #1 is a layer of its own, which gives the same."],
    ),
    (
        (Conv2D(3, 4, activation="softmax"), GlobalAveragePooling2D()),
        (Conv2D(3, 4), GlobalAveragePooling2D(), SOFTMAX),
        [POOLED],
    ),
    (
        (Conv2D(3, 4), Activation("sigmoid"), AveragePooling2D(1), Flatten(), Dropout(0.2)),
        (Conv2D(3, 4), AveragePooling2D(1), Flatten(), SOFTMAX),
        [SIGMOID, DROPPED, POOLED],
    ),
]
OF_MEANS_CHANGED: list[tuple[Layers, Layers, list[str]]] = [
    (
        (Conv2D(3, 1, activation="softmax"), GlobalAveragePooling2D()),
        (Conv2D(3, 1), GlobalAveragePooling2D(), SOFTMAX),
        [OF_MEANS],
    ),
    (
        (Conv2D(3, 2), SOFTMAX, AveragePooling2D(3), Flatten(), Activation("linear")),
        (Conv2D(3, 2), AveragePooling2D(3), Flatten(), SOFTMAX),
        ["The linear activation behind the end is left out", OF_MEANS],
    ),
    (
        (Conv2D(3, 1, activation="sigmoid"), AveragePooling2D(2), GlobalAveragePooling2D()),
        (Conv2D(3, 1), AveragePooling2D(2), GlobalAveragePooling2D(), SOFTMAX),
        [SIGMOID, OF_MEANS],
    ),
]


@pytest.mark.parametrize(("before", "after", "said"), CHANGED + OF_MEANS_CHANGED)
def test_an_end_that_would_be_read_twice_is_changed_and_each_change_is_a_sentence(
    before: Layers, after: Layers, said: list[str]
):
    changed, sentences = settled(network(*before))

    assert changed == network(*after)
    assert len(sentences) == len(said)
    assert all(one.startswith(start) for one, start in zip(sentences, said, strict=True))
    assert settled(changed) == (changed, ())


@pytest.mark.parametrize(("before", "after", "said"), CHANGED)
def test_a_changed_end_gives_in_keras_what_the_other_gave_or_the_softmax_of_its_scores(
    before: Layers, after: Layers, said: list[str]
):
    ours, theirs = (build(network(*layers)) for layers in (before, after))
    set_weights(theirs, network(*after), weights_of(ours, network(*before)))
    images = np.random.default_rng(0).normal(size=(20, 4, 4, 1)).astype(np.float32)

    given = outputs_of(ours, images).astype(np.float64)
    if SIGMOID in [one[: len(SIGMOID)] for one in settled(network(*before))[1]]:
        given = softmax(np.log(given / (1 - given)), axis=1)
    np.testing.assert_allclose(outputs_of(theirs, images), given, atol=1e-5)


@pytest.mark.parametrize(("before", "after", "said"), OF_MEANS_CHANGED)
def test_what_gave_means_of_shares_gives_the_softmax_of_mean_scores_which_is_another(
    before: Layers, after: Layers, said: list[str]
):
    ours, theirs = (build(network(*layers)) for layers in (before, after))
    kernel = 5 * np.random.default_rng(1).normal(size=ours.get_weights()[0].shape)
    for model in (ours, theirs):
        model.set_weights([kernel, np.zeros(3)])
    images = np.random.default_rng(0).normal(size=(20, 4, 4, 1)).astype(np.float32)

    maps = keras_maps(ours, images)
    np.testing.assert_allclose(
        outputs_of(theirs, images), softmax(maps.mean(axis=(1, 2)), axis=1), atol=1e-5
    )
    assert np.abs(outputs_of(theirs, images) - outputs_of(ours, images)).max() > 0.1


def keras_maps(model, images: np.ndarray) -> np.ndarray:
    """What the convolution of a model makes of images, by plain loops, without its activation."""
    kernel = model.get_weights()[0]
    side = kernel.shape[0]
    cells = [
        [
            np.tensordot(images[:, top : top + side, left : left + side], kernel, 3)
            for left in range(5 - side)
        ]
        for top in range(5 - side)
    ]
    return np.moveaxis(np.array(cells), 2, 0)


@pytest.mark.parametrize(
    ("layers", "place", "activation"),
    [
        ((), None, None),
        ((Flatten(), Dense(3)), 1, None),
        ((Flatten(), Dense(3, "tanh"), Dropout(), Activation("linear")), 1, "tanh"),
        ((Conv2D(3, 4, activation="relu"), Flatten()), 0, "relu"),
        ((Conv2D(3, 2, activation="relu"), Flatten()), 1, None),  # nine cells, and not one
        ((Conv2D(3, 2, activation="softmax"), GlobalAveragePooling2D()), 1, "softmax"),
        ((Conv2D(3, 2, activation="softmax"), GlobalMaxPooling2D()), 1, None),
        ((Conv2D(3, 2, activation="tanh"), GlobalAveragePooling2D()), 1, None),
        ((Conv2D(3, 1, activation="softmax"), AveragePooling2D(2)), 1, None),  # a map still
        ((Conv2D(3, 1, activation="softmax"), AveragePooling2D(2), Flatten()), 2, None),
    ],
)
def test_the_end_is_the_last_layer_that_does_something_after_training(layers, place, activation):
    assert end(network(*layers)) == place
    assert end_activation(network(*layers)) == activation


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("classes", [2, 10])
def test_no_share_is_larger_than_the_bounds_of_an_activation_allow(name: str, classes: int):
    import keras

    # In the limit, as Keras' own activation has it; a softmax is near 1 for one and 0 for the rest.
    far = np.full((1, classes), -1e4, np.float32)
    far[0, 0] = 1e4
    scores = keras.ops.convert_to_numpy(keras.activations.get(name)(far)).astype(np.float64)

    assert surest(small(Dense(classes, name))) == pytest.approx(softmax(scores).max(), rel=1e-3)
    assert surest(small(Dense(classes))) == 1


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize(
    "behind",
    [
        (GlobalAveragePooling2D(),),
        (GlobalMaxPooling2D(), Dropout()),
        (AveragePooling2D(4), Flatten()),
        (MaxPooling2D(2), GlobalAveragePooling2D(), Activation("linear")),
    ],
)
def test_what_is_pooled_has_the_bounds_of_what_it_is_pooled_from(name: str, behind: Layers):
    pooled = network(Conv2D(3, 1, activation=name), *behind)

    assert surest(pooled) == surest(small(Dense(3, name))) < 1
    assert surest(network(Conv2D(3, 1), *behind)) == 1
    last = str(advice(trace(pooled))[-1])
    if name in ("softmax", "sigmoid") and not isinstance(behind[0], MaxPooling):
        assert "The softmax stands behind the pooling" in last
    else:
        assert f"no answer can be surer than {100 * surest(pooled):.1f} %" in last


MaxPooling = MaxPooling2D | GlobalMaxPooling2D


def joined(merge: str, *activations: str | None) -> Branches:
    return Branches(tuple((Dense(3, name),) for name in activations), merge)


@pytest.mark.parametrize("merge", ["multiply", "maximum", "average"])
@pytest.mark.parametrize("name", ["softmax", "sigmoid", "tanh"])
def test_branches_of_the_same_bounds_are_scores_between_them(merge: str, name: str):
    network = small(joined(merge, name, name))

    assert end_activation(network) is None, "no shares, whatever they are made of"
    assert settled(network) == (network, ())
    assert surest(network) == surest(small(Dense(3, name), Flatten(), Activation(name))) < 1
    assert "no answer can be surer than" in str(advice(trace(network))[-1])
    images = np.random.default_rng(1).normal(size=(50, 4, 4, 1)).astype(np.float32) * 100
    low, high = BOUNDS[name]
    found = predict(network, random_weights(network), images)
    assert low <= found.min() <= found.max() <= high


@pytest.mark.parametrize(
    "last",
    [
        joined("multiply", "relu6", "relu6"),
        joined("subtract", "sigmoid", "sigmoid"),
        joined("add", "softmax", "softmax"),
        joined("multiply", "softmax", None),
        joined("average", "softmax", "tanh"),
    ],
    ids=str,
)
def test_other_branches_are_not_said_to_be_bounded(last: Branches):
    assert surest(small(last)) == 1


@pytest.mark.parametrize(
    ("head", "is_so"),
    [
        ((), False),
        ((Dense(3, "softmax"),), False),
        ((Dense(3), SOFTMAX), False),
        ((Dense(3, "sigmoid"),), True),
        ((Dense(3), Activation("sigmoid")), True),
        ((Dense(3, "softmax"), SOFTMAX), True),
        ((Dense(3, "sigmoid"), SOFTMAX), True),
        ((Dense(3, "softmax"), Activation("linear")), True),
        ((Dense(3, "softmax"), Dropout(0.0)), True),
        ((Dense(3, "softmax"), Dropout(0.1)), False),
        ((Dense(3), Residual((Dense(3),), (), "sigmoid")), True),
        ((Dense(3, "tanh"),), False),
        ((joined("multiply", "softmax", "softmax"),), False),
        ((joined("multiply", "softmax", "sigmoid"),), False),
        ((joined("average", "softmax", "softmax"),), False),
        ((joined("maximum", "sigmoid", "softmax"),), False),
        ((joined("multiply", None, "sigmoid"), SOFTMAX), False),
    ],
)
def test_the_loss_that_keras_takes_is_not_that_of_the_output_where_it_remembers_another(
    head: Layers, is_so: bool
):
    import keras

    # What versions before this one did: without a softmax in the last layer, loss from_logits.
    scoring = list(head)
    if scoring and scoring[-1] in (SOFTMAX, Dense(3, "softmax")):
        scoring = scoring[:-1] if scoring[-1] == SOFTMAX else [*scoring[:-1], Dense(3)]
    if scoring:
        random = np.random.default_rng(0)
        model = build(small(*scoring))
        images = random.normal(size=(20, 4, 4, 1)).astype(np.float32)
        wanted = keras.ops.one_hot(random.integers(0, 3, 20), 3)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)
        output = model(images, training=True)
        of_output = loss(wanted, keras.ops.convert_to_numpy(output))
        assert (abs(float(loss(wanted, output)) - float(of_output)) > 1e-3) is is_so

    assert is_read_twice(small(*head)) is is_so
