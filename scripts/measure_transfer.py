"""Measure what the lesson on transfer says: trainings with new weights, and with a body that ships.

    .venv/bin/python -m scripts.measure_transfer

Takes some minutes. To be run again whenever the body on scenes is trained anew.
"""

import sys

from cnn.lessons.transfer.measured import FILE, measure_all, text_of


def main() -> int:
    """Train all of them and write the file."""
    FILE.write_text(text_of(measure_all()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
