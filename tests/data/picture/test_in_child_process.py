"""Pictures opened in a process of their own are the same, and refused in the same words."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnn.data import DataError
from cnn.data.picture import in_child_process as picture_outside
from cnn.data.picture.any_picture import read_picture
from cnn.data.picture.handwriting import read_handwriting
from cnn.data.picture.in_child_process import read_handwriting_outside, read_picture_outside
from tests.hostile import corpus
from tests.hostile.files import LARGE_IMAGES, jpeg_of_scans, png, turned

SHAPE = (20, 14, 3)
Read = Callable[[bytes], Any]
PAIRS: dict[str, tuple[Read, Read]] = {
    "any picture": (
        lambda content: read_picture(content, SHAPE),
        lambda content: read_picture_outside(content, SHAPE),
    ),
    "handwriting": (read_handwriting, read_handwriting_outside),
}


def inked(mode: str, paper: Any, ink: Any, **save: Any) -> bytes:
    """A stroke on a picture that is clear elsewhere."""
    picture = Image.new(mode, (60, 90), paper)
    picture.paste(ink, (20, 10, 30, 70))
    written = io.BytesIO()
    picture.save(written, "PNG", **save)
    return written.getvalue()


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(
    "content",
    [
        png((28, 28)),
        png((90, 60), "RGB", "JPEG", exif=turned()),
        pytest.param(inked("LA", (0, 0), (0, 255)), marks=pytest.mark.proof),
        pytest.param(inked("P", 0, 1, transparency=0), marks=pytest.mark.proof),
        LARGE_IMAGES["a photo held upright"](),
    ],
    ids=["28 x 28", "a turned JPEG", "grey and clear", "a palette", "a photo of 40 MP"],
)
def test_what_comes_back_is_what_is_read_here(content: bytes, pair: str):
    here, outside = (read(content) for read in PAIRS[pair])
    np.testing.assert_array_equal(outside.pixels, here.pixels)
    assert outside.notes == here.notes
    assert type(outside) is type(here)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("name", ["nothing", "promises billions", "half a png", "too large"])
def test_a_refusal_has_the_words_it_has_here(name: str, pair: str):
    said = []
    for read in PAIRS[pair]:
        with pytest.raises(DataError) as refused:
            read(corpus.IMAGES[name])
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_shape_that_no_picture_has_is_refused_before_a_process_is_started(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(picture_outside, "ask", None)
    with pytest.raises(DataError, match="1 channel"):
        read_picture_outside(png(), (8, 8, 2))


@pytest.mark.parametrize("pair", PAIRS)
def test_a_picture_that_is_decoded_for_minutes_is_ended_and_said(
    pair: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(picture_outside, "LONGEST_S", 1.0)
    with pytest.raises(DataError) as refused:
        PAIRS[pair][1](jpeg_of_scans(2_000, 500_000)[:10_000_000])
    assert str(refused.value) == (
        "The image cannot be opened: it was not done after 1 s, which is the limit. "
        "Bring a smaller PNG or JPEG."
    )
