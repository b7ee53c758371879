"""Hand-ins that are hostile: each is refused in a sentence, whatever it holds, and soon."""

import contextlib
import functools
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cnn.lessons.assignments.hand_in import ABOUT, OF_RECORD, HandInError
from cnn.lessons.assignments.opened import opened
from cnn.lessons.assignments.verify import files_in
from tests.lessons.assignments.conftest import Class
from tests.lessons.assignments.handed import ANSWERED, TASK, Parts


def test_it_holds_what_its_page_shows_and_nothing_else(room: Class):
    found, parts = opened(room.ann), room.parts()

    assert set(parts.files) == {
        *("steps.npz", "weights.npz"),
        *(f"state-000{epoch}.npz" for epoch in range(4)),
    }
    assert set(parts.about["run"]) == set(OF_RECORD)
    assert not {"note", "worker", "checkpoint"} & set(OF_RECORD)
    assert (found.name, found.answer, found.assignment) == ("Ann", "To be quick", TASK)
    assert found.answers == ANSWERED.events[:1]  # of the lesson that it asks for alone
    assert len(found.steps["loss"]) == 30


@functools.cache
def bomb(size: int) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, zeros=np.zeros(size, np.float32))
    return written.getvalue()


def spoil(parts: Parts, name: str, value: object) -> None:
    parts.about[name] = value


HOSTILE = {
    "a checkpoint that unpacks to 80 MB": (
        lambda parts: parts.files.update({"state-0001.npz": bomb(20_000_000)}),
        "is the limit",
    ),
    "steps that unpack to 80 MB": (
        lambda parts: parts.files.update({"steps.npz": bomb(20_000_000)}),
        "is the limit",
    ),
    "a way out of the folder": (
        lambda parts: parts.files.update({"../../evil.py": b"import os"}),
        "is no part of a hand-in",
    ),
    "Python objects": (
        lambda parts: parts.put("steps.npz", {"step": np.array([{}], object)}),
        "Python objects",
    ),
    "no weights": (lambda parts: parts.files.pop("weights.npz"), "has no weights.npz"),
    "another format": (lambda parts: spoil(parts, "format", 2), "in format 2"),
    "a name without letters": (lambda parts: spoil(parts, "name", "\u200b"), "which is none"),
    "a name of many letters": (lambda parts: spoil(parts, "name", "a" * 61), "which is none"),
    "a name that is a number": (lambda parts: spoil(parts, "name", 5), "its name is 5"),
    "more than there is": (lambda parts: spoil(parts, "more", 5), "other parts"),
    "answers that are none": (lambda parts: spoil(parts, "answers", [5]), "answer 1 in it is 5"),
    "epochs that are none": (lambda parts: spoil(parts, "curve", [5]), "curve cannot be read"),
    "an assignment that is none": (
        lambda parts: spoil(parts, "assignment", "{}"),
        "has title, goals and data",
    ),
    "own images as its data": (
        lambda parts: spoil(
            parts,
            "assignment",
            '{"title":"a","goals":"params<9","data":{"name":"own-images","file":"/etc/x.zip"}}',
        ),
        "images of your own",
    ),
    "a record that is none": (lambda parts: spoil(parts, "run", {}), "its record has other parts"),
    "a network that is none": (
        lambda parts: parts.about["run"].update(architecture="[]"),
        "its record cannot be read: its network",
    ),
    "a network that is too large": (
        lambda parts: parts.about["run"].update(
            architecture=json.dumps(
                {
                    "name": "Large",
                    "input": [8, 8, 1],
                    "layers": [{"kind": "Flatten"}, {"kind": "Dense", "units": 900_000}],
                }
            )
        ),
        "parameters, and at most 30,000,000",
    ),
    "a state of its own": (
        lambda parts: parts.about["run"].update(state="perfect"),
        "'perfect' is unknown",
    ),
    "numbers beyond all": (
        lambda parts: parts.about["run"].update(finished_at=1e400),
        "its record cannot be read",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(name: str, room: Class, tmp_path):
    spoilt, said = HOSTILE[name]
    parts = room.parts()
    spoilt(parts)

    with pytest.raises(HandInError, match=r"\w") as refused:
        opened(parts.write(tmp_path / "it.zip"))

    assert said in str(refused.value)


def test_two_files_of_one_name_are_refused(room: Class, tmp_path):
    path = room.parts().write(tmp_path / "it.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(ABOUT, "{}")

    with pytest.raises(HandInError, match="two of its files have one name"):
        opened(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_a_damaged_file_is_read_or_refused_in_a_sentence(room: Class, tmp_path: Path, data):
    content = bytearray(room.ann.read_bytes())
    for _ in range(data.draw(some.integers(1, 3))):
        content[data.draw(some.integers(0, len(content) - 1))] ^= data.draw(some.integers(1, 255))
    path = tmp_path / "it.zip"
    path.write_bytes(content[: data.draw(some.integers(1, len(content)))])

    with contextlib.suppress(HandInError):
        opened(path).weights()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.sampled_from(["name", "answers", "assignment", "curve", "run", "class_names"]),
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9),
        lambda one: some.lists(one, max_size=3) | some.dictionaries(some.text(max_size=9), one),
    ),
    some.sampled_from([None, *OF_RECORD]),
)
def test_any_part_is_read_or_refused_in_a_sentence(room: Class, tmp_path, part, value, column):
    parts = room.parts()
    if column:
        parts.about["run"][column] = value
    else:
        parts.about[part] = value

    with contextlib.suppress(HandInError):
        opened(parts.write(tmp_path / "it.zip"))


def test_a_folder_without_hand_ins_is_said_and_what_is_no_file_is_passed_by(tmp_path):
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "notes.txt").write_text("no hand-in")

    with pytest.raises(HandInError, match="holds no hand-in: no file that ends"):
        files_in(tmp_path)
