"""A data set of one's own made of the one that is shown: classes changed, or divided anew."""

from __future__ import annotations

import streamlit as st

from cnn.data import DataError, DatasetSpec, title
from cnn.data.edited import LONGEST_NAME, Division, Edits
from cnn.data.edits_outside import Made, make
from cnn.data.inspection_outside import Inspected
from cnn.data.spec import LARGEST_SEED
from cnn.training.recipe.data_address import data_id
from ui.session.person import own_folder
from ui.session.words import plain
from ui.views.data.choice import SETTINGS

MOST_FIELDS = 40
AS_IT_IS, ANEW = "As it is", "Divide anew"
MADE = "data_made"


def change(spec: DatasetSpec, found: Inspected) -> None:
    """The classes by their names, how the images are divided, and a name for what comes of it."""
    st.caption(
        "What is changed makes a data set of its own; this one stays as it is. Give a class "
        "another name; give two classes the same name to merge them; empty a name to leave its "
        "images out."
    )
    classes = _classes(spec, found)
    division = _division()
    name = st.text_input(
        "Name of the new data set",
        f"{title(spec)} changed"[:40],
        max_chars=40,
        key=f"data_name_{data_id(spec)}",
        width=360,
    )
    if st.button("Make it", type="primary", icon=":material/check:", key="data_make"):
        try:
            edits = Edits(spec, classes, division=division)
            with st.spinner("Making it ...", show_time=True):
                use(make(edits, own_folder(), name.strip() or "changed"))
        except DataError as error:
            st.error(plain(str(error)), icon=":material/error:")


def use(made: Made) -> None:
    """Shows what was made."""
    st.session_state[MADE] = made
    st.rerun()


def take_made() -> None:
    """Chooses what was just made, before its widget is shown, and says what is in it."""
    made: Made | None = st.session_state.pop(MADE, None)
    if made:
        st.session_state[SETTINGS.key("data")] = made.id
        st.toast(
            f"Made, with {len(made.class_names)} classes: {made.sizes} images.",
            icon=":material/check:",
        )


def _classes(spec: DatasetSpec, found: Inspected) -> tuple[tuple[str, str], ...]:
    names = found.class_names
    if len(names) > MOST_FIELDS:
        st.info(
            f"{len(names)} classes are too many to be named here one by one; {MOST_FIELDS} are "
            "the most. Their images can be divided anew."
        )
        return ()
    with st.container(horizontal=True, gap="small"):
        new = [
            st.text_input(
                plain(name) or "class",
                name,
                max_chars=LONGEST_NAME,
                key=f"data_class_{data_id(spec)}_{place}",
                width=150,
            )
            for place, name in enumerate(names)
        ]
    return tuple(
        (old, one.strip()) for old, one in zip(names, new, strict=True) if one.strip() != old
    )


def _division() -> Division | None:
    chosen = st.segmented_control(
        "How the images are divided",
        (AS_IT_IS, ANEW),
        default=AS_IT_IS,
        key="data_divided",
        required=True,
    )
    if chosen != ANEW:
        return None
    with st.container(horizontal=True):
        share = st.number_input(
            "To test, %",
            5.0,
            50.0,
            16.7,
            step=5.0,
            format="%.3g",
            key="data_test_share",
            help="Of all images, class by class. Of the others a sixth are to validate.",
            width=150,
        )
        seed = st.number_input(
            "Seed",
            0,
            LARGEST_SEED,
            0,
            key="data_test_seed",
            help="Another seed, other images to test.",
            width=150,
        )
    return Division(round(share / 100, 6), int(seed))
