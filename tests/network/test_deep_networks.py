"""Networks of any depth: as deep as they say, and alike but for the shortcuts."""

import pytest

from cnn.network.architecture import walk
from cnn.network.deep_networks import DEPTHS, Way, deep_network
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import build, differences
from cnn.network.layers import BatchNormalization, Conv2D, Residual
from cnn.network.trace import trace


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("depth", [*DEPTHS, 56])
def test_it_has_as_many_layers_with_a_kernel_as_it_says(depth: int, way: Way, batch_norm: bool):
    traced = trace(deep_network(depth, way, batch_norm=batch_norm))

    assert traced.depth == depth
    assert traced.output_shape == (10,)
    norms = [row for row in traced.rows if isinstance(row.layer, BatchNormalization)]
    assert bool(norms) is batch_norm


def test_its_weights_are_those_counted_by_hand():
    """Depth 8: a stem of 1 to 8 channels, then two 3x3 in each stage; batch norm has 4 each."""
    convs = 9 * (1 * 8 + 2 * 8 * 8 + 8 * 16 + 16 * 16 + 16 * 32 + 32 * 32)
    norms = 4 * (3 * 8 + 2 * 16 + 2 * 32)
    head = 32 * 10 + 10
    projections = 8 * 16 + 16 * 32 + 4 * (16 + 32)

    plain, residual = (trace(deep_network(8, way)).total_params for way in Way)

    assert plain == convs + norms + head
    assert residual == plain + projections


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("batch_norm", [True, False])
def test_keras_agrees_with_every_number(way: Way, batch_norm: bool):
    architecture = deep_network(14, way, batch_norm=batch_norm)
    model = build(architecture)

    assert model.count_params() == trace(architecture).total_params
    assert differences(architecture, model) == ()


def test_plain_and_residual_have_the_same_convolutions_but_for_the_projections():
    plain, residual = (deep_network(20, way) for way in Way)

    def convs(architecture, without=""):
        found = walk(architecture.layers)
        return [one for path, one in found if isinstance(one, Conv2D) and without not in path]

    assert convs(plain) == convs(residual, without="shortcut")
    assert sum(isinstance(one, Residual) for one in residual.layers) == 9
    assert not any(isinstance(one, Residual) for one in plain.layers)


@pytest.mark.parametrize("depth", [2, 7, 9, 18, 62, 8.0, True, "20"])
def test_a_depth_that_cannot_be_is_refused_with_those_that_can(depth):
    with pytest.raises(ArchitectureError, match=r"6n \+ 2 and at most 56 \(8, 14, 20, 26, 32"):
        deep_network(depth, Way.PLAIN)
