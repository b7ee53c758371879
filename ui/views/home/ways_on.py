"""The three doors of Home, and the classics that are opened in Build."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.lessons.catalogue import frame_text, lessons
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from ui.parts.lesson.address import LESSON
from ui.parts.setup.own_images import ask_for_own_images
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import plain, short_params


def doors() -> None:
    """Learn, build, or try one's own photos."""
    learn, build, photos = st.container(key="doors").columns(3)
    first, now = lessons()[0], design.current()
    count = sum(not lesson.is_extra for lesson in lessons())
    if _door(
        learn,
        "Learn",
        f"{count} lessons one can touch. The first takes {first.minutes} minutes: *{first.title}*.",
        frame_text("begin", number=first.number),
        ":material/school:",
        "primary",
    ):
        st.switch_page(PAGES / "lesson.py", query_params={LESSON: first.key})
    if _door(
        build,
        "Build",
        f"{plain(now.name)}, as it stands in Build: {short_params(design.traced(now))}. "
        "Sizes, parameters and cost follow at every edit.",
        "Build a network",
        ":material/stacks:",
    ):
        st.switch_page(PAGES / "build.py")
    if _door(
        photos,
        "Try your photos",
        "Drop a few pictures of each kind of thing, train a network in colour to tell them apart, "
        "and see where it looks. They stay on this machine.",
        "Bring photos",
        ":material/add_photo_alternate:",
    ):
        ask_for_own_images()
        st.switch_page(PAGES / "train.py")


def _door(
    place: DeltaGenerator,
    title: str,
    says: str,
    label: str,
    icon: str,
    rank: Literal["primary", "secondary"] = "secondary",
) -> bool:
    """A way on: whether it is taken."""
    with place.container(border=True, height="stretch", vertical_alignment="distribute"):
        with st.container(gap="small"):
            st.header(title, anchor=False)
            st.markdown(says)
        return st.button(label, type=rank, icon=icon, width="stretch")


def classics() -> None:
    """Networks that made history, each to be opened in Build."""
    st.space("small")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Start from a classic", anchor=False, width="stretch")
        st.page_link(PAGES / "train.py", label="Train it", icon=":material/model_training:")
        st.page_link(PAGES / "compare.py", label="Compare", icon=":material/compare_arrows:")
    columns = st.container(key="quarters").columns(len(CLASSICS))
    for column, id in zip(columns, CLASSICS, strict=True):
        one = entry(id)
        with column.container(border=True, height="stretch", vertical_alignment="distribute"):
            with st.container():
                st.markdown(f"**{one.title}** · {one.year}")
                st.caption(one.idea)
                st.caption(short_params(trace(one.architecture)))
            if st.button("Open in Build", key=f"open_{id}", width="stretch"):
                design.put(one.architecture)
                st.switch_page(PAGES / "build.py")
