"""Measure what excites the filters that lesson 7 shows, in the network that ships.

    .venv/bin/python -m scripts.measure_patches

To be run again whenever that network is trained anew.
"""

import json
import sys

from cnn.lessons.receptive_field import FILE, active, convolutions, measured


def main() -> int:
    """Measure every convolution and write the file: a line for each."""
    lines = []
    for place in range(len(convolutions())):
        width = active(place).output_shape[1]
        found = [
            [[one.image, _number(one.cell, width), float(f"{one.activation:.6g}")] for one in line]
            for line in measured(place)
        ]
        lines.append(json.dumps(found, separators=(",", ":")))
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return 0


def _number(cell: tuple[int, int] | None, width: int) -> int:
    assert cell is not None  # convolutions have cells
    return cell[0] * width + cell[1]


if __name__ == "__main__":
    sys.exit(main())
