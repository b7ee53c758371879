"""The figure of what each layer costs."""

from hypothesis import given

from cnn.network.shapes import element_count
from cnn.network.trace import trace
from cnn.pictures.kit.figures import cost_bars
from tests.network.strategies import architectures


@given(architectures())
def test_every_layer_has_its_bars_of_parameters_macs_and_memory(architecture):
    traced = trace(architecture)
    parameters, macs, memory = cost_bars(traced).data
    for bars in (parameters, macs, memory):
        assert list(bars.y) == [row.title for row in traced.rows][::-1]
    assert sum(parameters.x) == traced.total_params
    assert sum(macs.x) == traced.total_macs
    sizes = [4 * element_count(row.output_shape) for row in traced.rows]
    assert list(memory.x) == sizes[::-1]
