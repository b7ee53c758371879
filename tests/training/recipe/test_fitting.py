"""Fitting network and data to each other: what is changed, and how it is said."""

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, brought, load
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.heads import from_scores
from cnn.network.keras.model import WeightsError, build, set_weights, weights_of
from cnn.network.layers import (
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layers,
    MaxPooling2D,
)
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import (
    as_said_now,
    changes_again,
    fit_to,
    image_changes,
    is_fitted,
    weights_with_classes,
    with_classes,
    with_end,
)
from cnn.training.recipe.run import Run, State
from tests.data.own.test_images import png, zipped
from tests.network.outputs import outputs_of


def small(*head) -> Architecture:
    return Architecture("Small", (8, 8, 1), (Conv2D(2, 3), Flatten(), *head))


def test_a_network_with_one_output_per_class_stays_as_it_is():
    architecture = small(Dense(10, "softmax"))

    assert with_classes(architecture, 10) == (architecture, ())


def test_lenet_for_three_classes_has_85_parameters_fewer_for_each_class_less():
    # 84 weights and a bias per class: 61,706 - 7 x 85 = 61,111.
    changed, said = with_classes(entry("lenet-5").architecture, 3)

    assert trace(changed).output_shape == (3,)
    assert trace(changed).total_params == 61_111
    assert said == (
        "The last dense layer has 3 units instead of 10, one per class; the network has 61,111 "
        "parameters instead of 61,706.",
    )


def test_the_head_is_found_before_an_activation_of_its_own():
    changed, _ = with_classes(small(Dense(10), Activation("softmax")), 3)

    assert changed.layers[2:] == (Dense(3), Activation("softmax"))


ONE_OF_TWO = [
    ((Dense(1, "sigmoid"),), (Dense(2, "softmax"),)),
    ((Dense(1), Activation("sigmoid")), (Dense(2), Activation("softmax"))),
    ((Dense(1, "tanh"), Activation("sigmoid")), (Dense(2, "tanh"), Activation("softmax"))),
    ((Dense(1, "sigmoid"), Activation("linear")), (Dense(2, "softmax"),)),
    ((Dense(1, "sigmoid", use_bias=False),), (Dense(2, "softmax", use_bias=False),)),
]


@pytest.mark.parametrize(("one", "two"), ONE_OF_TWO)
def test_one_unit_with_a_sigmoid_becomes_two_with_a_softmax_and_says_so(one: Layers, two: Layers):
    # A column for the 72 features more, and a bias where there is one.
    params = trace(small(*one)).total_params
    more = 72 + one[0].use_bias  # type: ignore[attr-defined]

    changed, said = with_classes(small(*one), 2)

    assert changed == small(*two)
    assert said == (
        "The last dense layer has 2 units and a softmax instead of 1 unit and a sigmoid, which can "
        f"say exactly the same of two classes; the network has {params + more} parameters instead "
        f"of {params}.",
    )
    assert is_fitted(small(*one), changed)


@pytest.mark.parametrize(("one", "two"), ONE_OF_TWO)
def test_its_weights_answer_in_keras_what_those_of_the_one_unit_answered(one: Layers, two: Layers):
    before, after = build(small(*one)), build(small(*two))
    random = np.random.default_rng(0)
    before.set_weights([random.normal(size=array.shape) for array in before.get_weights()])
    images = random.random((50, 8, 8, 1), np.float32)

    set_weights(
        after, small(*two), weights_with_classes(small(*one), weights_of(before, small(*one)), 2)
    )

    of_the_second = outputs_of(before, images)[:, 0]
    likely = outputs_of(after, images)
    assert np.ptp(of_the_second) > 0.1
    np.testing.assert_allclose(likely[:, 1], of_the_second, atol=1e-6)
    np.testing.assert_allclose(likely[:, 0], 1 - of_the_second, atol=1e-6)


def test_a_head_for_other_classes_needs_other_weights_and_says_which():
    weights = weights_of(build(small(Dense(1, "sigmoid"))), small(Dense(1, "sigmoid")))

    with pytest.raises(WeightsError, match=r"dense_1 needs weights of the shapes 72x3, 3, got"):
        weights_with_classes(small(Dense(1, "sigmoid")), weights, 3)
    # The softplus of 0 is not 0, so that no column stands for "not this class".
    bent = small(Dense(1, "softplus"), Activation("sigmoid"))
    with pytest.raises(WeightsError, match=r"dense_1 needs weights of the shapes 72x2, 2, got"):
        weights_with_classes(bent, weights, 2)


def test_a_sigmoid_over_several_classes_keeps_its_weights_behind_another_end():
    network = small(Dense(3, "sigmoid"))
    weights = weights_of(build(network), network)

    assert with_classes(network, 3)[0] == small(Dense(3, "softmax"))
    assert weights_with_classes(network, weights, 3) is weights


def test_a_sigmoid_over_other_classes_is_changed_twice_and_both_are_said():
    changed, said = with_classes(small(Dense(10, "sigmoid")), 3)

    assert changed == small(Dense(3, "softmax"))
    assert len(said) == 2
    assert said[0].startswith("The last dense layer has 3 units instead of 10")
    assert said[1].startswith("The sigmoid at the end is replaced by a softmax: of the 3 classes")


def test_a_network_without_a_dense_end_is_refused_with_what_to_add():
    with pytest.raises(ArchitectureError, match=r"Small does not .* Add a Dense layer\.$"):
        with_classes(small(), 3)
    in_a_map = Architecture("Small", (8, 8, 1), (Conv2D(2, 3),))
    with pytest.raises(ArchitectureError, match=r"Add a Flatten or GlobalAveragePooling2D, then"):
        with_classes(in_a_map, 3)


@pytest.mark.parametrize(
    ("head", "scores"),
    [
        ((Dense(10, "softmax"),), (Dense(10),)),
        ((Dense(10), Activation("softmax")), (Dense(10),)),
        ((Dense(10),), (Dense(10),)),
        ((Dense(10, "relu"),), (Dense(10, "relu"),)),
    ],
)
def test_training_reads_the_scores_before_a_softmax(head, scores):
    assert from_scores(small(*head)) == small(*scores)


@pytest.mark.parametrize(
    ("name", "shape", "wanted", "said"),
    [
        (DatasetName.SHAPES, (16, 16, 1), (28, 28, 3), []),
        (DatasetName.MNIST, (28, 28, 1), (28, 28, 1), []),
        (
            DatasetName.DIGITS,
            (8, 8, 1),
            (28, 28, 1),
            ["resized from 8×8 to 28×28 pixels, the network's input."],
        ),
        (DatasetName.MNIST, (28, 28, 1), (32, 32, 3), ["from 28×28 to 32×32 pixels", "copied to"]),
        (
            DatasetName.OWN_IMAGES,
            (None, 32, None),
            (16, 16, 1),
            ["resized to 16×16 pixels; those of other", "any, are"],
        ),
        (
            DatasetName.OWN_IMAGES,
            (32, 32, 3),
            (16, 16, 1),
            ["from 32×32 to 16×16 pixels", "Colours are"],
        ),
        (DatasetName.OWN_IMAGES, (28, 28, 1), (28, 28, 1), []),
        (DatasetName.OWN_IMAGES, (28, 28, 3), (28, 28, 3), []),
        (DatasetName.OWN_IMAGES, (28, 28, 1), (28, 28, 3), ["The one grey channel is copied"]),
        (DatasetName.OWN_IMAGES, (28, 28, None), (28, 28, 3), ["Grey images have their one"]),
        (DatasetName.OWN_IMAGES, (28, None, 1), (28, 28, 1), ["resized to 28×28 pixels"]),
        (
            DatasetName.OWN_IMAGES,
            (150, 200, 3),
            (32, 32, 3),
            ["from 200×150 to 32×32 pixels (width × height), the network's input, so their pro"],
        ),
    ],
)
def test_each_change_of_the_images_is_a_sentence(name, shape, wanted, said):
    found = image_changes(name, shape, wanted)

    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))


@pytest.mark.parametrize("id", CLASSICS)
@pytest.mark.parametrize("name", ["shapes", "digits"])
def test_every_classic_fits_shapes_and_digits(id: str, name: str):
    architecture = entry(id).architecture
    data = load(name, architecture.input)

    fitted = fit_to(architecture, data)

    assert trace(fitted.architecture).output_shape == (len(data.class_names),)
    assert data.image_shape == architecture.input


def test_a_network_made_out_of_a_run_needs_no_other_head_but_the_same_images():
    settings = Configuration(DatasetSpec(DatasetName.DIGITS))
    said = ("Images are resized from 8x8 to 28x28, the network's input.", "Another head.")
    lenet = entry("lenet-5").architecture
    run = Run("1", "LeNet-5", lenet, settings, State.FINISHED, 0.0, changes=said)
    other = Architecture("LeNet-5", lenet.input, (*lenet.layers, Activation("softmax")))

    assert changes_again(run, lenet) == said
    assert changes_again(run, other) == said[:1]


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([(8, 8)], ()),
        (
            [(8, 8), (8, 9)],
            ("Images are resized to 8×8 pixels; those of other proportions are stretched to it.",),
        ),
        (
            [(9, 7)],
            (
                "Images are resized from 9×7 to 8×8 pixels (width × height), the network's input, "
                "so their proportions change.",
            ),
        ),
    ],
)
def test_own_images_that_have_the_size_already_are_not_said_to_be_resized(tmp_path, sizes, said):
    file = tmp_path / "pets.zip"
    wide = [sizes[n % len(sizes)] for n in range(4)]
    file.write_bytes(
        zipped({f"{a}/{n}.png": png(9 * n, wide[n]) for a in ("cat", "dog") for n in range(4)})
    )

    fitted = fit_to(small(Dense(2)), load(brought(file), (8, 8, 1)))

    assert fitted.changes == said


@pytest.mark.parametrize(
    ("kept", "shape", "wanted"),
    [
        ("Images are resized from 150x200 to 32x32, the network's input.", (150, 200, 1), (32, 32)),
        ("Images are resized from 8x8 to 28x28, the network's input.", (8, 8, 1), (28, 28)),
        ("Images are resized to 28x32.", (None, None, 1), (28, 32)),
    ],
)
def test_what_an_earlier_version_said_of_images_is_what_is_said_now(kept, shape, wanted):
    (now,) = image_changes(DatasetName.OWN_IMAGES, shape, (*wanted, 1))

    assert as_said_now(kept) == now
    assert as_said_now(now) == now
    assert as_said_now("Another head.") == "Another head."


@pytest.mark.parametrize(
    ("layers", "added"),
    [
        ((Conv2D(4, 3), MaxPooling2D(4)), [Flatten, Dense]),  # (9 - 3 + 1) // 4 = 1 cell a side
        ((Conv2D(4, 2),), [GlobalAveragePooling2D, Dense]),  # 8 cells
        ((Flatten(),), [Dense]),
        ((Conv2D(4, 3), GlobalAveragePooling2D(), Dropout(0.2)), [Dense]),
    ],
)
def test_a_network_without_an_end_is_given_one_that_takes_what_comes_before(layers, added):
    before = Architecture("Bare", (9, 9, 1), layers)

    whole = with_end(before, 3)

    assert whole is not None
    assert whole.layers[: len(layers)] == layers
    assert [type(layer) for layer in whole.layers[len(layers) :]] == added
    assert trace(whole).output_shape == (3,)
    assert with_classes(whole, 3) == (whole, ())


def test_a_network_made_out_of_a_run_on_own_images_has_its_images_changed_as_before():
    settings = Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file="pets.zip"))
    as_they_are = ("The last dense layer has 2 units instead of 10.",)
    lenet = entry("lenet-5").architecture
    run = Run("1", "LeNet-5", lenet, settings, State.FINISHED, 0.0, changes=as_they_are)
    other = Architecture("LeNet-5", lenet.input, (*lenet.layers, Activation("softmax")))

    assert changes_again(run, other) == ()


@pytest.mark.parametrize("behind", [(Dropout(0.3),), (Dropout(0.3), Activation("linear"))])
def test_a_dropout_behind_the_head_hides_it_from_nobody(behind: Layers):
    network = Architecture("One", (8, 8, 1), (Flatten(), Dense(1, "sigmoid"), *behind))

    changed, said = with_classes(network, 2)

    assert changed.layers == (Flatten(), Dense(2, "softmax"))
    assert "2 units" in said[0]
