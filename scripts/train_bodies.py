"""Train the body that ships to start from, and write its weights and its model card.

    .venv/bin/python -m scripts.train_bodies

Scenes are drawn by code, so that this needs nothing else. The body on MNIST is the network of the
Draw page (`scripts/train_digits.py`).
"""

import sys
from dataclasses import replace

from cnn.data import load
from cnn.data.sets import DatasetName
from cnn.data.sets.scene_options import USUAL
from cnn.data.spec import DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.zoo import entry
from cnn.shipped import HERE, card_of, card_text, weights_to_bytes
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from scripts.train_digits import trained

NAME = "scenes"
CONFIGURATION = Configuration(
    DatasetSpec(
        DatasetName.SCENES,
        validation_fraction=0.1,
        scenes=replace(USUAL, samples=12_000, test_samples=2_000),
    ),
    epochs=15,
    batch_size=64,
    shift=0.1,
    zoom=0.1,
)


def architecture() -> Architecture:
    """ResNet-lite in colour: its head averages, so that its body reads images of any size."""
    return replace(entry("resnet-lite").architecture, name="Scenes", input=(32, 32, 3))


def main() -> int:
    """Train, write, and print what the card says."""
    store = Store()
    run = trained(store, architecture(), CONFIGURATION)
    if run.state is not State.FINISHED:
        print(f"{run.state}: {run.message}", file=sys.stderr)
        return 1
    content = weights_to_bytes(trained_weights(store, run))
    card = card_of(run, content, load(CONFIGURATION.dataset, architecture().input).test)
    (HERE / f"{NAME}.npz").write_bytes(content)
    (HERE / f"{NAME}.json").write_text(card_text(card), encoding="utf-8")
    print(f"{NAME}: {len(content):,} bytes, of run {run.id}")
    print(f"{card.right:,} of {card.test_images:,} test images right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
