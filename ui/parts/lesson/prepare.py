"""For teachers: the way from a lesson as it stands to the desk, where a link to it is made."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.parts.lesson import address
from ui.session.pages import PAGES

DESK = PAGES / "desk.py"


def prepare() -> None:
    """Takes the lesson to the desk, with its controls as they stand."""
    if st.button(frame_text("prepare"), icon=":material/co_present:", key="prepare"):
        st.switch_page(DESK, query_params=address.written())


def link(page: str, query: Mapping[str, str]) -> str:
    """The whole address of another page of this app."""
    here, _, _ = str(st.context.url or "").partition("?")
    return f"{here.rpartition('/')[0]}/{page}?{urlencode(query, safe=',')}"


def show_link(page: str, query: Mapping[str, str]) -> None:
    """A link to hand out, with a button that copies it, and one's own way to where it leads."""
    st.code(link(page, query), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(frame_text("copy"), width="content")
        st.page_link(
            PAGES / f"{page}.py",
            label=frame_text("open_link"),
            icon=":material/open_in_new:",
            query_params=dict(query),
        )
