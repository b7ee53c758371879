"""What one can take away of a run: the model, the script that does it again, weights, curves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import streamlit as st

from cnn.network.heads import end_activation
from cnn.network.keras.file import saying_pixels
from cnn.training.engine.loading import loading_code
from cnn.training.engine.reproduce import ReproductionError, file_needed, script
from cnn.training.recipe.curve_file import curve_csv
from cnn.training.recipe.run import MODEL, WEIGHTS, Epoch, Run, State, Step
from cnn.training.store.arrays import ArraysError
from cnn.training.upkeep.contents import what_is_wrong
from cnn.training.upkeep.making_room import gone
from cnn.training.upkeep.room import Kind
from ui.parts.runs import runs
from ui.session.words import plain, size_bytes

WITH_MODEL = (State.FINISHED, State.STOPPED)
ALL_STEPS = 1 << 40
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
    left, right = st.columns(2, border=True)
    with left:
        st.markdown("**The trained network**")
        if MODEL in sizes and run.state in WITH_MODEL:
            _file(run, MODEL, f"{stem}.keras", sizes[MODEL], ":material/deployed_code:")
            st.code(loading_code(f"{stem}.keras", run.architecture), "python")
        else:
            st.caption(_no_model(run))
        if WEIGHTS in sizes:
            _file(run, WEIGHTS, f"{stem}.npz", sizes[WEIGHTS], ":material/grid_on:")
        st.caption(_about(run, epochs))
    with right:
        st.markdown("**The training**")
        _script(run, epochs, stem)
        _save(f"{stem}-epochs.csv", lambda: curve_csv(Epoch, epochs), ":material/table:")
        if Kind.CURVES in gone(store, run.id):
            st.caption("The curve with all its digits. Its single steps were removed to make room.")
            return
        if not store.steps(run.id):
            st.caption(
                "The curve with all its digits. Single steps were not kept of this run: it comes "
                "from a file."
            )
            return
        _save(
            f"{stem}-steps.csv",
            lambda: curve_csv(Step, store.steps(run.id, ALL_STEPS)),
            ":material/table_rows:",
        )
        st.caption("The curve with all its digits, and in the second file step by step.")


def _script(run: Run, epochs: Sequence[Epoch], stem: str) -> None:
    try:
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
    st.code(f"PYTHONPATH=/path/to/cnn-workbench python {stem}.py", "sh")
    if needed := file_needed(run):
        st.caption(plain(needed))


def _file(run: Run, kept: str, name: str, size: int, icon: str) -> None:
    store = runs.store()

    def content() -> bytes:
        found = store.file(run.id, kept) or b""
        if said := what_is_wrong(kept, found, run):  # which whoever saves it finds in the log
            raise ArraysError(f"{kept} of run {run.id} is damaged: {said}. Train it again.")
        # A file that an older program kept does not say yet what the network is fed.
        return saying_pixels(found, run.architecture) if found and kept == MODEL else found

    _save(name, content, icon, f" · {size_bytes(size)}")


def _save(name: str, content: Callable[[], str | bytes], icon: str, note: str = "") -> None:
    # The content is made when it is asked for, so that looking here costs nothing.
    st.download_button(
        f"Save {name}{note}", content, name, icon=icon, key=f"save_{name}", on_click="ignore"
    )


def _about(run: Run, epochs: Sequence[Epoch]) -> str:
    best = run.result.best_epoch if run.result else None
    match end_activation(run.architecture):
        case "softmax":
            end = "It ends in the softmax of its design and gives probabilities."
        case "sigmoid":
            end = "It ends in the sigmoid of its design: a probability for each class by itself."
        case _:
            end = "It has no softmax at its end, as designed: it gives scores, not probabilities."
    pixels = run.architecture.fed.words
    return f"Weights as after epoch {best or epochs[-1].epoch}; pixels {pixels}. {end}"


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
