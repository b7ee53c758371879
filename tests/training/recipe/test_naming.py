"""What runs are called beside each other."""

from dataclasses import replace

from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.naming import told_apart
from cnn.training.recipe.run import Run, State

RUN = Run("1", "LeNet-5", entry("lenet-5").architecture, Configuration(), State.FINISHED, 0.0)


def changed(**settings) -> Run:
    return replace(RUN, configuration=replace(RUN.configuration, **settings))


def test_a_run_alone_has_the_name_of_its_network():
    assert told_apart([RUN]) == ["LeNet-5"]


def test_runs_that_differ_in_the_seed_are_told_apart_by_it():
    assert told_apart([RUN, changed(seed=1)]) == ["LeNet-5, seed 0", "LeNet-5, seed 1"]


def test_every_setting_that_differs_is_named_and_no_other():
    other = changed(
        dataset=DatasetSpec(DatasetName.DIGITS), optimizer=Optimizer.SGD, learning_rate=0.3
    )

    assert told_apart([RUN, other]) == [
        "LeNet-5, on shapes, adam, rate 0.01",
        "LeNet-5, on digits, sgd, rate 0.3",
    ]


def test_one_epoch_is_no_epochs():
    assert told_apart([changed(epochs=1), changed(epochs=3)]) == [
        "LeNet-5, 1 epoch",
        "LeNet-5, 3 epochs",
    ]


def test_networks_of_different_names_need_no_more():
    assert told_apart([RUN, replace(RUN, name="Mine")]) == ["LeNet-5", "Mine"]


def test_a_run_that_continues_another_is_told_from_one_in_one_go():
    longer = replace(RUN, id="2", continues="1")

    assert told_apart([RUN, longer]) == ["LeNet-5, in one go", "LeNet-5, continues 1"]


def test_a_budget_is_named_where_there_is_one_and_what_has_no_effect_is_not():
    some = [changed(epochs=5), changed(steps=13), changed(steps=1), changed(seconds=30.0)]

    assert told_apart(some) == [
        "LeNet-5, 5 epochs",
        "LeNet-5, 13 steps",
        "LeNet-5, 1 step",
        "LeNet-5, 30 s",
    ]
    assert told_apart([changed(momentum=0.5), changed(momentum=0.7, seed=1)]) == [
        "LeNet-5, seed 0",
        "LeNet-5, seed 1",
    ]
