"""`python -m cnn runs hand-in`: the one file of a run that was trained for an assignment."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnn.commands import CommandError, refusals
from cnn.commands.terminal import say
from cnn.data.files import read_file
from cnn.lessons.assignments import hand_in as handing
from cnn.lessons.progress import Standing
from cnn.lessons.progress.file import LIMIT_BYTES, ProgressFileError, read
from cnn.network.errors import shown
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store


def hand_in(options: argparse.Namespace) -> int:
    """Writes the file; nothing of it is left where that cannot be done."""
    target = Path(options.to)
    with refusals():
        store = Store(options.store)
        run = store.look_up(options.id)
        if not isinstance(run, Run):
            raise CommandError(
                run.words
                if run
                else f"there is no run {shown(options.id)}. `python -m cnn runs list` names them."
            )
        standing = _standing(options.progress)
        spare = target.with_name(f"{target.name}.part")
        try:
            with spare.open("wb") as into:
                handing.write(
                    store, run, into, name=options.name, answer=options.answer, standing=standing
                )
            spare.replace(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        finally:
            spare.unlink(missing_ok=True)
    size = target.stat().st_size
    said = f"{target} is ready to be handed in: {size / 1e6:,.1f} MB, of {run.name}, run {run.id}."
    say(options, {"file": str(target.absolute()), "bytes": size, "run_id": run.id}, said)
    return 0


def _standing(path: str | None) -> Standing:
    """What was answered in lessons, by a file of progress."""
    if path is None:
        return Standing()
    try:
        return Standing(read(read_file(Path(path), LIMIT_BYTES)))
    except ProgressFileError as error:
        raise CommandError(f"{path} is no file of progress: {error}") from error
