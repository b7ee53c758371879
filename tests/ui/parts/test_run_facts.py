"""What is said of how a run was made: true of trainings by steps, and of those by the clock."""

from dataclasses import replace

from cnn.data import DatasetName, DatasetSpec
from cnn.data.portion import Portion
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.recipe.start import Start
from cnn.training.store.store import Store
from ui.parts.comparison.budget import HELP
from ui.parts.runs.facts import _facts

SHAPES = DatasetSpec(DatasetName.SHAPES)


def facts(data: DatasetSpec = SHAPES, **settings) -> dict[str, tuple[str, str]]:
    configuration = Configuration(data, **settings)
    run = Run("id", "Demo", entry("shapes-demo").architecture, configuration, State.FINISHED, 0.0)
    return {one.label: (one.text, one.note) for one in _facts(run)}


def test_the_same_seed_gives_the_same_curve_except_by_the_clock():
    # Measured: LeNet-5 on the digits, seed 0, 2 epochs, has another loss with 1 thread than with 2.
    alike = "the same seed gives the same curve with the same machine, versions and threads"
    assert facts()["Seed"][1] == alike
    assert facts(steps=30)["Seed"] == facts()["Seed"]

    by_the_clock = facts(seconds=30.0)["Seed"][1]
    assert "same curve" not in by_the_clock
    assert "how many steps the time holds, and so the curve, may differ" in by_the_clock
    assert "how many steps that is may differ from one training to the next" in HELP


def test_every_setting_that_does_something_is_said():
    said = facts(patience=3, shift=0.1, rotation=15.0, zoom=0.2, label_smoothing=0.1)["Training"][1]

    assert said == (
        "label smoothing 0.1, ends early after 3 epochs without a lower validation loss, images "
        "shifted by up to 10 % of their size, images turned by up to 15°, images zoomed by up to "
        "20 %"
    )
    assert facts(optimizer="sgd")["Training"][1] == "momentum 0.9 (of SGD)"


def test_weights_that_were_taken_are_said_with_whose_they_are(store: Store):
    parent = store.add(entry("shapes-demo").architecture, Configuration())
    start = Start("0" * 64, run=parent.id, freeze=3, head_first=1, anew=("dense_2",))

    here = facts(start=start)["Begun"]
    store.remove(parent.id)
    elsewhere = facts(start=start)["Begun"]
    of_file = facts(start=Start("0" * 64, file="mine.keras"))["Begun"]

    assert here == (
        f"with weights of run {parent.id}",
        "taken: Conv2D #1, Conv2D #2, Dense #1; new: Dense #2; frozen: up to Conv2D #2 (the first "
        "3), 1,248 of 9,571 parameters; the head alone for 1 epoch, then all that is not "
        "frozen at a tenth of the rate",
    )
    assert elsewhere == (here[0], f"{here[1]}; that run is not in this store")
    assert of_file == ("with weights of the file mine.keras", "taken: all 4 layers")
    assert "Begun" not in facts()


def test_where_the_run_before_may_have_learned_from_the_test_images_that_is_said(store: Store):
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="cats.zip")
    parent = store.add(entry("shapes-demo").architecture, Configuration(own))

    def is_said(data: DatasetSpec) -> bool:
        said = facts(data, start=Start("0" * 64, run=parent.id))["Begun"][1]
        return "may have been among them" in said

    assert not is_said(own)
    assert not is_said(replace(own, portion=Portion(0.5)))
    assert not is_said(replace(own, file="dogs.zip"))
    assert not is_said(SHAPES)
    assert is_said(replace(own, seed=1))
    assert is_said(replace(own, portion=Portion(fold=1, folds=5)))
