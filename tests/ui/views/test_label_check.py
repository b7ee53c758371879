"""The labels in doubt as a visitor meets them: five folds, a wall, and a mended data set."""

from dataclasses import replace

import numpy as np
import pytest

from cnn.comparing.comparison import Entrant
from cnn.data import DatasetName, DatasetSpec, fingerprint, load
from cnn.data.own import library
from cnn.diagnose import folds
from cnn.network.zoo import entry
from cnn.settings import images_folder
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import PREDICTIONS, Result, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.some import some
from tests.ui.views.test_train import address
from tests.ui.visiting import pressed, shown, visited, words

DIGITS = DatasetSpec(DatasetName.DIGITS)
QUERY = {"tab": "labels", "network": "simple-cnn", "data": "digits", "epochs": "1", "seeds": "1"}


def answered(store: Store, doubted: int = 2, seen: int = 0) -> None:
    """Runs of all folds whose networks are right about all images but the first few of each, of
    which some come more than once.
    """
    network = entry("simple-cnn").architecture
    settings = Configuration(DIGITS, epochs=1)
    fitted = fit_to(network, load(DIGITS, network.input))
    for plan in folds.plans(Entrant("simple-cnn", fitted.architecture, fitted.changes), settings):
        own = replace(plan.configuration, seed=0)
        data = load(own.dataset, network.input)
        labels = data.test.labels
        said = labels.copy()
        said[:doubted] = (said[:doubted] + 1) % 10
        scores = np.full((len(labels), 10), 0.01, np.float32) + 0.9 * np.eye(10, dtype="f4")[said]
        run = store.add(plan.entrants[0].architecture, own, worker="me")
        sizes = {name: len(split) for name, split in data.splits.items()}
        store.freeze(run.id, fingerprint(data), sizes, {"keras": "3"})
        kept = arrays_to_bytes({"scores": scores, "labels": labels})
        store.keep_files(run.id, {PREDICTIONS: kept})
        right = float((said == labels).mean())
        result = Result(0.1, right, len(labels), sizes["train"], sizes["validation"], 1.0, 100.0)
        result = replace(result, seen_test_images=seen)
        store.finish(run.id, State.FINISHED, result=result)


def test_five_trainings_are_offered_that_differ_in_their_folds(store: Store):
    app = pressed(visited("experiments", **QUERY), "Train all")

    assert "no network is called better" not in words(app)  # nothing is compared
    found = store.latest()
    assert sorted(run.configuration.dataset.portion.fold for run in found) == [1, 2, 3, 4, 5]
    assert address(app, "tab") == ["labels"]


def test_the_labels_that_no_network_believes_are_shown_and_counted(store: Store):
    answered(store)

    said = words(visited("experiments", **QUERY))

    assert "**10 of 1,497 labels look wrong** (0.7 %)" in said
    assert "99.3 % are what a network says that has never seen the image." in said


def test_images_that_come_more_than_once_are_not_called_unseen(store: Store):
    answered(store, seen=2)

    said = words(visited("experiments", **QUERY))

    assert "that has never seen the image, but for 10 that it has, as they come more than" in said


@pytest.mark.parametrize(
    "what", some(["Leave them out", "Take what the network says"], "Take what the network says")
)
def test_chosen_labels_are_mended_in_a_data_set_of_its_own(store: Store, what: str):
    answered(store)
    app = visited("experiments", **QUERY)
    app.multiselect(key="labels_wrong").set_value([1, 2, 3])
    app.segmented_control(key="labels_what").set_value(what)
    app.text_input(key="labels_name").set_value("Mended")

    app = pressed(shown(app), "Make it")

    (made,) = library.kept(images_folder())
    whole, mended = load(DIGITS), load(made.spec)
    sizes = [sum(map(len, one.splits.values())) for one in (whole, mended)]
    assert sizes[0] - sizes[1] == (3 if what == "Leave them out" else 0)
    assert fingerprint(mended) != fingerprint(whole)
    links = [one.proto.query_string for one in app.get("page_link")]
    assert links.count(f"data={made.id.replace(':', '%3A')}") == 2
