"""All words with their sentences, as far as they have what is looked for."""

from __future__ import annotations

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.lessons.words import Word, words

WIDTH = 720


def word_list() -> None:
    """A field to search by, and each word; the address `words#loss` leads to one of them."""
    with st.container(width=WIDTH, key="word_list"):
        looked_for = st.text_input(
            frame_text("find_word"),
            type="search",
            icon=":material/search:",
            key="find_word",
            max_chars=80,
            live=True,
        )
        found = [word for word in words() if has(word, looked_for or "")]
        if not found:
            st.caption(frame_text("no_such_word"))
        for word in found:
            with st.container(gap="xxsmall"):
                st.header(word.term, anchor=word.key)
                st.markdown(f"{word.says}  \n[{word.place}]({word.address})")


def has(word: Word, looked_for: str) -> bool:
    """Whether a word is written like this, or says so."""
    asked = looked_for.strip().lower()
    return any(asked in text.lower() for text in (*word.forms, word.says))
