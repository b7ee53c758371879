"""A network of the zoo in words: its idea, its paper, what was kept of it and what was cut."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.verdict_words import listed
from cnn.network.architecture import Architecture
from cnn.network.zoo import Entry, Measured, entry, zoo
from ui.session.words import plain, pretty


def about(architecture: Architecture) -> None:
    """Of a design that is a network of the zoo as it came, and was made from a paper's."""
    for one in zoo().values():
        own = one.architecture
        if one.kept and own.layers == architecture.layers and own.input == architecture.input:
            with st.expander(f"About {one.title} ({one.year})", icon=":material/history_edu:"):
                st.markdown(pretty(one.idea))
                st.caption(plain(one.citation))
                kept(one)
                cut(one)
                if one.measured:
                    st.markdown(f"**What was measured**\n\n{plain(measured(one, one.measured))}")


def kept(one: Entry) -> None:
    st.markdown("**What was kept**\n\n" + _listed(one.kept))


def cut(one: Entry) -> None:
    st.markdown("**What was cut or changed**\n\n" + _listed(one.cut))


def measured(one: Entry, found: Measured) -> str:
    """Both counts of right answers, and what they were trained with."""
    seeds = len(found.right)
    each = "one seed of each" if seeds == 1 else f"{seeds} seeds of each"
    own, other = (
        listed([f"{count:,}" for count in counts]) for counts in (found.right, found.beside_right)
    )
    return (
        f"After {found.epochs} epochs of {found.learned_from}, {one.title} has {own} of "
        f"{found.tested:,} test images right; {entry(found.beside).title}, with as many "
        f"multiply-accumulates to train, has {other} ({each})."
    )


def _listed(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {pretty(line)}" for line in lines)
