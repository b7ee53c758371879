"""Whose own images are whose: each person with an account has a folder of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import select

from cnn.data.catalogue import title
from cnn.data.errors import DataError
from cnn.data.own.limits import forget_lock
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.settings import images_folder
from cnn.training.store.store import Store
from cnn.training.store.tables import people


def listed(person_id: str) -> dict[str, int]:
    """The files of somebody's own images, and their bytes."""
    folder = images_folder(person_id)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in found}


def forget(person_id: str) -> int:
    """Deletes all own images of somebody, and says how many files that were."""
    count = len(listed(person_id))
    shutil.rmtree(images_folder(person_id), ignore_errors=True)
    forget_lock(images_folder(person_id))
    return count


def check_theirs(store: Store, spec: DatasetSpec) -> None:
    """Raises `DataError` for own images that are not there for whose store it is: others' than
    theirs and, for a teacher, of their class.
    """
    if store.person.sees_all or spec.name is not DatasetName.OWN_IMAGES:
        return
    with store.begin() as connection:
        seen = connection.execute(select(people.c.id)).scalars().all()
    file = Path(spec.file).resolve()
    if not any(file.is_relative_to(images_folder(one).resolve()) for one in seen):
        raise DataError(
            f"{title(spec)}: these images are somebody else's. Ask them for the file, and add it "
            "as your own images."
        )
