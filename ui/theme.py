"""Whether the reader's theme is dark, for figures that cannot ask the page themselves."""

import streamlit as st


def is_dark() -> bool:
    return bool(st.context.theme.type == "dark")
