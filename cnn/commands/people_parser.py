"""The options of `python -m cnn people`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

ROLES = ("learner", "teacher", "operator")
"""Those of `cnn.people.person` that an account has, so that `--help` imports little."""


def add_people(commands: Any, add_store: Callable[[Any], None]) -> None:
    """Adds the command; `add_store` adds the option that names a store."""
    people = commands.add_parser(
        "people", help="accounts: who may come in, and whose things are whose"
    )
    kinds = people.add_subparsers(
        metavar="add|import|list|change|invite|revoke|export|remove|unseen",
        dest="action",
        required=True,
    )
    options = argparse.ArgumentParser(add_help=False)
    add_store(options)
    options.add_argument("--json", action="store_true", help="JSON, an object a line")
    links = argparse.ArgumentParser(add_help=False, parents=[options])
    links.add_argument(
        "--address",
        default="http://localhost:8501",
        metavar="URL",
        help="where the app is reached, as the links begin",
    )
    in_class = argparse.ArgumentParser(add_help=False)
    in_class.add_argument("--class", dest="class_name", default="", metavar="NAME")
    add = kinds.add_parser("add", parents=[links, in_class], help="one person; prints their link")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=ROLES, default="learner")
    many = kinds.add_parser(
        "import", parents=[links, in_class], help="a class from a CSV file: name,class,role"
    )
    many.add_argument("file", metavar="FILE", help="- for standard input")
    listing = kinds.add_parser("list", parents=[options], help="all, or a class")
    listing.add_argument("--class", dest="class_name", default=None, metavar="NAME")
    changed = argparse.ArgumentParser(add_help=False, parents=[options])
    changed.add_argument("--class", dest="class_name", default=None, metavar="NAME")
    changed.add_argument("--role", choices=ROLES)
    for action, parents, explained in (
        ("change", [changed], "give somebody another role or class"),
        ("invite", [links], "a new link for somebody; the one before opens nothing any more"),
        ("revoke", [options], "turn somebody out at once"),
        ("export", [options], "all that is kept of somebody, as JSON"),
        ("remove", [options], "forget somebody with their runs, designs and answers"),
    ):
        one = kinds.add_parser(action, parents=parents, help=explained)
        one.add_argument("name", metavar="NAME|ID")
        if action == "export":
            one.add_argument("--to", default="-", metavar="FILE")
    unseen = kinds.add_parser(
        "unseen", parents=[options], help="who was not seen for long; --remove forgets them"
    )
    unseen.add_argument(
        "--days", type=int, metavar="N", help="for so many days; else CNN_KEEP_PEOPLE_DAYS"
    )
    unseen.add_argument(
        "--remove", action="store_true", help="with their runs, designs, answers and images"
    )
    people.set_defaults(run="people")
