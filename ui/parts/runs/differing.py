"""The settings that differ between runs, and only those, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.training.recipe.differing import Part, differing
from cnn.training.recipe.run import Run
from ui.components.table import Cell, Column, TableRow, table
from ui.session.words import pretty

PARTS = {
    Part.NETWORK: "network",
    Part.DATA: "data",
    Part.TRAINING: "training",
    Part.MADE_WITH: "versions, machine",
}


def differing_settings(
    names: Sequence[str], groups: Sequence[Sequence[Run]], *, key: str, ignored: Sequence[str] = ()
) -> None:
    """A row for each setting that differs, a column for each of these groups of runs."""
    found = differing(groups, ignored)
    apart = f" ({', '.join(f'{name}s' for name in ignored)} left out)" if ignored else ""
    with st.expander("Settings that differ", icon=":material/difference:", key=f"{key}_open"):
        if not found:
            st.caption(
                "None, as far as they are known: of network, data, training, versions and machine"
                f"{apart}."
            )
            return
        columns = [Column(str(place), name) for place, name in enumerate(names)]
        table(
            "Settings that differ",
            (Column("setting", "Setting"), *columns),
            [
                TableRow(
                    f"{one.part}, {one.name}",
                    one.name,
                    {
                        "setting": Cell(one.name, note=PARTS[one.part]),
                        **{
                            str(place): Cell(pretty(value) or "–")
                            for place, value in enumerate(one.values)
                        },
                    },
                )
                for one in found
            ],
            key=key,
            name_stays=True,
        )
        st.caption(
            "Networks with other kinds of layers are compared by counts, others field by field. "
            f"What else is compared is the same in all of them, as far as it is known{apart}."
        )
