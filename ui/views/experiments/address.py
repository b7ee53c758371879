"""The address of an experiment: it holds the whole state of the tab that is open."""

from __future__ import annotations

from collections.abc import Mapping

from ui.session import address
from ui.session.address import Address, last, whole

__all__ = ["TAB", "Address", "arrived", "keep", "last", "whole"]

TAB = "tab"
KEY = "experiments_addresses"


def arrived() -> Address | None:
    """The address, where somebody opened it or went back to it."""
    return address.arrived(KEY)


def keep(tab: str, wanted: Mapping[str, str | list[str]]) -> None:
    """Puts the state of a tab into the address, in place of all that was there."""
    address.keep(KEY, {TAB: tab} | dict(wanted))
