"""What README says of speed: a table made of what was measured, by `all.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BEGIN, END = "<!-- made by make bench -->", "<!-- until here -->"
HEAD = ("| what | measured | wanted | by |", "|---|---|---|---|")
SPREAD = re.compile(r" \([^)]*\)")
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and its figures: for each its short name, and which it is of the benchmark's, with
    what it is a ratio to.
    """

    said: str
    benchmark: str
    figures: Mapping[str, tuple[str, str]]


TRAINED = {
    "LeNet-5": "lenet-5",
    "AlexNet-lite": "alexnet-lite",
    "VGG-lite": "vgg-lite",
    "ResNet-lite": "resnet-lite",
    "Inception-lite": "inception-lite",
    "MobileNet-lite": "mobilenet-lite",
}


def _training(beside: str) -> dict[str, tuple[str, str]]:
    return {short: (f"training {name} on mnist-sample", beside) for short, name in TRAINED.items()}


CLAIMS = (
    Claim(
        "images a second beside `model.fit`, with the app open, live curves and gradients",
        "training",
        _training("model.fit"),
    ),
    Claim(
        "the same beside a plain loop of PyTorch with the exported code",
        "training",
        _training("PyTorch's loop"),
    ),
    Claim(
        "from a run in the queue to the first point of its curve, by a warm worker",
        "first_point",
        {"LeNet-5": ("lenet-5, first point", ""), "ResNet-lite": ("resnet-lite, first point", "")},
    ),
    Claim(
        "“Fast MNIST”: 99 % of all 10,000 test images",
        "fast_mnist",
        {"": ("Fast MNIST, time", "")},
    ),
    Claim(
        "the same beside others",
        "fast_mnist",
        {
            "Keras' own example": ("Fast MNIST", "Keras' own example"),
            "the same recipe in PyTorch": ("Fast MNIST", "the same recipe in PyTorch"),
        },
    ),
    Claim(
        "time and memory as told before a training, the worst beside what it was",
        "estimate",
        {"": ("estimate", "off, the worst")},
    ),
    Claim(
        "an edit of 20 layers, from key to new numbers",
        "build_page",
        {"": ("edit of 20 layers to numbers", "")},
    ),
    Claim(
        "the server's answer to a drawing, from the moment it is sent",
        "draw",
        {"": ("a drawing sent to the server's new bars", "")},
    ),
    Claim(
        "the four classics compared, from one click",
        "first_comparison",
        {"": ("click to the four classics compared", "")},
    ),
)


def row(claim: Claim, rows: Sequence[Row]) -> str:
    """A line of the table, of the rows of what is wanted."""
    ours = [one for one in rows if one[0] == f"`{claim.benchmark}`"]
    found = {
        short: one
        for short, (figure, beside) in claim.figures.items()
        for one in ours
        if one[1] == figure and one[2].endswith(f"times {beside}" if beside else one[2])
    }
    measured = ", ".join(f"{short} {_figure(one[2])}".strip() for short, one in found.items())
    cells = claim.said, measured or "not measured yet", _wanted(list(found.values()))
    return f"| {' | '.join(cells)} | `benchmarks/{claim.benchmark}.py` |".replace("|  |", "| |")


def put(text: str, rows: Sequence[Row]) -> str:
    """README with the table in its place, where it has one."""
    if BEGIN not in text:
        return text
    lines = (BEGIN, *HEAD, *(row(claim, rows) for claim in CLAIMS), END)
    before, _, rest = text.partition(BEGIN)
    return before + "\n".join(lines) + rest.partition(END)[2]


def _figure(measured: str) -> str:
    """What was measured, without its spread and without what it is beside."""
    plain = SPREAD.sub("", measured)
    return re.sub(r"( times) .*", r"\1", plain)


def _wanted(found: Sequence[Row]) -> str:
    """What is wanted of all of them, and of how many it is there."""
    wanted = list(dict.fromkeys(one[3] for one in found))
    if len(found) < 2 or len(wanted) > 1:
        return "; ".join(f"{one[3]}: {one[-1]}" for one in found)
    met = sum(one[-1] == "met" for one in found)
    return f"{wanted[0]}: {f'{met} of {len(found)}' if met < len(found) else 'met'}"
