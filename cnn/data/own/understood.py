"""What a file that somebody brings is: its splits, how it is read, and what has to be asked.

Owns what is clear by the file itself and what is not. Nobody's images are read in a way that was
only guessed: `brought` refuses what is open, a page asks for it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path

from cnn.data.errors import DataError
from cnn.data.files import BROKEN_ZIP, header_of
from cnn.data.npz import HEADER_BYTES, Numbers
from cnn.data.own.arrays import check_images, named_arrays
from cnn.data.own.asked_of_arrays import axes_choice, names_choice, turn_choice, values_choice
from cnn.data.own.asked_of_tables import understood_pictures
from cnn.data.own.choices import About, Choice, Understood
from cnn.data.own.idx import read_idx_set
from cnn.data.own.images import array_names, arrays_in
from cnn.data.own.keeping import own_name
from cnn.data.own.limits import LIMITS, Limits
from cnn.data.own.opened import Form, Opened, opened
from cnn.data.own.reading import Reading
from cnn.data.own.splits import arrays_of, kind_of
from cnn.data.own.values import as_before, span_of
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec

_SAID_OF = {
    Form.ARRAYS: (About.AXES, About.VALUES, About.TURN),
    Form.IDX: (About.AXES, About.VALUES, About.TURN, About.NAMES),
    Form.PICTURES: (About.COLUMNS,),
}
"""What there is to say of each form."""


def brought(path: Path, limits: Limits = LIMITS, reading: str = "") -> DatasetSpec:
    """Return the data set of a file that somebody brings now, with the splits it has itself.

    One that can be read in two ways is refused with what was found, unless `reading` says which.
    """
    found = understood(path, limits, reading)
    if found.open:
        name = f"{own_name(path)}{path.suffix}"
        raise DataError(f"{name} can be read in more than one way. {found.ask}")
    return spec_of(path, found)


def spec_of(path: Path, found: Understood) -> DatasetSpec:
    """The data set of a file as it was understood."""
    return DatasetSpec(
        DatasetName.OWN_IMAGES,
        file=str(path),
        splits=found.splits,
        reading=found.reading.settled.words,
    )


def understood(path: Path, limits: Limits = LIMITS, reading: str = "") -> Understood:
    """Return how a file is read, with what was said of it; raises `DataError`."""
    said = Reading.of(reading)
    with opened(path, limits) as file:
        form = file.form
        if unknown := sorted(set(said.said) - set(_SAID_OF[form])):
            raise DataError(
                f"It holds {form}, of which there is nothing to say about "
                f"{unknown[0].replace('is_', '')}. Leave that out."
            )
        if form is Form.PICTURES:
            return understood_pictures(file, limits, said)
        if form is Form.IDX:
            found = read_idx_set(file, limits)
            choices = (turn_choice(found, said), *names_choice(found, said))
            return _of_arrays(form, dict(found.arrays), limits, said, found.files, choices)
        splits = _splits_of_arrays(file)
        arrays, files = arrays_in(file, limits, said)
        return _of_arrays(form, arrays, limits, said, files, (), splits)


def _of_arrays(
    form: Form,
    arrays: Mapping[str, Numbers],
    limits: Limits,
    said: Reading,
    files: Mapping[str, str],
    more: tuple[Choice, ...],
    splits: str | None = None,
) -> Understood:
    if splits is None:
        splits = kind_of(arrays_of(list(arrays)))
    named, _ = named_arrays(list(arrays), splits)
    images = {files.get(names[0], names[0]): arrays[names[0]] for names in named.values()}
    axes = axes_choice(images, said)
    for one in images.values():
        check_images(one, limits.array_images, Reading.of(axes.options[0].words).axes)
    spans = {name: span_of(one) for name, one in images.items()}
    choices = (axes, values_choice(spans, said), *more)
    guess = reduce(Reading.and_then, (Reading.of(one.options[0].words) for one in choices), said)
    if guess.values == as_before(spans):  # so that such a file is the data set that it always was
        guess = replace(guess, values=None)
    return Understood(form, splits, guess, choices)


def _splits_of_arrays(file: Opened) -> str:
    """The splits of arrays, by their names, and by their shapes as far as they can be read."""
    axes: dict[str, int] = {}
    names = array_names([member.filename.removesuffix(".npy") for member in file.members])
    for name, member in zip(names, file.members, strict=True):
        with contextlib.suppress(DataError, *BROKEN_ZIP), file.archive.open(member) as stream:
            shape, _, _ = header_of(io.BytesIO(stream.read(HEADER_BYTES)))
            axes[name] = len(shape)
    shaped = [name for name, count in axes.items() if count in (3, 4)]
    rows = [name for name, count in axes.items() if count in (1, 2)]
    return kind_of(arrays_of(names, shaped, rows))
