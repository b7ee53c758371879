"""The script of a run that needs nothing of this program, and the same as a notebook."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.training.engine.reproduce import ReproductionError
from cnn.training.exchange.notebook import notebook
from cnn.training.exchange.standalone import needs, standalone
from cnn.training.recipe.run import Epoch, Run
from ui.session.words import plain


def alone(run: Run, epochs: Sequence[Epoch], stem: str) -> None:
    """Both to be saved; where there can be none, why."""
    try:
        text = standalone(run, epochs)
    except ReproductionError as error:
        st.caption(plain(f"No script without this program: {error}"))
        return
    with st.container(horizontal=True):
        for name, made, icon in (
            (f"{stem}-alone.py", lambda: text, ":material/code_off:"),
            (f"{stem}.ipynb", lambda: notebook(text), ":material/auto_stories:"),
        ):
            st.download_button(
                f"Save {name}", made, name, icon=icon, key=f"save_{name}", on_click="ignore"
            )
    st.caption(f"The same without this program, and as a notebook. Each needs {needs(run)} alone.")
