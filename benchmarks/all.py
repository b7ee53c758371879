"""Runs the benchmarks one after the other and writes what they print to `RESULTS.md`: `make bench`.

Names choose some of them; the results of the others stay as they were measured. Nothing else should
run meanwhile: how busy the machine was stands beside each.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
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
    "draw",
    "home",
    "hostile",
    "augmentation",
    "training",
    "callback",
    "estimate",
    "labels",
    "scenes",
    "own_folder",
    "transfer",
    "photos",
    "texture",
    "equal_macs",
    "fast_mnist",
    "memory",
    "growth",
    "legal_requests",
    "ray_nodes",
    "sessions",
    "load",
    "soak",
)
"""Those that hold a limit of the plan; the quick ones first."""

LIBRARIES = ("streamlit", "tensorflow", "keras", "numpy", "sqlalchemy")
HEAD = """# What was measured

By `make bench`, each figure beside its reference or limit, from the same run of the same script on
the machine that its section names. Times are worth as much as the machine was quiet: its load when
a benchmark began is given, over {cores} processors.

"""


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


def measured(name: str) -> str:
    """One benchmark's section, as it goes on in the terminal too."""
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
    about = f"{day}, {took:,.0f} s, load {load:.1f} at its start. {machine()}."
    return f"## {name}\n\n{about}\n\n```text\n" + "\n".join(lines).strip("\n") + "\n```\n"


def kept() -> dict[str, str]:
    """The sections there are, by name."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = re.split(r"(?m)^(?=## )", text)[1:]
    return {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}


def main(wanted: list[str]) -> None:
    """Measure some, or all, and write after each: what was measured is not lost."""
    if unknown := set(wanted) - set(ALL):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are {', '.join(ALL)}.")
    for name in wanted or ALL:
        print(f"== benchmarks/{name}.py", flush=True)
        sections = kept() | {name: measured(name)}
        ordered = [sections[one] for one in ALL if one in sections]
        head = HEAD.format(cores=os.cpu_count())
        RESULTS.write_text(head + "\n".join(ordered), encoding="utf-8")


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    main(sys.argv[1:])
