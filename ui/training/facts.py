"""What a run was made of, word for word: enough to do it again elsewhere."""

from __future__ import annotations

import time

import streamlit as st

from cnn.insight.explanations import Fact
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.training.run import Run
from ui.training.controls import traceback_of
from ui.words import facts_html


def facts(run: Run) -> None:
    """Configuration, data, versions; and where a failed run failed."""
    if found := traceback_of(run):
        with st.expander("Where it failed", icon=":material/bug_report:"):
            st.code(found, "text")
    with st.expander("What was trained"):
        st.html(facts_html(_facts(run)))


def _facts(run: Run) -> list[Fact]:
    settings, traced = run.configuration, trace(run.architecture)
    train_images = run.images.get("train")
    batch = settings.batch_size_for(train_images) if train_images else settings.batch_size
    sizes = ", ".join(f"{count:,} {name}" for name, count in run.images.items())
    made_with = ", ".join(f"{name} {value}" for name, value in run.environment.items())
    created = time.strftime("%d %B %Y, %H:%M", time.localtime(run.created_at))
    return [
        Fact("Run", run.id, f"made {created}"),
        Fact(
            "Network",
            f"{run.name}: {traced.total_params:,} parameters, input "
            f"{shape_text(run.architecture.input)}",
        ),
        Fact("Data", settings.dataset.name, sizes),
        Fact(
            "Fingerprint",
            run.data_fingerprint[:16] or "not known yet",
            "of every pixel and label; equal only for the same data",
        ),
        Fact(
            "Training",
            f"{settings.epochs} epochs, batches of {batch or 'auto'}, "
            f"{settings.optimizer}, {settings.schedule}, learning rate {settings.peak_rate:g}",
        ),
        Fact("Seed", str(settings.seed), "the same seed gives the same curve"),
        Fact("Made with", made_with or "not known yet"),
    ]
