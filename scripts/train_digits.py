"""Train the network that ships with the project, and write its weights and its model card.

    CNN_DATA_DIR=../shared/data .venv/bin/python -m scripts.train_digits

It is trained as every run is, by `fit.carry_out` on the store; a finished run of the same recipe
is taken as it is. All that the card says of the test set is computed with the arrays that ship, by
the NumPy forward pass that the pages use.
"""

import sys

from cnn.data import DataError, Dataset, load
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
)
from cnn.shipped import CARD_FILE, WEIGHTS_FILE, card_of, card_text, weights_to_bytes
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, Run, State, recipe
from cnn.training.store.store import Store

CONFIGURATION = Configuration(
    DatasetSpec(DatasetName.MNIST, validation_fraction=0.05),
    epochs=12,
    batch_size=128,
    shift=0.07,
    rotation=9.0,
    zoom=0.1,
)


def architecture() -> Architecture:
    """Three stages of two convolutions: small enough that all shifts of a drawing take no time."""
    return Architecture(
        "Digits",
        (28, 28, 1),
        (
            *_convolved(16),
            *_convolved(16),
            MaxPooling2D(2),
            *_convolved(32),
            *_convolved(32),
            MaxPooling2D(2),
            *_convolved(64, "same"),
            *_convolved(64, "same"),
            Flatten(),
            Dense(10, activation="softmax"),
        ),
    )


def _convolved(filters: int, padding: str = "valid") -> tuple[Layer, ...]:
    return (
        Conv2D(filters, 3, padding=padding, use_bias=False),
        BatchNormalization(momentum=0.9),
        Activation("relu"),
    )


def trained(store: Store, network: Architecture, configuration: Configuration) -> Run:
    """The finished run of a recipe: one there was, or one trained now."""
    from cnn.training.engine.fit import carry_out

    for run in store.find([recipe(network, configuration)]):
        if run.state is State.FINISHED:
            return run
    run = store.add(network, configuration, worker="train_digits")
    return carry_out(store, run, _Words(store, run))


class _Words:
    """A line for each epoch."""

    def __init__(self, store: Store, run: Run) -> None:
        self.store, self.run, self.said = store, run, 0

    def __call__(self, progress: Progress) -> None:
        if progress.epoch - 1 > self.said or progress.phase == "testing":
            for one in self.store.epochs([self.run.id])[self.run.id][self.said :]:
                self.said += 1
                print(one, flush=True)


def main() -> int:
    """Train, write, and print what the card says."""
    store = Store()
    run = trained(store, architecture(), CONFIGURATION)
    if run.state is not State.FINISHED:
        print(f"{run.state}: {run.message}", file=sys.stderr)
        return 1
    try:
        data: Dataset = load(CONFIGURATION.dataset, architecture().input)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    content = weights_to_bytes(trained_weights(store, run))
    card = card_of(run, content, data.test)
    WEIGHTS_FILE.write_bytes(content)
    CARD_FILE.write_text(card_text(card), encoding="utf-8")
    print(f"{WEIGHTS_FILE}: {len(content):,} bytes, of run {run.id}")
    print(f"{card.right:,} of {card.test_images:,} test images right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
