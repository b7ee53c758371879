"""The zip that a browser makes of pictures dropped class by class, as others read it."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from cnn.data.dataset import fingerprint
from cnn.data.own import library
from cnn.data.own.splits import SAID
from tests.coloured import in_folders
from tests.data.own.test_images import zipped
from ui.components import photos

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="node runs it: where it is, as in CI")


def packed(folder: Path, files: dict[str, bytes]) -> bytes:
    """What the browser makes of these files, which it is given in another order."""
    assert NODE is not None
    for path, content in files.items():
        (folder / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / path).write_bytes(content)
    made = folder / "made.zip"
    program = ROOT / "tests" / "js" / "pack_photos.js"
    command = [NODE, str(program), str(folder / "in"), str(made)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return made.read_bytes()


@needs_node
def test_a_zip_of_the_browser_holds_every_file_under_its_name(tmp_path: Path):
    files = {"größe/ä b.png": b"1" * 70_000, "größe/2.png": b"", "猫/x.png": bytes(range(256))}
    (tmp_path / "made.zip").write_bytes(packed(tmp_path, files))

    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.namelist() == sorted(files)


@needs_node
def test_pictures_dropped_class_by_class_are_the_same_data_as_a_zip_of_their_folders(
    tmp_path: Path,
):
    files = in_folders(("apple", "leaf", "sky"), 8)
    _, dropped = library.read(packed(tmp_path, files), "dropped.zip", tmp_path / "a")
    _, brought = library.read(zipped(files), "folders.zip", tmp_path / "b")

    assert dropped.class_names == ("apple", "leaf", "sky")
    assert fingerprint(dropped) == fingerprint(brought)
    assert {name: len(split) for name, split in dropped.splits.items()} == {
        name: len(split) for name, split in brought.splits.items()
    }
    assert dropped.found_shape == (72, 96, 3)


def test_the_script_is_told_the_limits_and_the_names_that_are_splits(monkeypatch):
    told = []
    monkeypatch.setattr(photos, "_mount", lambda *, key, data: told.append(data))

    photos.photos("the_field", key="here")

    (data,) = json.loads(json.dumps(told))
    assert data["answer"] is None
    assert data["field"] == ".st-key-the_field input[type=file]"
    assert data["limits"]["reserved"] == list(SAID)
    script = (ROOT / "ui" / "components" / "photos" / "classes.js").read_text(encoding="utf-8")
    used = set(re.findall(r"limits\.(\w+)", script))
    assert used <= set(data["limits"])
