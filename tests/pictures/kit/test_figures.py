"""The figure of what each layer costs, and the axes of figures."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(architectures(), st.integers(250, 900))
def test_the_last_mark_of_a_cost_never_lies_on_the_first_of_the_next(architecture, width):
    """Letters are at most 8 px wide; layers' names leave at least 250 px to the three figures."""
    layout = cost_bars(trace(architecture)).layout
    axes = [layout.xaxis, layout.xaxis2, layout.xaxis3]
    for axis, after in pairwise(axes):
        (low, high), (start, end) = axis.range, axis.domain
        last = max(axis.tickvals)
        at = start + (end - start) * (last - low) / (high - low)
        reaches = width * at + 8 * len(si(last)) / 2
        assert low == 0 < last <= high
        assert reaches < width * after.domain[0] - 4


def si(value: float) -> str:
    """As d3 writes a round number by `~s`."""
    power = max((p for p in (0, 3, 6, 9, 12) if value >= 10**p), default=0)
    return f"{value / 10**power:g}" + {0: "", 3: "k", 6: "M", 9: "G", 12: "T"}[power]


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
