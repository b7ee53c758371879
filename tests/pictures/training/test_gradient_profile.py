"""Gradient norms over the layers of several networks."""

import plotly.graph_objects as go
import pytest

from cnn.pictures.training.gradient_profile import Profile, profile_figure

PLAIN = Profile("Plain", 1, (20.0, 2.0, 0.0, 0.5), is_dashed=True)
RESIDUAL = Profile("<i>Residual</i>", 0, (1.0, 1e-9))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("found", [[], [PLAIN], [PLAIN, RESIDUAL]])
def test_plotly_knows_every_word_of_it(found, dark: bool):
    go.Figure(profile_figure(found, dark=dark))


def test_layers_are_counted_from_the_input_and_a_norm_of_0_is_a_gap():
    (line,) = profile_figure([PLAIN], dark=False)["data"]

    assert line["x"] == [1, 2, 3, 4]
    assert line["y"] == [20.0, 2.0, None, 0.5]
    assert line["line"]["dash"] == "dash"


def test_the_axis_is_logarithmic_and_marked_within_few_powers_of_ten():
    near = profile_figure([PLAIN], dark=False)["layout"]["yaxis"]
    far = profile_figure([PLAIN, RESIDUAL], dark=False)["layout"]["yaxis"]

    assert near["type"] == far["type"] == "log"
    assert {"0.5", "1", "2", "5", "10", "20"} <= set(near["ticktext"])
    assert {"1e-9", "0.01", "10"} <= set(far["ticktext"])  # ten powers of ten, and none between
    assert not {"2", "5", "20"} & set(far["ticktext"])


def test_what_a_network_is_called_is_no_markup():
    (line,) = profile_figure([RESIDUAL], dark=True)["data"]

    assert line["name"] == "&lt;i&gt;Residual&lt;/i&gt;"
