"""`python -m cnn address`: the addresses of the servers that run here, each with its token."""

from __future__ import annotations

import argparse
import json

from cnn.commands import CommandError
from cnn.entry import kept_addresses
from cnn.settings import home


def address(options: argparse.Namespace) -> None:
    """Prints what each server printed when it started."""
    found = kept_addresses()
    if options.json:
        print(json.dumps({"addresses": found}))
        return
    if not found:
        raise CommandError(
            f"No server that asks for a token of its own runs from {home()}. One that runs from "
            "elsewhere is found with its CNN_HOME; one that has its token from CNN_TOKEN asks for "
            "that."
        )
    print("\n".join(found))
