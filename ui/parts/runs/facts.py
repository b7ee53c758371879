"""What a run was made of, word for word: enough to do it again elsewhere."""

from __future__ import annotations

import time

import streamlit as st

from cnn.data import DatasetName, described
from cnn.insight.readings.explanations import Fact
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.training.engine.environment import together
from cnn.training.engine.kept_splits import kept_splits
from cnn.training.recipe.conditions import changed, phrase
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.fitting import as_said_now
from cnn.training.recipe.run import Run
from cnn.training.recipe.setting import Panel
from cnn.training.recipe.unreadable import Unreadable
from ui.parts.runs import runs
from ui.parts.setup.controls import traceback_of
from ui.session.words import facts_html


def facts(run: Run) -> None:
    """Configuration, data, versions, and what was changed to fit them to each other."""
    st.html(facts_html(_facts(run)))


def failure(run: Run) -> None:
    """Where a failed run failed."""
    if found := traceback_of(run):
        with st.expander("Where it failed", icon=":material/bug_report:"):
            st.code(found, "text")


def _facts(run: Run) -> list[Fact]:
    settings, traced = run.configuration, trace(run.architecture)
    train_images = run.images.get("train")
    batch = settings.batch_size_for(train_images) if train_images else settings.batch_size
    sizes = ", ".join(f"{count:,} {name}" for name, count in run.images.items())
    made_with = ", ".join(f"{name}: {value}" for name, value in together([run.environment]))
    created = time.strftime("%d %B %Y, %H:%M", time.localtime(run.created_at))
    return [
        Fact("Run", run.id, f"made {created}"),
        Fact(
            "Network",
            f"{run.name}: {traced.params_text}, input {shape_text(run.architecture.input)}",
        ),
        *([Fact("Begun", f"with {run.begun_with}", _begun(run))] if run.begun_with else []),
        Fact("Data", described(settings.dataset), sizes),
        *([Fact("Splits", how)] if (how := _how_split(run)) else []),
        *([Fact("Changed to fit", " ".join(map(as_said_now, run.changes)))] if run.changes else []),
        Fact("Pixels", f"float32 {run.architecture.fed.words}", _made_of(run)),
        Fact(
            "Fingerprint",
            run.data_fingerprint[:16] or "not known yet",
            "of every pixel, label and class name; equal only for the same data",
        ),
        Fact(
            "Training",
            f"{settings.length}, batches of {batch or 'auto'}, "
            f"{settings.optimizer}, {settings.schedule}, "
            f"learning rate {number(settings.peak_rate)}",
            _more(settings),
        ),
        Fact("Seed", str(settings.seed), _of_seed(settings)),
        Fact("Made with", made_with or "not known yet"),
    ]


def _how_split(run: Run) -> str:
    """Of own images what was used as what, as it was noted when the run began."""
    if run.configuration.dataset.name is not DatasetName.OWN_IMAGES or not run.images:
        return ""
    return kept_splits(runs.store(), run.id).how or (
        "not noted by the version that trained it: it pooled all folders of a zip, train/ and "
        "test/ too, and split the images anew; x_test of an npz it kept apart"
    )


def _made_of(run: Run) -> str:
    if run.architecture.fed.is_usual:
        return "the bytes of an image divided by 255"
    return "made of the bytes of an image, 0 to 255, as this network expects them"


def _begun(run: Run) -> str:
    start = run.configuration.start
    if start and not run.continues:
        said = "; ".join(start.phrases(run.architecture))
        if not start.run:
            return said
        parent = runs.store().look_up(start.run)
        if parent is None:
            return f"{said}; that run is not in this store"
        return f"{said}; {MAY_HAVE_SEEN}" if _was_divided_otherwise(run, parent) else said
    return (
        f"after its step {run.first_step:,}, which this curve begins with; the learning rate "
        "schedule is laid anew over the epochs that were added"
    )


MAY_HAVE_SEEN = (
    "that run learned from the same images, divided otherwise: some of these test images may have "
    "been among them"
)


def _was_divided_otherwise(run: Run, parent: Run | Elsewhere | Unreadable) -> bool:
    """Whether a run is tested on what its parent may have learned: of one file of own images, other
    parts. What comes with a test of its own is tested on that by both.
    """
    own = run.configuration.dataset
    if not isinstance(parent, Run) or own.name is not DatasetName.OWN_IMAGES:
        return False
    before = parent.configuration.dataset
    parts, before_parts = (
        ("test" in one.splits or one.seed, one.splits, one.portion.fold, one.portion.folds)
        for one in (own, before)
    )
    return before.file == own.file and parts != before_parts


def _of_seed(settings: Configuration) -> str:
    """What a seed decides: of a training by the clock not how many steps there are."""
    if settings.seconds:
        return (
            "the same seed gives the same start and the same order of images; how many steps the "
            "time holds, and so the curve, may differ from one training to the next"
        )
    return "the same seed gives the same curve with the same machine, versions and threads"


def _more(settings: Configuration) -> str:
    """The settings behind the click, where they do something."""
    said = changed(settings, (Panel.MORE, Panel.AUGMENTATION))
    momentum = phrase("momentum", settings)
    is_said = settings.optimizer is Optimizer.SGD and momentum not in said
    return ", ".join([momentum] * is_said + said)
