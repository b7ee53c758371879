"""Random descriptions of networks: every field is valid, whether the layers fit or not.

Made from the layers' own rules, so a new kind of layer is drawn without a word here.
"""

from __future__ import annotations

from typing import Any, cast

from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.fields import Choice, Flag, FourSides, PaddingRule, Real, Whole, WholePair
from cnn.network.layers import KINDS, Container, Layer, Layers, defaults, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel

FIELDS = ["name", "input", "layers", "kind", *sorted({f for k in KINDS.values() for f in rules(k)})]

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*KINDS, "same", "valid", "relu", "concatenate", 10**400, -(10**400)]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(FIELDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)

names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: bool(text.strip()) and len(text) <= 120
)

inputs = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)) | st.tuples(
    st.integers(1, 16_384), st.integers(1, 16_384), st.integers(1, 65_536)
)


def _whole(rule: Whole | WholePair) -> st.SearchStrategy[int]:
    """Mostly small numbers, which fit each other now and then; seldom any that is allowed."""
    small = st.integers(rule.low, min(rule.low + 4, rule.high))
    return small | small | st.integers(rule.low, rule.high)


def _value(rule: Any, held: st.SearchStrategy[Layers]) -> st.SearchStrategy[Any]:
    match rule:
        case Whole():
            return _whole(rule)
        case WholePair():
            pair = _whole(rule) | st.tuples(_whole(rule), _whole(rule))
            return pair | st.none() if rule.optional else pair
        case FourSides():
            side = st.integers(0, 4) | st.integers(0, rule.high)
            both = st.tuples(side, side)
            return side | both | st.tuples(both, both)
        case Real():
            number = st.floats(rule.low, rule.high, exclude_max=rule.below_high)
            return number | st.none() if rule.optional else number
        case Flag():
            return st.booleans()
        case Choice():
            option = st.sampled_from(rule.options)
            return option | st.none() if rule.absent else option
        case PaddingRule(None):
            return st.sampled_from(["valid", "same"])
        case PaddingRule():
            return st.sampled_from(["valid", "same", 0, 1, 2]) | st.integers(0, rule.high)
        case PerChannel():
            number = st.floats(rule.low, rule.high)
            return number | st.lists(number, min_size=1, max_size=2) | st.none()
        case Series():
            return held
        case Parallel():
            return st.lists(held, min_size=2, max_size=4).map(tuple)
    raise NotImplementedError(f"no values are drawn for a {type(rule).__name__} yet")


def _mostly(value: Any, others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three times out of four this value: fields that all differ seldom go together."""
    return st.sampled_from([True, True, True, False]).flatmap(
        lambda usual: st.just(value) if usual else others
    )


def _layer(kind: type[Layer], held: st.SearchStrategy[Layers]) -> st.SearchStrategy[Layer]:
    """Layers of a kind; combinations of fields that cannot be are left out."""

    def made(values: dict[str, Any]) -> Layer | None:
        try:
            return kind(**values)
        except ArchitectureError:
            return None

    fields = {name: _value(rule, held) for name, rule in rules(kind).items()}
    usual = {name: _mostly(value, fields[name]) for name, value in defaults(kind).items()}
    found = st.fixed_dictionaries(fields | usual).map(made)
    return cast("st.SearchStrategy[Layer]", found.filter(lambda layer: layer is not None))


_plain = st.one_of(
    [_layer(kind, st.just(())) for kind in KINDS.values() if not issubclass(kind, Container)]
)


def _series(layer: st.SearchStrategy[Layer]) -> st.SearchStrategy[Layers]:
    """Each length as often as any other: lists alone are mostly short."""
    return st.sampled_from(range(5)).flatmap(
        lambda length: st.lists(layer, min_size=length, max_size=length).map(tuple)
    )


def _around(held: st.SearchStrategy[Layers]) -> st.SearchStrategy[Layers]:
    containers = st.one_of(
        [_layer(kind, held) for kind in KINDS.values() if issubclass(kind, Container)]
    )
    return _series(st.booleans().flatmap(lambda holds: containers if holds else _plain))


layer_lists = _around(_around(_series(_plain)))

architectures = st.builds(Architecture, names, inputs, layer_lists)
