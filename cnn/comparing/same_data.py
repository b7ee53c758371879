"""Whether runs were measured on the same images, and if not, what differs. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnn.comparing.comparison import Group
from cnn.data import described
from cnn.data.portion import Portion
from cnn.network.shapes import shape_text
from cnn.training.recipe.conditions import changed, in_short
from cnn.training.recipe.earlier import caution_of_all
from cnn.training.recipe.pace import Pace
from cnn.training.recipe.run import Run
from cnn.training.recipe.setting import Panel
from cnn.training.recipe.told_loss import is_smoothed

MACHINE = ("tensorflow", "keras", "python", "system", "processor", "processors", "memory_gib")


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between runs: what forbids a ranking by accuracy, and what should be known."""

    forbid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def differences(found: Sequence[Group]) -> Differences:
    """Compares the finished runs of all groups.

    Networks that read images of different sizes have their images fitted to them, so that the
    fingerprints differ by right, as those of different shares of the training images do: that is
    said, and forbids nothing. Different data otherwise, or test sets of different sizes, forbid a
    ranking. A run that stands as it was trained may have had other conditions, and other data,
    altogether.
    """
    named = [(group.entrant.name, run) for group in found for run in group.finished]
    forbid, notes = [], []
    if sizes := _told(named, lambda run: f"{run.result.test_images:,}" if run.result else ""):
        forbid.append(f"They were tested on different numbers of images: {sizes}.")
    by_input: dict[tuple[int, ...], list[tuple[str, Run]]] = defaultdict(list)
    alike: dict[tuple[tuple[int, ...], Portion], list[tuple[str, Run]]] = defaultdict(list)
    for name, run in named:
        by_input[run.architecture.input].append((name, run))
        portion = run.configuration.dataset.portion
        alike[run.architecture.input, portion].append((name, run))
    if sets := _told(named, lambda run: described(run.configuration.dataset.all_to_train)):
        forbid.append(f"They were tested on different data: {sets}.")
    else:  # of other data, other fingerprints say nothing more
        forbid += [
            "Their data are not the same, although they read images of the same size: "
            f"fingerprints {marks}."
            for group in alike.values()
            if (marks := _told(group, lambda run: run.data_fingerprint[:8]))
        ]
    notes += [
        _as_it_was(group.entrant.name, group.entrant.run) for group in found if group.entrant.run
    ]
    if shares := _told(named, lambda run: run.configuration.dataset.portion.words or "all images"):
        notes.append(f"They learned from different portions of the data: {shares}.")
    if len(by_input) > 1:
        shapes = _told(named, lambda run: shape_text(run.architecture.input))
        notes.append(
            f"The images are fitted to each network's input: {shapes}. So a fingerprint cannot "
            "show that they are the same pictures at another size."
        )
    if smoothed := dict.fromkeys(name for name, run in named if is_smoothed(run)):
        notes.append(
            "An earlier version recorded the training loss on smoothed labels, the validation loss "
            f"on plain ones: {', '.join(smoothed)}. So they do not compare."
        )
    mixed = dict.fromkeys(name for name, run in named if run.configuration.mixes_labels)
    if mixed and not all(run.configuration.mixes_labels for _, run in named):
        notes.append(
            f"{', '.join(mixed)} learned from mixed images (MixUp, CutMix); training loss and "
            "accuracy are those of the plain images, not of what was learned from as for others."
        )
    if old := caution_of_all(named):
        notes.append(old)
    if short := dict.fromkeys(name for name, run in named if _is_out_of_epochs(run)):
        notes.append(
            f"Not all of the time was used: {', '.join(short)} had all the epochs there can be "
            "before it was over."
        )
    notes += [
        f"Trained with different {what}: {said}. Times may differ by that alone."
        for what in MACHINE
        if (said := _told(named, _environment(what)))
    ]
    return Differences(tuple(forbid), tuple(notes))


def _is_out_of_epochs(run: Run) -> bool:
    images, at = run.images.get("train"), run.checkpoint
    if not images or at is None:
        return False
    return Pace(run.configuration, images).is_out_of_epochs(at)


def _as_it_was(name: str, run: Run) -> str:
    own = run.configuration
    begun = f", begun with {run.begun_with}" if run.begun_with else ""
    more = changed(own, (Panel.MORE, Panel.AUGMENTATION))
    return (
        f"{name} stands as it was trained, with conditions of its own: {own.length}, "
        f"{', '.join([*in_short(own), *more])}, "
        f"seed {own.seed}{begun}."
    )


def _environment(what: str) -> Callable[[Run], str]:
    return lambda run: str(run.environment.get(what, ""))


def _told(named: Sequence[tuple[str, Run]], value: Callable[[Run], str]) -> str:
    """Each value and whose it is; nothing where there is one value or none."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name, run in named:
        if (said := value(run)) and name not in holders[said]:
            holders[said].append(name)
    if len(holders) < 2:
        return ""
    return "; ".join(f"{said} ({', '.join(names)})" for said, names in holders.items())
