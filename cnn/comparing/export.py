"""A comparison as JSON and CSV, to take away. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cnn.comparing.columns import as_cells, as_values
from cnn.comparing.findings import Findings
from cnn.comparing.standings import Row, Summary
from cnn.training.recipe.run import Epoch

MARKERS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

BRIEF = (
    *("params", "trainable_params", "macs"),
    *("test_accuracy_mean", "test_accuracy_sd", "seconds_mean"),
)


def brief(row: Row) -> dict[str, Any]:
    """A network's results as `python -m cnn compare --json` gives them."""
    cells, runs = as_cells(row), row.group.finished
    return {
        "name": row.name,
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
        "name": _cell(row.name),
        "target_validation_accuracy": row.to_target.target if row.to_target else None,
    }


def curves_csv(found: Findings) -> str:
    """A line for each epoch of each finished run."""
    return _csv(
        [
            {
                "name": _cell(row.name),
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
