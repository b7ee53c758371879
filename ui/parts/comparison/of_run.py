"""From a finished run to Compare, beside what was chosen there."""

from __future__ import annotations

import streamlit as st

from cnn.network.errors import ArchitectureError
from cnn.training.recipe.run import Run, State
from ui.parts.comparison import choice
from ui.session.pages import PAGES
from ui.session.words import plain


def add_to_comparison(run: Run) -> None:
    """The button, where the run has something to be compared."""
    if run.state is not State.FINISHED or not st.button(
        "Add to comparison",
        icon=":material/compare_arrows:",
        help="Beside the networks that are chosen on Compare, under this run's conditions.",
    ):
        return
    try:
        choice.add_run(run)
    except ArchitectureError as error:
        st.toast(plain(str(error)), icon=":material/error:")
    else:
        st.switch_page(PAGES / "compare.py")
