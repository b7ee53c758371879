"""The command line: `python -m cnn summary`, and all the other commands of `cnn.commands`."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Sequence

from cnn.commands import CommandError
from cnn.commands.parsers import PIXELS, Parser, add_commands
from cnn.commands.run import run
from cnn.commands.start import start
from cnn.commands.terminal import printable
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.source import WITH_WEIGHTS, chosen
from cnn.network.summary import summary_dict, summary_text
from cnn.network.trace import trace
from cnn.network.zoo import zoo

BY_MODULE, BY_NAME = "python -m cnn", "cnn-workbench"


def workbench() -> int:
    """The command `cnn-workbench`: alone, or with options such as `--server.port 8600`, it starts
    the app; with a command it is `python -m cnn`.
    """
    words = sys.argv[1:]
    if words and not re.match(r"--\w+\.\w", words[0]):
        return main(words, BY_NAME)
    try:
        start(words)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def main(arguments: Sequence[str] | None = None, called: str = BY_MODULE) -> int:
    """Runs one command; what cannot be done is one line on standard error and status 2."""
    words = _with_values(sys.argv[1:] if arguments is None else arguments)
    options = _parser(called).parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may hold what the terminal cannot show
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        by_name = isinstance(options.run, str)
        status: int = run(options.run, options) if by_name else options.run(options) or 0
        if sys.stdout is not None:  # as it is where the output was closed, as in `... >&-`
            sys.stdout.flush()
    except (ArchitectureError, CommandError) as error:
        print(" ".join(printable(str(error)).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # Ctrl-C before there was anything to end in an orderly way
        return 130
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # a reader who has seen enough, as `| head`
            print(f"the output cannot be written: {error.strerror}.", file=sys.stderr)
            return 1
        status = 0
    return status


def _with_values(arguments: Sequence[str]) -> list[str]:
    """`--pixels -1..1` as `--pixels=-1..1`: with its minus it would be taken for an option."""
    found: list[str] = []
    for one in arguments:
        if found and found[-1] in ("--pixels", "--read"):
            found[-1] = f"{found[-1]}={one}"
        else:
            found.append(one)
    return found


def _summary(options: argparse.Namespace) -> None:
    traced = trace(_architecture(options))
    print(json.dumps(summary_dict(traced)) if options.json else summary_text(traced))


def _code(options: argparse.Namespace) -> None:
    from cnn.network.keras.export import keras_code
    from cnn.network.torch.export import torch_code

    write = {"keras": keras_code, "torch": torch_code}[options.framework]
    print(write(_architecture(options)).text)


def _zoo(options: argparse.Namespace) -> None:
    entries = [(entry, trace(entry.architecture)) for entry in zoo().values()]
    if options.json:
        listed = [
            {
                "id": entry.id,
                "name": entry.title,
                "group": entry.group,
                "year": entry.year,
                "citation": entry.citation,
                "idea": entry.idea,
                "kept": entry.kept,
                "cut": entry.cut,
                "original": entry.original,
                "input": traced.architecture.input,
                "total_params": traced.total_params,
                "trainable_params": traced.trainable_params,
                "total_macs": traced.total_macs,
            }
            for entry, traced in entries
        ]
        print(json.dumps(listed))
        return
    for entry, traced in entries:
        trained = traced.params_text.partition(" parameters")[2]
        print(f"{entry.id:<16}{traced.total_params:>12,} params{trained:<21}  {entry.idea}")


def _architecture(options: argparse.Namespace) -> Architecture:
    opened = chosen(options.arch, options.input, options.pixels)
    for note in filter(None, (*opened.notes, opened.assumed)):
        print(f"note: {note}", file=sys.stderr)
    return opened.architecture


def _parser(called: str = BY_MODULE) -> Parser:
    alone = " Without a command it starts the app." if called == BY_NAME else ""
    parser = Parser(prog=called, description=f"CNN Workbench on the command line.{alone}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    network = Parser(add_help=False)
    network.add_argument("arch", metavar="ARCH", help=f"zoo id, or a JSON, {WITH_WEIGHTS} file")
    network.add_argument("--input", metavar="HxWxC", help="another input, such as 28x28x1")
    network.add_argument("--pixels", metavar="RANGE", help=PIXELS)

    summary = commands.add_parser("summary", parents=[network], help="sizes, parameters, cost")
    summary.add_argument("--json", action="store_true", help="one JSON object")
    summary.set_defaults(run=_summary)

    code = commands.add_parser("code", parents=[network], help="the network as a script")
    code.add_argument("--framework", choices=("keras", "torch"), default="keras")
    code.set_defaults(run=_code)

    listing = commands.add_parser("zoo", help="the networks that come with the program")
    listing.add_argument("--json", action="store_true", help="a JSON list")
    listing.set_defaults(run=_zoo)

    add_commands(commands, network)
    return parser


if __name__ == "__main__":
    sys.exit(main())
