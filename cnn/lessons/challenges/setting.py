"""Setting a challenge: a limit as a person types it, and whether goals can be reached at all."""

from __future__ import annotations

import math
import re

from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import Goal, GoalError, Goals, Measure, shown_value
from cnn.network.errors import shown

_NUMBER = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,6}))?")
DECIMALS = {Measure.TEST: 4, Measure.SECONDS: 6}
"""That a limit may have; the others are whole numbers."""
LEAST = {Measure.EPOCHS: 1}


def typed(measure: Measure, is_above: bool, text: str) -> Goal:
    """A goal whose limit was typed: 20000, 20,000 or 2.5, and an accuracy in percent."""
    is_share, most = measure is Measure.TEST, DECIMALS.get(measure, 0)
    found = _NUMBER.fullmatch(text.strip().removesuffix("%" * is_share).strip())
    if not found or len(found[1] or "") > most:
        such = (
            f"number like 98.5, with at most {most} decimals" if most else "whole number like 20000"
        )
        raise GoalError(f"{shown(text)} is no limit. Write a {such}.")
    limit = float(found[0].replace(",", ""))
    return Goal(measure, is_above, round(limit / 100, most + 2) if is_share else limit)


def limit_text(goal: Goal) -> str:
    """The limit of a goal as it is typed."""
    limit = goal.limit * 100 if goal.measure is Measure.TEST else goal.limit
    return f"{limit:.6f}".rstrip("0").rstrip(".")


def check(wanted: Goals, names: dict[str, str]) -> None:
    """Refuses goals that no network reaches, and those that are too long for a link; `names` says
    what each measure is called.
    """
    for measure in dict.fromkeys(one.measure for one in wanted.goals):
        some = [one for one in wanted.goals if one.measure is measure]
        if not _can_be_met(measure, some):
            asked = " and ".join(
                f"{'above' if one.is_above else 'below'} {shown_value(one, one.limit)}"
                for one in some
            )
            raise GoalError(f"{names[measure]}: nothing is {asked}. Change a limit.")
    goals.read(goals.written(wanted))


def _can_be_met(measure: Measure, some: list[Goal]) -> bool:
    """Whether a figure lies between the limits; both are left out."""
    above = max((one.limit for one in some if one.is_above), default=-1.0)
    below = min((one.limit for one in some if not one.is_above), default=math.inf)
    if measure not in DECIMALS:
        return max(LEAST.get(measure, 0), math.floor(above) + 1) < below
    most = 1.0 if measure is Measure.TEST else math.inf
    return above < most and max(above, 0.0) < below
