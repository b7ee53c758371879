"""How people are told apart, by setting (`CNN_ACCOUNTS`): not at all, by links, or by a proxy."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from cnn.settings import SettingError


class Way(StrEnum):
    """Who says who somebody is."""

    NOBODY = "off"
    INVITE = "invite"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The way; where it is a proxy, in which header it names people, and from which addresses."""

    way: Way = Way.NOBODY
    header: str = ""
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def are_on(self) -> bool:
        return self.way is not Way.NOBODY

    def is_proxy(self, address: str | None) -> bool:
        """Whether an address is one from which the header is believed."""
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        plain = getattr(found, "ipv4_mapped", None) or found
        return any(plain in network for network in self.networks)


def accounts() -> Accounts:
    """How people are told apart, by setting."""
    wanted = os.environ.get("CNN_ACCOUNTS", "").strip().lower() or Way.NOBODY
    try:
        way = Way(wanted)
    except ValueError:
        raise SettingError(
            f"CNN_ACCOUNTS is {wanted[:40]!r}, which is none there is. Set it to "
            f"{' or '.join(Way)}, or not at all."
        ) from None
    return Accounts(way, _header(), _networks()) if way is Way.PROXY else Accounts(way)


def _header() -> str:
    given = os.environ.get("CNN_PROXY_HEADER", "").strip().lower() or "x-forwarded-user"
    if not re.fullmatch(r"[a-z0-9-]{1,60}", given):
        raise SettingError(f"CNN_PROXY_HEADER is {given[:60]!r}, which is no header's name.")
    return given


def _networks() -> tuple[IPv4Network | IPv6Network, ...]:
    given = os.environ.get("CNN_PROXY_FROM", "").replace(",", " ").split()
    if not given:
        raise SettingError(
            "CNN_ACCOUNTS is proxy, and CNN_PROXY_FROM does not say from which addresses a header "
            "is believed. Set it to the proxy's, such as 127.0.0.1."
        )
    try:
        return tuple(ip_network(one) for one in given)
    except ValueError as error:
        raise SettingError(f"CNN_PROXY_FROM: {error}. Write addresses or networks.") from None
