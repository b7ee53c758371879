"""Changes of a data set tried by a process of its own, so that what is kept can be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from cnn.child_process import Arrays, Values
from cnn.data.catalogue import image_shape, load, source_of
from cnn.data.edited import Edits
from cnn.data.errors import DataError
from cnn.data.in_child_process import ask_about
from cnn.data.own import library
from cnn.data.own.splits import Part
from cnn.data.portion import Portion
from cnn.data.splitting import fold_of
from cnn.data.summary import sizes_text


@dataclass(frozen=True, slots=True)
class OfFold:
    """The class of an image that was tested in a fold: by its place there; empty leaves it out."""

    portion: Portion
    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What was kept, and what is in it."""

    id: str
    sizes: str
    class_names: tuple[str, ...]


def make(edits: Edits, folder: Path, name: str, of_folds: Sequence[OfFold] = ()) -> Made:
    """Keeps what the edits make under a name; raises `DataError` where they make nothing."""
    request = {
        "edits": edits.to_text(),
        "of_folds": [[one.portion.to_dict(), one.place, one.name] for one in of_folds],
        "folder": str(folder),
        "name": name,
    }
    found = ask_about("edit", request, edits.base).values
    return Made(found["id"], found["sizes"], tuple(found["class_names"]))


def edit_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`make`, as it is carried out outside."""
    edits = Edits.from_text(request["edits"])
    of_folds = [OfFold(Portion.from_dict(own), at, new) for own, at, new in request["of_folds"]]
    if of_folds:
        edits = replace(edits, labels=(*edits.labels, *_of_train(edits, of_folds)))
    if not edits.words:
        raise DataError("Nothing is changed. Rename, merge or leave out a class, or divide anew.")
    kept = library.keep_edits(edits, request["name"], Path(request["folder"]))
    try:
        data = load(kept.spec)
    except BaseException:
        library.forget(kept)
        raise
    return {"id": kept.id, "sizes": sizes_text(data), "class_names": data.class_names}, {}


def _of_train(edits: Edits, of_folds: Sequence[OfFold]) -> list[tuple[str, int, str]]:
    """The same images by their place among those to learn from."""
    source = source_of(edits.base, image_shape(edits.base))
    places = {portion: fold_of(source, portion) for portion in {one.portion for one in of_folds}}
    return [(Part.TRAIN.value, int(places[one.portion][one.place]), one.name) for one in of_folds]
