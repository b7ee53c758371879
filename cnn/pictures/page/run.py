"""The page of a finished run, with a card made of its record: no paths, no names of machines."""

from __future__ import annotations

from pathlib import Path

from cnn.data import described, title
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.diagnose.evaluation import wilson_interval
from cnn.insight.readings.reading import DIGITS
from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.pictures.page.document import date
from cnn.pictures.page.network import About, NoPageError, check_page, is_drawn_to, network_page
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.conditions import terms
from cnn.training.recipe.run import Run, State
from cnn.training.store.class_names import class_names
from cnn.training.store.store import Store

ENDED = (State.FINISHED, State.STOPPED)
SOFTWARE = {
    "program": "CNN Workbench",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
}
"""What a card says of the environment a run notes; the rest is of a machine."""


def run_page(store: Store, run: Run, folder: Path | None = None) -> bytes:
    """The page of a run; raises `NoPageError`, and `WeightsError` where it keeps none."""
    if run.state not in ENDED:
        raise NoPageError(f"A page is made of a run that has ended; this one is {run.state}.")
    check_page(run.architecture)
    about = About(
        run.name,
        class_names(store, run),
        drawn(run.configuration.dataset, run.architecture),
        card(run),
    )
    return network_page(run.architecture, trained_weights(store, run), about, folder)


def drawn(dataset: DatasetSpec, architecture: Architecture) -> str:
    """What one draws for a network that learned from these data; nothing where one does not."""
    if not is_drawn_to(architecture):
        return ""
    if dataset.name in DIGITS and dataset.name is not DatasetName.DIGITS:
        return "a digit"
    return "a letter or a digit" if "named=" in dataset.reading else ""


def card(run: Run) -> list[tuple[str, str]]:
    """What a reader has to know of it before believing it, as its record has it."""
    own, found = run.configuration, run.result
    said = [("Learned from", _data(run))]
    if found:
        right = round(found.test_accuracy * found.test_images)
        low, high = wilson_interval(right, found.test_images)
        said.append(
            (
                "Right",
                f"{right:,} of {found.test_images:,} test images, {found.test_accuracy:.2%}; "
                f"95 % interval {low:.2%} to {high:.2%} (Wilson). {found.seen_in_words}".rstrip(),
            )
        )
    batches = {own.batch_size_for(run.images["train"])} if run.images.get("train") else set()
    said.append(("Trained", f"{_length(run)}, seed {own.seed}{_begun(run)}"))
    said += terms(own, batches)
    said.append(("Made to fit", " ".join(run.changes)))
    said.append(("When", date(run.finished_at or run.created_at)))
    versions = [
        f"{called} {run.environment[name]}"
        for name, called in SOFTWARE.items()
        if name in run.environment
    ]
    said.append(("Versions", ", ".join(versions)))
    said.append(("Pixels", run.architecture.fed.words))
    said.append(("Weights", f"{trace(run.architecture).total_params:,} numbers of 32 bits"))
    return [(name, words) for name, words in said if words]


def _data(run: Run) -> str:
    """The data by name, how many images, and their mark; no path of anybody's files."""
    spec = run.configuration.dataset
    called = described(spec) if spec.drawn_as else title(spec)
    counts = ", ".join(f"{count:,} {name}" for name, count in run.images.items())
    mark = f"SHA-256 {run.data_fingerprint[:16]}" if run.data_fingerprint else ""
    return "; ".join(filter(None, (called, f"images: {counts}" if counts else "", mark)))


def _length(run: Run) -> str:
    """How long it was trained, and which of its weights these are."""
    best = run.result.best_epoch if run.result else None
    kept = f", weights as after epoch {best}" if best else ""
    if run.state is State.STOPPED:
        return f"stopped in epoch {run.progress.epoch} of {run.configuration.length}"
    return f"{run.configuration.length}{kept}"


def _begun(run: Run) -> str:
    return f", begun with {run.begun_with}" if run.begun_with else ""
