"""A person's own images, loaded: pictures, arrays or idx files, in the way that a spec says.

Owns the way from the form of a file to its reader. What can be read in more than one way is found
in `understood`, before there is a spec.
"""

from dataclasses import replace
from pathlib import Path

from cnn.data.dataset import Source
from cnn.data.errors import DataError
from cnn.data.files import MOST_ARRAYS
from cnn.data.fitting import ImageShape
from cnn.data.npz import Numbers, stored_in
from cnn.data.own.arrays import from_arrays
from cnn.data.own.checked import checked
from cnn.data.own.idx import read_idx_set
from cnn.data.own.limits import LIMITS, Limits
from cnn.data.own.opened import Form, Opened, opened, origin_of, parts_of
from cnn.data.own.pictures import from_pictures
from cnn.data.own.reading import Reading


def load_own_images(
    path: Path, shape: ImageShape, limits: Limits = LIMITS, splits: str = "", reading: str = ""
) -> Source:
    """Return the images of a zip or an npz file in this shape, and what was left out.

    Without `splits` its folders are pooled, and without `reading` its numbers go from 0 to 1 or to
    255, as it was before there was a choice.
    """
    how = Reading.of(reading)
    with opened(path, limits) as file:
        if file.form is Form.PICTURES:
            return checked(from_pictures(file, shape, limits, splits, how.columns), limits)
        arrays, files = arrays_in(file, limits, how)
        source = from_arrays(arrays, shape, limits.array_images, splits, how)
        called = {part: files.get(name, name) for part, name in source.called.items()}
        return checked(replace(source, origin=origin_of(path), called=called), limits)


def arrays_in(
    file: Opened, limits: Limits, reading: Reading
) -> tuple[dict[str, Numbers], dict[str, str]]:
    """The arrays of a file by name, and of those that are not called so the file they are from."""
    if file.form is Form.IDX:
        found = read_idx_set(file, limits)
        return dict(found.named(reading.names)), found.files
    if len(file.members) > MOST_ARRAYS:
        raise DataError(f"It holds more than {MOST_ARRAYS} arrays.")
    stored = stored_in(file.archive, file.members, limits.unpacked_bytes)
    return dict(zip(array_names(list(stored)), stored.values(), strict=True)), {}


def array_names(members: list[str]) -> list[str]:
    """What arrays in folders are called: `data/train/x` beside `data/test/x` is train_x."""
    parts = [parts_of(name) for name in members]
    while len({part[0] for part in parts if part}) == 1 and all(len(part) > 1 for part in parts):
        parts = [part[1:] for part in parts]
    return ["_".join(part) for part in parts]
