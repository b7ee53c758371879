"""Own images of people with accounts: a folder each, which nobody else comes to by any way."""

import json
import multiprocessing.dummy
import random
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from cnn.data import DataError, DatasetSpec
from cnn.data.edited import Edits
from cnn.data.own import library
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, images, leaving
from cnn.people.person import LOCAL, Person, Role
from cnn.settings import SettingError, folder_bytes, images_folder
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_from_address, data_to_address
from cnn.training.store import tables
from cnn.training.store.store import Store
from cnn.training.workers import queue
from cnn.training.workers.queue import Wanted
from tests.data.own.test_images import CATS_AND_DOGS, zipped
from tests.needs import LINUX

DESIGN = Architecture("mine", (8, 8, 3), (Flatten(), Dense(2)))
USUAL = DatasetSpec()


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_HOME", str(tmp_path))


def brought(folder: Path, name: str = "pets") -> DatasetSpec:
    arrived, _ = library.read(zipped(CATS_AND_DOGS), f"{name}.zip", folder)
    return library.keep(arrived, name, folder).spec


def test_each_finds_what_is_in_their_own_folder_alone_by_name_and_by_address():
    annas, bens, root = images_folder("anna"), images_folder("ben"), images_folder()
    spec = brought(annas)
    address = data_to_address(spec)

    assert Path(spec.file).parent == annas
    assert data_from_address(address, USUAL, annas) == spec
    for folder in (bens, root, None):
        assert data_from_address(address, USUAL, folder) == USUAL
    assert library.kept(root) == library.kept(bens) == []


@pytest.mark.parametrize("id", ["..", "a/b", "/tmp", ".", "a b", "x" * 33, "a\\b", "\0"])
def test_what_is_no_id_names_no_folder(id: str):
    with pytest.raises(SettingError, match=r"no id of a person"):
        images_folder(id)


def test_nobody_trains_on_what_is_anothers_but_a_teacher_of_the_class(store: Store):
    with store.begin() as connection:
        for id, role, of in (
            ("anna", Role.LEARNER, "4b"),
            ("ben", Role.LEARNER, "4b"),
            ("cleo", Role.TEACHER, "4b"),
            ("dora", Role.TEACHER, "5a"),
        ):
            row = {"id": id, "name": id, "role": role, "class_name": of, "made_at": 0.0}
            connection.execute(insert(tables.people).values(row))
    wanted = [Wanted(DESIGN, Configuration(brought(images_folder("anna")), epochs=1))]

    for person in (
        Person("anna", "Anna", Role.LEARNER, "4b"),
        Person("cleo", "Cleo", Role.TEACHER, "4b"),
        Person("fay", "Fay", Role.OPERATOR),
        LOCAL,
    ):
        assert queue.put(store.seen_by(person), wanted)
    for person in (
        Person("ben", "Ben", Role.LEARNER, "4b"),
        Person("dora", "Dora", Role.TEACHER, "5a"),
    ):
        with pytest.raises(ConfigurationError, match=r"pets: these images are somebody else's"):
            queue.put(store.seen_by(person), wanted)
    assert store.count() == 4


def test_nobody_leaves_their_folder_by_a_path(store: Store):
    person, _ = accounts.add(store, "Ben")
    spec = brought(images_folder())
    inside = images_folder(person.id) / ".." / ".." / Path(spec.file).name
    inside.parent.parent.mkdir(parents=True, exist_ok=True)
    for file in (spec.file, str(inside)):
        forged = DatasetSpec(spec.name, file=file)
        with pytest.raises(ConfigurationError, match=r"somebody else's"):
            queue.put(store.seen_by(person), [Wanted(DESIGN, Configuration(forged, epochs=1))])


def test_who_has_as_many_as_they_may_brings_no_more_until_some_are_deleted(monkeypatch):
    folder = images_folder("anna")
    content = random.Random(0).randbytes(700_000)
    first = library.lay_aside(content, "one.zip", folder)
    monkeypatch.setenv("CNN_MAX_IMAGES_MB_EACH", "1")
    second = library.lay_aside(content[::-1], "two.zip", folder)  # the first was never kept
    assert not first.exists()
    kept = library.keep(second, "two", folder)
    with pytest.raises(DataError, match=r"would have 1\.4 MB, and 1 MB is the limit for each"):
        library.lay_aside(content, "one.zip", folder)
    assert images.listed("anna") == {kept.path.name: 700_000}
    assert library.lay_aside(content, "one.zip", images_folder("ben"))
    for _ in range(3):
        assert library.lay_aside(content, "one.zip", images_folder())  # who has no account
    library.forget(kept)
    assert library.lay_aside(content, "one.zip", folder)


def test_of_edits_too_no_more_are_kept_than_they_may_have(monkeypatch):
    folder = images_folder("anna")
    spec = brought(folder)
    monkeypatch.setenv("CNN_MAX_IMAGES_MB_EACH", "1")
    left = 1_000_000 - folder_bytes(folder)
    content = random.Random(0).randbytes(left - 10)
    library.keep(library.lay_aside(content, "a.zip", folder), "a", folder)
    with pytest.raises(DataError, match=r"1 MB is the limit for each"):
        library.keep_edits(Edits(spec, (("cat", "lion"),)), "fewer", folder)
    assert folder_bytes(folder) == 1_000_000 - 10


AT_ONCE, MOST = 8, 3


def bring(number: int, together: Any, said: Any) -> None:
    """A window of Anna's, which brings 0.3 MB and keeps them, as often as there is room."""
    folder = images_folder("anna")
    content = random.Random(number).randbytes(300_000)
    together.wait(60)
    try:
        library.keep(library.lay_aside(content, f"{number}.zip", folder), f"{number}", folder)
    except DataError as error:
        said.put(str(error))
    else:
        said.put("")


@pytest.mark.parametrize("are_threads", [True, pytest.param(False, marks=LINUX.mark())])
def test_who_brings_many_at_the_same_moment_has_no_more_than_they_may(
    are_threads: bool, monkeypatch
):
    monkeypatch.setenv("CNN_MAX_IMAGES_MB_EACH", "1")
    world: Any = multiprocessing.dummy if are_threads else multiprocessing.get_context("fork")
    together, said = world.Barrier(AT_ONCE), world.Queue()
    windows = [world.Process(target=bring, args=(n, together, said)) for n in range(AT_ONCE)]
    for one in windows:
        one.start()
    answers = [said.get(timeout=60) for _ in windows]
    for one in windows:
        one.join()

    kept = images.listed("anna")
    assert 1 <= len(kept) == answers.count("") <= MOST
    assert set(kept.values()) == {300_000}
    words = "1 MB is the limit for each person|made room for others"
    assert all(re.search(words, one) for one in answers if one)
    while len(images.listed("anna")) < MOST:  # what made room for others has room now
        bring(AT_ONCE + len(images.listed("anna")), threading.Barrier(1), said)
        assert said.get(timeout=60) == ""


def test_the_same_file_brought_twice_at_the_same_moment_is_kept_once():
    content = random.Random(0).randbytes(2_000_000)
    folder, together = images_folder("anna"), threading.Barrier(2)
    found: list[Path] = []

    def bring_it() -> None:
        together.wait(60)
        found.append(library.lay_aside(content, "one.zip", folder))

    windows = [threading.Thread(target=bring_it) for _ in range(2)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    assert len(found) == 2
    assert list(images.listed("anna").values()) == [2_000_000]


def test_what_made_room_meanwhile_for_others_says_so(monkeypatch):
    monkeypatch.setenv("CNN_MAX_IMAGES_MB_EACH", "1")
    folder = images_folder("anna")
    first = library.lay_aside(random.Random(0).randbytes(700_000), "one.zip", folder)
    library.lay_aside(random.Random(1).randbytes(700_000), "two.zip", folder)
    for use in (library.read_aside, library.understand_aside):
        with pytest.raises(DataError, match=r"made room for others.* Bring them again"):
            use(first)
    with pytest.raises(DataError, match=r"made room for others"):
        library.keep(first, "one", folder)


def test_they_are_listed_in_what_is_exported_and_go_with_their_person(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_IMAGES_MB_EACH", "1")
    anna, _ = accounts.add(store, "Anna")
    ben, _ = accounts.add(store, "Ben")
    hers, his = (Path(brought(images_folder(one.id)).file) for one in (anna, ben))

    told = leaving.export(store, anna.id)

    assert told["images"] == {hers.name: hers.stat().st_size}
    assert json.dumps(told, default=str)
    assert leaving.export(store, accounts.add(store, "Cleo")[0].id)["images"] == {}
    leaving.remove(store, anna.id)
    assert not list(images_folder(anna.id).parent.glob(f"{anna.id}*"))
    assert his.is_file()
    assert images.listed(ben.id)
