""" "Why isn't it learning?": what was found out about a training, and what to try next."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from cnn.diagnose.diagnosis import diagnose
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.findings import Finding, Retry, Severity
from cnn.diagnose.in_short import in_short
from cnn.network.errors import ArchitectureError
from cnn.training.engine.kept_splits import kept_splits
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.fitting import changes_again
from cnn.training.recipe.run import Run, State
from cnn.training.store.class_names import class_names
from ui.parts.runs import measured, runs
from ui.parts.runs.measured import Images
from ui.parts.setup.controls import train
from ui.session.words import plain

JUDGED = (State.FINISHED, State.STOPPED, State.DIVERGED, State.INTERRUPTED)
ICONS = {
    Severity.PROBLEM: ":orange[:material/error:]",
    Severity.NOTE: ":gray[:material/lightbulb:]",
    Severity.GOOD: ":green[:material/check_circle:]",
}


def why(run: Run, found: Sequence[Finding]) -> None:
    """The findings on a run that has ended, each with its evidence and a training to try."""
    if not found:
        return
    ill = any(finding.severity is Severity.PROBLEM for finding in found)
    st.header("Why isn't it learning?" if ill else "Does it learn?", anchor=False)
    with st.container(border=True, gap="medium"):
        for finding in found:
            _one(run, finding)


def summary(run: Run, found: Sequence[Finding]) -> None:
    """What a tested run learned and did not, above all else that is said of it."""
    kept = measured.predictions(run)
    if isinstance(kept, Predictions):
        said = in_short(run, kept, class_names(runs.store(), run), found)
        if said:
            st.info(_said(said), icon=":material/school:")


def findings(run: Run) -> tuple[Finding, ...]:
    """What was found out about a run that has ended; nothing of one that has not."""
    if run.state not in JUDGED:
        return ()
    store = runs.store()
    epochs, steps = store.epochs([run.id])[run.id], store.steps(run.id)
    if not epochs:
        return diagnose(run, epochs, steps)
    images = measured.images(run)
    kept = measured.predictions(run)
    predictions = kept if isinstance(kept, Predictions) else None
    counts = kept_splits(store, run.id).counts.get("validation", ())
    if not isinstance(images, Images):
        names = class_names(store, run)
        return diagnose(
            run, epochs, steps, predictions, class_names=names, validation_counts=counts
        )
    activity = measured.activity(run, images)
    counts = counts or images.validation_counts
    return diagnose(run, epochs, steps, predictions, activity, images.class_names, counts)


def _one(run: Run, finding: Finding) -> None:
    words = f"{ICONS[finding.severity]} **{plain(finding.title)}**  \n{_said(finding.evidence)}"
    retry = finding.retry
    if retry is None:
        st.markdown(words)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(words)
        st.button(
            retry.label,
            icon=":material/replay:",
            key=f"retry_{finding.symptom}_{run.id}",
            on_click=_try,
            args=(run, retry),
        )


def _said(words: str) -> str:
    """With a narrow gap before the sign, as everywhere in the interface."""
    return plain(re.sub(r"(?<=\d) ?%", "\u202f%", words))


def _try(run: Run, retry: Retry) -> None:
    try:
        limits.check(retry.architecture, retry.configuration, {"train": 1} | run.images)
    except (ArchitectureError, ConfigurationError) as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    train(retry.architecture, retry.configuration, changes_again(run, retry.architecture))
