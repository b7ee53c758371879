"""What one can take away of a run: the model, the script that does it again, weights, curves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import IO

import streamlit as st

from cnn.comparing.mean_curves import moment
from cnn.exports import Subject, Takes
from cnn.insight.passes import effort
from cnn.insight.passes.effort import TooMuchError
from cnn.network.heads import averaged, end_activation
from cnn.network.keras.file import say_pixels
from cnn.network.keras.model import WeightsError
from cnn.network.torch.file import module_name, write_torch_file
from cnn.pictures.page.network import NoPageError, check_page, effort_of_page, page_bytes
from cnn.pictures.page.run import run_page
from cnn.training.engine.loading import classes_needed, loading_code
from cnn.training.engine.reproduce import (
    ReproductionError,
    check_start,
    file_needed,
    script,
    start_file,
)
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.curve_file import epochs_csv, write_steps_csv
from cnn.training.recipe.run import MODEL, START, WEIGHTS, Epoch, Run, State
from cnn.training.upkeep.contents import broken
from cnn.training.upkeep.making_room import gone
from cnn.training.upkeep.room import Kind
from cnn.training.workers.starting import known_classes
from ui.components.component import FOLDER
from ui.components.save import save_file
from ui.parts.network.save_as import ON_PAGES, save_as
from ui.parts.runs import runs
from ui.parts.runs.alone import alone
from ui.session.kept import turn
from ui.session.offers import Gone
from ui.session.words import plain, size_bytes

OWN_BUTTONS = ("PyTorch: code and weights", "Web page")
WITH_MODEL = (State.FINISHED, State.STOPPED)
STEPS_ICON = ":material/table_rows:"
WRITING_S = 15.0
"""For so long after a stop, the worker may still be writing the model."""


def take_away(run: Run, epochs: Sequence[Epoch]) -> None:
    """A button for each file there is, and for each that there is not, why."""
    if run.is_live:
        st.caption("There will be something to take away once this run has ended.")
        return
    if not epochs:
        st.caption("This run ended within its first epoch, so there is nothing to take away.")
        return
    since = time.time() - (run.finished_at or 0.0)
    is_awaited = run.state is State.STOPPED and since < WRITING_S
    st.fragment(run_every=1.0 if is_awaited else None)(_files)(run, epochs)


def _files(run: Run, epochs: Sequence[Epoch]) -> None:
    store, stem = runs.store(), _stem(run)
    sizes = store.file_sizes(run.id)
    left, right = st.container(key="halves_files").columns(2, border=True)
    with left:
        st.markdown("**The trained network**")
        if MODEL in sizes and run.state in WITH_MODEL:
            _file(run, MODEL, f"{stem}.keras", sizes[MODEL], ":material/deployed_code:")
            if needed := classes_needed(run.architecture):
                st.caption(needed)
            st.code(loading_code(f"{stem}.keras", run.architecture), "python", wrap_lines=True)
        else:
            st.caption(_no_model(run))
        if WEIGHTS in sizes:
            _file(run, WEIGHTS, f"{stem}.npz", sizes[WEIGHTS], ":material/grid_on:")
            _torch(run, f"{stem}-torch.zip")
            _another_form(run, stem)
            _page(run, f"{stem}.html")
        st.caption(_about(run, epochs))
    with right:
        st.markdown("**The training**")
        _script(run, epochs, stem)
        _save(f"{stem}-epochs.csv", lambda: epochs_csv(epochs), ":material/table:")
        if Kind.CURVES in gone(store, run.id):
            st.caption("The curve with all its digits. Its single steps were removed to make room.")
            return
        if not store.steps(run.id):
            st.caption(
                "The curve with all its digits. Single steps were not kept of this run: it comes "
                "from a file."
            )
            return
        name = f"{stem}-steps.csv"
        save_file(f"Save {name}", name, lambda into: _steps(run.id, into), icon=STEPS_ICON)
        st.caption("The curve with all its digits, and in the second file step by step.")


def _script(run: Run, epochs: Sequence[Epoch], stem: str) -> None:
    sizes = runs.store().file_sizes(run.id)
    try:
        check_start(run, sizes)
        text = script(run, epochs)
    except ReproductionError as error:
        words = str(error)
        st.caption(plain(f"No script: {words}"))
        return
    _save(f"{stem}.py", lambda: text, ":material/code:")
    st.caption(
        "The script trains the network anew in Keras, on the same images in the same order, and "
        "compares its curve with the one recorded here. It reads images and learning rates with "
        "this program's package `cnn`, so it needs a folder of CNN Workbench with its requirements "
        "installed:"
    )
    st.code(f"PYTHONPATH=/path/to/cnn-workbench python {stem}.py", "sh", wrap_lines=True)
    if needed := file_needed(run):
        st.caption(plain(needed))
    alone(run, epochs, stem)
    if run.configuration.start:
        _file(run, START, start_file(run), sizes[START], ":material/grid_on:")


def _file(run: Run, kept: str, name: str, size: int, icon: str) -> None:
    def make(into: IO[bytes]) -> None:
        if runs.opened().copy_file(run.id, kept, into) is None:
            raise Gone("This run does not keep that file any more.")
        if said := broken(into):
            raise Gone(f"What run {run.id} keeps as {kept} is damaged: {said}. Train it again.")
        if kept == MODEL:  # that of an older program does not say yet what the network is fed
            say_pixels(into, run.architecture)

    save_file(f"Save {name} · {size_bytes(size)}", name, make, icon=icon)


def _torch(run: Run, name: str) -> None:
    """The network for PyTorch; this program needs no PyTorch to write it."""

    asked = effort.of_weights(run.architecture)
    try:
        asked.check("For PyTorch: to lay out its weights", hint="Save them in NumPy's form.")
    except TooMuchError as error:
        st.caption(plain(str(error)))
        return

    def make(into: IO[bytes]) -> None:
        try:
            with turn(asked):
                weights = trained_weights(runs.opened(), run)
                write_torch_file(run.architecture, weights, into)
        except WeightsError as error:
            raise Gone(str(error)) from error

    save_file("Save PyTorch: code and weights", name, make, icon=":material/folder_zip:")
    st.caption("Unpacked, it needs PyTorch and NumPy, and nothing of this program:")
    module = module_name(run.architecture)
    st.code(f"from {module} import trained\n\nmodel = trained()", "python", wrap_lines=True)


def _another_form(run: Run, stem: str) -> None:
    """All other forms that a network leaves in, of which one is chosen."""
    first = sorted(ON_PAGES, key=lambda form: form.takes is Takes.NONE)
    others = {form.label: form for form in first if form.label not in OWN_BUTTONS}
    label = st.selectbox("Another form", list(others), key="take_away_as", persist_state="session")
    form = others[label]
    has_names = form.can_name_classes and st.checkbox("With the names of its classes")

    def subject() -> Subject:
        store = runs.opened()
        names = known_classes(store, run) if has_names else ()
        return Subject(run.architecture, trained_weights(store, run), names)

    save_as(form, stem, run.architecture, subject)


def _page(run: Run, name: str) -> None:
    """One file that answers by itself; where there is none, why."""
    asked = effort_of_page(run.architecture)
    try:
        check_page(run.architecture)
        asked.check("To write it", hint="Take away the network in another form.")
    except (NoPageError, TooMuchError) as error:
        st.caption(plain(f"No web page. {error}"))
        return

    def make(into: IO[bytes]) -> None:
        try:
            with turn(asked):
                into.write(run_page(runs.opened(), run, FOLDER))
        except WeightsError as error:
            raise Gone(str(error)) from error

    size = size_bytes(page_bytes(run.architecture))
    save_file(f"Save web page · ≈ {size}", name, make, icon=":material/public:")
    st.caption(
        "One file that answers in any browser, without a server and the internet, with a model "
        "card. It holds the names of the classes."
    )


def _steps(run_id: str, into: IO[bytes]) -> None:
    write_steps_csv(runs.opened().every_step(run_id), into)


def _save(name: str, text: Callable[[], str], icon: str) -> None:
    """A file that is small, whichever run it is of; looking here does not make it."""
    st.download_button(f"Save {name}", text, name, icon=icon, key=f"save_{name}", on_click="ignore")


def _about(run: Run, epochs: Sequence[Epoch]) -> str:
    best = run.result.best_epoch if run.result else None
    match end_activation(run.architecture):
        case str(name) if averaged(run.architecture) is not None:
            end = f"Its outputs are means of a {name}, as designed: probabilities."
        case "softmax":
            end = "It ends in the softmax of its design and gives probabilities."
        case "sigmoid":
            end = "It ends in the sigmoid of its design: a probability for each class by itself."
        case _:
            end = "It has no softmax at its end, as designed: it gives scores, not probabilities."
    pixels = run.architecture.fed.words
    after = moment(run, best or epochs[-1].epoch)
    return f"Weights as after {after}; pixels {pixels}. {end}"


def _no_model(run: Run) -> str:
    if run.state not in WITH_MODEL:
        return f"A `.keras` file is kept of finished and stopped runs; this one is {run.state}."
    if run.state is State.STOPPED and time.time() - (run.finished_at or 0.0) < WRITING_S:
        return "The `.keras` file is being written ..."
    return (
        "This run keeps no `.keras` file: it is too large for one, or an older program trained it."
    )


def _stem(run: Run) -> str:
    """Plain letters for the names of files, and enough of the run's id to tell them apart."""
    name = "".join(letter if letter.isalnum() else "-" for letter in run.name.lower())
    return f"{name.strip('-') or 'network'}-{run.id[:6]}"
