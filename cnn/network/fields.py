"""What a valid value of a layer's field is: read from anything, written as JSON.

Owns the rules (limits, defaults, wording); the layer classes say which field follows which rule.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cnn.network.errors import ArchitectureError, shown
from cnn.numbers import exact

Pair = tuple[int, int]
Sides = tuple[Pair, Pair]

if TYPE_CHECKING:

    class Size:
        """A field of height and width: given as one number or two, read as two."""

        def __get__(self, layer: object, kind: type | None = None) -> Pair: ...
        def __set__(self, layer: object, value: int | Pair) -> None: ...
else:
    Size = Pair

MAX_SIDE = 16_384
MAX_KERNEL = 1_024
MAX_FILTERS = 65_536
MAX_UNITS = 1_000_000
MAX_BRANCHES = 256
MAX_DEPTH = 50

ACTIVATIONS = (
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "softsign",
    "sigmoid",
    "hard_sigmoid",
    "hard_silu",
    "tanh",
    "softmax",
)


class Rule(Protocol):
    """Reads a value of one field, or raises ValueError; writes it back as plain JSON."""

    @property
    def wanted(self) -> str: ...

    def read(self, value: Any) -> Any: ...

    def write(self, value: Any) -> Any: ...


class WrittenAsItIs:
    """What a rule is whose values are plain JSON by themselves."""

    __slots__ = ()

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Whole(WrittenAsItIs):
    """A whole number between two limits."""

    low: int
    high: int

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}"

    def read(self, value: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class WholePair:
    """Height and width: one whole number for both, or two."""

    low: int
    high: int
    optional: bool = False

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}, or two of them"

    def read(self, value: Any) -> Pair | None:
        if value is None and self.optional:
            return None
        one = Whole(self.low, self.high)
        if isinstance(value, (list, tuple)):
            height, width = value
            return one.read(height), one.read(width)
        return one.read(value), one.read(value)

    def write(self, value: Pair) -> int | list[int]:
        return value[0] if value[0] == value[1] else list(value)


@dataclass(frozen=True, slots=True)
class FourSides:
    """Padding of a map's sides: P, (P height, P width) or ((top, bottom), (left, right))."""

    high: int

    @property
    def wanted(self) -> str:
        return (
            f"a whole number from 0 to {self.high:,}, two of them (height, width), "
            "or [[top, bottom], [left, right]]"
        )

    def read(self, value: Any) -> Sides:
        one = WholePair(0, self.high)
        rows, columns = value if isinstance(value, (list, tuple)) else (value, value)
        top_bottom, left_right = one.read(rows), one.read(columns)
        assert top_bottom is not None
        assert left_right is not None
        return top_bottom, left_right

    def write(self, value: Sides) -> Any:
        rows, columns = value
        if rows[0] == rows[1] and columns[0] == columns[1]:
            return rows[0] if rows == columns else [rows[0], columns[0]]
        return [list(rows), list(columns)]


@dataclass(frozen=True, slots=True)
class Real(WrittenAsItIs):
    """A finite number between two limits; where `least` is said, 0 or at least that."""

    low: float
    high: float
    below_high: bool = False
    optional: bool = False
    least: float = 0.0

    @property
    def wanted(self) -> str:
        low, high = (_with_commas(limit) for limit in (self.least or self.low, self.high))
        between = (
            f"of at least {low} and below {high}" if self.below_high else f"from {low} to {high}"
        )
        or_zero = "0 or " if self.least else ""
        return f"{or_zero}a number {between}{' or null' if self.optional else ''}"

    def read(self, value: Any) -> float | None:
        if value is None and self.optional:
            return None
        if type(value) not in (int, float) or not self.low <= value <= self.high:
            raise ValueError
        if not math.isfinite(value) or (self.below_high and value == self.high):
            raise ValueError
        if 0 < value < self.least:
            raise ValueError
        return float(value)


@dataclass(frozen=True, slots=True)
class Flag(WrittenAsItIs):
    """True or false."""

    wanted = "true or false"

    def read(self, value: Any) -> bool:
        if type(value) is not bool:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Choice(WrittenAsItIs):
    """One word of a closed vocabulary; where it is optional, None stands for `absent`."""

    options: tuple[str, ...]
    absent: str = ""

    @property
    def wanted(self) -> str:
        return f"one of {', '.join(self.options)}" + (" or null" if self.absent else "")

    def read(self, value: Any) -> str | None:
        if self.absent and (value is None or value == self.absent):
            return None
        if type(value) is not str or value not in self.options:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class PaddingRule(WrittenAsItIs):
    """`"valid"`, `"same"`, or a whole number of pixels on every side, where there is a highest."""

    high: int | None = MAX_KERNEL

    @property
    def wanted(self) -> str:
        if self.high is None:
            return '"valid" or "same"'
        return f'"valid", "same" or a whole number from 0 to {self.high:,}'

    def read(self, value: Any) -> int | str:
        if type(value) is str and value in ("valid", "same"):
            return value
        if self.high is None:
            raise ValueError
        return Whole(0, self.high).read(value)


def ruled(
    rule: Rule, default: Any = MISSING, hint: str = "", letters: str = "", label: str | None = None
) -> Any:
    """A dataclass field that follows a rule, with its hint, letters in a link, and label."""
    told = {"rule": rule, "hint": hint, "letters": letters, "label": label}
    return field(default=default, metadata=told)


def filters() -> Any:
    hint = "How many patterns it looks for; each gives one channel of the output."
    return ruled(Whole(1, MAX_FILTERS), MISSING, hint)


def kernel() -> Any:
    hint = "Height and width of the window: 3, or 3×5."
    return ruled(WholePair(1, MAX_KERNEL), MISSING, hint, "k", "kernel")


def strides(default: Pair | None = (1, 1)) -> Any:
    """Without a default, they are optional."""
    hint = "How many pixels the window moves at a time: 1, or 2×1."
    return ruled(WholePair(1, MAX_KERNEL, default is None), default, hint, "s")


def dilation() -> Any:
    hint = "The distance between the kernel's cells; 2 leaves one pixel out."
    return ruled(WholePair(1, MAX_KERNEL), (1, 1), hint, "d", "dilation")


def multiplier() -> Any:
    hint = "How many kernels each input channel gets."
    return ruled(Whole(1, MAX_KERNEL), 1, hint, "dm", "multiplier")


def padding() -> Any:
    hint = (
        "A frame around the input: none (valid), as wide as it takes to get the size divided by "
        "the stride, rounded up (same), or a number of pixels."
    )
    return ruled(PaddingRule(), "valid", hint, "p")


def activation(default: Any = None, absent: str = "linear") -> Any:
    """An activation a layer applies itself; None is none, which Keras also calls linear."""
    hint = "The function that each output value goes through."
    return ruled(Choice(ACTIVATIONS, absent), default, hint, label="")


def use_bias() -> Any:
    return flag(True, "Whether a learned number is added to each channel or unit.", "nb", "bias")


def flag(default: bool, hint: str, letters: str, label: str | None = None) -> Any:
    return ruled(Flag(), default, hint, letters, label)


def read_field(rule: Rule, name: str, value: Any) -> Any:
    """The field's value, or the error that names the field, the value and what would do."""
    try:
        return rule.read(value)
    except ArchitectureError:
        raise
    except (ValueError, TypeError):
        raise ArchitectureError(f"{name} must be {rule.wanted}, got {shown(value)}.") from None


def _with_commas(limit: float) -> str:
    return f"{limit:,.0f}" if float(limit).is_integer() else exact(limit, 9)
