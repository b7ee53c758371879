"""What each command runs: imported when it is used, as most of them are slow to import."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def _train(options: argparse.Namespace) -> int:
    from cnn.commands.train import train

    return train(options)


def _resume(options: argparse.Namespace) -> int:
    from cnn.commands.train import resume

    return resume(options)


def _compare(options: argparse.Namespace) -> int:
    from cnn.commands.compare import compare

    return compare(options)


def _runs(options: argparse.Namespace) -> int:
    from cnn.commands.runs import runs

    return runs(options)


def _store(options: argparse.Namespace) -> int:
    from cnn.commands.store import store

    return store(options)


def _doctor(options: argparse.Namespace) -> int:
    from cnn.commands.doctor import doctor

    return doctor(options)


def _address(options: argparse.Namespace) -> int:
    from cnn.commands.address import address

    address(options)
    return 0


def _worker(options: argparse.Namespace) -> int:
    from cnn.commands.worker import worker

    return worker(options)


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "train": _train,
    "resume": _resume,
    "compare": _compare,
    "runs": _runs,
    "store": _store,
    "doctor": _doctor,
    "address": _address,
    "worker": _worker,
}
