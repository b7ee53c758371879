"""For teachers: the way from a lesson as it stands to the desk, where a link to it is made."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

from cnn.lessons.catalogue import frame_text
from ui.parts.lesson import address
from ui.session.pages import PAGES
from ui.session.person import has_accounts, who

DESK = PAGES / "desk.py"
CLASS, TYPED = "class_address", "class_address_typed"
SERVE = "streamlit run app.py --server.address 0.0.0.0 --server.allowedHosts NAME"


def prepare() -> None:
    """Takes the lesson to the desk, with its controls as they stand; whoever is known to be no
    teacher is not asked.
    """
    visitor = who()
    if visitor is None or not visitor.is_teacher:
        return
    label, icon = frame_text("prepare"), ":material/co_present:"
    if st.button(label, icon=icon, key="prepare", type="tertiary"):
        st.switch_page(DESK, query_params=address.written())


def here() -> str:
    """The address of this app, as this browser has it."""
    return str(st.context.url or "").partition("?")[0].rpartition("/")[0]


def link(page: str, query: Mapping[str, str], of_class: str = "") -> str:
    """The whole address of another page of this app, as others reach it; a token that is in the
    address of the class is at its end.
    """
    front, _, rest = (of_class.strip() or here()).partition("?")
    if "://" not in front:
        front = f"http://{front}"
    token = {name: value for name, value in parse_qsl(rest) if name == "token"}
    return f"{front.rstrip('/')}/{page}?{urlencode({**query, **token}, safe=',')}"


def is_of_this_computer(address_of_app: str) -> bool:
    """Whether an address leads others to their own computer."""
    host = urlsplit(address_of_app).hostname
    return host == "localhost" or str(host).startswith("127.") or host == "::1"


def show_link(page: str, query: Mapping[str, str]) -> None:
    """A link to hand out, with a button that copies it, and one's own way to where it leads."""
    of_class = str(st.session_state.get(CLASS, ""))
    st.code(link(page, query, of_class), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(frame_text("copy"), width="content")
        st.page_link(
            PAGES / f"{page}.py",
            label=frame_text("open_link"),
            icon=":material/open_in_new:",
            query_params=dict(query),
        )
    if is_of_this_computer(here()):
        _of_class(of_class)
    if not has_accounts():
        st.markdown(f":small[{frame_text('class_of_its_own')}]")


def _of_class(of_class: str) -> None:
    """Asks for the address that others reach this app by."""
    st.session_state[TYPED] = of_class
    st.text_input(
        frame_text("class_address"),
        key=TYPED,
        placeholder=frame_text("class_address_such_as"),
        max_chars=200,
        on_change=lambda: st.session_state.update({CLASS: st.session_state[TYPED]}),
    )
    if not of_class.strip():
        st.markdown(f":small[{frame_text('this_computer_alone')}]")
        st.code(SERVE, language=None, wrap_lines=True)
