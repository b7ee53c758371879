"""A look at a data set as one picture."""

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnn.data import Split, load
from cnn.pictures.data.samples import samples

SVG = "{http://www.w3.org/2000/svg}"


def test_each_class_has_its_name_and_its_own_images():
    data = load("shapes", (16, 16, 1))

    picture = ElementTree.fromstring(samples(data.train, data.class_names))

    assert [text.text for text in picture.iter(f"{SVG}text")] == ["circle", "square", "triangle"]
    shown = [_pixels(image) for image in picture.iter(f"{SVG}image")]
    assert len(shown) == 3 * 12
    for label in range(3):
        own = {image.tobytes() for image in data.train.pixels[data.train.labels == label]}
        assert all(one.tobytes() in own for one in shown[12 * label : 12 * label + 12])


def test_a_class_with_few_images_shows_those():
    split = Split(np.zeros((3, 4, 4, 3), np.uint8), np.array([0, 0, 1]))

    picture = ElementTree.fromstring(samples(split, ("many", "one")))

    assert len(list(picture.iter(f"{SVG}image"))) == 3


@pytest.mark.parametrize("name", ["<b>bold</b>", 'quote" onload="x', "a very long name of a class"])
def test_a_name_is_text_whatever_it_is(name: str):
    split = Split(np.zeros((2, 4, 4, 1), np.uint8), np.array([0, 1]))

    picture = ElementTree.fromstring(samples(split, (name, "other")))

    titles = [title.text for title in picture.iter(f"{SVG}title")]
    assert titles == [name, "other"]
    assert not list(picture.iter("b"))


def _pixels(image: ElementTree.Element) -> np.ndarray:
    content = base64.b64decode(image.attrib["href"].partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)))[..., None]
