"""Visiting a page without a browser, and reading what it says; and weights for it to find."""

import functools
import io
import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.insight.passes.weights import random_weights
from cnn.lessons.words import unlinked
from cnn.network.architecture import Architecture
from cnn.training.store.arrays import arrays_to_bytes
from ui.session import person
from ui.session.offers import offered

ROOT = Path(__file__).parents[2]
MY_KEY = "k" * 43
ME = person.profile_of(MY_KEY)


def browse_with(key: str, patch: pytest.MonkeyPatch) -> None:
    """From now on pages are opened in the browser that has this key; without one, in one that keeps
    no cookies.
    """
    cookies = f"first=1; {person.COOKIE}={key}" if key else ""
    patch.setattr(person, "_cookies", lambda: cookies)


def arriving(page: str, **query: Any) -> AppTest:
    """The app on its way to one of its pages, at an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for name, value in query.items():
        app.query_params[name] = value
    return app


def shown(app: AppTest) -> AppTest:
    """The page as it stands, which no exception may have ended."""
    app.run()
    assert not app.exception, app.exception
    return app


def visited(page: str, **query: Any) -> AppTest:
    return shown(arriving(page, **query))


def pressed(app: AppTest, label: str) -> AppTest:
    """After the first button whose label begins like this."""
    next(button for button in app.button if button.label.startswith(label)).click()
    return shown(app)


def saved(app: AppTest, label: str) -> bytes:
    """What comes of a press on the button whose label has this in it."""
    (link,) = (one.proto.url for one in app.get("link_button") if label in one.proto.label)
    found = offered(link.rpartition("/")[2])
    assert found
    with io.BytesIO() as into:
        found.make(into)
        return into.getvalue()


def words(app: AppTest) -> str:
    """All that is said in words, as it is read."""
    kinds = [
        "title",
        "header",
        "markdown",
        "caption",
        "info",
        "warning",
        "error",
        "success",
        "text",
    ]
    said = [unlinked(one.value) for kind in kinds for one in getattr(app, kind)]
    return "\n".join(said).replace("\\", "").replace("\u202f", " ").replace("\u2060", "")


def figures(app: AppTest) -> dict[str, dict[str, str]]:
    """The lines of figures of a page, each figure by its label."""
    found = [json.loads(one.proto.json or "[]") for one in app.get("bidi_component")]
    lines = [sent["shown"] for (sent, *_) in filter(None, found) if "shown" in sent]
    shown = [one for line in lines if isinstance(line, list) for one in line]
    return {
        one["label"]: {key: text.replace("\u202f", " ") for key, text in one.items()}
        for one in shown
    }


def html(app: AppTest) -> str:
    found = [str(one.proto.body) for one in app.get("html")]
    return "\n".join(found).replace("\u202f", " ")


@functools.cache
def weights_file(architecture: Architecture, *, seed: int = 1) -> bytes:
    """Random weights as a run keeps its own."""
    return arrays_to_bytes(
        {
            f"{name}/{place}": array
            for name, arrays in random_weights(architecture, seed=seed).items()
            for place, array in enumerate(arrays)
        }
    )
