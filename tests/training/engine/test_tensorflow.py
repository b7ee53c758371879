"""TensorFlow as a process that trains imports it."""

import subprocess
import sys

CODE = """
import sys
from types import SimpleNamespace

sys.modules["__main__"].__spec__ = SimpleNamespace(name="cnn.__main__")
from cnn.training.engine.tensorflow import import_tensorflow

import_tensorflow()
import keras

unused = "sklearn", "pandas", "IPython"
assert not [name for name in sys.modules if name.partition(".")[0] in unused]
keras.wrappers.SKLearnClassifier  # which says what it needs only when it is used
from sklearn.datasets import load_digits

assert load_digits().images.shape == (1797, 8, 8)
import pandas

assert pandas.DataFrame({"a": [1]}).a.sum() == 1
"""


def test_a_process_of_its_own_does_not_wait_for_what_keras_reads_besides_and_has_it_all_the_same():
    subprocess.run([sys.executable, "-c", CODE], check=True)
