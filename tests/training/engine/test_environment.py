"""What a run notes of the machine it is trained on, and what an older one did not."""

import os
import platform
import re
from pathlib import Path

import pytest

from cnn.training.engine.environment import environment, together
from cnn.training.engine.fused import BATCH_NORM, FUSED
from cnn.training.recipe.told_loss import PLAIN, TRAINING_LOSS

OLDER = {"python": "3.11.1", "processors": 2, BATCH_NORM: FUSED}
NEWER = OLDER | {"processor": "Xeon", "memory_gib": 23.5}


def test_commit_processor_cores_and_memory_are_noted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cnn.training.engine.environment.commit", lambda: "abc123")
    found = environment(64)

    assert found["commit"] == "abc123"
    assert found["processors"] == os.cpu_count()
    assert found["processor"]
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    assert 0 < found["memory_gib"] <= round(there, 1)  # less in a container that has a limit


def test_of_an_installed_program_no_commit_is_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cnn.training.engine.environment.commit", lambda: "")

    assert environment(64)["commit"] == "unknown"


@pytest.mark.skipif(
    platform.machine() != "x86_64" or not Path("/proc/cpuinfo").exists(),
    reason="only Linux on x86 has the processor's name in a file",
)
def test_the_processor_is_called_as_linux_calls_it():
    names = re.findall(r"model name\t: (.+)", Path("/proc/cpuinfo").read_text())

    assert environment(64)["processor"] in names


def test_each_value_is_said_once_with_words_for_those_whose_name_is_none():
    said = dict(together([NEWER, NEWER | {"python": "3.12.0"}]))

    assert said["python"] == "3.11.1; 3.12.0"
    assert said["processors it may use (logical cores)"] == "2"
    assert said["memory (GiB)"] == "23.5"


def test_a_run_of_an_earlier_version_is_said_not_to_have_noted_its_machine():
    alone, mixed = dict(together([OLDER])), dict(together([NEWER, OLDER, OLDER]))

    assert alone["processor"] == "not noted by the run, of an earlier version"
    assert alone["commit of CNN Workbench"] == "not noted by the run, of an earlier version"
    assert alone["processors it may use (logical cores)"] == "2"
    assert mixed["processor"] == "Xeon; not noted by 2 of 3 runs, of an earlier version"
    assert dict(together([OLDER, OLDER]))["memory (GiB)"] == (
        "not noted by the runs, of an earlier version"
    )


def test_runs_that_have_not_begun_have_noted_nothing():
    assert together([{}]) == []
    assert together([{TRAINING_LOSS: PLAIN}]) == []  # continues one that did
