"""Few coloured images of one's own: new weights against the body that ships, frozen and fine-tuned.

Beside each, plain Keras: the same network, weights, images, batch and epochs, trained as Keras' own
guide on transfer learning does it (`plain_transfer.py`).

A folder of three kinds with 40 images each, drawn as scenes whose textures are swapped between the
kinds, is trained on by the command line as a person would, each time in a fresh process: the start
of TensorFlow, compiling and the test are in the wall clock. Fine-tuning is to be tested in 90 s.
Beside it 2 % of the digits of MNIST's sample, of which the body on scenes knows nothing.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

ROOT = Path(__file__).parents[1]
EACH, KINDS, SEEDS, WITHIN_S = 40, 3, (0, 1, 2), 90.0
EPOCHS, HEAD_FIRST = 10, 3
RATES = """Plain Keras has the rates of its guide, 0.001 and then 0.00001, which are made
for more steps than 10 epochs of so few images have: it learns slower, not less."""
WAYS = {
    "new weights": [],
    "body frozen": ["--from", "shipped:scenes", "--freeze", "10"],
    "fine-tuned": ["--from", "shipped:scenes", "--head-first", str(HEAD_FIRST)],
}


def folder_of_scenes(file: Path) -> None:
    """The zip of a person who has three kinds of things, each before another texture than usual."""
    from PIL import Image

    from cnn.data import DatasetSpec, load
    from cnn.data.sets import DatasetName
    from cnn.data.sets.scene_options import USUAL, Cue, Thing

    kinds = tuple(Thing)[:KINDS]
    drawn = replace(USUAL, kinds=kinds, samples=600, test_samples=60, texture=Cue.SWAPPED)
    data = load(DatasetSpec(DatasetName.SCENES, seed=77, scenes=drawn))
    with zipfile.ZipFile(file, "w") as archive:
        for label, name in enumerate(data.class_names):
            own = data.train.pixels[data.train.labels == label][:EACH]
            for place, pixels in enumerate(own):
                content = io.BytesIO()
                Image.fromarray(pixels).save(content, "PNG")
                archive.writestr(f"{name}/{place:02}.png", content.getvalue())


def trained(dataset: str, seed: int, more: list[str]) -> tuple[float, int, float]:
    """Test accuracy, test images, and wall seconds of the whole process."""
    command = [sys.executable, "-m", "cnn", "train", "resnet-lite", "--input", "32x32x3"]
    command += ["--dataset", dataset, "--epochs", str(EPOCHS), "--seed", str(seed), "--json", *more]
    return _ran(command)


def _ran(command: list[str]) -> tuple[float, int, float]:
    began = time.perf_counter()
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command)}\n{ran.stderr}")
    said = json.loads(ran.stdout)
    return said["test_accuracy"], said["test_images"], time.perf_counter() - began


def for_keras(folder: Path, name: str, dataset: str, portion: str) -> Path:
    """The very images of a data set as arrays, as they are split and scaled here."""
    import numpy as np

    from cnn.commands.prepare import dataset_of
    from cnn.data import load
    from cnn.training.recipe.configuration import Configuration

    spec = dataset_of(dataset, "", portion)
    data = load(spec, (32, 32, 3))
    arrays = {f"x_{part}": split.images for part, split in data.splits.items()}
    arrays |= {f"y_{part}": split.labels for part, split in data.splits.items()}
    file = folder / f"{name}.npz"
    np.savez(file, batch=Configuration(spec).batch_size_for(len(data.train)), **arrays)
    return file


def body_of_keras(folder: Path) -> Path:
    """The body that ships, as Keras' own file."""
    from cnn.network.keras.model import build, set_weights
    from cnn.shipped import Body, body

    found = body(Body.SCENES)
    model = build(found.architecture)
    set_weights(model, found.architecture, found.weights)
    file = folder / "body.keras"
    model.save(file)
    return file


def by_keras(body: Path, images: Path, way: str, seed: int) -> tuple[float, int, float]:
    """The same as `trained`, by Keras alone."""
    command = [sys.executable, str(Path(__file__).with_name("plain_transfer.py"))]
    command += [str(body), str(images), way, str(seed), str(EPOCHS), str(HEAD_FIRST)]
    return _ran(command)


def main() -> None:
    """Print one line per data set and way, and fail where fine-tuning took too long."""
    print(
        f"{'data':14}{'way':13}{'by':14}{'test accuracy, by seed':>25}{'mean':>8}{'images':>8}"
        f"{'wall':>9}"
    )
    slowest = 0.0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file, body = folder / "three.zip", body_of_keras(folder)
        folder_of_scenes(file)
        for name, dataset, portion in (
            ("3 x 40 scenes", str(file), ""),
            ("2 % of digits", "mnist-sample", "0.02"),
        ):
            more = ["--portion", portion] if portion else []
            images = for_keras(folder, name[:1], dataset, portion)
            for way, own in WAYS.items():
                here = [trained(dataset, seed, [*more, *own]) for seed in SEEDS]
                _line(name, way, "CNN Workbench", here)
                _line(name, way, "plain Keras", [by_keras(body, images, way, one) for one in SEEDS])
                if way == "fine-tuned":
                    slowest = max(slowest, *(wall_s for *_, wall_s in here))
    print(RATES)
    seeds = f"slowest of {len(SEEDS)} seeds"
    goals.held("fine-tuning, as a process", slowest, most=WITHIN_S, unit=" s", of=seeds)
    goals.end()


def _line(name: str, way: str, by: str, found: list[tuple[float, int, float]]) -> None:
    accuracies = [one[0] for one in found]
    by_seed = ", ".join(f"{one:.1%}" for one in accuracies)
    print(
        f"{name:14}{way:13}{by:14}{by_seed:>25}{statistics.fmean(accuracies):8.1%}"
        f"{found[0][1]:8,}{max(one[2] for one in found):7.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        main()
