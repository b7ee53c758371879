"""What `docs/class.md` has one type does what it says."""

import csv
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cnn.people import class_list
from cnn.people.person import Role
from cnn.training.store.store import Store

ROOT = Path(__file__).parents[1]
DOCS = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("class.md", "store.md")]
CRON = re.compile(r"^(?P<when>(?:[\d*]+ ){5})(?P<command>cd /srv/cnn-workbench .+)$", re.M)
LIST = re.compile(r"```text\n(?P<rows>name,class,role\n.+?)```", re.S)


@pytest.mark.parametrize("text", DOCS, ids=["class.md", "store.md"])
def test_the_line_of_cron_keeps_a_backup_and_writes_over_that_of_last_week(
    text: str, tmp_path: Path
):
    (line,) = CRON.finditer(text)
    url = f"sqlite:///{tmp_path / 'home' / 'runs.sqlite'}"
    Store(url).close()
    (tmp_path / "backups").mkdir()
    assert not re.search(r"(?<!\\)%", line["command"]), "cron ends a command there"
    command = line["command"].replace("\\%", "%")
    for given, here in (
        ("/srv/cnn-workbench", str(ROOT)),
        (".venv/bin/python", sys.executable),
        ("/backups", str(tmp_path / "backups")),
    ):
        assert given in command
        command = command.replace(given, here)

    for _ in range(2):
        settings = os.environ | {"CNN_HOME": str(tmp_path / "home")}
        subprocess.run(["/bin/sh", "-c", command], env=settings, check=True, capture_output=True)

    (kept,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"runs-[A-Z][a-z]{2}\.sqlite", kept.name)
    with closing(Store(f"sqlite:///{kept}")) as store:
        assert store.count() == 0


def test_its_list_of_a_class_is_one_that_is_taken():
    (shown,) = LIST.finditer(DOCS[0])

    found = class_list.read(shown["rows"])

    assert len(found) == len([*csv.reader(shown["rows"].splitlines())]) - 1
    assert found[0] == ("Cleo", Role.TEACHER, "4b")
    assert {role for _, role, _ in found[1:]} == {Role.LEARNER}
