"""`python -m cnn store`: the run store copied, put back, compacted, looked over."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn.commands import refusals
from cnn.commands.terminal import say, say_findings
from cnn.settings import store_url
from cnn.training.store.on_disk import kept_backups
from cnn.training.store.store_error import shown_url
from cnn.training.upkeep import backups, restoring, upkeep
from cnn.training.upkeep.backups import Tell


def store(options: argparse.Namespace) -> int:
    """Does one of the four; `check` ends with status 1 where something is wrong."""
    url = options.store or store_url()
    with refusals():
        return _ACTIONS[options.action](url, options)


def _backup(url: str, options: argparse.Namespace) -> int:
    target = Path(options.file)
    with _progress("copied") as tell:
        content = backups.backup(url, target, tell)
    size = target.stat().st_size
    is_noted = _is_noted(url, target)
    said = {
        "file": str(target.absolute()),
        "runs": content.runs,
        "bytes": size,
        "version": content.version,
        "noted": is_noted,
    }
    say(
        options,
        said,
        f"{_runs(content.runs, f'of the run store {shown_url(url)}')} in {target} now: "
        f"{_mb(size)}, whole as a database. What the files of runs hold is looked through by "
        "`python -m cnn store check`.",
    )
    if not is_noted:
        _say_not_noted()
    return 0


def _restore(url: str, options: argparse.Namespace) -> int:
    source = Path(options.file)
    with _progress("restored") as tell:
        content, kept = restoring.restore(url, source, tell)
    is_noted = _is_noted(url, source)
    said = {
        "store": shown_url(url),
        "runs": content.runs,
        "kept": str(kept) if kept else None,
        "noted": is_noted,
    }
    was = f" What was there is kept: {kept}" if kept else ""
    say(
        options,
        said,
        f"{_runs(content.runs, f'of {source}')} in the run store {shown_url(url)} now.{was}",
    )
    if not is_noted:
        _say_not_noted()
    return 0


def _is_noted(url: str, file: Path) -> bool:
    noted = kept_backups.last(url)
    return noted is not None and noted.file == file.absolute()


def _say_not_noted() -> None:
    print(
        "It could not be noted beside the store, so `python -m cnn doctor` does not name it: "
        "make room on the store's disk, and allow writing there.",
        file=sys.stderr,
    )


def _compact(url: str, options: argparse.Namespace) -> int:
    before, after = upkeep.compact(url)
    say(
        options,
        {"store": shown_url(url), "bytes_before": before, "bytes_after": after},
        f"The run store {shown_url(url)} took {_mb(before)}, and takes {_mb(after)} now.",
    )
    return 0


def _check(url: str, options: argparse.Namespace) -> int:
    return say_findings(upkeep.check(url), options)


_ACTIONS = {"backup": _backup, "restore": _restore, "compact": _compact, "check": _check}


@contextmanager
def _progress(done: str) -> Iterator[Tell]:
    """How much is done, in a line that is written over and goes at the end; on a terminal only."""
    terminal = sys.stderr
    if terminal is None or not terminal.isatty():
        yield lambda _: None
        return
    try:
        yield lambda share: print(f"\r{share:4.0%} {done} ", end="", file=terminal, flush=True)
    finally:
        print("\r" + " " * 24 + "\r", end="", file=terminal, flush=True)


def _runs(count: int, whose: str) -> str:
    return f"1 run {whose} is" if count == 1 else f"{count:,} runs {whose} are"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
