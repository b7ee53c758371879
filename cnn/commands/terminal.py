"""The terminal for our own words alone."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from cnn.training.upkeep.upkeep import Finding


def printable(text: str) -> str:
    """A foreign text in one line, without what a terminal would take for an order."""
    return "".join(one if one.isprintable() else " " for one in text)


def say(options: argparse.Namespace, as_json: dict[str, Any], sentence: str) -> None:
    """Prints what came of a command, for programs or for people."""
    print(json.dumps(as_json) if options.json else printable(sentence))


def say_findings(found: Iterable[Finding], options: argparse.Namespace) -> int:
    """Prints what is found as it is found; the status is 1 where something is wrong."""
    every = []
    for finding in found:
        every.append(finding)
        if not options.json:
            mark = "!" if finding.trouble else " "
            print(f"{mark} {finding.topic:10} {printable(finding.words)}", flush=True)
            if finding.trouble:
                print(f"  {'':10} -> {printable(finding.trouble)}", flush=True)
    wrong = sum(bool(finding.trouble) for finding in every)
    summary = f"{wrong} of {len(every)} need attention." if wrong else "Nothing is wrong."
    say(options, {"findings": [asdict(one) for one in every], "wrong": wrong}, summary)
    return 1 if wrong else 0


def fact(name: str, value: str) -> str:
    """A named text, whose own lines stand below each other behind the name."""
    return f"\n{'':18}".join(printable(line) for line in f"{name:<18}{value}".split("\n"))


@contextmanager
def quiet() -> Iterator[TextIO]:
    """Standard error to write to, while what TensorFlow writes to it past Python is lost."""
    sys.stderr.flush()
    with os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace") as terminal:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        try:
            yield terminal
        finally:
            terminal.flush()
            os.dup2(terminal.fileno(), 2)
