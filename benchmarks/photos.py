"""What the body that ships gains on photos: CIFAR-10, 40 of a kind, three ways to begin.

The body has seen drawn scenes alone. Three kinds, and all ten, are learned with new weights, with
the body frozen and fine-tuned, as *Does it pay?* trains them, and tested on every test photo of
those kinds. Wanted is that fine-tuned they are ahead of new weights, as is said where the body is
offered. CIFAR-10 does not ship: Keras downloads it, or it lies in CNN_DATA_DIR.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

EACH, KINDS, SEEDS, EPOCHS = 40, (3, 10), tuple(range(goals.rounds(5, 2))), 30


def file_of_photos(folder: Path, kinds: int) -> Path:
    """The first so many photos of each of the first so many kinds, and all test photos of those."""
    import numpy as np

    from cnn.data import load
    from cnn.data.sets import DatasetName

    data = load(DatasetName.CIFAR_10)
    order = np.random.default_rng(0).permutation(len(data.train))
    labels = data.train.labels[order]
    places = np.concatenate([order[labels == kind][:EACH] for kind in range(kinds)])
    tested = data.test.labels < kinds
    file = folder / f"photos-{kinds}.npz"
    np.savez(
        file,
        x_train=data.train.pixels[places],
        y_train=data.train.labels[places],
        x_test=data.test.pixels[tested],
        y_test=data.test.labels[tested],
    )
    return file


def trained(store: Any, file: Path, kinds: int) -> dict[str, list[tuple[float, int]]]:
    """Test accuracy and test images by way, seed by seed."""
    from cnn.comparing.comparison import Entrant
    from cnn.data import brought, load
    from cnn.diagnose.transfer_pays import Member, Way, plan_of
    from cnn.network.zoo import entry
    from cnn.shipped.starts import shipped_parent
    from cnn.training.engine.fit import carry_out
    from cnn.training.recipe.configuration import Configuration
    from cnn.training.recipe.fitting import fit_to
    from cnn.training.workers import starting

    own = Configuration(brought(file), epochs=EPOCHS)
    network = replace(entry("resnet-lite").architecture, input=(32, 32, 3))
    data = load(own.dataset, network.input)
    fitted = fit_to(network, data).architecture
    begun = starting.begin(shipped_parent("shipped:scenes"), fitted, data.class_names)
    images = [int((data.train.labels == kind).sum()) for kind in range(kinds)]
    found: dict[str, list[tuple[float, int]]] = {}
    for way in Way:
        plan = plan_of(Member(way, 1.0), Entrant("", fitted), own, begun.start, images, len(SEEDS))
        (entrant,) = plan.entrants
        for seed in SEEDS:
            settings = plan.of(entrant, seed)
            added = store.add(
                entrant.architecture,
                settings,
                worker="benchmark",
                files=begun.files if settings.start else {},
            )
            run = carry_out(store, added)
            if run.result is None:
                sys.exit(f"{run.state}: {run.message}")
            got = run.result.test_accuracy, run.result.test_images
            found.setdefault(way.value, []).append(got)
    return found


def main() -> None:
    """Print one line per number of kinds and way, and what fine-tuning gains over new weights."""
    from cnn.data import DataError
    from cnn.diagnose.transfer_pays import Way
    from cnn.training.store.store import Store

    print(
        f"{'photos':10}{'way':14}{'test accuracy, by seed':>38}{'mean':>8}{'sd':>7}{'images':>8}"
        f"{'gain':>7}{'seeds':>7}"
    )
    store = Store()
    with tempfile.TemporaryDirectory() as folder:
        for kinds in KINDS:
            try:
                file = file_of_photos(Path(folder), kinds)
            except DataError as error:
                sys.exit(str(error))
            found = trained(store, file, kinds)
            for way, got in found.items():
                _line(f"{kinds} x {EACH}", way, got, found[Way.NEW])
            pairs = zip(found[Way.TUNED], found[Way.NEW], strict=True)
            ratios = [own / new for (own, _), (new, _) in pairs]
            told = f"{kinds} x {EACH} photos, right when fine-tuned"
            goals.held(told, ratios, least=1, beside="new weights", of=f"{len(SEEDS)} seeds")
    print("Gain: points above new weights, mean; and in how many seeds it is above 0.")
    goals.end()


def _line(photos: str, way: str, got: list[Any], new: list[Any]) -> None:
    accuracies = [one for one, _ in got]
    apart = [one - other for (one, _), (other, _) in zip(got, new, strict=True)]
    by_seed = ", ".join(f"{one:.1%}" for one in accuracies)
    above = f"{sum(one > 0 for one in apart)} of {len(apart)}" if got is not new else ""
    gain = f"{100 * statistics.fmean(apart):+.1f}" if got is not new else ""
    print(
        f"{photos:10}{way:14}{by_seed:>38}{statistics.fmean(accuracies):8.1%}"
        f"{statistics.stdev(accuracies):7.1%}{got[0][1]:8,}{gain:>7}{above:>7}",
        flush=True,
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        main()
