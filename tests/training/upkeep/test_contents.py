"""What the files of runs hold, read through: each damaged one is named, and no whole one."""

import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from cnn.data import Dataset, DatasetName, DatasetSpec, load
from cnn.training.recipe.run import CHECKPOINT, TRACEBACK, WEIGHTS
from cnn.training.store import row_checks
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.on_disk.store_file import empty_log, what_is_damaged
from cnn.training.store.store import Store
from cnn.training.upkeep import contents
from cnn.training.upkeep.contents import what_is_wrong
from cnn.training.upkeep.upkeep import check
from tests.some import some
from tests.training.damaged import IN_WORDS, WAYS, whole_files
from tests.training.stores import DEMO, MB, SETTINGS, url_of
from tests.training.unreadable import spoil
from tests.ui.visiting import weights_file


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    data: Dataset = load(DatasetSpec(DatasetName.SHAPES), DEMO.input)
    return whole_files(weights_file(DEMO), data)


def named(store: Store) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in check(store.url):
        if one.trouble:
            found.setdefault(one.topic, []).append(one.words)
    return found


def test_a_store_of_either_kind_with_whole_files_is_well(store: Store, files: dict[str, bytes]):
    run = store.add(DEMO, SETTINGS)
    store.keep_files(run.id, files)

    found = list(check(store.url))

    assert not [one for one in found if one.trouble]
    size = sum(map(len, files.values()))
    (said,) = [one.words for one in found if one.topic == "contents"]
    assert said == f"{len(files)} files of runs, {size / 1e6:,.1f} MB, are read through"


OFTEN = (
    *("flipped in the middle", "a single bit", "cut at its end", "empty", "another file"),
    "Python objects",
)


@pytest.mark.parametrize("way", some(WAYS, *OFTEN))
def test_every_file_of_a_run_that_is_damaged_is_named(
    store: Store, files: dict[str, bytes], way: str
):
    good, bad = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    store.keep_files(good.id, files)
    store.keep_files(bad.id, {name: WAYS[way](content) for name, content in files.items()})

    found = named(store)

    of_words = {f"files, run {bad.id}, name {name}" for name in IN_WORDS}
    of_others = {f"run {bad.id}, {name}" for name in set(files) - {*IN_WORDS, TRACEBACK}}
    assert {said.split(": ")[0] for said in found.pop("rows")} == of_words
    assert {said.split(": ")[0] for said in found.pop("contents")} == of_others
    assert found == {}
    assert len(store.left_out(bad.id)) == len(IN_WORDS)
    assert store.left_out(good.id) == []


def test_a_stray_write_that_sqlite_does_not_see_is_found(file: Path, files: dict[str, bytes]):
    store = Store(url_of(file))
    run = store.add(DEMO, SETTINGS)
    store.keep_files(run.id, files | {CHECKPOINT: _checkpoint(MB)})
    store.close()
    empty_log(store.url)
    with file.open("r+b") as disk:
        content = disk.read()
        disk.seek(content.index(bytes([1, 2, 3, 4, 5, 6, 7, 8])))
        disk.write(b"sixteen letters!")
    with closing(sqlite3.connect(file)) as database:
        assert what_is_damaged(database, whole=True) == ""

    (said,) = named(Store(store.url))["contents"]

    assert said == (
        f"run {run.id}, {CHECKPOINT}: its member optimizer/0000.npy cannot be unpacked: "
        "Bad CRC-32 for file 'optimizer/0000.npy'"
    )


def _checkpoint(size: int) -> bytes:
    """Of one with a place in its middle that is nowhere else."""
    numbers = np.zeros(size, np.uint8)
    numbers[size // 2 : size // 2 + 8] = range(1, 9)
    return arrays_to_bytes({"optimizer/0000": numbers})


def test_weights_of_another_network_are_named_where_the_run_can_be_read(store: Store):
    run = store.add(DEMO, SETTINGS)
    other = {"dense_1/0": np.zeros((2, 3), np.float32)}
    store.keep_file(run.id, WEIGHTS, arrays_to_bytes(other))

    (said,) = named(store)["contents"]

    assert said.startswith(f"run {run.id}, {WEIGHTS}: conv2d_1 needs weights of the shapes")
    spoil(store, run, "layer")
    assert "contents" not in named(store)


def test_no_more_than_a_file_is_in_memory_at_a_time(store: Store):
    for _ in range(8):
        run = store.add(DEMO, SETTINGS)
        store.keep_files(run.id, {CHECKPOINT: _checkpoint(8 * MB)})

    tracemalloc.start()
    try:
        assert list(contents.damaged(store)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4 * 8 * MB


def test_of_many_the_first_are_named_and_the_others_said_to_be_there(store: Store):
    for _ in range(30):
        store.keep_file(store.add(DEMO, SETTINGS).id, WEIGHTS, b"")

    found = named(store)["contents"]

    assert len(found) == 21
    assert found[-1] == "and more of them"


def test_a_file_of_a_name_that_says_nothing_here_is_left_alone():
    assert what_is_wrong("of tomorrow", b"PK, or whatever") == ""


@pytest.mark.parametrize("name", IN_WORDS)
def test_what_a_small_file_says_is_read_in_one_place(name: str, files: dict[str, bytes]):
    assert row_checks.meaning(name, files[name]) is not None
    assert row_checks.meaning(name, None) is None
