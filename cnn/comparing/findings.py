"""All that is known of a comparison, in one value. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnn.comparing import verdict_words
from cnn.comparing.answers import Read
from cnn.comparing.comparison import Group, Plan
from cnn.comparing.same_data import Differences, differences
from cnn.comparing.significance import FEWEST_SEEDS, LEVEL, level_at
from cnn.comparing.standings import Row, table
from cnn.comparing.verdict import Claims, Judgement, claims
from cnn.comparing.verdict_words import ENOUGH_SEEDS
from cnn.training.recipe.run import Epoch, Run


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
    """What the groups of a plan say; `others` were trained beside them, and are not shown."""
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
        f"of each are needed, and {ENOUGH_SEEDS} or more find far more. Another seed may turn the "
        "order around."
    )


def the_rule(found: Claims) -> list[str]:
    """What a table's claims rest on, and what its seeds can find; for no pair, nothing."""
    if not found.judgements:
        return []
    judged = [one.seeds for one in found.judgements if one.seeds]
    seeds = min((min(one.first_seeds, one.second_seeds) for one in judged), default=0)
    looks = {one.looks for one in found.judgements if one.seeds} or {1}
    level = level_at(min(looks)) if len(looks) == 1 else LEVEL
    return [*_shared(found, level), *verdict_words.added_seeds(looks), verdict_words.power(seeds)]


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
