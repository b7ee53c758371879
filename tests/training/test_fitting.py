"""Fitting network and data to each other: what is changed, and how it is said."""

import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Activation, Conv2D, Dense, Flatten
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.training.configuration import Configuration
from cnn.training.fitting import (
    changes_again,
    fit_to,
    from_scores,
    image_changes,
    with_classes,
)
from cnn.training.run import Run, State


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
        (DatasetName.DIGITS, (8, 8, 1), (28, 28, 1), ["resized from 8x8 to 28x28"]),
        (DatasetName.MNIST, (28, 28, 1), (32, 32, 3), ["from 28x28 to 32x32", "copied to"]),
        (DatasetName.OWN_IMAGES, (32, 32, 3), (16, 16, 1), ["resized to 16x16", "turned to grey"]),
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
