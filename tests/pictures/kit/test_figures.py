"""The figure of what each layer costs, and the axes of figures."""

import pytest
from hypothesis import given

from cnn.network.shapes import element_count
from cnn.network.trace import trace
from cnn.pictures.kit.figures import cost_bars, log_axis
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


@pytest.mark.parametrize(
    ("values", "some", "no"),
    [
        ([3e-7, 0.2], {"1e-7", "1e-5", "0.0001", "0.1"}, {"2e-7", "0.2"}),
        ([0.04, None, 0.9], {"0.02", "0.05", "0.1", "0.5", "1"}, {"0.3"}),
        ([5.0, 4e6], {"1", "10", "1e5", "1e6"}, {"5", "1000000"}),
        ([1e-30, 1.0], set(), set()),
    ],
)
def test_the_marks_of_a_logarithmic_axis_are_written_as_all_numbers_are(values, some, no):
    axis = log_axis(values)

    assert some <= set(axis["ticktext"])
    assert not no & set(axis["ticktext"])
    assert [float(text) for text in axis["ticktext"]] == pytest.approx(axis["tickvals"])
    inside = [one for one in axis["tickvals"] if values[0] <= one <= values[-1]]
    assert 2 <= len(inside) <= 12


@pytest.mark.parametrize("values", [[], [0.0, None], [0.3, 0.31]])
def test_values_that_are_no_factor_apart_have_the_marks_that_plotly_finds(values):
    assert log_axis(values).keys() == {"type", "tickformat"}
