"""What people call things is shown by its letters: never a link, a picture or an icon of ours.

The net: whatever a page hands to Streamlit to be read as Markdown, in a store of hostile names.
What a browser makes of it is in `tests/browser/test_names.py`.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from cnn.training.store.store import Store
from tests.hostile.named import fill
from tests.ui.visiting import visited
from ui.session.words import plain

PAGES = ["build", "train", "run", "runs", "compare", "inside", "lesson", "desk"]
READ = {"body", "label", "help", "caption", "captions", "content", "delta", "title"}
"""The fields of an element that Streamlit reads as Markdown."""

LETTERS = {"html", "text", "bidi_component", "iframe"}
"""Elements that are shown by their letters, or that escape what they show."""

LIVE = re.compile(
    r"(?<!\\)\]\((?!#)|(?<!\\)<(a|img)\b|https?\\?:\\?/\\?/|www\.|\w@\w|(?<!\\):material/bolt"
)


def markdown(app: AppTest) -> Iterator[str]:
    """All that a page gives to be read as Markdown."""
    for node in app._tree:
        proto = getattr(node, "proto", None)
        if proto is not None and node.type not in LETTERS:
            yield from _read(MessageToDict(proto))
        if proto is not None and node.type == "radio":
            yield from proto.options


def _read(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and name in READ:
                yield value
            elif name == "options" and value and isinstance(value[0], dict):  # of buttons
                yield from _read(value)
            elif name == "captions":
                yield from value
    elif isinstance(part, list):
        for one in part:
            yield from _read(one)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_gives_a_hostile_name_to_be_read_as_markdown(store: Store, page: str):
    path, _, query = fill(store)[page].partition("?")
    app = visited(path, **parse_qs(query))
    read = [one for one in markdown(app) if "evil" in one]
    live = [one for one in read if LIVE.search(one)]
    assert not live, live
    assert read or page in {"build", "runs", "lesson"}  # which show them by their letters


@pytest.mark.parametrize(
    "name",
    [
        "www.evil.example",
        "WWW.evil.example",
        "see https://evil.example",
        "mail@evil.example",
        "[x](https://evil.example)",
        "![x](https://evil.example)",
        "<a href=https://evil.example>",
        ":material/bolt:",
    ],
)
def test_the_net_finds_what_is_live_and_nothing_else(name: str):
    is_seen_by_the_browser_test = name.startswith("WWW")
    assert LIVE.search(name) or is_seen_by_the_browser_test
    assert not LIVE.search(plain(name))
