"""Measure what lesson 14 says of its networks, on all test images of MNIST.

    CNN_DATA_DIR=../shared/data .venv/bin/python -m scripts.measure_attention

Takes some minutes. To be run again whenever one of those networks is trained anew.
"""

import sys

from cnn.data import load
from cnn.lessons.attention import network
from cnn.lessons.attention.measured import FILE, measure, text_of


def main() -> int:
    """Measure everything and write the file."""
    one = network()
    found = measure(load(one.card.configuration.dataset, one.architecture.input).test)
    FILE.write_text(text_of(found), encoding="utf-8")
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
