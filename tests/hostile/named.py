"""A store in which everything a person can name is called by a hostile name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from PIL import Image

from cnn.data import Dataset, fingerprint, load
from cnn.data.own.library import keep, read
from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.settings import images_folder
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import (
    CLASS_NAMES,
    PREDICTIONS,
    WEIGHTS,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    State,
    Step,
)
from cnn.training.store import class_names, designs, labels
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.hostile.files import LIVE_NAME
from tests.ui.visiting import weights_file

OTHER_NAME = "![p](https://evil.example/p.png) mail@evil.example :material/bolt: $x$"
CLASSES = (
    '<a href="https:evil.example">x',
    "https: www.evil.example",
    "mail@evil.example -> :smile:",
)


def fill(store: Store) -> dict[str, str]:
    """Fills a store and its home; the addresses of the pages that show what is there."""
    images = keep(*_brought(), images_folder())
    data = load(images.spec, (28, 28, 1))
    networks, made = [], []
    for id, name, wrong in (("lenet-5", LIVE_NAME, 5), ("simple-cnn", OTHER_NAME, 2)):
        architecture, _ = with_classes(entry(id).architecture, len(CLASSES))
        architecture = replace(architecture, name=name)
        designs.save(store, architecture)
        networks.append(architecture)
        run = store.add(architecture, Configuration(images.spec, epochs=2), worker=LIVE_NAME)
        made.append(("run", run.id))
        _finish(store, run.id, data, wrong)
        store.keep_file(run.id, WEIGHTS, weights_file(architecture))
        labels.put_tags(store, run.id, ["www.evil.example"])
        labels.put_note(store, run.id, f"{LIVE_NAME}\n{OTHER_NAME}")
    labels.rename(store, run.id, f"{LIVE_NAME} 2")
    links = [encode(one) for one in networks]
    compared = urlencode([*(("with", one) for one in links), ("data", images.id), ("epochs", "2")])
    return {
        "build": f"build?{urlencode({'net': links[0]})}",
        "train": "train",
        "run": f"train?run={run.id}",
        "runs": f"train?{urlencode(made)}",
        "compare": f"compare?{compared}",
        "inside": f"inside?run={run.id}",
        "lesson": f"lesson?{urlencode({'of': 'convolution', 'ask': LIVE_NAME})}",
        "desk": f"desk?{urlencode({'net': links[0], 'goals': 'params<100'})}",
    }


def _brought() -> tuple[Path, str]:
    content = io.BytesIO()
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(content, "w") as archive:
        for place, name in enumerate(CLASSES):
            for number in range(20):
                pixels = rng.integers(0, 40, (28, 28), np.uint8)
                pixels[9 * place : 9 * place + 9] += 200
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                archive.writestr(f"{name}/{number}.png", file.getvalue())
        archive.writestr(f"{CLASSES[0]}/{OTHER_NAME.replace('/', '-')}.png", b"no picture")
    arrived, _ = read(content.getvalue(), f"{OTHER_NAME}.zip", images_folder())
    return arrived, LIVE_NAME


def _finish(store: Store, id: str, data: Dataset, wrong: int) -> None:
    """The first `wrong` test images were taken for another class."""
    sizes = {name: len(split) for name, split in data.splits.items()}
    store.freeze(id, fingerprint(data), sizes, {"keras": "3"})
    steps = [Step(i, i / 10, 1 / i, 0.5, 0.01, i) for i in range(1, 21)]
    norms = [GradientNorms(i, {"conv2d_1": 1 / i, "dense_1": 2 / i}) for i in (10, 20)]
    store.record(id, steps, Progress(2, 20, 20), gradients=norms)
    for epoch in (1, 2):
        store.record_epoch(id, Epoch(epoch, 1.0, 0.5, 1.1, 0.5 * epoch, 2.0 * epoch))
    truth = data.test.labels
    given = np.where(np.arange(len(truth)) < wrong, (truth + 1) % len(CLASSES), truth)
    scores = np.eye(len(CLASSES), dtype=np.float16)[given]
    store.keep_file(id, PREDICTIONS, arrays_to_bytes({"scores": scores, "labels": truth}))
    store.keep_file(id, CLASS_NAMES, class_names.to_bytes(data.class_names))
    right = 1 - wrong / len(truth)
    store.finish(id, State.FINISHED, result=Result(0.1, right, len(truth), 150, 30, 4.0, 4_000.0))
