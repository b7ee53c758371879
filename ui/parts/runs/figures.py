"""How far a run is, and its figures, each with the number of images it was measured on."""

from __future__ import annotations

from collections.abc import Sequence

from cnn.training.recipe.pace import images_of_epoch
from cnn.training.recipe.run import Epoch, Run, State
from ui.components import figures as line
from ui.components import progress
from ui.components.figures import Figure
from ui.parts.runs import runs, waiting
from ui.session.words import duration, percent

BAR, FIGURES = "run_progress", "run_figures"


def bar(run: Run, key: str = BAR) -> None:
    """How far a live run is."""
    if run.is_live:
        progress.progress(run.progress.share, _progress_text(run), key=key)


def figures(run: Run, epochs: Sequence[Epoch]) -> None:
    """Its accuracies, its time and its speed."""
    line.figures(_figures(run, epochs), key=FIGURES)


def told(run: Run, epochs: Sequence[Epoch]) -> dict[str, object]:
    """What both show of a run in training, by their keys."""
    now = progress.told(run.progress.share, _progress_text(run))
    return {BAR: now, FIGURES: line.told(_figures(run, epochs))}


def _progress_text(run: Run) -> str:
    now = run.progress
    if run.state is State.QUEUED and now.step:
        return f"Goes on in epoch {now.epoch:,} of {run.epochs_wanted:,}"
    if not now.step:
        return now.phase.capitalize() or waiting.place(run.id)
    if run.state is State.PAUSED:  # no speed, no time left: nothing runs
        return f"{runs.epoch_text(run)} · step {now.step:,} of {now.steps:,}"
    parts = [
        runs.epoch_text(run),
        f"step {now.step:,} of {now.steps:,}",
        f"{now.images_per_s:,.0f} images/s" if now.images_per_s else "",
        f"about {duration(now.seconds_left)} left" if now.seconds_left is not None else "",
    ]
    doing = "" if now.phase == "training" else f" · {now.phase}"
    return " · ".join(filter(None, parts)) + doing


def _figures(run: Run, epochs: Sequence[Epoch]) -> list[Figure]:
    last = epochs[-1] if epochs else None
    best = max((epoch.val_accuracy for epoch in epochs), default=None)
    result, sizes = run.result, run.images
    trained = _trained_on(run, last), None, _which(run)
    shown = [
        Figure(
            "Validation accuracy",
            percent(last.val_accuracy) if last else "–",
            note=_on(sizes.get("validation"), best),
        ),
        Figure("Training accuracy", percent(last.accuracy) if last else "–", note=_on(*trained)),
    ]
    if result:
        used = f"{result.test_images:,} images, used {_how_often(run)}, after training"
        shown.insert(0, Figure("Test accuracy", percent(result.test_accuracy), note=used))
    seconds = result.seconds if result else run.progress.seconds
    speed = result.images_per_s if result else run.progress.images_per_s
    return [
        *shown,
        Figure("Training time", duration(seconds), help=_compiling(run)),
        Figure("Images per second", f"{speed:,.0f}" if speed else "–"),
    ]


def _how_often(run: Run) -> str:
    """Only what has a result can be trained on: its test images were looked at for that one."""
    return "again" if run.continues else "once"


def _trained_on(run: Run, last: Epoch | None) -> int | None:
    """On how many images the last training accuracy was measured: a last epoch may be cut short."""
    images = run.images.get("train")
    if not images or last is None:
        return images
    steps = (run.result.steps if run.result else None) or run.progress.step or None
    return images_of_epoch(run.configuration, images, last.epoch, steps)


def _compiling(run: Run) -> str:
    """Why a comparison gives another time for the same training."""
    compiling_s = run.checkpoint.compiling_s if run.checkpoint else 0.0
    if not compiling_s:
        return ""
    return (
        f"Steps and validation, and {duration(compiling_s)} in which the network was compiled. "
        "Curves and comparisons leave compiling out, as a training after another one of the same "
        "network may do without."
    )


def _which(run: Run) -> str:
    """Images of training are measured as they are where mixtures of them are learned from."""
    return "plain images" if run.configuration.mixes_labels else "images"


def _on(images: int | None, best: float | None, which: str = "images") -> str:
    """On how many images a figure was measured, and how good it has been."""
    if images is None:
        return ""
    return f"{images:,} {which}" + (f", best {percent(best)}" if best is not None else "")
