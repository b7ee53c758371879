"""How a component of ours is put up: its page, style and script from its folder, and what it tells.

`ui/components/NAME/` holds `NAME.js`, `NAME.css` and, where it is long, `NAME.html`. What a script
sends is checked by the face of its component, which knows what it may be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from cnn.pictures.page.parts import styles
from ui.components.scripts import script

FOLDER = Path(__file__).parent
LONGEST_PATH = 500

Mount = Callable[..., Any]


def component(
    name: str, *, html: str = "", state: tuple[str, ...] = (), isolate_styles: bool = True
) -> Mount:
    """A component by its folder, or by `FOLDER/PART` where a folder has several.

    `state` names what its script tells. What is returned mounts it: `mount(key=..., data=...)`; a
    function given by a name of the state hears of its news before the page runs again.
    """
    folder, _, part = name.rpartition("/")
    place = FOLDER / (folder or name)
    page, css = place / f"{part}.html", place / f"{folder or part}.css"
    mount = st.components.v2.component(
        name.replace("/", "_"),
        html=page.read_text(encoding="utf-8") if page.exists() else html or None,
        css=_styles(css, isolate_styles) if css.exists() else None,
        js=script(f"{folder or name}/{part}.js"),
        isolate_styles=isolate_styles,
    )

    def mounted(*, key: str, data: Any, **heard: Callable[[], None] | None) -> Any:
        told: dict[str, Any] = {
            f"on_{one}_change": heard.pop(one, None) or _nothing for one in state
        }
        assert not heard, f"{name} tells nothing of {', '.join(heard)}"
        # Through a dict Streamlit looks for tables, and loads pandas and Arrow to know one.
        return mount(key=key, data=[data], **told)

    return mounted


def _styles(css: Path, are_isolated: bool) -> str:
    """The colours and the controls of all components, then the component's own style."""
    if not are_isolated:
        return css.read_text(encoding="utf-8")
    return styles(FOLDER, css.relative_to(FOLDER).as_posix())


def _nothing() -> None:
    """Heard by nobody: without a function, Streamlit keeps no value."""


def read_path(sent: Any) -> str | None:
    """The path of what was clicked as a script sends it, which may send anything."""
    return sent if isinstance(sent, str) and len(sent) < LONGEST_PATH else None
