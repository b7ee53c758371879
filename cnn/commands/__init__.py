"""Commands of the command line that train; each is imported when it is used.

Owns their one error: a line for standard error, and the status to end with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class CommandError(Exception):
    """What cannot be done, and why."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turns the named errors of data, settings and store into a `CommandError`."""
    from cnn.data import DataError
    from cnn.lessons.assignments.assignment import AssignmentError
    from cnn.lessons.assignments.hand_in import HandInError
    from cnn.lessons.progress.file import ProgressFileError
    from cnn.settings import SettingError
    from cnn.training.recipe.configuration import ConfigurationError
    from cnn.training.recipe.start import StartError
    from cnn.training.store.labels import LabelError
    from cnn.training.store.store import StoreError
    from cnn.training.workers.resuming import ContinuationError

    try:
        yield
    except (
        AssignmentError,
        ConfigurationError,
        ContinuationError,
        DataError,
        HandInError,
        LabelError,
        ProgressFileError,
        SettingError,
        StartError,
        StoreError,
    ) as error:
        raise CommandError(str(error)) from error
