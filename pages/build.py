"""Build: stack layers, and see every size, parameter and error as you do."""

import streamlit as st

from cnn.network.errors import path_text
from cnn.pictures.kit.figures import cost_bars, cost_height
from cnn.pictures.network.diagram import diagram, is_long
from ui.components.picture import picture
from ui.components.plot import plot
from ui.parts.lesson import last_steps
from ui.parts.lesson.challenge import goals_shown
from ui.parts.network.cascade import cascade
from ui.parts.network.known import about
from ui.parts.network.pixels import pixels
from ui.session import design, theme
from ui.session.words import plain
from ui.views.build.layer import layer_panel
from ui.views.build.lead_on import lead_on
from ui.views.build.pinned import against_pinned
from ui.views.build.saved import arrive_shared, save
from ui.views.build.stack import choose, chosen_row, finish, shut, stack, step
from ui.views.build.start import import_notes, name_and_input, start_from
from ui.views.build.take_away import take_away
from ui.views.build.totals import totals


@st.fragment
def bench() -> None:
    """All of the page that an edit changes, so that an edit runs nothing else."""
    trace = design.traced(design.current())
    design.keep_in_address(trace)
    row = chosen_row(trace)
    with st.container(key="bench_totals"):
        totals(trace, step())
    lead_on(trace)
    goals_shown(trace)
    last_steps.in_build(trace)

    left, right = st.container(key="halves").columns([5, 7], gap="medium")
    with left:
        stack(trace)
        finish(trace)
        pixels(trace)
        about(trace.architecture)
    with right:
        is_whole = is_long(trace) and st.toggle(
            f"Draw all {len(trace.rows):,} layers, also those that come again", key="network_whole"
        )
        drawn = diagram(trace, row.path if row else None, shut(trace), is_whole=is_whole)
        choose(picture(drawn, key="network"))
        image, layer, cost, pinned, take = st.tabs(
            ["An image inside", "Layer", "Cost", "Difference", "Take away"],
            key=design.TAB,
            on_change="rerun",  # so that an edit pays for the tab in view alone
        )
        if image.open:
            with image:
                choose(cascade(trace, path_text(row.path) if row else ""))
        if layer.open:
            with layer:
                layer_panel(trace, row)
        if cost.open:
            with cost:
                plot(
                    cost_bars(trace, theme.is_dark()).to_plotly_json(),
                    label="Cost of each layer",
                    height=cost_height(trace),
                    key="cost",
                )
        if pinned.open:
            with pinned:
                against_pinned(trace)
        if take.open:
            with take:
                choose(take_away(trace, path_text(row.path) if row else ""))


arrive_shared()
if problem := design.arrive():
    st.error(plain(problem), icon=":material/link_off:")
import_notes()
above = st.container(key="first_above")
head, keep, start = above.columns([6, 1, 1.5], vertical_alignment="bottom")
with head:
    name_and_input()
with keep:
    save()
with start:
    start_from()
bench()
