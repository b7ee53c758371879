"""The options of the commands that train; what they do is imported when they are used."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Collection
from typing import Any

from cnn.commands.people_parser import add_people
from cnn.network.source import WITH_WEIGHTS

# The words of the states, so that `--help` does not import NumPy; a test compares them.
STATES = (
    *("queued", "running", "paused", "finished"),
    *("stopped", "diverged", "failed", "interrupted"),
)

# Those of `cnn.exports`, for the same reason.
FORMATS = ("json", "keras", "onnx", "torch", "safetensors", "svg", "html")

MOST_LISTED = 1_000_000

PIXELS = (
    "what the network is fed, whatever its layers or its file say (the numbers of a "
    "Normalization stay, unless others are given): 0..1, 0..255, -1..1, "
    "torch or caffe (as keras.applications calls them), or written out, such as "
    '"0..1 mean 0.13 sd 0.31" or "0..255 mean 103.9,116.8,123.7 BGR"'
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and some of whose options are added when it is used."""

    late: Callable[[], None] | None = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self.late:
            add, self.late = self.late, None
            add()
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: {' '.join(message.split())}. Try {self.prog} --help.\n")


def add_commands(commands: Any, network: argparse.ArgumentParser) -> None:
    """Adds the commands; `network` has the options that name a network."""
    _add_train(commands, network)
    _add_compare(commands)
    _add_export(commands)
    _add_data(commands)
    _add_runs(commands)
    _add_verify(commands)
    add_people(commands, _add_store)
    _add_upkeep(commands)
    doctor = commands.add_parser("doctor", help="what this installation has, and what is wrong")
    _add_store(doctor)
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    doctor.set_defaults(run="doctor")
    address = commands.add_parser(
        "address", help="where the app opens that runs here, with its token"
    )
    address.add_argument("--json", action="store_true", help="one JSON object")
    address.set_defaults(run="address")
    worker = commands.add_parser("worker", help="train what is queued, until told to end")
    worker.add_argument("--name", help="what the store knows this process by")
    worker.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    _add_store(worker)
    worker.set_defaults(run="worker")


def _add_train(commands: Any, network: argparse.ArgumentParser) -> None:
    train = commands.add_parser("train", parents=[network], help="train a network here and now")
    _add_conditions(train, has_own_data=False)
    train.add_argument(
        "--from",
        dest="parent",
        metavar="RUN|FILE",
        help=f"begin with the weights of a finished run, of a {WITH_WEIGHTS} file, "
        "or of a body that ships (shipped:scenes, shipped:digits), as far as its layers fit; the "
        "rest is new",
    )
    train.add_argument(
        "--freeze",
        type=int,
        metavar="N",
        help="with --from: the first N layers stay as they are, averages of batch norm too",
    )
    train.add_argument(
        "--head-first",
        type=int,
        metavar="EPOCHS",
        help="with --from: train what is new alone, or the last layer where nothing is, for so "
        "many epochs, then all that is not frozen at a tenth of the rate",
    )
    train.add_argument(
        "--assignment",
        metavar="LINK",
        help="train for an assignment, on its data: every checkpoint is kept, to be handed in",
    )
    _add_store(train)
    train.add_argument("--json", action="store_true", help="end with one JSON object")
    train.set_defaults(run="train")


def _add_compare(commands: Any) -> None:
    compare = commands.add_parser(
        "compare", help="train networks under the same conditions, and say whether one is better"
    )
    compare.add_argument(
        "archs", metavar="ARCH", nargs="+", help=f"zoo id, or a JSON, {WITH_WEIGHTS} file"
    )
    compare.add_argument(
        "--input", metavar="HxWxC", help="of files: another input, such as 28x28x1"
    )
    compare.add_argument("--pixels", metavar="RANGE", help=f"of such files: {PIXELS}")
    _add_conditions(compare, without=("seed",))
    compare.add_argument(
        "--seeds", type=int, default=1, metavar="K", help="trainings of each network, 1 to 10"
    )
    compare.add_argument(
        "--budget",
        default="epochs",
        metavar="KIND",
        help="what is equal for all: epochs; training-macs, as many as the first network spends in "
        "its epochs, there and back; macs, the same counted forward only, as earlier versions did; "
        "or so much training time, such as 30s",
    )
    compare.add_argument("--report", metavar="FILE", help="an HTML file with all of it")
    compare.add_argument(
        "--paper",
        metavar="FOLDER",
        help="figures as SVG and PDF, tables for LaTeX and Markdown, and the methods in words",
    )
    _add_store(compare)
    compare.add_argument("--json", action="store_true", help="end with one JSON object")
    compare.set_defaults(run="compare")


def _add_export(commands: Any) -> None:
    export = commands.add_parser(
        "export", help="a network, or a run with its weights, as a file for elsewhere"
    )
    export.add_argument(
        "source", metavar="ARCH|RUN", help="zoo id, file of a network, or a run's id"
    )
    export.add_argument("--to", metavar="FILE", required=True, help="a file that is not there yet")
    export.add_argument("--format", choices=FORMATS, help="left out: what the file's ending says")
    export.add_argument("--input", metavar="HxWxC", help="another input, such as 28x28x1")
    export.add_argument("--pixels", metavar="RANGE", help=PIXELS)
    export.add_argument(
        "--class-names",
        action="store_true",
        help="a run's .onnx with the names of its classes",
    )
    _add_store(export)
    export.add_argument("--json", action="store_true", help="one JSON object")
    export.set_defaults(run="export")


def _add_data(commands: Any) -> None:
    data = commands.add_parser(
        "data",
        help="what a file or a folder of images is understood as, before anything is trained",
    )
    data.add_argument("path", metavar="PATH", help="a zip, npz or folder of images")

    def add() -> None:
        from cnn.commands.options import add_read

        add_read(data)

    data.late = add
    data.add_argument("--json", action="store_true", help="one JSON object")
    data.set_defaults(run="data")


def _add_conditions(
    parser: Parser, without: Collection[str] = (), *, has_own_data: bool = True
) -> None:
    """When the parser is used, as their declarations take a second to import."""

    def add() -> None:
        from cnn.commands.options import add_data, add_settings

        add_data(parser, is_required=has_own_data)
        add_settings(parser, without)

    parser.late = add


def _add_runs(commands: Any) -> None:
    runs = commands.add_parser("runs", help="what was trained")
    options = argparse.ArgumentParser(add_help=False)
    _add_store(options)
    options.add_argument("--json", action="store_true", help="as JSON")
    kinds = runs.add_subparsers(
        metavar="list|show|rename|tag|note|archive|export|resume|hand-in|stop|delete",
        dest="action",
    )
    _add_listing(kinds, options)
    for action, explained in (
        ("show", "one run"),
        ("rename", "call a run by a name of your own"),
        ("tag", "add tags to a run, or remove them"),
        ("note", "put a note to a run"),
        ("archive", "leave runs out of the list, and keep them"),
        ("stop", "end a run that is in training, or waits for it"),
        ("delete", "forget a run and all it kept"),
    ):
        parser = kinds.add_parser(action, parents=[options], help=explained)
        many = {"nargs": "+"} if action == "archive" else {}
        parser.add_argument("id", metavar="ID", **many)
        if action in ("rename", "note"):
            parser.add_argument("text", metavar=action.replace("rename", "name").upper())
        if action == "tag":
            parser.add_argument("tags", metavar="TAG", nargs="*")
            parser.add_argument(
                "--remove", metavar="TAG", action="append", default=[], help="one to take away"
            )
        if action == "archive":
            parser.add_argument("--back", action="store_true", help="bring them back to the list")
    _add_runs_export(kinds, options)
    _add_hand_in(kinds, options)
    resume = kinds.add_parser(
        "resume", parents=[options], help="go on with one that was cut off, here and now"
    )
    resume.add_argument("id", metavar="ID")
    resume.add_argument(
        "--more-epochs", type=int, metavar="N", help="continue a finished one, as a new run"
    )
    resume.set_defaults(run="resume")
    usual = dict.fromkeys(("name", "tag", "network", "dataset", "state"))
    runs.set_defaults(
        run="runs", action="list", limit=50, json=False, store=None, archived=False, **usual
    )


def _add_runs_export(kinds: Any, options: argparse.ArgumentParser) -> None:
    export = kinds.add_parser(
        "export", parents=[options], help="runs for other programs (docs/exchange.md)"
    )
    export.add_argument("ids", metavar="ID", nargs="*", help="these runs; else all of them")
    export.add_argument(
        "--to",
        metavar="FOLDER",
        help="one run: model, weights, curves, script, notebook, record and a model card",
    )
    export.add_argument(
        "--class-names", action="store_true", help="with --to: name the classes in the card"
    )
    export.add_argument(
        "--script", metavar="FILE", help="one run: the script without this program, .py or .ipynb"
    )
    export.add_argument("--tensorboard", metavar="FOLDER", help="event files for TensorBoard")
    tables = "a row for each run, and beside it one for each epoch, in FILE-epochs"
    export.add_argument("--parquet", metavar="FILE", help=tables)
    export.add_argument("--csv", metavar="FILE", help=tables)
    export.add_argument(
        "--force", action="store_true", help="write over tables and event files that are there"
    )


def _add_hand_in(kinds: Any, options: argparse.ArgumentParser) -> None:
    hand_in = kinds.add_parser(
        "hand-in", parents=[options], help="the one file of a run for an assignment"
    )
    hand_in.add_argument("id", metavar="ID")
    hand_in.add_argument("--to", metavar="FILE", required=True, help="the file to write")
    hand_in.add_argument("--name", required=True, metavar="NAME", help="whose it is")
    hand_in.add_argument("--answer", default="", metavar="WORDS", help="to the question it asks")
    hand_in.add_argument(
        "--progress",
        metavar="FILE",
        help="answers to lessons that it asks for, as exported under My progress on Learn",
    )
    hand_in.set_defaults(run="hand-in")


def _add_verify(commands: Any) -> None:
    verify = commands.add_parser(
        "verify", help="do hand-ins again, and say which are what they say they are"
    )
    verify.add_argument("path", metavar="FOLDER|FILE", help="hand-ins, as zip files")
    verify.add_argument(
        "--assignment",
        metavar="LINK",
        help="the link that was handed out; else what most of them say it was",
    )
    verify.add_argument(
        "--epochs",
        default="1",
        metavar="N",
        help="so many epochs by chance are trained again beside the tested one, or all",
    )
    verify.add_argument("--seed", type=int, metavar="N", help="which epochs those are; else chance")
    verify.add_argument("--gradebook", metavar="FILE", help="a CSV file with all of it")
    verify.add_argument("--json", action="store_true", help="one JSON object")
    verify.set_defaults(run="verify")


def _add_upkeep(commands: Any) -> None:
    store = commands.add_parser("store", help="the run store itself: copied, restored, compacted")
    kinds = store.add_subparsers(
        metavar="backup|restore|compact|check", dest="action", required=True
    )
    for action, explained in (
        ("backup", "a whole copy of it as one file, while it is used"),
        ("restore", "put a backup in its place; what was there is kept"),
        ("compact", "give back to the disk what deleted runs have left free"),
        ("check", "whether all of it can be read; status 1 where something is wrong"),
    ):
        parser = kinds.add_parser(action, help=explained)
        if action in ("backup", "restore"):
            parser.add_argument("file", metavar="FILE")
        _add_store(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object")
    store.set_defaults(run="store")


def _add_listing(kinds: Any, options: argparse.ArgumentParser) -> None:
    listing = kinds.add_parser("list", parents=[options], help="the latest runs")
    listing.add_argument("--limit", type=_limit, default=50, metavar="N", help="so many at most")
    listing.add_argument("--name", metavar="WORDS", help="with these in name, network or note")
    listing.add_argument("--tag", help="with this tag")
    listing.add_argument("--network", metavar="NAME", help="of this network")
    listing.add_argument(
        "--dataset", metavar="NAME", help="on these; own-images: on any file of one's own"
    )
    listing.add_argument("--state", choices=STATES, help="in this state")
    listing.add_argument("--archived", action="store_true", help="those that were archived")


def _limit(text: str) -> int:
    with contextlib.suppress(ValueError):
        if 1 <= int(text) <= MOST_LISTED:
            return int(text)
    raise argparse.ArgumentTypeError(
        f"must be a whole number from 1 to {MOST_LISTED:,}, got {text[:40]!r}"
    )


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="URL", help="another run store, an SQLAlchemy URL")
