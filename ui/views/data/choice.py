"""Which data set the page shows, kept in its address."""

from __future__ import annotations

import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetSpec, is_here, title
from cnn.data.inspection_outside import Inspected, inspected
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_from_address, data_to_address
from cnn.training.recipe.presets import FIRST
from ui.parts.setup import data
from ui.parts.setup.settings import Settings
from ui.session import address
from ui.session.kept import kept
from ui.session.person import own_folder
from ui.session.words import plain

SETTINGS = Settings("data")
ADDRESSES = "data_addresses"


def arrive() -> None:
    """Puts what the address says into the widgets."""
    if found := address.arrived(ADDRESSES):
        flat = {name: values[-1] for name, values in found.items() if values}
        SETTINGS.put(Configuration(data_from_address(flat, FIRST.dataset, own_folder())))
    SETTINGS.begin_with(FIRST)


def choose() -> DatasetSpec | None:
    """The data set; None, with the reason shown, where there is none."""
    spec = data.choose_data(SETTINGS.key, on_change=lambda: None)
    if spec is not None:
        address.keep(ADDRESSES, dict(data_to_address(spec)))
        st.caption(CATALOGUE[spec.name].description)
    return spec


def look_into(spec: DatasetSpec) -> Inspected | None:
    """What is in it; None, with the reason shown, where it cannot be had."""
    if not is_here(spec) and not st.button(
        f"Download {title(spec)}", icon=":material/download:", key="data_fetch"
    ):
        st.info(f"{title(spec)} is not on this machine yet.", icon=":material/cloud_download:")
        return None
    with st.spinner(f"Looking at every image of {title(spec)} ...", show_time=True):
        found = _inspected(spec)
    if isinstance(found, str):
        st.error(plain(found), icon=":material/error:")
        if st.button("Try again", icon=":material/refresh:"):
            _inspected.clear()
            st.rerun()
        return None
    return found


@kept(most=4)
def _inspected(spec: DatasetSpec) -> Inspected | str:
    try:
        return inspected(spec)
    except DataError as error:
        return str(error)
