"""Runs the benchmarks one after the other and writes what they print to `RESULTS.md`: `make bench`.

Names choose some of them; the results of the others stay as they were measured. Nothing else should
run meanwhile: how busy the machine was stands beside each. At the end, and at the head of the file,
stands what is wanted and whether it is there (`goals.py`), of which README's table is made
(`claims.py`). `quick` measures the most of it in about six minutes, of few rounds, and writes
nothing.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import claims
from benchmarks.goals import COLUMNS, MARK

HERE = Path(__file__).parent
RESULTS, README = HERE / "RESULTS.md", HERE.parent / "README.md"
ALL = (
    "trace",
    "forward",
    "pages",
    "build_page",
    "large_networks",
    "store",
    "compare_page",
    "first_comparison",
    "first_point",
    "click",
    "command",
    "draw",
    "home",
    "hostile",
    "augmentation",
    "training",
    "step",
    "callback",
    "estimate",
    "labels",
    "scenes",
    "own_folder",
    "transfer",
    "photos",
    "texture",
    "equal_macs",
    "false_alarms",
    "fast_mnist",
    "memory",
    "growth",
    "growing",
    "legal_requests",
    "ray_nodes",
    "sessions",
    "class",
    "load",
    "soak",
)
"""Those that hold a limit of the plan; the quick ones first."""

QUICK = (
    "pages",
    "first_point",
    "augmentation",
    "build_page",
    "draw",
    "home",
    "store",
    "training",
)
"""Those of which few rounds say something within a minute each."""

LIBRARIES = ("streamlit", "tensorflow", "keras", "numpy", "sqlalchemy")
HEAD = """# What was measured

By `make bench`, each figure beside its reference or limit, from the same run of the same script on
the machine that its section names. Times are worth as much as the machine was quiet: its load when
a benchmark began is given, over {cores} processors, and how long a piece of work took just before
that is always the same. Where that took longer, the machine was slower.

"""
WANTED = "## What is wanted"


def machine() -> str:
    """The machine and the versions, in one line."""
    found = re.search(r"model name\s*:\s*(.+)", _text("/proc/cpuinfo"))
    processor = found[1] if found else platform.processor() or platform.machine()
    memory = re.search(r"MemTotal:\s*(\d+)", _text("/proc/meminfo"))
    size = f", {int(memory[1]) / 2**20:.0f} GiB" if memory else ""
    with_ = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.system()}, {os.cpu_count()} processors ({processor}){size}; "
        f"Python {platform.python_version()}, {with_}"
    )


def fixed_work_s() -> float:
    """How long a piece of work takes that is always the same, at best: a loop of Python, and
    products of matrices by all processors. Whatever else the machine does makes it longer.
    """
    some = np.random.default_rng(0).random((1_000, 1_000), np.float32)

    def once() -> float:
        began = time.perf_counter()
        sum(number * number for number in range(1_000_000))
        for _ in range(10):
            some @ some
        return time.perf_counter() - began

    return min(once() for _ in range(5))


def measured(name: str) -> str:
    """One benchmark's section, as it goes on in the terminal too."""
    work_ms = 1_000 * fixed_work_s()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    day = time.strftime("%Y-%m-%d")
    began = time.perf_counter()
    lines = []
    with subprocess.Popen(
        [sys.executable, str(HERE / f"{name}.py")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        lines.append(f"(ended with status {process.returncode})")
    took = time.perf_counter() - began
    about = (
        f"{day}, {took:,.0f} s, load {load:.1f} at its start, fixed work {work_ms:.0f} ms. "
        f"{machine()}."
    )
    return f"## {name}\n\n{about}\n\n```text\n" + "\n".join(lines).strip("\n") + "\n```\n"


def kept() -> dict[str, str]:
    """The sections there are, by name."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = re.split(r"(?m)^(?=## )", text)[1:]
    return {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}


def goals(sections: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What each benchmark holds, and whether it is met."""
    return [
        (f"`{name}`", *line.removeprefix(MARK).split(" | "))
        for name in ALL
        for line in sections.get(name, "").splitlines()
        if line.startswith(MARK)
    ]


def table(rows: Sequence[Sequence[str]]) -> str:
    """What is wanted, as a table of Markdown."""
    lines = [("by", *COLUMNS), ("---",) * (len(COLUMNS) + 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def counted(rows: Sequence[Sequence[str]]) -> str:
    """How many of them are met."""
    met = sum(row[-1] == "met" for row in rows)
    return f"{met} of {len(rows)} are met."


def quick() -> None:
    """Measure the most of it, of few rounds; what is written stays as it was."""
    os.environ["QUICK"] = "1"
    found = {}
    for name in QUICK:
        print(f"== benchmarks/{name}.py", flush=True)
        found[name] = measured(name)
    rows = goals(found)
    print(f"\n{table(rows)}\n\n{counted(rows)} Of few rounds, so that nothing was written.")


def main(wanted: list[str]) -> None:
    """Measure some, or all, and write after each: what was measured is not lost."""
    if wanted == ["quick"]:
        quick()
        return
    if unknown := set(wanted) - set(ALL):
        sys.exit(
            f"There is no benchmark {', '.join(sorted(unknown))}. There are {', '.join(ALL)}, and "
            "quick."
        )
    for name in wanted or ALL:
        print(f"== benchmarks/{name}.py", flush=True)
        sections = kept() | {name: measured(name)}
        ordered = [sections[one] for one in ALL if one in sections]
        rows = goals(sections)
        head = HEAD.format(cores=os.cpu_count())
        head += f"{WANTED}\n\n{table(rows)}\n\n{counted(rows)}\n\n"
        RESULTS.write_text(head + "\n".join(ordered), encoding="utf-8")
        README.write_text(claims.put(README.read_text(encoding="utf-8"), rows), encoding="utf-8")
    ours = [row for row in rows if row[0].strip("`") in (wanted or ALL)]
    if ours:
        print(f"\n{table(ours)}\n\n{counted(ours)}")


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    main(sys.argv[1:])
