"""The page of a run: its card says what the record says, and nothing of the machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnn.data import DatasetSpec
from cnn.data.sets import DatasetName
from cnn.diagnose.evaluation import wilson_interval
from cnn.network.keras.model import WeightsError, by_place
from cnn.pictures.page.network import NoPageError
from cnn.pictures.page.run import card, drawn, run_page
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import CLASS_NAMES, WEIGHTS, Run, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.class_names import to_bytes
from cnn.training.store.store import Store
from tests.comparing.test_comparison import LENET
from tests.comparing.test_comparison import run as finished
from tests.network.export_cases import random_weights
from tests.pictures.page.pages import HOSTILE, Parsed, data_of

MACHINE = {
    "program": "0.1.0",
    "keras": "3.99",
    "tensorflow": "2.99",
    "numpy": "2.99",
    "processor": "A processor of mine",
    "system": "Linux of mine",
}
RUN = replace(
    finished(LENET, 3, test=0.964),
    images={"train": 5_000, "validation": 1_000, "test": 1_000},
    data_fingerprint="abc123" * 10,
    environment=MACHINE,
    finished_at=1_790_000_000.0,  # 21 September 2026
    worker="host-of-mine-1234",
)


def said(run: Run) -> dict[str, str]:
    return dict(card(run))


def test_the_card_says_what_was_learned_how_well_when_and_with_what():
    found = said(RUN)
    low, high = wilson_interval(964, 1_000)

    assert found["Learned from"] == (
        "shapes; images: 5,000 train, 1,000 validation, 1,000 test; SHA-256 abc123abc123abc1"
    )
    assert found["Right"].startswith("964 of 1,000 test images, 96.40%; 95 % interval ")
    assert f"{low:.2%} to {high:.2%}" in found["Right"]
    assert found["Trained"] == "2 epochs, seed 3"
    assert found["When"] == "21 September 2026"
    assert found["Versions"] == "CNN Workbench 0.1.0, TensorFlow 2.99, Keras 3.99, NumPy 2.99"
    assert found["Learning rate"] == "0.01"
    assert found["Weights"] == "61,706 numbers of 32 bits"


def test_no_machine_and_no_path_stands_on_it():
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="/home/of-mine/pets/cats.zip")
    run = replace(RUN, configuration=replace(RUN.configuration, dataset=own))
    whole = " ".join(f"{name} {words}" for name, words in card(run))

    assert "of mine" not in whole
    assert "of-mine" not in whole
    assert "cats" in whole


@pytest.mark.parametrize(
    ("dataset", "side", "what"),
    [
        (DatasetSpec(DatasetName.MNIST), 28, "a digit"),
        (DatasetSpec(DatasetName.MNIST_SAMPLE), 28, "a digit"),
        (DatasetSpec(DatasetName.MNIST), 32, ""),
        (DatasetSpec(DatasetName.FASHION_MNIST), 28, ""),
        (DatasetSpec(DatasetName.OWN_IMAGES, file="x.zip"), 28, ""),
        (
            DatasetSpec(DatasetName.OWN_IMAGES, file="x.zip", reading="named=letters"),
            28,
            "a letter or a digit",
        ),
    ],
)
def test_one_draws_for_who_learned_what_is_drawn_in_its_size(dataset, side: int, what: str):
    assert drawn(dataset, replace(LENET.architecture, input=(side, side, 1))) == what


def test_the_page_of_a_run_holds_its_name_its_classes_and_its_card(file: Path):
    store = Store(f"sqlite:///{file}")
    own = Configuration(dataset=DatasetSpec(DatasetName.OWN_IMAGES, file="x.zip"))
    names = (HOSTILE, *map(str, range(9)))
    weights = arrays_to_bytes(by_place(random_weights(LENET.architecture)))
    added = store.add(LENET.architecture, own)
    store.keep_files(added.id, {WEIGHTS: weights, CLASS_NAMES: to_bytes(names)})
    page = run_page(store, replace(RUN, id=added.id, name=HOSTILE, configuration=own))

    assert data_of(page, "photo")["names"] == list(names)
    assert HOSTILE in "".join(Parsed(page).texts)
    assert "964 of 1,000 test images" in page.decode()


@pytest.mark.parametrize("state", [State.RUNNING, State.FAILED])
def test_a_run_that_has_not_ended_has_no_page(file: Path, state: State):
    with pytest.raises(NoPageError, match=f"this one is {state}"):
        run_page(Store(f"sqlite:///{file}"), replace(RUN, state=state))


def test_a_run_without_weights_says_so(file: Path):
    with pytest.raises(WeightsError, match="keeps no weights"):
        run_page(Store(f"sqlite:///{file}"), RUN)


def test_a_result_is_not_made_up():
    assert "Right" not in said(replace(RUN, state=State.STOPPED, result=None))
