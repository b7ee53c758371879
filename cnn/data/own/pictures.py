"""Pictures in a zip as labelled images: each opened within limits, or left out with a reason.

The class of a picture is the folder it lies in, or what a table says of it. Which folders are
splits is in `splits`, what a table holds in `table`, what a picture is made into in `picture`.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cnn.data.dataset import Pixels, Rejected, Source, Split, in_common
from cnn.data.errors import DataError
from cnn.data.files import megabytes, read_member
from cnn.data.fitting import ImageShape, check_room, fit_image
from cnn.data.own.limits import Limits
from cnn.data.own.opened import Opened, origin_of, parts_of
from cnn.data.own.splits import (
    AGAIN,
    BEFORE,
    Layout,
    Part,
    layout_of,
    listed,
    other_splits,
)
from cnn.data.own.table import class_order, places, read_table
from cnn.data.picture.opening import open_picture, plain
from cnn.names import visible
from cnn.network.errors import shown

Place = tuple[Part, str]


@dataclass(frozen=True, slots=True)
class Sorting:
    """Where the images of a file belong: the split and the class of each, or why it is left out."""

    place: Callable[[str], Place]
    called: Mapping[Part, str] = field(default_factory=dict)
    pooled: str = ""
    order: Callable[[Sequence[str]], list[str]] = lambda names: sorted(set(names))
    missing: tuple[Rejected, ...] = ()
    passed_over: frozenset[str] = frozenset()


def from_pictures(
    file: Opened, shape: ImageShape, limits: Limits, splits: str, columns: tuple[int, ...] | None
) -> Source:
    """Return the pictures of a zip in this shape, sorted by its folders or by a table's columns."""
    members = file.members
    if len(members) > limits.files:
        raise DataError(f"It holds {len(members):,} files; {limits.files:,} is the limit.")
    check_room(len(members), shape)
    sorting = by_table(file, limits, splits, columns) if columns else by_folders(file, splits)
    images: dict[Part, list[Pixels]] = {part: [] for part in Part}
    classes: dict[Part, list[str]] = {part: [] for part in Part}
    found: set[ImageShape] = set()
    sides: list[int] = []
    sizes: Counter[tuple[int, int, int]] = Counter()
    rejected: list[Rejected] = []
    bytes_left, pixels_left = limits.unpacked_bytes, limits.all_pixels
    for member in members:
        if member.filename in sorting.passed_over:
            continue
        try:
            part, class_name = sorting.place(member.filename)
            if member.file_size > bytes_left:
                raise DataError(f"is past the {megabytes(limits.unpacked_bytes)} of all files")
            content = read_member(file.archive, member, limits.file_bytes)
            bytes_left -= member.file_size
            picture = open_picture(content, min(limits.image_pixels, pixels_left))
            pixels_left -= picture.width * picture.height
            upright = plain(picture)
            images[part].append(fit_image(upright, shape))
            classes[part].append(class_name)
            size = (upright.height, upright.width, len(upright.getbands()))
            found.add(size)
            sizes[size] += 1
            sides.append(min(upright.size))
        except DataError as error:
            rejected.append(Rejected(visible(member.filename[:200]), str(error)))
    rejected += sorting.missing
    called = sorting.called
    for part in called or (Part.TRAIN,):
        if not images[part]:
            where = called.get(part, "")
            bad = next((one for one in rejected if where in one.file or columns), None)
            first = f" The first file, {bad.file}, {bad.reason}." if bad else ""
            raise DataError(f"No image in {where or 'it'} can be read.{first}")
    class_names = sorting.order(classes[Part.TRAIN])
    _check_known(class_names, classes, called)
    labels = {name: label for label, name in enumerate(class_names)}
    given = {
        part: Split(np.stack(images[part]), np.array([labels[one] for one in its], np.int64))
        for part, its in classes.items()
        if its
    }
    return Source(
        learn=given[Part.TRAIN],
        validation=given.get(Part.VALIDATION),
        test=given.get(Part.TEST),
        class_names=tuple(class_names),
        origin=origin_of(file.path),
        rejected=tuple(rejected),
        called={part.value: where for part, where in called.items()},
        pooled=sorting.pooled,
        found_shape=in_common(found),
        usual_side=statistics.median_low(sides),
        sizes=tuple(sizes.most_common()),
    )


def by_folders(file: Opened, splits: str) -> Sorting:
    """The class is the folder a file lies in; without `splits`, all folders are pooled."""
    files = [member.filename for member in file.members]
    layout, pooled = _layout(files, splits)
    if layout is None:
        return Sorting(lambda name: (Part.TRAIN, class_name_of(name)), pooled=pooled)
    called = {part: f"{folder}/" for part, folder in layout.folders.items()}
    return Sorting(layout.place, called)


def by_table(file: Opened, limits: Limits, splits: str, columns: tuple[int, ...]) -> Sorting:
    """The class is what a table says, and so is the split where it has a column for that."""
    table = read_table(file, limits)
    if table is None:
        raise DataError(
            "It has no table of labels, a .csv or .parquet file, any more. Add it anew."
        )
    placed, left_out = places(table, columns)
    parts = {part for part, _ in placed.values()}
    kind = "-".join(part for part in Part if part in parts) if len(parts) > 1 else ""
    if kind != splits:
        raise other_splits(kind, splits)

    def place(name: str) -> Place:
        if name not in placed:
            raise DataError(left_out.get(name, f"is not named in {table.name}"))
        return placed[name]

    there = {member.filename for member in file.members}
    missing = [
        Rejected(visible(name[:200]), why) for name, why in left_out.items() if name not in there
    ]
    called = {part: f"{part} in {table.name}" for part in Part if part in parts} if kind else {}
    return Sorting(place, called, "", class_order, tuple(missing), table.members)


def class_name_of(file: str) -> str:
    """Return the name of the folder that a file lies in."""
    *folders, _ = parts_of(file) or ("",)
    if not folders or folders[-1] in ("/", ".."):
        raise DataError("is in no folder; the folder's name is the class")
    return folders[-1]


def _layout(files: list[str], splits: str) -> tuple[Layout | None, str]:
    """Return the folders to read as splits, and what is to be said where there are some unread."""
    if splits:
        layout = layout_of(files)
        if layout is None or layout.kind != splits:
            raise other_splits(layout.kind if layout else "", splits)
        return layout, ""
    try:
        unread = layout_of(files)
    except DataError as error:
        return None, f"All its folders are pooled, {BEFORE}; today it is refused. {error} So here"
    if unread is None:
        return None, ""
    folders = listed(unread.folders.values())
    return None, f"Its {folders} are pooled and split anew, {BEFORE}. {AGAIN}. So here"


def _check_known(
    class_names: Sequence[str], classes: Mapping[Part, list[str]], called: Mapping[Part, str]
) -> None:
    """Raise where a class occurs that nothing can be learned about."""
    for part, where in called.items():
        if unknown := sorted(set(classes[part]) - set(class_names)):
            raise DataError(
                f"Its {where} has {shown(unknown)}, and {called[Part.TRAIN]} has no such class, "
                f"but {shown(list(class_names))}. Use the same classes in both."
            )
