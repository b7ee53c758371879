"""The head that "finish it for me" adds."""

from cnn.network.architecture import Architecture
from cnn.network.heads import finished
from cnn.network.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D
from cnn.network.trace import trace
from cnn.network.zoo import entry


def of(*layers, size=(28, 28, 1)):
    return Architecture("test", size, layers)


def test_a_small_map_is_flattened_into_a_softmax():
    done = finished(of(Conv2D(8, 3, strides=4)), 10)
    assert done.layers[1:] == (Flatten(), Dense(10, activation="softmax"))
    assert trace(done).output_shape == (10,)


def test_a_large_map_is_averaged_so_that_the_dense_layer_stays_small():
    done = finished(of(Conv2D(32, 3)), 10)
    assert done.layers[1:] == (GlobalAveragePooling2D(), Dense(10, activation="softmax"))


def test_a_vector_only_gets_its_dense_layer():
    assert finished(of(Flatten()), 3).layers == (Flatten(), Dense(3, activation="softmax"))


def test_scores_without_a_softmax_only_get_the_softmax():
    done = finished(of(Flatten(), Dense(10)), 10)
    assert [layer.kind for layer in done.layers] == ["Flatten", "Dense", "Activation"]


def test_a_finished_network_is_left_as_it_is():
    lenet = entry("lenet-5").architecture
    assert finished(lenet, 10) == lenet
    assert finished(finished(of(Flatten(), Dense(10)), 10), 10) == finished(
        of(Flatten(), Dense(10)), 10
    )


def test_nothing_at_all_becomes_a_linear_classifier():
    assert trace(finished(of(), 10)).total_params == 784 * 10 + 10


def test_a_sigmoid_over_the_classes_gives_way_to_the_softmax_and_gets_none_behind_it():
    assert finished(of(Flatten(), Dense(3, "sigmoid")), 3).layers == (
        Flatten(),
        Dense(3, "softmax"),
    )
