"""A comparison as one HTML file that opens without a server: figures one can still turn, all that
is needed to repeat it, and nothing fetched from anywhere. Every word a person chose is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from cnn.comparing.budget import Equal, in_words
from cnn.comparing.columns import Place, shown, stars
from cnn.comparing.comparison import Again
from cnn.comparing.findings import Findings, over_seeds_in_short, the_rule, told_apart
from cnn.comparing.mean_curves import Axis, mean_curve, samples_of
from cnn.comparing.standings import Row
from cnn.data import DatasetSpec, title
from cnn.network.shapes import shape_text
from cnn.pictures.comparison.bands import Band, bands, places
from cnn.pictures.comparison.trade_off import (
    ANSWER_SAID,
    COST_WORDS,
    COSTS,
    left_out,
    points,
    trade_off,
)
from cnn.pictures.network.diagram import diagram
from cnn.pictures.network.slabs import standalone
from cnn.pictures.training.curves import Figure, Metric, colour
from cnn.training.engine.environment import together
from cnn.training.recipe.conditions import terms
from cnn.training.recipe.run import Run

TEMPLATE = Path(__file__).with_name("report.html")


def report(found: Findings, made_at: float, way: Again) -> str:
    """The whole file; it says that it was made at `made_at`, and the `way` to do the same again."""
    from plotly.offline import get_plotlyjs

    figures = _figures(found)
    parts = {
        "TITLE": escape(_title(found)),
        "MADE": datetime.fromtimestamp(made_at, UTC).strftime("%d %B %Y, %H:%M UTC"),
        "WARNINGS": "".join(f'<p class="warn">{escape(one)}</p>' for one in _warnings(found)),
        "TABLE": _table(found),
        "NOTES": _list(found.differences.notes),
        "FIGURES": "".join(
            f'<figure><figcaption>{escape(name)}</figcaption><div id="figure-{place}" '
            f'class="plot" role="img" aria-label="{escape(name, quote=True)}"></div></figure>'
            for place, (name, _) in enumerate(figures)
        ),
        "ANSWERS": escape(ANSWER_SAID),
        "VERDICTS": _verdicts(found),
        "CONDITIONS": _terms(_conditions(found)),
        "DATA": _terms(_data(found)),
        "MACHINE": _terms(together(run.environment for run in found.runs)),
        "COMMAND": _command(found, way),
        "NETWORKS": "".join(_network(row) for row in found.rows),
        # Inside a script, `</script` would end it, whatever stands around.
        "DATA_OF_FIGURES": json.dumps([one for _, one in figures]).replace("<", "\\u003c"),
        "PLOTLY": get_plotlyjs(),
    }
    pieces = TEMPLATE.read_text(encoding="utf-8").split("@@")
    return "".join(parts[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def _title(found: Findings) -> str:
    many = f"{len(found.rows)} network{'s' * (len(found.rows) != 1)}"
    return f"{many} on {' and '.join(dict.fromkeys(map(title, _sets(found))))}"


def _sets(found: Findings) -> list[DatasetSpec]:
    """The data of the plan, and of runs that stand as they were trained."""
    own = (one.run.configuration.dataset for one in found.plan.entrants if one.run)
    under_plan = any(one.run is None for one in found.plan.entrants)
    return list(dict.fromkeys([*([found.plan.configuration.dataset] * under_plan), *own]))


def _warnings(found: Findings) -> list[str]:
    if not found.differences.forbid:
        return []
    return [f"No ranking. {' '.join(found.differences.forbid)}"]


def colours(found: Findings) -> dict[str, int]:
    """A colour's number for each network, the same as on the page."""
    return places([row.id for row in found.rows])


def _figures(found: Findings) -> list[tuple[str, Figure]]:
    own, ranked = colours(found), not found.differences.forbid
    figures = curves(found)
    for cost, (words, log) in COSTS.items():
        drawn = trade_off(
            points(found.rows, own, cost), words, dark=False, log=log, are_ranked=ranked
        )
        words = f"Test accuracy against {COST_WORDS[cost]}. {left_out(found.rows, cost)}"
        figures.append((words.removesuffix(". "), drawn))
    return figures


def curves(found: Findings) -> list[tuple[str, Figure]]:
    """Accuracy and loss over the epochs, each by its name."""
    own, figures = colours(found), []
    for field, metric, name in (
        ("val_accuracy", Metric.ACCURACY, "Validation accuracy"),
        ("val_loss", Metric.LOSS, "Validation loss"),
        ("accuracy", Metric.ACCURACY, "Training accuracy"),
        ("loss", Metric.LOSS, "Training loss"),
    ):
        drawn_runs = [run for row in found.rows for run in row.group.runs if run]
        samples = samples_of(drawn_runs, found.epochs, field)
        highest = 1.0 if metric is Metric.ACCURACY else float("inf")
        lines = [
            Band(row.id, row.name, own[row.id], curve)
            for row in found.rows
            if (curve := mean_curve(row.group, samples, Axis.EPOCHS, highest))
        ]
        figures.append((name, bands(metric, lines, dark=False, epochs_wanted=found.plan.epochs)))
    return figures


def _table(found: Findings) -> str:
    own, best = colours(found), stars(found.rows, found.claims.best)
    columns = shown(Place.REPORT)
    written = [column.written(found.rows) for column in columns]
    lines = []
    for place, row in enumerate(found.rows):
        swatch = colour(own[row.id], dark=False)
        left = ", ".join(row.group.not_counted)
        cells = "".join(
            f'<td class="{"best" if row.id in best.get(column.name, ()) else ""}">'
            f"{escape(texts[place])}<small>{escape(column.note(row))}</small></td>"
            for column, texts in zip(columns, written, strict=True)
        )
        lines.append(
            f'<tr><th scope="row"><i style="background:{swatch}"></i>'
            f"{escape(row.name)}<small>{escape(left)}</small></th>{cells}</tr>"
        )
    heads = ("Network", *(one.head for one in columns))
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _verdicts(found: Findings) -> str:
    if not found.judgements:
        return "<p>Fewer than two networks have finished.</p>"
    short = over_seeds_in_short(found.judgements)
    said = "".join(
        f"<h3>{escape(one.first)} and {escape(one.second)}</h3>"
        + "".join(f"<p>{escape(own)}</p>" for own in one.sentences[: 1 if short else 2])
        for one in found.judgements
    )
    more = (short, told_apart(found.claims), *the_rule(found.claims))
    return said + "".join(f"<p>{escape(one)}</p>" for one in more if one)


def _conditions(found: Findings) -> list[tuple[str, str]]:
    """Those of the plan, where a network is trained under it, and those of each run that stands
    as it was trained.
    """
    plan, own, said = found.plan, found.plan.configuration, []
    if any(one.run is None for one in plan.entrants) or not plan.entrants:
        batches = {own.batch_size_for(images) for images in found.train_images}
        said = [
            ("Each is given", in_words(plan.budget, own)),
            *terms(own, batches),
            ("Seeds", ", ".join(map(str, range(plan.seeds)))),
        ]
    return said + [line for one in plan.entrants if one.run for line in _as_trained(one.run)]


def _as_trained(run: Run) -> list[tuple[str, str]]:
    own, images = run.configuration, run.images.get("train")
    batches = {own.batch_size_for(images)} if images else set()
    settings = [f"{name.lower()} {value}" for name, value in terms(own, batches)]
    begun = [f"begun with {run.begun_with}"] if run.begun_with else []
    return [
        (
            f"{run.name}, run {run.id}",
            "; ".join([own.length, *settings, f"seed {own.seed}", *begun]),
        )
    ]


def _data(found: Findings) -> list[tuple[str, str]]:
    specs = _sets(found)
    settings = [{k: v for k, v in one.to_dict().items() if k != "name"} for one in specs]
    sizes = {
        ", ".join(f"{count:,} {name}" for name, count in run.images.items()) for run in found.runs
    }
    prints: dict[str, set[str]] = {}
    for run in found.runs:
        shape = shape_text(run.architecture.input)
        prints.setdefault(run.data_fingerprint, set()).add(shape)
    return [
        ("Data set", "; ".join(map(title, specs))),
        ("Settings", "; ".join(map(json.dumps, settings))),
        ("Images", "; ".join(sorted(filter(None, sizes)))),
        *(
            (f"SHA-256 at {', '.join(sorted(shapes))}", mark)
            for mark, shapes in sorted(prints.items())
            if mark
        ),
    ]


def _command(found: Findings, way: Again) -> str:
    """How to do it again, or why no command does."""
    if not way.command:
        said = " ".join(way.why_not)
        return (
            f'<p class="quiet">There is no command that does the same again. {escape(said)} '
            "All that it needs is in this file: the conditions, the data, and the networks.</p>"
        )
    by_the_clock = (
        " (with as much time, which may hold another number of steps)"
        if found.plan.budget.equal is Equal.TIME
        else ""
    )
    return f"<p>The same again{by_the_clock}:</p><pre>{escape(way.command)}</pre>"


def _network(row: Row) -> str:
    name = escape(row.name)
    return (
        f'<section><h3>{name}</h3><div class="wide">{standalone(diagram(row.trace))}</div>'
        f"<details><summary>{name} as JSON</summary>"
        f"<pre>{escape(row.group.entrant.architecture.to_json(indent=2))}</pre></details></section>"
    )


def _terms(terms: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in terms)


def _list(said: Sequence[Any]) -> str:
    return "".join(f'<p class="quiet">{escape(str(one))}</p>' for one in said)
