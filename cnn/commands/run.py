"""What each command runs: imported when it is used, as most of them are slow to import."""

from __future__ import annotations

import argparse
from importlib import import_module

MODULES = {
    **{
        name: name
        for name in (
            *("train", "compare", "export", "data", "runs", "store"),
            *("doctor", "address", "worker", "verify", "people"),
        )
    },
    "resume": "train",
    "hand-in": "hand_in",
}
"""By name, the module in this folder that has a function of that name."""


def run(command: str, options: argparse.Namespace) -> int:
    """Runs a command; returns the status to end with."""
    module = import_module(f"cnn.commands.{MODULES[command]}")
    return getattr(module, command.replace("-", "_"))(options) or 0
