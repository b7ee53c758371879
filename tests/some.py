"""Tables of cases of which `make test` tries some, and `make proof` the others."""

from collections.abc import Iterable
from typing import Any

import pytest


def some(table: Iterable[Any], *kept: Any) -> list[Any]:
    """Each case of a table as a parameter; those that are not kept are proofs."""
    cases = list(table)
    assert set(kept) <= set(cases), set(kept) - set(cases)
    return [pytest.param(case, marks=() if case in kept else pytest.mark.proof) for case in cases]
