"""Whether the reader's theme is dark, for figures that cannot ask the page themselves."""

from __future__ import annotations

import streamlit as st

_WATCHED = """
.watched {
  position: absolute;
  color: var(--st-text-color);
  transition: color 1ms;
}
"""
_WATCH = """
const LIGHT = 128;
const told = new WeakMap(); // once for each change: where Python sees it otherwise, it knows better
export default function ({ parentElement, data, setTriggerValue }) {
  parentElement.host.dataset.begun = ""; // as in ui/components/scripts.py
  const watched = parentElement.querySelector(".watched");
  const compare = () => {
    const [red, green, blue] = getComputedStyle(watched).color.match(/[\\d.]+/g).map(Number);
    const isDark = (red + green + blue) / 3 > LIGHT;
    if (isDark === data.dark) told.delete(watched);
    else if (told.get(watched) !== isDark) {
      told.set(watched, isDark);
      setTriggerValue("changed", isDark);
    }
  };
  watched.ontransitionend = compare;
  compare();
}
"""

_mount = st.components.v2.component(
    "theme_watch", html='<span class="watched"></span>', css=_WATCHED, js=_WATCH
)


def is_dark() -> bool:
    return bool(st.context.theme.type == "dark")


def follow() -> None:
    """Runs the page again when the reader changes the theme: figures have the colours of one."""
    _mount(key="theme_watch", data={"dark": is_dark()}, on_changed_change=lambda: None)
