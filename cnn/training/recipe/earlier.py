"""Runs that an earlier version began and trained by another rule: how they go on, and what is said
of their figures.

Where a network ends otherwise than `heads.settled` has it, versions before this one trained it by
one loss and judged it by another. Such a run stays as it is, and one that was cut off goes on as it
began, so that its curve has one meaning. What continues it is a run of its own, with an end that
everything reads alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.heads import is_read_twice, settled, without_second_end
from cnn.training.recipe.run import Run
from cnn.training.recipe.told_loss import is_only_handed_on

LOSS, OF_OUTPUT = "loss", "of the output"
"""What a run of this version notes where an earlier one would have taken another loss."""


def noted(architecture: Architecture) -> dict[str, str]:
    """What a run that begins now adds to its versions: how its loss is taken, where that tells."""
    return {LOSS: OF_OUTPUT} if is_read_twice(architecture) else {}


def is_trained_as_before(run: Run) -> bool:
    """Whether the run began with the loss of an earlier version, and goes on with it."""
    return (
        not is_only_handed_on(run)
        and LOSS not in run.environment
        and is_read_twice(run.architecture)
    )


def check_end(run: Run) -> None:
    """Refuses to begin with a network whose end was not settled: a queue may hold old ones."""
    _, changes = settled(run.architecture)
    if changes and is_only_handed_on(run):
        raise ArchitectureError(
            f"{run.architecture.name} ends in a way that is not trained as it stands. Train it "
            f"anew, with this change: {' '.join(changes)}"
        )


def caution(run: Run) -> str:
    """What a reader of an old run's losses has to know; nothing where all is as it should be."""
    return _caution("this run", "its network") if _has_two_readings(run) else ""


def caution_of_all(named: Iterable[tuple[str, Run]]) -> str:
    """The same of several runs, by the names that they have beside each other."""
    names = dict.fromkeys(name for name, run in named if _has_two_readings(run))
    return _caution(f"runs of {', '.join(names)}", "their networks") if names else ""


def _has_two_readings(run: Run) -> bool:
    is_old = not is_only_handed_on(run) and bool(settled(run.architecture)[1])
    return is_old or is_trained_as_before(run)


def _caution(began: str, whose: str) -> str:
    return (
        f"An earlier version began {began}, and read the end of {whose} in two ways: losses and "
        "confidences are not those that Keras finds with the file; the classes that are named are. "
        "Train anew to have figures that agree."
    )


def cannot_continue(run: Run) -> str:
    """The change that keeps a run from being continued; nothing where it can be."""
    if is_trained_as_before(run):
        return ""
    return " ".join(settled(run.architecture)[1])


def changes_if_continued(run: Run) -> tuple[str, ...]:
    """What will be changed in the network of a run that continues this finished one."""
    if run.checkpoint is None:
        return ()
    return continued(run, run.checkpoint.step)[1][len(run.changes) :]


def continued(run: Run, step: int) -> tuple[Architecture, tuple[str, ...]]:
    """The network of a run that continues this one after a step, and what was changed for it.

    What is learned stays the same: it ends in the one softmax whose loss the run was trained by.
    """
    if not is_trained_as_before(run):
        return run.architecture, run.changes
    architecture, changes = settled(without_second_end(run.architecture))
    return architecture, (
        *run.changes,
        *(changes or ("What stands behind the softmax is left out, as it was in training.",)),
        f"Up to step {step:,} the validation losses are those of an earlier version, which judged "
        "what it did not train.",
    )
