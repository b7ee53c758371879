"""The end of all lessons: what one can do now, the certificate, and where to go from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.catalogue import frame_text
from cnn.lessons.challenges import tries
from cnn.lessons.challenges.tries import Try
from cnn.lessons.lesson import Lesson
from cnn.lessons.progress.certificate import certificate
from ui.parts.lesson import address, challenge, progress
from ui.parts.lesson.challenge_cards import card
from ui.parts.setup.own_images import ask_for_own_images
from ui.session.pages import PAGES


def closing() -> None:
    """To be shown once no lesson is left."""
    tried = challenge.tried()
    with st.container(border=True, key="closing"):
        st.header(frame_text("all_done"), anchor=False)
        st.markdown("\n".join(f"- {line}" for line in catalogue.overview()["can"]))
        _certificate(tried)
        st.markdown(f"**{frame_text('and_now')}**")
        with st.grid("auto", min_column_width=300):
            _next_challenge(tried)
            _own_photos()
            for lesson in catalogue.lessons():
                if lesson.is_extra and not progress.standing().is_done(lesson):
                    _one_more(lesson)


def _certificate(tried: Mapping[str, Sequence[Try]]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="certificate"):
        name = st.text_input(
            frame_text("your_name"), max_chars=80, key="certificate_name", width=320
        )
        st.download_button(
            frame_text("certificate"),
            certificate(name or "", progress.standing(), catalogue.lessons(), tried),
            "cnn-workbench-certificate.html",
            "text/html",
            icon=":material/workspace_premium:",
            disabled=not (name or "").strip(),
            on_click="ignore",
        )


def _next_challenge(tried: Mapping[str, Sequence[Try]]) -> None:
    every = catalogue.challenges()
    still = (one for one in every if not tries.first_passed(tried.get(one.title, ())))
    card(next(still, every[0]), lead=frame_text("next_challenge"))


def _one_more(lesson: Lesson) -> None:
    with st.container(border=True, height="stretch", gap="small"):
        lead = frame_text("one_more", title=lesson.title)
        st.markdown(f"**{lead}**  \n{lesson.question}")
        st.space("stretch")
        st.page_link(
            PAGES / "lesson.py",
            label=frame_text("open_lesson", number=lesson.number),
            icon=":material/school:",
            query_params=address.left(lesson),
        )


def _own_photos() -> None:
    with st.container(border=True, height="stretch", gap="small"):
        st.markdown(f"**{frame_text('own_photos')}**  \n{frame_text('own_photos_about')}")
        st.space("stretch")
        if st.button(frame_text("bring_photos"), icon=":material/add_photo_alternate:"):
            ask_for_own_images()
            st.switch_page(PAGES / "train.py")
