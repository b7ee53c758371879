"""Does it pay to start from trained weights? A network trained on more and more images, each time
three ways: with new weights, with a body that stays as it is, and fine-tuned. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from cnn.comparing.comparison import Entrant, Group, Plan
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Asked, Claims, Sharing
from cnn.data import DatasetSpec
from cnn.network.architecture import MAX_NAME
from cnn.numbers import exact
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.start import Start, with_weights

SHARES = (0.05, 0.1, 0.25, 0.5, 1.0)
OF_HEAD = 1 / 3
"""The part of a fine-tuning's epochs in which the head alone is trained."""


class Way(StrEnum):
    """How a training begins."""

    NEW = "new weights"
    FROZEN = "body frozen"
    TUNED = "fine-tuned"


@dataclass(frozen=True, slots=True)
class Member:
    """One way, with a share of the images to train."""

    way: Way
    share: float

    @property
    def id(self) -> str:
        return f"{self.way.value}, {self.part}"

    @property
    def part(self) -> str:
        return "all images" if self.share == 1 else f"{exact(round(100 * self.share, 6))} %"


def members(shares: Sequence[float]) -> list[Member]:
    """All ways with each share, the smallest share first."""
    return [Member(way, share) for share in sorted(set(shares)) for way in Way]


def plan_of(
    member: Member,
    entrant: Entrant,
    conditions: Configuration,
    start: Start,
    images: Sequence[int],
    seeds: int,
) -> Plan:
    """How a member is trained: with about as many steps as all images take, in whole epochs.

    `images` is how many of each class all of the data have to train. Raises the errors of data and
    settings where that cannot be.
    """
    own = _with_share(conditions, member.share, images)
    match member.way:
        case Way.FROZEN:
            own = replace(own, start=replace(start, freeze=_body(entrant, start)))
        case Way.TUNED:
            head_first = max(1, round(own.epochs * OF_HEAD))
            own = replace(own, start=replace(start, head_first=head_first))
    what = f", {member.id}"
    called = entrant.name[: MAX_NAME - len(what)] + what
    named = replace(entrant, id=member.id, architecture=replace(entrant.architecture, name=called))
    return Plan((named,), own, seeds)


def _with_share(conditions: Configuration, share: float, images: Sequence[int]) -> Configuration:
    spec = conditions.dataset
    dataset: DatasetSpec = replace(spec, portion=replace(spec.portion, share=float(share)))
    there, used = sum(images), dataset.portion.count(images)
    batch = conditions.batch_size_for(there)
    steps = conditions.epochs * conditions.steps_per_epoch(there)
    epochs = max(2, round(steps / -(-used // batch)))
    return replace(
        conditions,
        dataset=dataset,
        batch_size=conditions.batch_size if conditions.batch_size_for(used) == batch else batch,
        epochs=epochs,
    )


def _body(entrant: Entrant, start: Start) -> int:
    """How many layers from the front come before the head."""
    head = start.head(entrant.architecture)
    return min(int(row.path[0]) for row in with_weights(entrant.architecture) if row.name in head)


def asked(found: Mapping[Member, Group]) -> Asked:
    """The ways of each share against each other; those of all the usual shares have the level
    together, whichever are shown.
    """
    pairs = {
        (one.id, other.id)
        for one, other in combinations(found, 2)
        if one.share == other.share and found[one].finished and found[other].finished
    }
    both = frozenset(pairs | {pair[::-1] for pair in pairs})
    shares = {*SHARES, *(one.share for one in found)}
    return Asked(both, Sharing(len(shares) * 3, 0))


def findings(rows: Mapping[Member, Row], judged: Claims) -> list[str]:
    """What was measured with each share, and what may be claimed of fine-tuning."""
    done = {member: row for member, row in rows.items() if row.test_accuracy}
    said = []
    for share in dict.fromkeys(member.share for member in done):
        own = [Member(way, share) for way in Way if Member(way, share) in done]
        told = f"With {own[0].part}: {', '.join(_of(one, done[one]) for one in own)}."
        found = judged.of(Member(Way.TUNED, share).id, Member(Way.NEW, share).id)
        said.append(" ".join([told, *(found.sentences if found else ())]))
    return said


def _of(member: Member, row: Row) -> str:
    found = row.test_accuracy
    assert found
    return f"{member.way} {100 * found.mean:.1f} %"
