"""Pictures of a digit as people have them: each becomes like MNIST's, and says how."""

import io

import numpy as np
import pytest
from PIL import Image

from cnn.data import DataError, load
from cnn.data.picture.centring import centred
from cnn.data.picture.handwriting import read_handwriting
from cnn.data.picture.opening import LIMIT_BYTES

SEVEN = load("mnist-sample").test.pixels[7, :, :, 0]
LARGE = np.kron(SEVEN, np.ones((10, 10), np.uint8))


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def ink_on(paper: int, ink: int) -> np.ndarray:
    share = LARGE.astype(float) / 255
    return np.round(paper + share * (ink - paper)).astype(np.uint8)


def likeness(found: np.ndarray) -> float:
    return float(np.corrcoef(found.ravel(), centred(LARGE).ravel())[0, 1])


def likeness_nearby(found: np.ndarray) -> float:
    """The same, where a rounding may have put all of it a pixel aside."""
    return max(likeness(np.roll(found, (i, j), (0, 1))) for i in (-1, 0, 1) for j in (-1, 0, 1))


@pytest.mark.parametrize(
    ("paper", "ink", "said"),
    [
        (255, 0, "dark on light paper, so inverted"),
        (230, 60, "contrast stretched (paper 230, ink 61 of 255)"),
        (10, 200, "bright on a dark ground, kept"),
    ],
)
def test_paper_and_ink_are_told_apart(paper: int, ink: int, said: str):
    found = read_handwriting(saved(Image.fromarray(ink_on(paper, ink))))
    assert said in found.notes
    assert likeness(found.pixels) > 0.98
    assert found.pixels[0].max() == 0


HEIGHT, WIDTH = np.mgrid[0:1:280j, 0:1:280j]
LIGHT = {
    "from the left": 1 - 0.7 * WIDTH,
    "from a corner": 1 - 0.45 * WIDTH - 0.35 * HEIGHT,
    "a lamp in the middle": 1 - 1.4 * ((WIDTH - 0.5) ** 2 + (HEIGHT - 0.5) ** 2),
    "a dark middle": 0.4 + 1.2 * ((WIDTH - 0.5) ** 2 + (HEIGHT - 0.5) ** 2),
    "the shadow of a hand": 0.45 + 0.55 / (1 + np.exp(40 * (WIDTH + 0.2 * HEIGHT - 0.6))),
}


@pytest.mark.parametrize("light", LIGHT.values(), ids=LIGHT)
@pytest.mark.parametrize("ink", [30, 120])
def test_in_uneven_light_the_ink_is_found_wherever_it_is(light: np.ndarray, ink: int):
    noise = np.random.default_rng(1).normal(0, 2, LARGE.shape)
    photo = np.clip(ink_on(235, ink) * light + noise, 0, 255).astype(np.uint8)
    found = read_handwriting(saved(Image.fromarray(photo)))
    assert "dark on light paper, so inverted" in found.notes
    assert any(note.startswith("uneven light taken out (paper from ") for note in found.notes)
    assert likeness_nearby(found.pixels) > 0.95


def test_bright_writing_on_an_unevenly_lit_board_is_found():
    photo = ink_on(20, 130) + (90 * WIDTH).astype(np.uint8)
    found = read_handwriting(saved(Image.fromarray(photo)))
    assert found.notes[0] == "bright on a dark ground, kept"
    assert "uneven light taken out" in found.notes[1]
    assert likeness_nearby(found.pixels) > 0.95


def test_a_colour_photo_lying_on_its_side_is_turned_as_its_exif_says():
    photo = Image.fromarray(ink_on(240, 20)).convert("RGB").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown a quarter turn clockwise
    found = read_handwriting(saved(photo, "JPEG", exif=exif, quality=95))
    assert found.notes[:2] == ("turned upright, as its EXIF says", "colours turned to grey")
    assert likeness(found.pixels) > 0.97


def test_transparency_is_paper():
    clear = Image.merge("RGBA", [Image.new("L", LARGE.T.shape)] * 3 + [Image.fromarray(LARGE)])
    found = read_handwriting(saved(clear))
    assert "laid on white paper where it was transparent" in found.notes
    assert "dark on light paper, so inverted" in found.notes
    assert likeness(found.pixels) > 0.98


def test_an_image_of_mnist_is_taken_as_it_is():
    found = read_handwriting(saved(Image.fromarray(SEVEN)))
    np.testing.assert_array_equal(found.pixels, SEVEN)
    assert "taken as it is" in found.notes[-1]


def test_a_very_large_picture_is_made_smaller_first():
    large = Image.fromarray(ink_on(255, 0)).resize((2_400, 2_400))
    found = read_handwriting(saved(large))
    assert "made smaller from 2,400×2,400 pixels" in found.notes
    assert likeness(found.pixels) > 0.95


def animated() -> bytes:
    frames = [Image.fromarray(ink_on(255, level)) for level in (0, 90)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


REFUSED = {
    "no image": (b"just words", "not a picture in a known format"),
    "20,000 pixels wide": (saved(Image.new("1", (20_000, 20_000))), "more pixels|20000x20000"),
    "animated": (animated(), "has more than one frame; use a still picture"),
    "cut off": (saved(Image.fromarray(ink_on(255, 0)))[:300], "damaged or incomplete"),
    "white": (saved(Image.new("L", (90, 90), 255)), "Nothing is written here"),
    "many bytes": (bytes(LIMIT_BYTES + 1), "larger than 10 MB"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_says_why_and_what_to_do(content: bytes, message: str):
    with pytest.raises(DataError, match=message) as refused:
        read_handwriting(content)
    assert "Bring" in str(refused.value)
