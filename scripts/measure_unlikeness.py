"""Make the measure of how unlike MNIST's digits a drawing is, and measure what it finds.

    CNN_DATA_DIR=../shared/data .venv/bin/python -m scripts.measure_unlikeness

Where the digits lie comes from the 57,000 images that the network that ships learned from, the line
from the 3,000 that were kept aside. MNIST's test digits and all drawings are looked at only after
that. Glyphs are those of `tests/insight/glyphs.npz`; `--glyphs` draws them anew, which needs
Debian's fonts-dejavu.

Other measures were tried, each with the line at 98.5 % of the digits kept aside; found of 420
letters in strokes, 210 letter glyphs, 300 scribbles, 100 dots, in percent. The glyphs are those of
the card, so its rate of them was seen when the measure was chosen; the shapes of the strokes too,
though drawn with other seeds:

    largest softmax share (Hendrycks and Gimpel, 2017)              44  48  66  68
    energy of the scores (W. Liu et al., 2020)                      47  48  80  89
    nearest of 5,000 digits, pixels                                 20  40  59  28
    rest of 40 principal components of the class, pixels            30  54  62   2
    5th nearest in the last maps, length 1 (Y. Sun et al., 2022)    60  66  82  87
    Mahalanobis, map means of all convolutions, one covariance      64  80  84  99
    the same, a covariance for each class                           82  90  91  99
    the same, last four convolutions: what ships                    82  86  90  99
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn.data import DataError, load
from cnn.data.dataset import Pixels, as_floats
from cnn.insight.readings.unlikeness import Likeness, learned
from cnn.shipped import shipped
from cnn.shipped.unlike import (
    LIKENESS_CARD,
    LIKENESS_FILE,
    Found,
    UnlikeCard,
    digit_features,
    from_bytes,
    to_bytes,
)
from scripts.drawings import LETTERS, LOOK_ALIKES, all_kinds, glyphs

KEPT_SHARE = 0.985
"""So that at most 2 % of new digits lie beyond: of 3,000, half a percent is two standard errors."""
GLYPHS = Path(__file__).parents[1] / "tests" / "insight" / "glyphs.npz"


def line_at(kept: npt.NDArray[np.floating]) -> float:
    """The distance within which the share of the digits kept aside lies."""
    return float(np.quantile(kept, KEPT_SHARE, method="higher"))


def found(what: str, likeness: Likeness, line: float, pixels: Pixels) -> Found:
    """How many of some drawings `[drawings, 28, 28]` lie beyond the line."""
    distances = likeness.distances(digit_features(as_floats(pixels)))
    return Found(what, len(pixels), int((distances > line).sum()))


def stored_glyphs() -> dict[str, tuple[str, Pixels]]:
    """All that is drawn, with the glyphs that are kept in a file."""
    with np.load(GLYPHS, allow_pickle=False) as kept:
        return all_kinds(kept["letters"], kept["look_alikes"])


def main() -> int:
    """Make both files, and print what the card says."""
    if "--glyphs" in sys.argv:
        np.savez_compressed(
            GLYPHS, letters=glyphs("".join(LETTERS)), look_alikes=glyphs("".join(LOOK_ALIKES))
        )
    try:
        data = load(shipped().card.configuration.dataset, shipped().architecture.input)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    where = learned(digit_features(data.train.images[..., 0]), data.train.labels)
    aside = digit_features(data.validation.images[..., 0])
    # With the digits that the file keeps, so that the line is one of what ships.
    likeness, _ = from_bytes(to_bytes(where, np.zeros(0)))
    content = to_bytes(where, likeness.distances(aside))
    likeness, kept = from_bytes(content)
    line = line_at(kept)
    test = data.test.pixels[..., 0]
    card = UnlikeCard(
        network_sha256=shipped().card.weights_sha256,
        likeness_sha256=hashlib.sha256(content).hexdigest(),
        learned_from=len(data.train),
        kept_aside=len(kept),
        kept_share=KEPT_SHARE,
        line=line,
        test=found("MNIST's test digits", likeness, line, test),
        kinds={
            name: found(what, likeness, line, pixels)
            for name, (what, pixels) in stored_glyphs().items()
        },
    )
    LIKENESS_FILE.write_bytes(content)
    LIKENESS_CARD.write_text(
        json.dumps(card.to_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"{LIKENESS_FILE}: {len(content):,} bytes; the line is at {line:.2f}")
    for one in (card.test, *card.kinds.values()):
        print(f"{one.beyond:5,} of {one.drawings:6,} ({one.share:6.1%})  {one.what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
