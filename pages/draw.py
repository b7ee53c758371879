"""Draw: a digit on the pad, what networks make of it while it is drawn, and why."""

from contextlib import ExitStack

import streamlit as st

from ui.parts.drawing.answers import answers
from ui.parts.drawing.board import example, look_inside, said_of, settled
from ui.parts.drawing.fool import fool
from ui.parts.drawing.networks import choose_networks
from ui.parts.drawing.pad import pad
from ui.parts.drawing.unlike import how_measured
from ui.views.draw.card import model_card
from ui.views.draw.why import why


@st.fragment
def board() -> None:
    """All of the page that a stroke changes."""
    with ExitStack() as in_turn:
        _board(in_turn)


def _board(in_turn: ExitStack) -> None:
    left, right = st.container(key="halves").columns([5, 7], gap="large")
    with left:
        drawing = pad()
        said_of(drawing)
    with right:
        above = st.container()
        networks = choose_networks(in_turn)
        example()
        how_measured()
        with above:
            answers(
                networks,
                None if drawing.is_blank else drawing.image,
                answered=drawing.count,
                measured=True,
                label="Answers",
                key="draw_answers",
            )
    image = settled(drawing)
    if networks and image is not None:
        look_inside(networks[0])
    because, fooled, card = st.tabs(
        ["Why?", "Fool it", "The built-in network"], key="draw_tab", on_change="rerun"
    )
    if because.open:
        with because:
            if networks and image is not None:
                why(networks, image)
            else:
                st.caption("Draw a digit first: then its ink is coloured by what it speaks for.")
    if fooled.open:
        with fooled:
            if networks and image is not None:
                fool(networks, image)
            else:
                st.caption("Draw a digit first: then move, turn, thicken or blur it with noise.")
    if card.open:
        with card:
            model_card()


st.title("Draw a digit", anchor=False)
board()
