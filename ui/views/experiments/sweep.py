"""A small sweep: one field of a network or of its training at several values."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.comparison import Group, Plan
from cnn.comparing.same_data import differences
from cnn.comparing.standings import Outcome, table
from cnn.comparing.sweep import (
    MOST_VALUES,
    OF_TRAINING,
    USUAL,
    Field,
    Sweep,
    SweepError,
    values_of,
)
from cnn.comparing.unshown import beside
from cnn.diagnose import learning_curve
from cnn.network.errors import ArchitectureError
from cnn.numbers import exact
from cnn.pictures.comparison.result_curve import Series, result_curve
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.presets import BRIEF
from ui.components.plot import plot
from ui.parts.comparison.choice import architecture_of, name_of, offered
from ui.parts.comparison.table import chosen_target, compared
from ui.parts.comparison.verdict import judged
from ui.parts.runs import runs
from ui.parts.setup.settings import Settings
from ui.session import theme
from ui.session.words import plain
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep, last
from ui.views.experiments.live import (
    WORDS,
    Epochs,
    choose_outcome,
    follow,
    open_in_compare,
    open_in_train,
    points,
)

ID = "sweep"
SETTINGS = Settings("sweep")
USUAL_NETWORK, USUAL_SEEDS = "simple-cnn", 2
NETWORK, FIELD = SETTINGS.key("network"), SETTINGS.key("field")
HEIGHT = 360
TITLES = {
    Field.FILTERS: "Filters",
    Field.KERNEL_SIZE: "Kernel size",
    Field.DEPTH: "Depth",
    Field.DROPOUT: "Dropout",
    Field.LEARNING_RATE: "Learning rate",
    Field.BATCH_SIZE: "Batch size",
    Field.IMAGES: "Images",
}
MEANINGS = {
    Field.FILTERS: "Each convolution with filters of its own gets so many times as many, rounded.",
    Field.KERNEL_SIZE: "Kernels larger than 1×1 get this size; those of 1×1 stay.",
    Field.DEPTH: "Each block, and each convolution outside of one, stands so many times in a row; "
    "1 is the network as it is. The copies keep the size of the map.",
    Field.DROPOUT: "Every dropout layer gets this rate.",
    Field.LEARNING_RATE: "The highest of the schedule, in place of the one set below.",
    Field.BATCH_SIZE: "Images per step, in place of what is set below.",
    Field.IMAGES: "A share of the images to train, class by class; 1 is all of them. Each takes as "
    "many steps, with the same images to validate and to test.",
}
AXES = {
    Field.FILTERS: "filters, times as many",
    Field.KERNEL_SIZE: "kernel size",
    Field.DEPTH: "how often each block stands",
    Field.DROPOUT: "dropout rate",
    Field.LEARNING_RATE: "learning rate",
    Field.BATCH_SIZE: "batch size",
    Field.IMAGES: "share of the images to train",
}


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    id, field = last(address, "network"), last(address, "field")
    st.session_state[NETWORK] = id if architecture_of(id) else USUAL_NETWORK
    chosen = Field(field) if field in list(Field) else Field.FILTERS
    st.session_state[FIELD] = chosen
    values = list(dict.fromkeys(address.get("value", [])))[:MOST_VALUES]
    st.session_state[_values_key(chosen)] = [text[:20] for text in values] or _usual(chosen)
    conditions.arrive(SETTINGS, BRIEF, address, USUAL_SEEDS)


def show() -> None:
    """The tab."""
    conditions.begin(SETTINGS, BRIEF, USUAL_SEEDS)
    st.session_state.setdefault(NETWORK, USUAL_NETWORK)
    st.session_state.setdefault(FIELD, Field.FILTERS)
    st.markdown("One network, trained again and again with one thing at several values.")
    with st.container(border=True):
        id, field, texts = _choose()
        chosen = conditions.conditions(SETTINGS)
        if chosen is None:
            return
        own = {"network": id, "field": field.value, "value": texts}
        keep(ID, own | chosen.to_address())
        found = _sweep(id, field, texts, chosen)
        plans = conditions.trainable(found.plans(), chosen) if found else []
    if not found or not plans:
        return

    def results(groups: list[Group], epochs: Epochs) -> None:
        _results(found, groups, epochs)
        with st.container(horizontal=True):
            if field not in OF_TRAINING:
                entrants = tuple(entrant for plan in plans for entrant in plan.entrants)
                open_in_compare(Plan(entrants, chosen.configuration, chosen.seeds))
            open_in_train(groups)

    follow(plans, results)


def _choose() -> tuple[str, Field, list[str]]:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        id = st.selectbox(
            "Network",
            offered([st.session_state[NETWORK]]),
            key=NETWORK,
            format_func=name_of,
            persist_state="session",
        )
    with right:
        field = Field(
            st.segmented_control(
                "What changes",
                list(Field),
                key=FIELD,
                format_func=TITLES.__getitem__,
                required=True,
                persist_state="session",
                wrap=True,
            )
            or Field.FILTERS
        )
    key = _values_key(field)
    st.session_state.setdefault(key, _usual(field))
    texts = st.multiselect(
        "Values",
        list(dict.fromkeys([*_usual(field), *st.session_state[key]])),
        key=key,
        accept_new_options=True,
        max_selections=MOST_VALUES,
        placeholder="Choose, or type a number",
        persist_state="session",
    )
    st.caption(MEANINGS[field])
    return str(id), field, list(texts)


def _values_key(field: Field) -> str:
    return SETTINGS.key(f"values_{field.value}")


def _usual(field: Field) -> list[str]:
    return [exact(value) for value in USUAL[field]]


def _sweep(id: str, field: Field, texts: list[str], chosen: conditions.Conditions) -> Sweep | None:
    """The sweep that is chosen; None, with the reason shown, where it cannot be."""
    architecture = architecture_of(id)
    if architecture is None:
        return None
    try:
        entrant = chosen.entrant(id, architecture)
        values, images = values_of(field, texts), chosen.look.counts["train"]
        found = Sweep(entrant, field, values, chosen.configuration, chosen.seeds, images)
        found.plans()
    except (ArchitectureError, ConfigurationError, SweepError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return found


def _more_images(groups: list[Group]) -> None:
    """Whether more images would help, by the errors on the test images."""
    if said := learning_curve.in_words(learning_curve.trained(groups)):
        st.info("  \n".join(map(plain, said)), icon=":material/trending_up:")
    else:
        st.caption("With three sizes or more, this says whether more images would help.")


def _results(found: Sweep, groups: list[Group], epochs: Epochs) -> None:
    rows = table(groups, epochs, chosen_target())
    outcome = choose_outcome("sweep_outcome", Outcome.VALIDATION)
    by_value = [(float(group.entrant.id), group) for group in groups]
    figure = result_curve(
        [Series(TITLES[found.field], 0, points(by_value, epochs, outcome))],
        found.values,
        over=AXES[found.field],
        what=WORDS[outcome].lower(),
        dark=theme.is_dark(),
        is_share=outcome is not Outcome.SECONDS,
    )
    label = f"{WORDS[outcome]} against {TITLES[found.field].lower()}"
    plot(figure, label=label, height=HEIGHT, key="sweep_curve")
    result = next(run.result for group in groups for run in group.finished if run.result)
    st.caption(
        f"Validation on {result.validation_images:,} images, the best of all epochs; test once, on "
        f"{result.test_images:,}. Faint dots are single seeds, the line their mean, bars one "
        "standard deviation. Choose a value by its validation accuracy: chosen by the test "
        "images, their accuracy would be too good to be true."
    )
    if found.field is Field.IMAGES:
        _more_images(groups)
    places = dict.fromkeys((row.id for row in rows), 0)
    others = beside(runs.store(), found.whole(), groups, found.setting)
    compared(rows, places, differences(groups), judged(groups, others))
