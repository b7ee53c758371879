"""Measure the gradients that lesson 11 shows: plain and residual networks before any training.

    .venv/bin/python -m scripts.measure_gradients

Takes some minutes; what is measured, and on what, is said in `cnn/lessons/residual.py`.
"""

import json
import sys

from cnn.lessons.residual import CASES, FILE, SEEDS, measured


def main() -> int:
    """Measure every case and write the file."""
    cases = []
    for depth, skips, start in CASES:
        for seed in SEEDS:
            found = measured(depth, skips, start, seed)
            cases.append(
                {
                    "depth": depth,
                    "skips": skips,
                    "start": start,
                    "seed": seed,
                    "loss": found.loss,
                    "at": [float(f"{norm:.6g}") for norm in found.at],
                }
            )
            print(depth, skips, start, seed, f"{found.at[0]:.3g} {found.at[-2]:.3g}", flush=True)
    lines = ",\n".join(json.dumps(case) for case in cases)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
