"""Times what a person waits for on the pages: medians, to be compared on one machine only.

Nothing is wanted of these figures: they show which page to look at first. `build_page.py` holds
what a browser waits for.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5


def fresh_process_s(code: str) -> float:
    """Return how long a new interpreter takes to run the code."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return time.perf_counter() - started


def page_runs_s() -> dict[str, list[float]]:
    """Return, for each page, how long each of a few visits in one session took."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    durations: dict[str, list[float]] = {}
    for page in sorted((ROOT / "pages").glob("*.py")):
        app.switch_page(str(page.relative_to(ROOT)))
        for _ in range(RUNS):
            started = time.perf_counter()
            app.run()
            durations.setdefault(page.stem, []).append(time.perf_counter() - started)
            if app.exception:
                sys.exit(f"{page} fails, so its time means nothing: {app.exception[0].message}")
    return durations


def main() -> None:
    """Print one line per thing waited for."""
    nothing = statistics.median(fresh_process_s("") for _ in range(RUNS))
    for code in ("import cnn", "import streamlit"):
        took = statistics.median(fresh_process_s(code) for _ in range(RUNS))
        print(f"{code:24} {(took - nothing) * 1e3:8.0f} ms")
    for page, (first, *later) in page_runs_s().items():
        again = statistics.median(later)
        print(f"{f'page {page}':24} {first * 1e3:8.0f} ms, again {again * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
