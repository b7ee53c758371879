"""All that is known of a comparison, in one value; and the same as JSON and CSV to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cnn.compare import verdict_words
from cnn.compare.answers import Read
from cnn.compare.claims import Claims, Judgement, claims
from cnn.compare.columns import as_cells, as_values
from cnn.compare.comparison import Group, Plan
from cnn.compare.same_data import Differences, differences
from cnn.compare.significance import FEWEST_SEEDS, LEVEL, level_at
from cnn.compare.standings import Row, Summary, table
from cnn.training.recipe.run import Epoch, Run

MARKERS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

BRIEF = (
    *("params", "trainable_params", "macs"),
    *("test_accuracy_mean", "test_accuracy_sd", "seconds_mean"),
)


@dataclass(frozen=True, slots=True)
class Findings:
    """A comparison as it stands: the plan, a row for each network, curves, and what is real."""

    plan: Plan
    rows: tuple[Row, ...]
    epochs: Mapping[str, Sequence[Epoch]]
    differences: Differences
    claims: Claims

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        return self.claims.judgements

    @property
    def runs(self) -> list[Run]:
        """The finished runs, network by network."""
        return [run for row in self.rows for run in row.group.finished]

    @property
    def train_images(self) -> set[int]:
        """How many images the runs under the plan's conditions were trained on, where known."""
        under_plan = [row for row in self.rows if row.group.entrant.run is None]
        runs = (run for row in under_plan for run in row.group.runs if run)
        return {run.images["train"] for run in runs if run.images.get("train")}


def findings(
    plan: Plan,
    found: Sequence[Group],
    epochs: Mapping[str, Sequence[Epoch]],
    read: Read,
    target: float | None = None,
    others: Sequence[Group] = (),
) -> Findings:
    """Puts together what the groups of a plan say, each two networks judged; `others` were trained
    beside them, and are not shown.
    """
    return Findings(
        plan,
        tuple(table(found, epochs, target)),
        epochs,
        differences(found),
        claims(found, read, others=others),
    )


def over_seeds_in_short(judgements: Sequence[Judgement]) -> str:
    """One sentence for all pairs, where none of them has enough seeds to be judged over them."""
    too_few = [one for one in judgements if one.images]
    if not too_few or any(one.seeds for one in judgements):
        return ""
    return (
        f"Over seeds nothing can be told of these networks: at least {FEWEST_SEEDS} finished seeds "
        "of each are needed. Another seed may turn the order around."
    )


def the_rule(found: Claims) -> list[str]:
    """What a table's claims rest on, and what its seeds can find; for no pair, nothing."""
    if not found.judgements:
        return []
    judged = [one.seeds for one in found.judgements if one.seeds]
    seeds = min((min(one.first_seeds, one.second_seeds) for one in judged), default=0)
    looks = {one.looks for one in found.judgements if one.seeds} or {1}
    level = level_at(min(looks)) if len(looks) == 1 else LEVEL
    return [
        *_shared(found, level),
        *verdict_words.added_seeds(looks),
        verdict_words.power(seeds),
    ]


def _shared(found: Claims, level: float) -> list[str]:
    """By how many pairs the level is shared; where some are of networks and some of trained
    networks only, by how many of each.
    """
    of_networks = any(one.seeds for one in found.judgements)
    own, few = found.sharing, found.of_trained
    said = verdict_words.shared_level(own.pairs, own.unseen, level, are_asked=found.are_asked)
    if of_networks and any(one.images for one in found.judgements) and few != own:
        said += verdict_words.shared_by_trained(few.pairs, few.unseen)
    return said


def unseen(found: Claims) -> list[str]:
    """That the level is shared with networks that are not shown, where it is."""
    return verdict_words.unseen(found.sharing.unseen)


def told_apart(found: Claims) -> str:
    """Which networks are shown to be better than which; nothing where none is."""
    names = {
        id: name
        for one in found.judgements
        for id, name in zip(one.ids, (one.first, one.second), strict=True)
    }
    better = [one.better for one in found.judgements if one.better]
    return verdict_words.told_apart(
        [(names[a], names[b]) for a, b in better], len(found.judgements)
    )


def brief(row: Row) -> dict[str, Any]:
    """A network's results as `python -m cnn compare --json` gives them."""
    cells, runs = as_cells(row), row.group.finished
    return {
        "name": row.group.entrant.name,
        **{name: cells[name] for name in BRIEF},
        "seeds": [run.configuration.seed for run in runs],
        "test_accuracy_of_seeds": [run.result.test_accuracy for run in runs if run.result],
    }


def as_dict(found: Findings) -> dict[str, Any]:
    """Everything, as JSON can hold it."""
    conditions = found.plan.configuration.to_dict()
    del conditions["seed"]
    return {
        "conditions": conditions,
        "budget": asdict(found.plan.budget),
        "seeds": list(range(found.plan.seeds)),
        "results": [_everything(row, found.epochs) for row in found.rows],
        "not_to_be_ranked_because": list(found.differences.forbid),
        "notes": list(found.differences.notes),
        **tests(found),
    }


def tests(found: Findings) -> dict[str, Any]:
    """Which networks are shown to be better than which, with every test behind it."""
    return {
        "best": sorted(found.claims.best),
        "level": found.claims.level,
        "looks": found.claims.looks,
        "pairs_that_share_the_level": found.claims.sharing.pairs,
        "networks_not_shown_that_share_it": found.claims.sharing.unseen,
        "pairs": [
            asdict(one) | {"better": one.better[0] if one.better else None}
            for one in found.judgements
        ],
    }


def _everything(row: Row, epochs: Mapping[str, Sequence[Epoch]]) -> dict[str, Any]:
    target = row.to_target
    return brief(row) | {
        "id": row.id,
        "stands_as_trained": row.group.entrant.run is not None,
        **as_values(row),
        "target": None
        if target is None
        else {
            "validation_accuracy": target.target,
            "seeds_that_reached_it": target.reached,
            "epochs": _summary(target.epochs),
            "seconds": _summary(target.seconds),
        },
        "left_out": {str(seed): state.value for seed, state in row.group.left_out.items()},
        "absent": row.group.absent,
        "architecture": row.group.entrant.architecture.to_dict(),
        "runs": [
            {
                "run_id": run.id,
                "seed": run.configuration.seed,
                "configuration": run.configuration.to_dict(),
                "result": run.result.to_dict() if run.result else None,
                "data_fingerprint": run.data_fingerprint,
                "images": run.images,
                "environment": run.environment,
                "epochs": [asdict(one) for one in epochs.get(run.id, ())],
            }
            for run in row.group.finished
        ],
    }


def _summary(found: Summary | None) -> dict[str, Any] | None:
    return asdict(found) if found else None


def table_csv(found: Findings) -> str:
    """A line for each network, the numbers in full."""
    return _csv([_line(row) for row in found.rows])


def _line(row: Row) -> dict[str, Any]:
    own = brief(row)
    of_seeds = {name: " ".join(map(str, own[name])) for name in ("seeds", "test_accuracy_of_seeds")}
    return {
        **own,
        **of_seeds,
        **as_cells(row),
        "name": _cell(row.group.entrant.name),
        "target_validation_accuracy": row.to_target.target if row.to_target else None,
    }


def curves_csv(found: Findings) -> str:
    """A line for each epoch of each finished run."""
    return _csv(
        [
            {
                "name": _cell(row.group.entrant.name),
                "run_id": run.id,
                "seed": run.configuration.seed,
                **asdict(one),
            }
            for row in found.rows
            for run in row.group.finished
            for one in found.epochs.get(run.id, ())
        ]
    )


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    written = io.StringIO()
    if lines:
        writer = csv.DictWriter(written, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return written.getvalue()


def _cell(text: str) -> str:
    """A person's words for a spreadsheet, which would carry out what begins like a formula."""
    return f"'{text}" if text.startswith(MARKERS) else text
