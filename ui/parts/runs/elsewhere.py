"""A training that another program does or did: how far it is, its curves, what is known of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import streamlit as st

from cnn.insight.readings.explanations import Fact
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.pictures.training.curves import Curve
from cnn.training.engine.environment import together
from cnn.training.recipe.curve_file import epochs_csv, write_steps_csv
from cnn.training.recipe.elsewhere import MARK, OWN_COUNT, Elsewhere
from cnn.training.recipe.run import Epoch, Step, Wish
from ui.components import figures as line
from ui.components import progress
from ui.components.figures import Figure
from ui.components.save import save_file
from ui.parts.runs import runs
from ui.parts.runs.charts import show_curves, show_learning_rate
from ui.parts.runs.figures import BAR, FIGURES
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import duration, facts_html, percent, plain

ICON = ":material/cloud_download:"


def mark() -> None:
    """The mark that such a training has wherever it is shown."""
    st.badge(MARK, icon=ICON, color="violet")


def controls(one: Elsewhere) -> None:
    """It may be asked to end; all else is up to the program that trains it."""
    if not one.is_live:
        return
    stopping = one.wish is Wish.STOP
    st.button(
        "Stopping ..." if stopping else "Stop",
        icon=":material/stop:",
        key=f"stop_{one.id}",
        on_click=runs.store().want,
        args=(one.id, Wish.STOP),
        disabled=stopping,
    )


def bar(one: Elsewhere, key: str = BAR) -> None:
    """How far it is, while it goes on."""
    if one.is_live:
        progress.progress(one.progress.share, _progress_text(one), key=key)


def figures(one: Elsewhere, epochs: Sequence[Epoch]) -> None:
    """The last figures, as Keras told them."""
    line.figures(_figures(one, epochs), key=FIGURES)
    st.caption(OWN_COUNT)


def told(one: Elsewhere, epochs: Sequence[Epoch]) -> dict[str, object]:
    """What both show while it goes on, by their keys."""
    now = progress.told(one.progress.share, _progress_text(one))
    return {BAR: now, FIGURES: line.told(_figures(one, epochs))}


def _progress_text(one: Elsewhere) -> str:
    now = one.progress
    parts = [
        f"Epoch {max(now.epoch, 1)} of {one.epochs_wanted}",
        f"step {now.step:,}" + (f" of {now.steps:,}" if now.steps > now.step else ""),
        f"{now.images_per_s:,.0f} images/s" if now.images_per_s else "",
        f"about {duration(now.seconds_left)} left" if now.seconds_left is not None else "",
    ]
    return " · ".join(filter(None, parts))


def _figures(one: Elsewhere, epochs: Sequence[Epoch]) -> list[Figure]:
    last, told = (epochs[-1] if epochs else None), one.told
    shown = [
        ("Validation accuracy", percent(last.val_accuracy) if last else None, told.val_accuracy),
        ("Training accuracy", percent(last.accuracy) if last else None, told.accuracy),
        ("Validation loss", number(last.val_loss) if last else None, told.val_loss),
        ("Training loss", number(last.loss) if last else None, "loss"),
        ("Training time", duration(one.progress.seconds), "time"),
    ]
    return [Figure(label, said or "–") for label, said, measured in shown if measured]


def inside(one: Elsewhere, epochs: Sequence[Epoch], steps: Sequence[Step]) -> None:
    """The looks there are at it."""
    views: dict[str, Callable[[], None]] = {
        runs.CURVES: lambda: show_curves([curve(one.name, one, epochs, steps)]),
        "Learning rate": lambda: show_learning_rate(one, steps),
        "Facts": lambda: _facts(one),
        "Take away": lambda: _take_away(one, epochs),
    }
    tabs = st.tabs(list(views), key=f"{runs.TAB}_elsewhere", on_change="rerun")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def curve(name: str, one: Elsewhere, epochs: Sequence[Epoch], steps: Sequence[Step]) -> Curve:
    """What there is to draw of it."""
    return Curve(name, one.epochs_wanted, steps, epochs, unmeasured=one.told.unmeasured)


def open_design(one: Elsewhere) -> None:
    """To its network, where it could be read."""
    if one.architecture and st.button("Open in Build", icon=":material/stacks:"):
        design.put(one.architecture)
        st.switch_page(PAGES / "build.py")


def _facts(one: Elsewhere) -> None:
    told = one.told
    made_with = ", ".join(f"{name}: {value}" for name, value in together([one.environment]))
    created = time.strftime("%d %B %Y, %H:%M", time.localtime(one.created_at))
    training = [
        f"{told.epochs:,} epochs" if told.epochs else "",
        f"batches of {told.batch:,}" if told.batch else "",
        told.optimizer,
        told.loss,
    ]
    st.html(
        facts_html(
            [
                Fact("Run", one.id, f"made {created}, {MARK}"),
                Fact("Network", _network(one), told.no_design),
                Fact("Training", ", ".join(filter(None, training)), "as Keras told it"),
                Fact("Steps", "out of the running means of each epoch that Keras tells"),
                Fact("Made with", made_with),
            ]
        )
    )


def _network(one: Elsewhere) -> str:
    if one.architecture:
        traced = trace(one.architecture)
        return f"{one.network}: {traced.params_text}, input {shape_text(one.architecture.input)}"
    counted = f"{one.told.parameters:,} parameters; " if one.told.parameters else ""
    return f"{counted}its design could not be read"


def _take_away(one: Elsewhere, epochs: Sequence[Epoch]) -> None:
    if one.is_live or not epochs:
        st.caption("Its curves, once it has ended after an epoch or more.")
        return
    unmeasured = one.told.unmeasured
    st.download_button(
        "Save the curve, by epoch",
        lambda: epochs_csv(epochs, unmeasured),
        f"{one.id}-epochs.csv",
        icon=":material/table:",
        on_click="ignore",
    )
    save_file(
        "Save the curve, by step",
        f"{one.id}-steps.csv",
        lambda into: write_steps_csv(runs.opened().every_step(one.id), into, unmeasured),
        icon=":material/table_rows:",
    )
    st.caption(plain("No model and no script: this program has neither of a training elsewhere."))
