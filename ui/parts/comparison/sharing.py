"""A comparison that others in class may open by its link, where people have accounts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.comparing.comparison import Group
from cnn.training.recipe.run import Run
from cnn.training.store import labels
from ui.parts.runs import runs
from ui.session.address import this_page
from ui.session.person import has_accounts, may_share
from ui.session.words import plain


def sharing(found: Sequence[Group]) -> None:
    """Whose runs these are, and a link that opens all of one's own for others."""
    if not has_accounts():
        return
    there = [run for group in found for run in group.runs if run]
    others = sorted({said for run in there for said in runs.whose(run) if said != "shared"})
    if others:
        st.caption(f"With runs {plain(', '.join(others))}.")
    me = runs.store().person.id
    mine = [run for run in there if run.owner == me]
    if not mine or not may_share():
        return
    is_shared = all(run.is_shared for run in mine)
    with st.popover("Shared" if is_shared else "Share", icon=":material/group:"):
        many = "Its run is" if len(mine) == 1 else f"Its {len(mine)} runs are"
        if is_shared:
            st.markdown(f"{many} opened in class by whoever has this link, and changed by nobody.")
            st.code(_link(), language=None, wrap_lines=True)
        else:
            st.markdown("Whoever in your class has its link will see it, with your name.")
        st.button(
            "Share no longer" if is_shared else "Share it",
            type="secondary" if is_shared else "primary",
            key="share_comparison",
            on_click=_share,
            args=(mine, not is_shared),
        )


def _share(mine: Sequence[Run], is_shared: bool) -> None:
    labels.share_all(runs.store(), [run.id for run in mine], is_shared=is_shared)


def _link() -> str:
    query = [(name, one) for name in st.query_params for one in st.query_params.get_all(name)]
    return this_page(query)
