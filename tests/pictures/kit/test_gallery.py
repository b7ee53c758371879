"""Images with words below them."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from cnn.pictures.kit.gallery import STYLE, Tile, gallery


class Reader(HTMLParser):
    """What a browser reads: the tags with their attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.image: dict[str, str | None] = {}
        self.words: list[str] = []
        self.feed(html.removeprefix(STYLE))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.image = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_images_are_the_pixels(channels: int):
    pixels = np.arange(16 * channels, dtype=np.uint8).reshape(4, 4, channels)

    image = Reader(gallery([Tile(pixels, "some image")])).image

    content = base64.b64decode(str(image["src"]).partition(",")[2])
    shown = np.asarray(Image.open(io.BytesIO(content))).reshape(4, 4, channels)
    assert (shown == pixels).all()
    assert image["alt"] == "some image"


@pytest.mark.parametrize("words", ["<b>bold</b>", 'quote" onload="x', "a & b"])
def test_words_are_text_whatever_they_are(words: str):
    pixels = np.zeros((2, 2, 1), np.uint8)

    found = Reader(gallery([Tile(pixels, words, words, words)]))

    assert found.words == [words, words]
    assert found.tags == ["div", "figure", "img", "figcaption", "small"]
    assert set(found.image) == {"src", "alt", "title"}
    assert found.image["alt"] == words


def test_every_image_is_there():
    pixels = np.zeros((2, 2, 1), np.uint8)

    assert Reader(gallery([Tile(pixels, "one")] * 5)).tags.count("img") == 5
