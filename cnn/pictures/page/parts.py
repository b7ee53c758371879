"""The app's own components as they stand in a page without a server: markup, style, and data.

Their files are the app's, read where it keeps them: no second copy of them is anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnn.network.errors import ArchitectureError
from cnn.pictures.kit.palette import css_variables

OF_PAGES = "page/design.js"
_APP = Path("ui", "components")
INSTALLED = "cnn_workbench_app"
"""The folder of the app beside this package, where it is installed."""

MENDING = "Install CNN Workbench anew, whole."


class NoAppError(ArchitectureError):
    """The files of the app's components are not there; says where they were looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A component by the name that the page's script knows, and what it is told."""

    name: str
    markup: str
    styles: tuple[str, ...]
    data: Mapping[str, Any]
    words: Mapping[str, str]
    """What stands in its markup in place of other words."""


def placed(part: Part, folder: Path) -> str:
    """The place of a component in a page."""
    markup = text(folder, part.markup)
    for word, said in part.words.items():
        markup = markup.replace(word, said)
    style = styles(folder, *part.styles)
    return (
        f'<div data-component="{part.name}"><template><style>{style}</style>{markup}</template>'
        f'<script type="application/json">{as_json(part.data)}</script></div>'
    )


def styles(folder: Path, *own: str) -> str:
    """The colours and the controls of all components, then a component's own style."""
    shared = text(folder, "kit/kit.css")
    return "\n".join([f":host{{{css_variables()}}}", shared, *(text(folder, name) for name in own)])


def as_json(value: Any) -> str:
    """A value inside a script, which `</script` would end, whatever stands around."""
    return json.dumps(value).replace("<", "\\u003c")


def app_folder() -> Path:
    """Where the app keeps its components: beside this package, or in a folder beside it."""
    beside = Path(__file__).parents[3]
    for folder in (beside / INSTALLED / _APP, beside / _APP):
        if (folder / OF_PAGES).is_file():
            return folder
    raise NoAppError(f"the app is not there: {beside} has the package cnn alone. {MENDING}")


def text(folder: Path, name: str) -> str:
    """A file of the app's components."""
    return (folder / name).read_text(encoding="utf-8")


@cache
def scripts(folder: Path) -> dict[str, str]:
    """The text of each script by its path from the folder, read once."""
    files = sorted(folder.rglob("*.js"))
    return {file.relative_to(folder).as_posix(): text(folder, str(file)) for file in files}
