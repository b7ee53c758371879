"""The images of a run in a script that has nothing of this program: drawn, Keras' or a folder's.

Owns the lines that make them and split them; where they cannot be had so, why.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from cnn.data import CATALOGUE, DatasetName, DatasetSpec
from cnn.data.edited import is_edited
from cnn.data.own.keeping import own_name
from cnn.data.own.splits import PICTURES
from cnn.data.portion import WHOLE
from cnn.data.sets import DRAWN
from cnn.network.shapes import MapShape
from cnn.training.engine.reproduce import ReproductionError
from cnn.training.recipe.run import Run

Wanted = tuple[tuple[str, str], ...]

BY_KERAS = {
    DatasetName.MNIST: "mnist",
    DatasetName.MNIST_SAMPLE: "mnist",
    DatasetName.FASHION_MNIST: "fashion_mnist",
    DatasetName.CIFAR_10: "cifar10",
}
_SPLIT = ("cnn.data.dataset", "Split")
_STRATIFIED = ("cnn.data.dataset", "stratified")
_FIT = ("cnn.data.fitting", "fit")

_OF_KERAS = """\
(x_learn, y_learn), (x_test, y_test) = keras.datasets.{name}.load_data()
learn = Split(x_learn.reshape(-1, {shape}), y_learn.reshape(-1).astype(np.int64))
test = Split(x_test.reshape(-1, {shape}), y_test.reshape(-1).astype(np.int64))
"""
_SAMPLE = """\
rng = np.random.default_rng(0)  # a tenth of each, as the sample was drawn
learn = learn.take(stratified(learn.labels, 0.1, rng)[1])
test = test.take(stratified(test.labels, 0.1, rng)[1])
"""
_DIGITS = """\
table = load_digits()
pixels = np.rint(table.data * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
learn, test = Split(pixels, table.target.astype(np.int64)), None
"""
_DRAWN = """\
OPTIONS = SimpleNamespace(
{options})
learn, test = draw(OPTIONS, {height}, {width}, {seed})
"""
_OWN = """\
# The zip that it was trained on, or a folder with what is in it.
IMAGES = sys.argv[1] if sys.argv[1:] else {file!r}


def files_of(place):
    \"\"\"The names and contents of all files, in the order of the zip, or of their names.\"\"\"
    if os.path.isfile(place):
        with zipfile.ZipFile(place) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    yield name, archive.read(name)
        return
    root = pathlib.Path(place)
    if not root.is_dir():
        sys.exit(f"There are no images at {{place}}: name the zip or the folder behind the script.")
    for path in sorted(root.rglob("*"), key=lambda one: one.relative_to(root).as_posix()):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes()


images, classes = {{}}, {{}}
for name, content in files_of(IMAGES):
    parts = [one for one in name.split("/") if one]
    if any(one.startswith((".", "__MACOSX")) for one in parts) or len(parts) < 2:
        continue
    try:
        picture = fit_image(plain(open_picture(content, LIMIT_PIXELS)), {shape})
    except DataError:
        continue  # no picture: left out, as it was
    part = {part}
    images.setdefault(part, []).append(picture)
    classes.setdefault(part, []).append(parts[-2])
names = sorted(set(classes["train"]))
found = {{
    part: Split(np.stack(images[part]), np.array([names.index(one) for one in classes[part]]))
    for part in images
}}
learn, validation, test = (found.get(part) for part in ("train", "validation", "test"))
"""
_PARTS = "{said}.get(next(one for one in parts if one.lower() in {said}).lower())"
_SPLIT_UP = """\
{before}train, aside = stratified(
    learn.labels, {fraction}, np.random.default_rng(({seed}, 11))
)
{fit}learn, validation = learn.take(train), learn.take(aside)
"""
_NO_TEST = """\
kept, aside = stratified(learn.labels, 1 / 6, np.random.default_rng(10))
learn, test = learn.take(kept), learn.take(aside)
"""
_HALF_TEST = """\
kept, aside = stratified(validation.labels, 1 / 2, np.random.default_rng(10))
validation, test = validation.take(kept), validation.take(aside)
"""


@dataclass(frozen=True, slots=True)
class OfData:
    """What a script needs to have the images: lines, what of this program, packages, and words."""

    text: str
    wanted: Wanted
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    said: str = ""
    may_differ: bool = False


def of_data(run: Run) -> OfData:
    """The images of a run; raises `ReproductionError` where they cannot be had without us."""
    spec, shape = run.configuration.dataset, run.architecture.input
    if spec.name is DatasetName.OWN_IMAGES:
        return _own(spec, shape)
    found, native = _named(spec, shape)
    names = CATALOGUE[spec.name].class_names(spec) or ()
    has_test = spec.name is not DatasetName.DIGITS
    lines, wanted, packages = _split_up(spec, native, shape, has_test=has_test)
    return OfData(
        found.text + lines + _whole(repr(names)),
        (*found.wanted, *wanted),
        found.imports,
        (*found.packages, *packages),
        found.said,
    )


def _named(spec: DatasetSpec, shape: MapShape) -> tuple[OfData, MapShape]:
    """The images of a data set with a name, and the shape that they have."""
    native = CATALOGUE[spec.name].image_shape
    if spec.name in DRAWN:
        options = "".join(
            f"    {one.name}={_literal(getattr(spec.drawn_as, one.name))},\n"
            for one in fields(DRAWN[spec.name])
        )
        text = _DRAWN.format(options=options, height=shape[0], width=shape[1], seed=spec.seed)
        if spec.name is DatasetName.SCENES:
            text += "learn, test = learn.split, test.split\n"
        wanted = ((f"cnn.data.sets.{spec.name.value}", "draw"), _STRATIFIED)
        return OfData(text, wanted), (shape[0], shape[1], native[2])
    if spec.name is DatasetName.DIGITS:
        imports = ("from sklearn.datasets import load_digits",)
        return OfData(_DIGITS, (_SPLIT, _STRATIFIED), imports, ("scikit-learn",)), native
    text = _OF_KERAS.format(name=BY_KERAS[spec.name], shape=", ".join(map(str, native)))
    if spec.name is DatasetName.MNIST_SAMPLE:
        text += _SAMPLE
    said = "Keras downloads the images, once."
    return OfData(text, (_SPLIT, _STRATIFIED), said=said), native


def _split_up(
    spec: DatasetSpec, native: MapShape, shape: MapShape, *, has_test: bool
) -> tuple[str, Wanted, tuple[str, ...]]:
    """The lines that set aside what is missing, and fit the images to the network's input."""
    if spec.portion.folds:
        raise ReproductionError(
            f"the run was {spec.portion.words}: the script without this program does not divide "
            "into folds. Take the script that uses the package cnn."
        )
    wanted: list[tuple[str, str]] = []
    fit = ""
    if native != shape:
        wanted.append(_FIT)
        fit = f"learn, test = fit(learn, {shape}), fit(test, {shape})\n"
    after = ""
    if spec.portion != WHOLE:
        wanted.append(("cnn.data.portion", "Portion"))
        share, draw = spec.portion.share, spec.portion.draw
        after = f"learn = learn.take(Portion({share!r}, {draw!r}).taken(learn.labels))\n"
    text = _SPLIT_UP.format(
        before="" if has_test else _NO_TEST,
        fraction=repr(spec.validation_fraction),
        seed=spec.seed,
        fit=fit,
    )
    return text + after, tuple(wanted), ("Pillow",) * bool(fit)


def _own(spec: DatasetSpec, shape: MapShape) -> OfData:
    """Own images of a zip with a folder for each class; others only with this program."""
    path = Path(spec.file)
    if why := _why_not(spec, path):
        raise ReproductionError(
            f"{why}: a script without this program reads a folder or a zip with a folder of "
            "pictures for each class. Take the script that uses the package cnn."
        )
    part = '"train"'
    if spec.splits:
        from cnn.data.own.splits import SAID

        said = {name: one.value for name, one in SAID.items()}
        part = _PARTS.format(said=repr(said))
    text = _OWN.format(file=f"{own_name(path)}.zip", shape=shape, part=part)
    if spec.splits == "train-validation":
        text += _HALF_TEST
    if "test" not in spec.splits and "validation" not in spec.splits:
        text += _NO_TEST
    wanted: Wanted = (
        *(("cnn.data.picture.opening", name) for name in ("open_picture", "plain")),
        ("cnn.data.picture.opening", "LIMIT_PIXELS"),
        ("cnn.data.fitting", "fit_image"),
        _SPLIT,
        _STRATIFIED,
    )
    if "validation" not in spec.splits:
        lines, more, _ = _split_up(spec, shape, shape, has_test=True)
        text, wanted = text + lines, (*wanted, *more)
    return OfData(
        text + _whole("tuple(names)"),
        wanted,
        ("import pathlib", "import zipfile"),
        ("Pillow",),
        "It reads the images from a zip or a folder that is named behind it: a folder for each "
        "class. Are they others, or in another order, so is the curve.",
        may_differ=True,
    )


def _why_not(spec: DatasetSpec, path: Path) -> str:
    if is_edited(spec):
        return "its images are made of another data set"
    if spec.reading:
        return f"its images are read as {spec.reading}"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return "the file of its images is not there, or no zip"
    is_of_pictures = any(PurePosixPath(name).suffix.lower() in PICTURES for name in names)
    return "" if is_of_pictures else "its images are arrays"


def _whole(names: str) -> str:
    return (
        "data = SimpleNamespace(train=learn, validation=validation, test=test)\n"
        f"data.class_names = {names}\n"
        'data.splits = {"train": learn, "validation": validation, "test": test}'
    )


def _literal(value: Any) -> str:
    """A setting of a drawing as the script writes it; a word as one of its vocabulary."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))},)"
    if isinstance(value, StrEnum):
        return f"{type(value).__name__}({value.value!r})"
    return repr(value)
