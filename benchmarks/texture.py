"""Does a network go by the shape or by the texture? The built-in shift of scenes, measured.

Each class is learned in one texture. The test scenes come twice, drawn alike in all else: with the
textures as they were learned, and each class in the texture of the next one. Of those, beside what
is right, it is counted how often the answer is the class whose texture it is.

Wanted is what is said where that shift is chosen: both go by the shape, and so give such answers no
more often than by chance.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

NETWORKS, SEEDS, EPOCHS = ("simple-cnn", "resnet-lite"), tuple(range(goals.rounds(3, 2))), 12


def answers(id: str, seed: int) -> tuple[Any, Any, Any]:
    """What a network says of both tests, as learned and swapped, and their labels."""
    from cnn.data import DatasetName, DatasetSpec, load
    from cnn.data.sets.scene_options import SWAPPED_TEXTURE
    from cnn.insight.passes.forward import predict
    from cnn.network.zoo import entry
    from cnn.training.engine.fit import carry_out
    from cnn.training.engine.weights import trained_weights
    from cnn.training.recipe.configuration import Configuration
    from cnn.training.recipe.fitting import fit_to
    from cnn.training.store.store import Store

    swapped = DatasetSpec(DatasetName.SCENES, scenes=SWAPPED_TEXTURE)
    as_learned = replace(swapped, scenes=replace(SWAPPED_TEXTURE, test_texture="own"))
    network = replace(entry(id).architecture, input=(32, 32, 3))
    tests = [load(one, network.input) for one in (as_learned, swapped)]
    fitted = fit_to(network, tests[1]).architecture
    store = Store()
    own = Configuration(swapped, epochs=EPOCHS, seed=seed)
    run = carry_out(store, store.add(fitted, own, worker="benchmark"))
    if run.result is None:
        sys.exit(f"{run.state}: {run.message}")
    weights = trained_weights(store, run)
    said = [predict(fitted, weights, one.test.images).argmax(axis=1) for one in tests]
    labels = tests[0].test.labels
    assert (labels == tests[1].test.labels).all()  # the same scenes in other textures
    return (*said, labels)


def main() -> None:
    """Print one line per network and seed, and the means."""
    print(
        f"{'network':12}{'seed':>5}{'scenes':>8}{'as learned':>12}{'swapped':>9}{'by texture':>12}"
    )
    for id in NETWORKS:
        rows = []
        for seed in SEEDS:
            own, swapped, labels = answers(id, seed)
            classes = int(labels.max()) + 1
            by_texture = swapped == (labels + 1) % classes
            rows.append([(own == labels).mean(), (swapped == labels).mean(), by_texture.mean()])
            _line(id, str(seed), len(labels), rows[-1])
        _line(id, "mean", len(labels), [sum(one) / len(SEEDS) for one in zip(*rows, strict=True)])
        told, chance = f"{id}, answers by the texture", 100 / classes
        found = [100 * by_texture for _, _, by_texture in rows]
        goals.held(told, found, most=chance, unit=" %", of=f"{len(SEEDS)} seeds")
    goals.end()


def _line(id: str, seed: str, scenes: int, shares: list[float]) -> None:
    as_learned, swapped, by_texture = shares
    print(
        f"{id:12}{seed:>5}{scenes:8,}{as_learned:12.1%}{swapped:9.1%}{by_texture:12.1%}", flush=True
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        main()
