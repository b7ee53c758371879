"""What forbids to rank runs, and what only has to be said."""

from dataclasses import replace

from cnn.comparing.comparison import Entrant, Group, Plan, groups
from cnn.comparing.same_data import differences
from cnn.data import DatasetName, DatasetSpec
from cnn.data.portion import Portion
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Checkpoint, Result, Run, State
from tests.comparing.test_comparison import DEMO, LENET, plan, run


def changed(one: Run, **values) -> Run:
    return replace(one, **({"data_fingerprint": "a" * 64} | values))


def found(*runs: Run):
    return differences(groups(plan(2), runs))


def test_the_same_data_on_the_same_machine_are_nothing_to_speak_of():
    same = found(changed(run(LENET, 0)), changed(run(LENET, 1)))

    assert (same.forbid, same.notes) == ((), ())


def test_curves_of_plain_images_beside_curves_of_what_was_learned_from_are_said():
    mixed = replace(changed(run(DEMO)), configuration=replace(plan().configuration, mixup=0.2))
    kept = Entrant("run-x", DEMO.architecture, run=mixed)

    def notes(*runs: Run) -> list[str]:
        entrants = (LENET, kept) if len(runs) > 1 else (kept,)
        said = differences(groups(Plan(entrants, plan().configuration), runs)).notes
        return [one for one in said if "learned from mixed" in one]

    (note,) = notes(changed(run(LENET)), mixed)
    assert note.startswith(f"Shapes demo, run {mixed.id[:4]} learned from mixed images")
    assert notes(mixed) == []


def test_other_data_of_the_same_size_forbid_a_ranking_and_say_whose_they_are():
    (reason,) = found(
        changed(run(LENET, 0)), changed(run(LENET, 1), data_fingerprint="b" * 64)
    ).forbid

    assert "aaaaaaaa (LeNet-5); bbbbbbbb (LeNet-5)" in reason


def test_images_fitted_to_other_inputs_are_said_but_forbid_nothing():
    said = found(changed(run(LENET)), changed(run(DEMO), data_fingerprint="b" * 64))

    assert said.forbid == ()
    assert "28x28x1 (LeNet-5); 16x16x1 (Shapes demo)" in said.notes[0]


def test_other_shares_of_the_training_images_are_said_but_forbid_nothing():
    whole = changed(run(LENET, 0))
    spec = replace(whole.configuration.dataset, portion=Portion(0.5))
    half = changed(
        run(LENET, 1),
        data_fingerprint="b" * 64,
        configuration=replace(run(LENET, 1).configuration, dataset=spec),
    )
    said = differences([Group(LENET, (whole, half))])

    assert said.forbid == ()
    assert "50 % of the training images (LeNet-5)" in said.notes[0]


def test_test_sets_of_other_sizes_forbid_a_ranking():
    other = Result(0.3, 0.9, 300, 5_000, 1_000, 8.0, 4_000.0)

    (reason,) = found(changed(run(LENET)), changed(run(DEMO), result=other)).forbid

    assert "1,000 (LeNet-5); 300 (Shapes demo)" in reason


def test_another_machine_is_said_as_its_times_differ():
    said = found(
        changed(run(LENET, 0), environment={"processors": 2}),
        changed(run(LENET, 1), environment={"processors": 8}),
    )

    assert said.forbid == ()
    assert "different processors: 2 (LeNet-5); 8 (LeNet-5)" in said.notes[0]


def test_a_run_that_has_not_finished_says_nothing_yet():
    waiting = changed(run(LENET, 1, State.RUNNING), data_fingerprint="b" * 64)

    assert found(changed(run(LENET)), waiting).forbid == ()


def test_a_run_as_it_was_trained_says_its_conditions_and_other_data_forbid_a_ranking():
    other = replace(
        changed(run(DEMO), data_fingerprint="b" * 64),
        continues="before",
        configuration=Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=7, seed=5),
    )
    kept = Entrant("run-x", DEMO.architecture, run=other)
    both = Plan((LENET, kept), plan().configuration)

    said = differences(groups(both, [changed(run(LENET)), other]))

    assert said.forbid == (
        "They were tested on different data: shapes (LeNet-5); mnist-sample (Shapes demo, run "
        f"{other.id[:4]}).",
    )
    assert "stands as it was trained, with conditions of its own: 7 epochs, adam" in said.notes[0]
    assert "seed 5, begun with the weights of run before." in said.notes[0]


def test_time_that_was_not_used_as_there_were_no_epochs_left_is_told():
    timed = Configuration(epochs=2, batch_size=16, seconds=10.0)

    def ended(entrant: Entrant, seconds: float) -> Run:
        at = Checkpoint(3, 20, images=280, images_s=seconds)
        made = run(entrant, 0, test=0.9)
        return replace(made, configuration=timed, images={"train": 150}, checkpoint=at)

    short, whole = ended(LENET, 4.0), ended(DEMO, 10.0)
    both = [Group(LENET, (short,)), Group(DEMO, (whole,))]

    said = differences(both).notes

    assert (
        "Not all of the time was used: LeNet-5 had all the epochs there can be before it was over."
        in said
    )
    assert not any("of the time" in one for one in differences(both[1:]).notes)
