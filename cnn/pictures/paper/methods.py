"""How a comparison was done, as a paragraph to paste: every number of it is from the record."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cnn.comparing.budget import in_words
from cnn.comparing.comparison import Plan
from cnn.comparing.findings import Findings
from cnn.comparing.significance import FEWEST_SEEDS, UNLUCKY
from cnn.comparing.verdict import UNTOLD
from cnn.data import DatasetSpec, described, title
from cnn.network.shapes import shape_text
from cnn.numbers import exact
from cnn.training.engine.environment import COMMIT, UNKNOWN
from cnn.training.recipe.conditions import terms
from cnn.training.recipe.configuration import AUTO, OPTIMIZER_NAMES, Configuration
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import PROGRAM

_AUTO = re.compile(rf" \({re.escape(AUTO)}\)")
SOFTWARE = {
    PROGRAM: "CNN Workbench",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "numpy": "NumPy",
    "python": "Python",
}
SPLITS = {"train": "training"}
"""Images that a paper calls otherwise than a record."""


def methods(found: Findings) -> tuple[str, ...]:
    """The sentences, each with what it needs known; none of what was not recorded."""
    said = [
        _networks(found),
        *_data(found),
        *_training(found),
        *_left_out(found),
        _software(found.runs),
        *_rule(found),
    ]
    return tuple(filter(None, said))


def _networks(found: Findings) -> str:
    each = [
        f"{row.name} ({row.trace.params_text.replace(' (', ', ').rstrip(')')})"
        for row in found.rows
    ]
    return f"We compared {_listed(each)}."


def _data(found: Findings) -> list[str]:
    """Which images, how many, in which size, and their marks."""
    specs = dict.fromkeys(run.configuration.dataset for run in found.runs)
    called = _listed([_called(one) for one in specs])
    sizes = dict.fromkeys(
        _listed([f"{count:,} {SPLITS.get(one, one)} images" for one, count in run.images.items()])
        for run in found.runs
        if run.images
    )
    said = [
        f"The data were {called}: {'; or '.join(sizes)}." if sizes else f"The data were {called}."
    ]
    read: dict[tuple[str, str], set[str]] = {}
    for run in found.runs:
        key = shape_text(run.architecture.input).replace("x", "×"), run.architecture.fed.words
        read.setdefault(key, set()).add(run.data_fingerprint[:16])
    for (shape, fed), marks in read.items():
        known = ", ".join(sorted(filter(None, marks)))
        mark = f" (SHA-256 of all of them begins with {known})" if known else ""
        said.append(f"Images were read as {shape}, pixels {fed}{mark}.")
    return said if specs else []


def _called(spec: DatasetSpec) -> str:
    """A data set by name, and of drawings how they were drawn; of own images no path."""
    return described(spec) if spec.drawn_as else title(spec)


def _training(found: Findings) -> list[str]:
    """The settings that all share, and those of each run that stands as it was trained."""
    plan = found.plan
    own = [row.group.entrant.run for row in found.rows]
    said = [_of_plan(plan, found)] if any(run is None for run in own) else []
    return said + [_as_trained(run) for run in own if run]


def _of_plan(plan: Plan, found: Findings) -> str:
    own = plan.configuration
    batches = {own.batch_size_for(images) for images in found.train_images}
    seeds = ", ".join(map(str, range(plan.seeds)))
    over = f"with {plan.seeds} seeds ({seeds})" if plan.seeds > 1 else f"with seed {seeds}"
    return (
        f"Each network was trained {over}, given {in_words(plan.budget, own)}, with "
        f"{_settings(own, batches)}."
    )


def _as_trained(run: Run) -> str:
    own, images = run.configuration, run.images.get("train")
    batches = {own.batch_size_for(images)} if images else set()
    begun = f", begun with {run.begun_with}" if run.begun_with else ""
    return (
        f"{run.name} (run {run.id}) stands as it was trained: {own.length}, seed {own.seed}"
        f"{begun}, with {_settings(own, batches)}."
    )


def _settings(own: Configuration, batches: Collection[int]) -> str:
    """Each as who trains elsewhere needs it: what `auto` came to, and optimizers by their names."""
    called = {own.optimizer.value: OPTIMIZER_NAMES[own.optimizer]}
    each = [
        f"{name[0].lower()}{name[1:]} {called.get(said, _AUTO.sub('', said))}"
        for name, said in terms(own, batches)
    ]
    return _listed(each)


def _left_out(found: Findings) -> list[str]:
    each = [(row.name, row.group.not_counted) for row in found.rows]
    said = [f"Of {name}: {', '.join(left)}." for name, left in each if left]
    return [*said, *found.differences.forbid]


def _software(runs: Sequence[Run]) -> str:
    """Versions, commit and processors, as the runs note them."""
    noted = [run.environment for run in runs]
    used = {
        name: f"{called} {said}"
        for name, called in SOFTWARE.items()
        if (said := _noted(noted, name))
    }
    if not used:
        return ""
    if PROGRAM in used and (at := _noted(list(map(_with_known_commit, noted)), COMMIT)):
        used[PROGRAM] += f" at commit {at}"
    processor, cores = (_noted(noted, name) for name in ("processor", "processors"))
    where = f", on {processor}" if processor else ""
    where += f", with {cores} logical cores" if cores else ""
    return f"Training used {_listed(list(used.values()))}{where}."


def _with_known_commit(noted: dict[str, object]) -> dict[str, object]:
    """Without a commit that was looked for and is not known, as of an installed program."""
    return {name: value for name, value in noted.items() if (name, value) != (COMMIT, UNKNOWN)}


def _noted(noted: Sequence[dict[str, object]], name: str) -> str:
    """What runs note of something, each value once, and how many do not."""
    values = list(dict.fromkeys(str(one[name]) for one in noted if name in one))
    missing = sum(name not in one for one in noted)
    some = f" (not noted by {missing} of {len(noted)} runs)" if values and missing else ""
    return f"{' and '.join(values)}{some}"


def _rule(found: Findings) -> list[str]:
    """What was measured, and when one network is called better than another."""
    counts = {run.result.test_images for run in found.runs if run.result}
    if not counts:
        return []
    images = " or ".join(f"{count:,}" for count in sorted(counts))
    said = [
        f"We report the accuracy on the {images} test images: the mean over seeds, with the sample "
        "standard deviation where there are two or more."
    ]
    level, pairs = exact(100 * found.claims.level), found.claims.sharing.pairs
    shared = f"a level of {level} %"
    shared += f", shared by {pairs:,} pairs of networks (Bonferroni)" if pairs > 1 else ""
    if any(one.seeds for one in found.judgements):
        said.append(
            "A network is called better than another, in accuracy expected over new seeds and new "
            f"images, where four tests agree at {shared}, each of {FEWEST_SEEDS} seeds or more: t "
            "over seeds; t with the variance of seeds and of images (Obuchowski and Rockette 1995, "
            "degrees of freedom as in Hillis 2007); the exact sign-flip test of the differences "
            "image by image; and t for seeds that spread evenly on the probit scale, their spread "
            f"taken as large as one sample in {1 / UNLUCKY:,.0f} would understate it. The p given "
            "is the largest of the four, the interval reaches as far as any of theirs."
        )
    if any(one.images for one in found.judgements):
        said.append(
            f"With fewer than {FEWEST_SEEDS} seeds, two trained networks were compared on the same "
            f"test images by the exact sign-flip test, of one seed McNemar's (1947), at {shared}."
        )
    return said + _untested(found)


def _untested(found: Findings) -> list[str]:
    """The pairs of which nothing can be told, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for one in found.judgements:
        if not (one.seeds or one.images):
            reason = one.sentences[0].removeprefix(UNTOLD)
            by_reason.setdefault(reason, []).append(f"{one.first} and {one.second}")
    return [
        f"{pairs[0] if len(pairs) == 1 else f'{len(pairs)} pairs of networks'} were not tested "
        f"against each other: {reason}"
        for reason, pairs in by_reason.items()
    ]


def _listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
