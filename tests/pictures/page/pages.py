"""Pages of networks for tests, and what stands in them."""

import json
import re
from html.parser import HTMLParser
from typing import Any

from cnn.data.sets.mnist import MNIST
from cnn.pictures.page.network import About, network_page
from cnn.shipped import Body, body, shipped

HOSTILE = '</script><img src=x onerror="alert(1)"><b>x'
SCENES = (HOSTILE, *(f"kind {place}" for place in range(1, 10)))


def digits_page(title: str = "Digits") -> bytes:
    found = shipped()
    about = About(title, MNIST.class_names, "a digit", [("Learned from", "MNIST")])
    return network_page(found.architecture, found.weights, about)


def scenes_page() -> bytes:
    """A network in colour, and names that would be markup."""
    found = body(Body.SCENES)
    about = About(HOSTILE, SCENES, card=[("Learned from", HOSTILE)])
    return network_page(found.architecture, found.weights, about)


class Parsed(HTMLParser):
    """A page as a browser reads it: tags with their attributes, scripts by their places."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._is_in_script = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_in_script = tag == "script"
        if self._is_in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_in_script = False

    def handle_data(self, data: str) -> None:
        if self._is_in_script:
            self.scripts[-1] += data
        else:
            self.texts.append(data)

    def policy(self) -> str:
        named = [own for tag, own in self.tags if tag == "meta" and "http-equiv" in own]
        return str(named[0]["content"])


def data_of(page: bytes, name: str) -> Any:
    """What a component of the page is told."""
    pattern = rf'data-component="{name}">.*?<script type="application/json">(.*?)</script>'
    found = re.search(pattern, page.decode(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])
