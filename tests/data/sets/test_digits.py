"""The digits of scikit-learn, without scikit-learn's imports."""

import subprocess
import sys

import numpy as np
from sklearn.datasets import load_digits as load_with_sklearn

from cnn.data.sets.digits import load_digits


def test_the_digits_are_those_that_scikit_learn_loads():
    images, labels = load_with_sklearn(return_X_y=True)
    learn = load_digits().learn

    assert learn.pixels.shape == (1797, 8, 8, 1)
    np.testing.assert_array_equal(learn.labels, labels)
    # 17 grey levels, 0 to 16, are spread over 0..1 to the nearest of 256.
    np.testing.assert_array_equal(np.rint(learn.images.reshape(1797, 64) * 16), images)
    np.testing.assert_allclose(learn.images.reshape(1797, 64), images / 16, atol=0.5 / 255 + 1e-6)


def test_loading_the_digits_does_not_import_scikit_learn():
    code = "import sys, cnn.data as d; d.load('digits'); sys.exit('sklearn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
