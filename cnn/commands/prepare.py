"""What a training is before it begins: its network, its data and its settings, all that can be
refused looked at. Notes on them go to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from cnn.commands.terminal import printable
from cnn.data import DataError, Dataset, DatasetSpec, brought, load
from cnn.data.own.folder import brought_folder
from cnn.data.own.keeping import ENDINGS
from cnn.data.own.opened import check_whole_set
from cnn.data.portion import Portion
from cnn.data.sets import SETS
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment, AssignmentError
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import WeightsError
from cnn.network.keras.read import Imported
from cnn.network.shapes import MapShape
from cnn.network.source import has_weights, read_trained
from cnn.settings import images_folder
from cnn.shipped.starts import shipped_parent
from cnn.training.forecast import augmentation_cost, calibration, limits
from cnn.training.forecast.estimate import estimate
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import spec_of
from cnn.training.recipe.fitting import Fitted, fit_to
from cnn.training.recipe.run import ASSIGNMENT, Run
from cnn.training.recipe.start import SHIPPED, StartError
from cnn.training.store.store import Store
from cnn.training.workers import starting
from cnn.training.workers.starting import Beginning, Parent

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training that can begin: its network fitted to the data, its settings, and the files that
    the run is to have from the first.
    """

    fitted: Fitted
    configuration: Configuration
    files: Mapping[str, bytes]

    def add(self, store: Store, worker: str) -> Run:
        """Its run, in a worker's hands."""
        return store.add(
            self.fitted.architecture,
            self.configuration,
            worker=worker,
            changes=self.fitted.changes,
            files=self.files,
        )


@dataclass(frozen=True, slots=True)
class From:
    """What a training begins with in place of new weights, and how."""

    parent: Parent
    freeze: int = 0
    head_first: int = 0


def prepared(
    architecture: Architecture,
    configuration: Configuration,
    begins: From | None = None,
    wanted: Assignment | None = None,
) -> Prepared:
    """A training of a network, all that can be refused looked at; says on standard error what was
    changed to fit network and data to each other, and what it will take.
    """
    limits.check_size(architecture)
    limits.check_epochs(configuration)
    configuration.check_channels(architecture.input[2])
    data = load(configuration.dataset, architecture.input)
    say_left_out(data)
    say_split(data)
    fitted = fit_to(architecture, data)
    for change in fitted.changes:
        print(change, file=sys.stderr)
    begun = None
    if begins:
        begun = _begun(begins, fitted.architecture, data.class_names)
        configuration = replace(configuration, start=begun.start)
    files = dict(begun.files) if begun else {}
    if wanted:
        configuration = _assigned(wanted, fitted.architecture, configuration)
        files[ASSIGNMENT] = wanted.text.encode()
    images = {name: len(split) for name, split in data.splits.items()}
    costs = augmentation_cost.load()
    expected = estimate(fitted.architecture, configuration, images, calibration.load(), costs=costs)
    batch = configuration.batch_size_for(images["train"])
    limits.check_memory(fitted.architecture, batch, expected)
    said = f"Expected on this machine: {expected.text}. {expected.caution}".rstrip()
    print(said, file=sys.stderr)
    return Prepared(fitted, configuration, files)


def _assigned(
    wanted: Assignment, architecture: Architecture, configuration: Configuration
) -> Configuration:
    """The settings with a seed of their own; refuses what cannot be handed in."""
    if said := assignment.why_not(wanted, architecture, configuration):
        raise AssignmentError(f"this is no training for {wanted.title}. {said}")
    size = assignment.kept_bytes(architecture, configuration) / 1e6
    said = f"{configuration.epochs + 1:,} checkpoints are kept, about {size:,.1f} MB"
    print(printable(f"For {wanted.title}: a seed of its own; {said}."), file=sys.stderr)
    return assignment.begun(configuration)


def begins_with(
    named: str | None,
    design: Architecture,
    freeze: int | None,
    head_first: int | None,
    *,
    size: MapShape | None = None,
    url: str | None = None,
) -> From | None:
    """The run or the file whose weights a training begins with; None where those are new."""
    if named is None:
        for option, given in (("--freeze", freeze), ("--head-first", head_first)):
            if given is not None:
                raise StartError(
                    f"{option} {given} is about layers that were trained before. "
                    "Name their run or file: --from RUN|FILE."
                )
        return None
    return From(_parent(named, design, size, url), freeze or 0, head_first or 0)


def _parent(named: str, design: Architecture, size: MapShape | None, url: str | None) -> Parent:
    if named.startswith(SHIPPED):
        return shipped_parent(named)
    if not (has_weights(named) or Path(named).is_file()):
        with closing(Store(url)) as store:
            return starting.of_run(store, named)
    try:
        imported, weights = read_trained(named, size, design=design)
    except (ArchitectureError, WeightsError) as error:
        raise StartError(f"a training cannot begin with {named}: {error}") from error
    return starting.of_file(Path(named).name, imported, weights)


def _begun(begins: From, architecture: Architecture, classes: Sequence[str]) -> Beginning:
    """What is taken of the parent, which is said on standard error, layer by layer."""
    found = starting.begin(
        *(begins.parent, architecture, classes),
        freeze=begins.freeze,
        head_first=begins.head_first,
    )
    print(printable(f"Begins with weights of {found.start.origin}:"), file=sys.stderr)
    for one in found.matches:
        is_frozen = int(one.row.path[0]) < found.start.freeze
        stays = ", frozen" if is_frozen else ""
        print(f"  {one.row.title:<24} {one.fate}{stays}: {one.why}", file=sys.stderr)
    for note in found.notes:
        print(note, file=sys.stderr)
    return found


def dataset_of(name: str, reading: str = "", portion: str = "") -> DatasetSpec:
    """The data set that a name, a file or a folder stands for, its images read as it is said, and
    what of them is used.
    """
    spec = _dataset_of(name, reading)
    return replace(spec, portion=Portion.read(portion)) if portion else spec


def _dataset_of(name: str, reading: str) -> DatasetSpec:
    path = Path(name)
    if name not in SETS and path.is_dir():
        spec, packed = brought_folder(path, images_folder(), reading=reading)
        if packed.said:
            print(printable(packed.said), file=sys.stderr)
        return spec
    check_whole_set(name)
    if path.suffix in ENDINGS:
        return brought(path.resolve(), reading=reading)
    if reading:
        raise DataError(
            f"--read says how a file or a folder of images is read, and {name} is neither. Leave "
            "it out; own images that are kept say it themselves."
        )
    return spec_of(name)


def say_notes(opened: Imported, named: str = "") -> None:
    """Says on standard error what of a file is left out, and what is taken for its pixels."""
    before = f"{named}: " if named else ""
    for note in filter(None, (*opened.notes, opened.assumed)):
        print(f"{before}{note}", file=sys.stderr)


def say_left_out(data: Dataset) -> None:
    """Says on standard error which files of own images were not used, and why; nothing of none."""
    many = len(data.rejected)
    if not many:
        return
    said = [f"{printable(one.file)}: {printable(one.reason)}" for one in data.rejected[:MOST_NAMED]]
    if many > MOST_NAMED:
        said.append(f"and {many - MOST_NAMED:,} more")
    print(f"{many:,} file{'s' * (many > 1)} left out: {'; '.join(said)}", file=sys.stderr)


def say_split(data: Dataset) -> None:
    """Says on standard error which of own images are used as what; nothing of other data."""
    if data.how_split:
        print(printable(data.how_split), file=sys.stderr)
