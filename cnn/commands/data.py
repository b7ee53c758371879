"""`python -m cnn data`: what a file or a folder of images is understood as; nothing is kept."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnn.commands import refusals
from cnn.commands.prepare import say_left_out
from cnn.commands.terminal import fact, printable
from cnn.data import Dataset, load
from cnn.data.own.choices import Understood
from cnn.data.own.folder import packed_folder
from cnn.data.own.opened import check_whole_set
from cnn.data.own.understood import spec_of, understood
from cnn.data.summary import class_counts

MOST_CLASSES = 100


def data(options: argparse.Namespace) -> int:
    """Prints classes, splits, how images are read and what is open; status 1 where it is."""
    with refusals(), tempfile.TemporaryDirectory(prefix="cnn-data-") as place:
        path = Path(options.path)
        if path.is_dir():
            packed = packed_folder(path, Path(place))
            if packed.said:
                print(printable(packed.said), file=sys.stderr)
            path = packed.path
        check_whole_set(path.name)
        found = understood(path.resolve(), reading=options.read)
        read = None if found.open else load(spec_of(path.resolve(), found))
    if read:
        say_left_out(read)
    if options.json:
        print(json.dumps(_as_dict(found, read)))
    else:
        print("\n".join(_lines(found, read)))
    return 1 if found.open else 0


def _lines(found: Understood, read: Dataset | None) -> list[str]:
    lines = [fact("form", found.form)]
    for choice in found.choices:
        taken, *others = choice.options
        said = [choice.found]
        if choice.is_open:
            said = [choice.ask]
        elif others:
            more = ", ".join(f'"{one.words}" ({one.said})' for one in others)
            said += [f"Taken: {taken.words} ({taken.said}).", f"With --read also: {more}."]
        name = choice.about.replace("is_", "")
        lines.append(fact(f"{name} ?" if choice.is_open else name, "\n".join(said)))
    if read is None:
        lines.append(fact("open", "Nothing is read before this is said with --read."))
        return lines
    counts = class_counts(read)
    per_class = [sum(split) for split in zip(*counts.values(), strict=True)]
    lines.append(fact("images", _sizes(read)))
    lines.append(fact("splits", read.how_split))
    lines.append(fact("classes", f"{len(read.class_names)}"))
    for name, count in zip(read.class_names[:MOST_CLASSES], per_class, strict=False):
        lines.append(fact("", f"{count:>8,}  {name}"))
    return lines


def _sizes(read: Dataset) -> str:
    height, width, channels = read.found_shape or read.image_shape
    sizes = f"{width}×{height} pixels" if width and height else "of several sizes"
    kind = {1: "grey", 3: "colour"}.get(channels or 0, "grey and colour")
    return f"{sum(map(len, read.splits.values())):,}, {sizes}, {kind}"


def _as_dict(found: Understood, read: Dataset | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "form": found.form,
        "splits": found.splits,
        "read": found.reading.words,
        "open": [one.about for one in found.open],
        "choices": [asdict(one) for one in found.choices],
    }
    if read is None:
        return values
    return values | {
        "shape": read.found_shape,
        "how_split": read.how_split,
        "classes": list(read.class_names),
        "images": {name: list(each) for name, each in class_counts(read).items()},
        "left_out": [asdict(one) for one in read.rejected],
    }
