"""Train the networks that lessons follow, and write their weights and model cards.

    CNN_DATA_DIR=../shared/data .venv/bin/python -m scripts.train_lesson_networks [NAME ...]

SimpleCNN on all of MNIST and a smaller one on the digits of 8x8 pixels for lesson 6; one with a
squeeze-and-excite block and one without it, on all of MNIST, for lesson 13; one with attention, one
without its position embedding, and one with a convolution in place of attention, for lesson 14.
Trained and measured as `train_digits` does it: a finished run of the same recipe is taken as it is.
With names, only those. After lesson 14's: `python -m scripts.measure_attention`.
"""

import sys

from cnn.data import load
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.blocks import squeeze_excite
from cnn.network.layers import (
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    PositionEmbedding,
    Residual,
    SelfAttention2D,
)
from cnn.network.zoo import entry
from cnn.shipped import Which, card_of, card_text, weights_to_bytes
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from scripts.train_digits import trained

SMALL = Architecture(
    "Small digits",
    (8, 8, 1),
    (
        Conv2D(8, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Conv2D(16, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(10, activation="softmax"),
    ),
)
WEIGHED = Architecture(
    "Weighed digits",
    (28, 28, 1),
    (
        Conv2D(16, 3, padding="same", activation="relu"),
        MaxPooling2D(2),
        Conv2D(32, 3, padding="same", activation="relu"),
        *squeeze_excite(32),
        MaxPooling2D(2),
        GlobalAveragePooling2D(),
        Dense(10, activation="softmax"),
    ),
)
UNWEIGHED = Architecture(
    f"{WEIGHED.name}, without the block",
    WEIGHED.input,
    tuple(layer for layer in WEIGHED.layers if not isinstance(layer, Branches)),
)


def _of_patches(name: str, mixing: Layer) -> Architecture:
    """A transformer block over patches of 4x4 pixels, in which `mixing` is what joins cells."""
    channels, norm = 40, LayerNormalization(epsilon=1e-6)
    wide = Conv2D(2 * channels, 1, activation="gelu")
    return Architecture(
        name,
        (28, 28, 1),
        (
            Conv2D(channels, 4, strides=4),
            PositionEmbedding(),
            Residual((norm, mixing)),
            Residual((norm, wide, Conv2D(channels, 1))),
            norm,
            GlobalAveragePooling2D(),
            Dense(10, activation="softmax"),
        ),
    )


ATTENTIVE = _of_patches("Attentive digits", SelfAttention2D(4, 14))
UNPLACED = Architecture(
    f"{ATTENTIVE.name}, without positions",
    ATTENTIVE.input,
    tuple(layer for layer in ATTENTIVE.layers if not isinstance(layer, PositionEmbedding)),
)
CONVOLVED = _of_patches(f"{ATTENTIVE.name}, with a convolution", Conv2D(40, 3, padding="same"))
"""Of 40 channels and 49 cells, attention of 4 heads of 14 has 0.3 % more MACs than it."""

MNIST = DatasetSpec(DatasetName.MNIST, validation_fraction=0.05)
RECIPES: dict[Which, tuple[Architecture, Configuration]] = {
    Which.SMALL_DIGITS: (
        SMALL,
        Configuration(DatasetSpec(DatasetName.DIGITS), epochs=60, batch_size=32),
    ),
    Which.SIMPLE_CNN: (
        entry("simple-cnn").architecture,
        Configuration(MNIST, epochs=8, batch_size=64),
    ),
    Which.WEIGHED_DIGITS: (WEIGHED, Configuration(MNIST, epochs=10, batch_size=64)),
    Which.UNWEIGHED_DIGITS: (UNWEIGHED, Configuration(MNIST, epochs=10, batch_size=64)),
    Which.ATTENTIVE_DIGITS: (ATTENTIVE, Configuration(MNIST, epochs=10, batch_size=64)),
    Which.UNPLACED_DIGITS: (UNPLACED, Configuration(MNIST, epochs=10, batch_size=64)),
    Which.CONVOLVED_DIGITS: (CONVOLVED, Configuration(MNIST, epochs=10, batch_size=64)),
}


def main() -> int:
    """Train, write, and print what the cards say."""
    store = Store()
    for which in map(Which, sys.argv[1:] or RECIPES):
        architecture, configuration = RECIPES[which]
        run = trained(store, architecture, configuration)
        if run.state is not State.FINISHED:
            print(f"{run.state}: {run.message}", file=sys.stderr)
            return 1
        test = load(configuration.dataset, architecture.input).test
        content = weights_to_bytes(trained_weights(store, run))
        card = card_of(run, content, test)
        which.weights_file.write_bytes(content)
        which.card_file.write_text(card_text(card), encoding="utf-8")
        print(f"{which.weights_file}: {len(content):,} bytes, of run {run.id}")
        print(f"{card.right:,} of {card.test_images:,} test images right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
