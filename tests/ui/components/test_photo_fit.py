"""An image that the browser fits to a network is the one that Pillow fits, to the last bit."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn.data.fitting import fit_image

SCRIPT = Path(__file__).parents[3] / "ui/components/page/fit.js"
NODE = shutil.which("node")
SIZES = (
    *((32, 32, 32, 32, 3), (100, 60, 32, 32, 3), (61, 97, 28, 28, 1), (9, 7, 20, 33, 3)),
    *((1, 1, 5, 4, 1), (300, 2, 7, 7, 3), (28, 28, 28, 28, 1), (50, 28, 28, 28, 1)),
)
"""Width and height of a picture, then height, width and channels of an input."""


@pytest.mark.skipif(NODE is None, reason="node runs the script: where it is, as in CI")
def test_the_browsers_resizing_and_grey_are_pillows():
    assert NODE is not None
    chance = np.random.default_rng(5)
    pictures = [
        chance.integers(0, 256, (height, width, 3), np.uint8) for width, height, *_ in SIZES
    ]
    told = [
        (np.dstack([one, np.full(one.shape[:2], 255, np.uint8)]).ravel().tolist(), *size)
        for one, size in zip(pictures, SIZES, strict=True)
    ]
    program = (
        f'import {{ fitted }} from "{SCRIPT.as_uri()}";'
        f"const all = {json.dumps(told)};"
        "console.log(JSON.stringify(all.map(([pixels, width, height, ...shape]) =>"
        " [...fitted(pixels, width, height, shape)])));"
    )
    ran = subprocess.run(
        [NODE, "--input-type=module"], input=program, capture_output=True, text=True, check=True
    )

    for own, picture, size in zip(json.loads(ran.stdout), pictures, SIZES, strict=True):
        wanted = fit_image(Image.fromarray(picture), size[2:])
        assert own == wanted.ravel().tolist(), (picture.shape, size)
