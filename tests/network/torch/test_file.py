"""What is saved for PyTorch is whole: unpacked, the script finds its weights and answers."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.torch.file import module_name, write_torch_file
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.needs import TORCH
from tests.network.export_cases import random_images, random_weights
from tests.some import some

ASKS = """
import runpy
import numpy as np, torch
runpy.run_path("{module}.py", run_name="__main__")
from {module} import trained
with torch.no_grad():
    np.save("answers.npy", trained()(torch.from_numpy(np.load("images.npy"))).numpy())
"""


NAMES = ("torch", "numpy", "class", "9 layers", "Größe 网络", "x" * 60)


@pytest.mark.parametrize("id", some(["lenet-5", "resnet-lite", "inception-lite"], "lenet-5"))
def test_unpacked_it_answers_as_the_network_does(id: str, tmp_path: Path):
    answers_as_the_network_does(entry(id).architecture, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_network_is_called_its_script_is_imported(name: str, tmp_path: Path):
    answers_as_the_network_does(replace(entry("shapes-demo").architecture, name=name), tmp_path)


def test_weights_of_another_network_are_refused():
    network = entry("lenet-5").architecture

    with pytest.raises(WeightsError, match="needs weights of the shapes"):
        write_torch_file(network, {}, io.BytesIO())


def answers_as_the_network_does(network: Architecture, folder: Path) -> None:
    pytest.importorskip("torch", reason=TORCH.reason)
    weights: Weights = random_weights(network)
    images = random_images(network)
    unpacked(network, weights, folder)
    np.save(folder / "images.npy", np.ascontiguousarray(images.transpose(0, 3, 1, 2)))

    module = module_name(network)
    shown = ran(folder, "-c", ASKS.format(module=module))

    assert shown.startswith(f"{trace(network).total_params:,} parameters: ")
    answers = np.load(folder / "answers.npy")
    np.testing.assert_allclose(answers, predict(network, weights, images), rtol=1e-4, atol=1e-4)


def unpacked(network: Architecture, weights: Weights, folder: Path) -> None:
    written = io.BytesIO()
    write_torch_file(network, weights, written)
    with zipfile.ZipFile(written) as file:
        file.extractall(folder)


def ran(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
