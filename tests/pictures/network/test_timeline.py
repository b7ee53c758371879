"""The timeline: every milestone can be clicked, and says its numbers."""

from dataclasses import replace

import pytest

from cnn.lessons.history import milestones
from cnn.pictures.network.timeline import narrow_timeline, timeline

EACH = pytest.mark.parametrize("draw", [timeline, narrow_timeline])


@EACH
def test_each_milestone_is_a_part_to_click_and_the_chosen_one_is_marked(draw):
    svg = draw(milestones(), "vgg")
    for one in milestones():
        assert f'data-path="{one.key}"' in svg
        assert f"{one.params:,} parameters</text>" in svg
        assert f"<title>{one.params_text}</title>" in svg
    assert svg.count('class="chosen"') == 1
    assert "0.95 % digits wrong" in svg
    assert "3.57 % top-5 error" in svg


@EACH
def test_words_are_escaped(draw):
    svg = draw((replace(milestones()[0], name="<b>x</b>"),), "zip")
    assert "<b>" not in svg
