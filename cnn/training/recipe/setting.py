"""What one setting of a training declares: its rule, and all that is said and asked of it anywhere.

Owns the form of a declaration; the settings there are stand in `Configuration`, a field each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, Concatenate, ParamSpec

from cnn.network.fields import Real, Rule, Whole

P = ParamSpec("P")


class Panel(StrEnum):
    """Where pages ask for a setting."""

    IN_VIEW = "in view"
    MORE = "behind a click"
    AUGMENTATION = "behind a click, with what changes images"
    BUDGET = "by a budget, which decides it"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a vocabulary; `called` is what people read in its place."""

    vocabulary: type[StrEnum]
    called: Mapping[Any, str]

    @property
    def wanted(self) -> str:
        return f"one of {', '.join(self.vocabulary)}"

    def read(self, value: Any) -> StrEnum:
        if value not in list(self.vocabulary):
            raise ValueError
        return self.vocabulary(value)

    def write(self, value: StrEnum) -> str:
        return value.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting, declared once; checks, files, addresses, options and pages derive from it.

    | part | of it derive |
    |---|---|
    | `rule` | the check; what its option and its widget take; None is allowed where it `is_auto` |
    | `label`, `hint` | its widget, and the help of its option |
    | `title`, `said` | its line among the conditions; where there are none, its label and value |
    | `short` | its part in the name of a run that differs from others in it |
    | `panel` | where pages ask for it |
    | `offered` | what a list offers in place of a field for a number |
    | `follows` | the setting that its usual value depends on, by `usual` |
    """

    rule: Rule
    label: str
    hint: str
    panel: Panel = Panel.MORE
    title: str = ""
    said: Callable[[Any], str] | None = None
    short: Callable[[Any], str] | None = None
    unit: str = ""
    step: float = 1
    offered: tuple[Any, ...] = ()
    in_address: str = ""
    follows: str = ""
    usual: Callable[[Any], Any] | None = None
    has_effect: Callable[[Any], bool] = lambda own: True
    is_auto: bool = False
    is_always_said: bool = False
    is_said_apart: bool = False
    is_always_given: bool = False
    is_compiled: bool = True
    is_later: bool = False

    def parsed(self, text: str) -> Any:
        """The value that a text stands for; raises `ValueError` where it is none."""
        match self.rule:
            case Whole():
                return int(text)
            case Real():
                return float(text)
            case _:
                return self.rule.read(text)


def _field_of(kind: Callable[P, Setting]) -> Callable[Concatenate[Any, P], Any]:
    def made(default: Any, /, *args: P.args, **parts: P.kwargs) -> Any:
        return field(default=default, metadata={"setting": kind(*args, **parts)})

    return made


setting = _field_of(Setting)
"""A field of a configuration that is a setting: its default, and the parts of a `Setting`."""


def settings_of(kind: type) -> dict[str, Setting]:
    """The settings of a configuration, by name and in order."""
    return _declared(kind)


@cache
def _declared(kind: type) -> dict[str, Setting]:
    return {one.name: one.metadata["setting"] for one in fields(kind) if "setting" in one.metadata}


def asked_for(kind: type) -> dict[str, Setting]:
    """Those that a person chooses one by one: all but what a budget decides."""
    return {name: one for name, one in settings_of(kind).items() if one.panel is not Panel.BUDGET}


def usual_for(own: Any) -> dict[str, Any]:
    """The usual value of each setting, where those that others follow are as they are."""
    kind = type(own)
    values = {one.name: one.default for one in fields(kind) if one.name in settings_of(kind)}
    return values | {
        name: one.usual(getattr(own, one.follows))
        for name, one in settings_of(kind).items()
        if one.usual
    }


def completed(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, and the usual value of each setting that follows a given one."""
    values = dict(given)
    for name, one in settings_of(kind).items():
        if one.usual and name not in values and one.follows in values:
            values[name] = one.usual(values[one.follows])
    return values
