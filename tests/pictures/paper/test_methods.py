"""The paragraph on the methods: all of it from the record, and nothing that was not recorded."""

import json
import re
from dataclasses import replace

from cnn.comparing.comparison import Entrant
from cnn.comparing.export import as_dict
from cnn.comparing.findings import Findings
from cnn.comparing.verdict import UNTOLD
from cnn.data import DatasetSpec
from cnn.data.sets import DatasetName
from cnn.network.zoo import entry
from cnn.pictures.paper.methods import methods
from cnn.pictures.paper.references import bibtex, references
from tests.comparing.test_comparison import DEMO, LENET
from tests.comparing.test_comparison import run as finished
from tests.comparing.test_export import found
from tests.pictures.paper.comparisons import judged, named

OF_THE_RULE = {"1995", "2007", "1947", "200", "3", "2"}
"""Years of sources, one sample in 200, three seeds or more, a deviation of two or more."""


def said(of: Findings) -> str:
    return " ".join(methods(of))


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))


def test_the_paragraph_says_what_was_trained_on_what_how_and_with_what():
    text = said(named("LeNet-5"))

    for words in (
        "We compared LeNet-5 (61,706 parameters) and Shapes demo",
        "The data were shapes: 5,000 training images, 1,000 validation images and 1,000 test im",
        "Images were read as 28×28×1, pixels from 0 to 1 (SHA-256 of all of them begins with "
        "abc123abc123abc1).",
        "Each network was trained with 2 seeds (0, 1), given 2 epochs, with batch size 64, "
        "optimizer Adam, learning rate 0.01, schedule one-cycle",
        "Training used CNN Workbench 0.1.0, Keras 3.99, TensorFlow 2.98, NumPy 2.97 and Python "
        "3.96, on A processor, with 95 logical cores.",
        "Of Shapes demo: seed 1 not trained, or deleted.",
        "We report the accuracy on the 1,000 test images",
    ):
        assert words in text, (words, text)


def test_parameters_that_are_not_trained_are_told_apart():
    batch_normed = Entrant("resnet-lite", entry("resnet-lite").architecture)

    text = said(found(entrants=(LENET, batch_normed)))
    assert "LeNet-5 (61,706 parameters) and ResNet-lite (176,090 parameters, 174,970 train" in text


def test_every_number_of_it_is_in_the_record():
    for one in (named("LeNet-5"), judged()):
        record = numbers(json.dumps(as_dict(one)).replace("e-05", ""))
        record |= {
            f"{100 * one.claims.level:g}",
            f"{one.plan.seeds}",
            f"{one.claims.sharing.pairs}",
        }
        shapes = {str(size) for row in one.rows for size in row.trace.architecture.input}
        counted = {str(row.trace.trainable_params) for row in one.rows} | {
            str(row.trace.total_params) for row in one.rows
        }
        own = {word for row in one.rows for word in numbers(row.name)}
        own |= {"64", f"{one.plan.configuration.peak_rate:g}"}  # what `auto` comes to
        marks = {word for run in one.runs for word in numbers(run.data_fingerprint[:16])}
        known = record | shapes | counted | own | marks | OF_THE_RULE | {"256", "0", "1"}

        strange = {
            word
            for word in numbers(said(one))
            if word not in known and float(word) not in {float(one) for one in known}
        }
        assert not strange, said(one)


def test_the_rule_is_named_with_its_sources_where_seeds_are_enough():
    text = said(judged())

    assert "Obuchowski and Rockette 1995" in text
    assert "shared by 3 pairs of networks (Bonferroni)" in text
    written = bibtex(references(judged()))
    assert re.findall(r"@article\{(\w+),", written) == ["obuchowski1995", "hillis2007"]
    assert written.count("{") == written.count("}")


def test_with_few_seeds_it_is_mcnemars_test_and_no_other():
    text = said(named("LeNet-5"))

    assert "McNemar" in text
    assert "Obuchowski" not in text


def test_what_some_runs_do_not_note_is_told_with_how_many():
    one = named("LeNet-5")
    first, *others = one.runs
    bare = replace(first, environment={})
    row = replace(one.rows[0], group=replace(one.rows[0].group, runs=(bare, *others[:1])))

    assert "Keras 3.99 (not noted by 1 of 3 runs)" in said(replace(one, rows=(row, *one.rows[1:])))


def with_commits(*commits: str) -> Findings:
    """A comparison whose first runs note these commits, and the others none."""
    one = named("LeNet-5")
    first, *others = one.rows
    noted = zip(filter(None, first.group.runs), commits, strict=True)
    runs = tuple(replace(run, environment={**run.environment, "commit": at}) for run, at in noted)
    return replace(one, rows=(replace(first, group=replace(first.group, runs=runs)), *others))


def test_the_commit_is_that_of_the_runs_where_it_is_known():
    two = said(with_commits("abc123", "def456"))
    assert "CNN Workbench 0.1.0 at commit abc123 and def456 (not noted by 1 of 3 runs), Ke" in two

    assert "commit" not in said(with_commits("unknown", "unknown"))
    assert "commit" not in said(named("LeNet-5"))


def test_of_what_cannot_be_told_it_is_said_why():
    one = named("LeNet-5")
    (pair,) = one.judgements
    untold = replace(pair, seeds=None, images=None, sentences=(f"{UNTOLD}they saw other images.",))

    text = said(replace(one, claims=replace(one.claims, judgements=(untold,))))
    assert text.endswith(
        "LeNet-5 and Shapes demo were not tested against each other: they saw other images."
    )
    assert "not tested" not in said(judged())


def test_what_was_not_recorded_is_not_said():
    text = said(found(finished(LENET, 0), finished(LENET, 1), finished(DEMO, 0)))

    assert "Training used" not in text
    assert "SHA-256" not in text
    assert "The data were shapes." in text


def test_before_anything_has_finished_only_the_networks_and_the_plan_are_said():
    text = said(found())

    assert "We report" not in text
    assert "The data were" not in text


def test_own_images_are_named_without_their_path():
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="/home/me/pets.zip")
    runs = [finished(LENET, 0)]
    one = found(*runs)
    changed = [replace(run, configuration=replace(run.configuration, dataset=own)) for run in runs]
    rows = tuple(
        replace(row, group=replace(row.group, runs=tuple(changed))) if row.id == LENET.id else row
        for row in one.rows
    )
    text = said(replace(one, rows=rows))

    assert "pets" in text
    assert "/home/me" not in text
