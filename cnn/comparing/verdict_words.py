"""The verdict on two networks in words, for a reader who knows no statistics. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from cnn.comparing.significance import FEWEST_SEEDS, LEVEL, OnImages, OverSeeds, Verdict, level_at
from cnn.numbers import number

FOUND = {3: 0, 4: 31, 5: 77, 6: 94, 7: 99, 8: 99, 9: 99, 10: 99}
"""By the number of seeds, how many of 100 differences of 3 points are found in a table of four
networks on 1,000 images: measured by `benchmarks/false_alarms.py`, tested in `tests/statistics`.
"""
SPREAD = 0.7
"""The standard deviation of accuracy over seeds there, in percentage points."""
SHOWN = (3, 5, 10)
ENOUGH_SEEDS = 5
"""From so many on, most such differences are found."""

THE_RULE = f"""
What is asked is the accuracy to be expected with **new seeds and new images**. One network is
called better where at least {FEWEST_SEEDS} finished seeds of each, tested on the same images, make
**four tests** agree. The largest of their p values counts, and an interval reaches as far as any:

- the difference against the **spread over seeds** (t test): seeds may be alike by chance;
- against the spread over **seeds and images** (Obuchowski and Rockette): images may suit one
  network by chance;
- **image by image** (exact sign-flip test): few images may differ;
- against a spread **larger than was seen** (t test): bad seeds may not have come up.

All pairs of networks trained under the same conditions share a level of 5 %, those that are not
shown among them: who keeps the best and the worst of ten has looked at ten. **Seeds that are added
after a look** leave a quarter of that level. Below {FEWEST_SEEDS} seeds something is said of these
trained networks alone.
"""
"""The rule behind every claim, in Markdown."""


def seeds_sentence(first: str, second: str, found: OverSeeds, pairs: int = 1) -> str:
    """What to expect with new seeds and new images, the network that is ahead first; so many
    `pairs` share the level.
    """
    if found.difference < 0:
        return seeds_sentence(second, first, found.turned(), pairs)
    ours, theirs = found.first_seeds, found.second_seeds
    seeds = f"{ours} seeds of each" if ours == theirs else f"{ours} and {theirs} seeds"
    measured = f"Over {seeds} and {found.images:,} test images"
    if found.is_real:
        return (
            f"{measured}, {first} is better than {second} by {_points(found, pairs)}: to be "
            "expected with new seeds and new images too."
        )
    return (
        f"{measured}, {first} and {second} cannot be told apart: the difference is "
        f"{_points(found, pairs)}{_ahead(first, found)}."
    )


def images_sentence(
    first: str, second: str, found: OnImages, seeds: Sequence[int], pairs: int = 1
) -> str:
    """What to expect of the trained networks on images like these, the better one first."""
    if found.difference < 0:
        return images_sentence(second, first, found.turned(), seeds, pairs)
    whose = f"trained with {_seeds(seeds)}, on images like these"
    if not found.only_first and not found.only_second:
        return (
            f"{first} and {second}, {whose}: they are right on the same of the "
            f"{found.images:,} test images."
        )
    how = "alone is right" if len(seeds) == 1 else "is right more often"
    uneven = (
        f"{first} {how} on {found.only_first:,} of {found.images:,} test images, "
        f"{second} on {found.only_second:,}"
    )
    if found.is_real:
        return (
            f"Of the networks {whose}, {first} is right more often than {second}, by "
            f"{_points(found, pairs)}. {uneven}."
        )
    return (
        f"The networks {whose}, cannot be told apart: the difference is {_points(found, pairs)}"
        f"{_ahead(first, found)}. {uneven}."
    )


def too_few_seeds(fewest: int) -> str:
    """That trained networks say nothing of what another training would give."""
    return (
        f"Over seeds it cannot be told: at least {FEWEST_SEEDS} of each are needed, and there "
        f"{'is' if fewest == 1 else 'are'} {fewest}. Another seed may turn the order around."
    )


def _seeds(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    return f"seeds {', '.join(map(str, seeds[:-1]))} and {seeds[-1]}"


def _ahead(first: str, found: Verdict) -> str:
    return f", {first} ahead" if found.difference else ""


def _points(found: Verdict, pairs: int) -> str:
    """The difference in percentage points, with its interval and why that is so sure."""
    ends = [f"{100 * end:.2f}".replace("-0.00", "0.00") for end in (found.low, found.high)]
    if ends[0] == "0.00" and found.is_real:
        ends[0] = "above 0.00"  # the interval leaves out 0, if by less than is written
    interval = " to ".join(ends).replace("-", "−")
    return (
        f"{100 * found.difference:.2f} percentage points "
        f"({confidence(found.level)} interval {interval}, {p_text(found.p)}{_why(found, pairs)})"
    )


def _why(found: Verdict, pairs: int) -> str:
    """That pairs share a level, and what p is held against; nothing where one has all of it."""
    if pairs < 2:
        return ""
    return (
        f"; {confidence(found.level)} because {pairs:,} pairs share the "
        f"{number(100 * found.level * pairs, 3)} %, so that p counts below {number(found.level, 3)}"
    )


def confidence(level: float) -> str:
    """How sure an interval of that level is: `95 %`, `99.17 %`, `99.996 %`; never all of it."""
    decimals = max(2, 1 - math.floor(math.log10(100 * level)))
    return f"{100 * (1 - level):.{decimals}f}".rstrip("0").rstrip(".") + " %"


def p_text(p: float) -> str:
    """A p value in words."""
    return "p under 0.001" if p < 0.001 else f"p = {p:.3f}"


def told_apart(found: Sequence[tuple[str, str]], pairs: int) -> str:
    """Which networks are shown to be better than which, in one sentence; nothing where none is."""
    if not found:
        return ""
    behind: dict[str, list[str]] = {}
    for better, worse in found:
        behind.setdefault(better, []).append(worse)
    said = "; ".join(f"{one} is better than {listed(others)}" for one, others in behind.items())
    return f"Shown, for {len(found)} of {pairs} pairs: {said}."


def shared_level(
    pairs: int, unseen_networks: int, level: float, *, are_asked: bool = False
) -> list[str]:
    """What each of the pairs has that share the level, and who else shares it."""
    if pairs < 2:
        return []
    which = f"All {pairs} pairs of the table"
    if unseen_networks:
        which = f"All {pairs} pairs of networks trained under these conditions"
    if are_asked:
        which = f"Nothing is claimed but of the pairs named above. The {pairs} that are asked about"
    return [
        f"{which} share the level {number(100 * level, 3)} %, so that each has "
        f"{number(100 * level / pairs, 2)} %: in the worlds simulated, at most one such table in "
        "20 claims a difference where there is none. It is more for who adds seeds or networks "
        "and believes every table on the way, and where seeds fail or lie farther apart than in "
        "those worlds.",
        *unseen(unseen_networks),
    ]


def shared_by_trained(pairs: int, unseen_networks: int) -> list[str]:
    """The same of the pairs of which only the trained networks are judged, beside others."""
    return [
        f"Where too few seeds have finished, {pairs} pairs share it, so that each has "
        f"{number(100 * LEVEL / pairs, 2)} %"
        + (f", those with {_networks(unseen_networks)} among them." if unseen_networks else ".")
    ]


def unseen(networks: int) -> list[str]:
    """That networks which are not shown were judged under the same conditions."""
    return [f"The level is shared with {_networks(networks)}."] if networks else []


def _networks(unseen_ones: int) -> str:
    if unseen_ones == 1:
        return "1 network that is not shown"
    return f"{unseen_ones:,} networks that are not shown"


def added_seeds(looks: Collection[int]) -> list[str]:
    """That seeds came after a look, at which look each pair is by now, and what that costs."""
    if max(looks) == 1:
        return []
    later = (
        "All looks together have up to 6.7 %; simulated between two networks, at most 6.6 % of "
        "who looked again and again saw a difference where there is none."
    )
    if len(looks) == 1:
        (look,) = looks
        return [
            f"Seeds were added after the networks could be judged, so that this is look {look}: "
            "each look has a quarter of the level of the one before, here "
            f"{number(100 * level_at(look), 3)} %. {later}"
        ]
    return [
        "Seeds were added to some networks after they could be judged, so that pairs are at look "
        f"{listed([str(look) for look in sorted(looks)])}: each look has a quarter of the level "
        f"of the one before. {later}"
    ]


def power(seeds: int = 0) -> str:
    """What so many seeds find, among others, in the case that was simulated."""
    return (
        "What seeds can show: of 100 differences of 3 points, simulated between 4 networks on "
        f"1,000 test images whose seeds spread by {SPREAD} points, the rule finds "
        f"{_found(seeds)}."
    )


def _found(seeds: int = 0) -> str:
    counts = sorted({*SHOWN, seeds} & FOUND.keys())
    return listed([f"{FOUND[count]} with {count} seeds" for count in counts])


def before_training(seeds: int) -> str:
    """What so many seeds of each network can show, for who chooses how many to train."""
    if seeds < FEWEST_SEEDS:
        first = f"Below {FEWEST_SEEDS} seeds of each, no network is called better than another"
    else:
        many = "little" if seeds < ENOUGH_SEEDS else "differences of a few points"
        first = f"{seeds} seeds can show {many}"
    return (
        f"{first}. Of 100 differences of 3 points, simulated, {_found(seeds)} are found. "
        f"{ENOUGH_SEEDS} or more from the start find more than seeds that are added later."
    )


def about_seeds() -> str:
    """What the number of seeds is, what it can show, and why to train them all at once."""
    return (
        "Trainings of each network, that differ in chance alone: first weights, and the order of "
        f"the images. {power()} Other networks and images need more or fewer. Choose "
        f"{ENOUGH_SEEDS} or more from the start: who adds seeds after {FEWEST_SEEDS} of each could "
        "be judged has looked before, and each later look has a quarter of the level of the one "
        "before, so that it finds less."
    )


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
