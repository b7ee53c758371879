"""What the classes of a run are called in every view of it."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import CLASS_NAMES
from cnn.training.store.class_names import class_names
from cnn.training.store.store import Store
from cnn.training.workers.resuming import extend

NETWORK = Architecture("Tiny", (8, 8, 1), (Flatten(), Dense(3)))
NAMES = ("cat", "dog", "<b>owl</b>")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def own_images(folder: Path) -> Path:
    written = io.BytesIO()
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8), np.uint8)
    np.savez(written, images=images, labels=np.arange(60) % 3, class_names=np.array(NAMES))
    (folder / "mine.npz").write_bytes(written.getvalue())
    return folder / "mine.npz"


def test_those_of_own_images_are_kept_with_the_run_also_when_the_images_are_gone(
    store: Store, tmp_path: Path
):
    file = own_images(tmp_path)
    settings = Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file=str(file)), epochs=1)
    run = fit.carry_out(store, store.add(NETWORK, settings, worker="me"))
    assert run.result, run.message

    file.unlink()

    assert class_names(store, run) == NAMES
    assert class_names(store, extend(store, run.id, 1)) == NAMES


def test_those_of_data_that_everybody_has_need_no_run_to_keep_them(store: Store):
    shapes = store.add(NETWORK, Configuration(DatasetSpec(DatasetName.SHAPES)))

    assert class_names(store, shapes) == ("circle", "square", "triangle")


@pytest.mark.parametrize("kept", [None, b"", b"not json", b"7", b'["cat"]', b'{"a": 1}'])
def test_a_run_without_readable_names_has_a_number_for_each_class(store: Store, kept: bytes | None):
    own = Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file="gone.npz"))
    run = store.add(NETWORK, own)
    if kept is not None:
        store.keep_file(run.id, CLASS_NAMES, kept)

    assert class_names(store, run) == ("class 0", "class 1", "class 2")
