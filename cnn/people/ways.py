"""How people are told apart, by setting (`CNN_ACCOUNTS`): not at all, by links, by a proxy, or by a
provider of OpenID Connect.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from cnn.settings import SettingError, word_setting


class Way(StrEnum):
    """Who says who somebody is."""

    NOBODY = "off"
    INVITE = "invite"
    PROXY = "proxy"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who says by OpenID Connect who somebody is, and as which client this server asks."""

    issuer: str
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The way; where it is a proxy, in which header it names people, and from which addresses;
    where it is OpenID Connect, by which provider.
    """

    way: Way = Way.NOBODY
    header: str = ""
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    provider: Provider | None = None
    has_guests: bool = False

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
    guests = word_setting("CNN_GUESTS", "off") == "on"
    if way is Way.PROXY:
        return Accounts(way, _header(), _networks())
    if way is Way.OIDC:
        return Accounts(way, provider=_provider(), has_guests=guests)
    return Accounts(Way.INVITE if guests else way, has_guests=guests)


def is_protected(url: str) -> bool:
    """Whether what is sent to an address is read by nobody on its way: https, or this machine."""
    try:
        found = urlsplit(url)
        host = found.hostname or ""
    except ValueError:
        return False
    is_here = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and (found.scheme == "https" or (found.scheme == "http" and is_here))


def _provider() -> Provider:
    names = ("CNN_OIDC_ISSUER", "CNN_OIDC_CLIENT", "CNN_OIDC_SECRET")
    given = [os.environ.get(name, "").strip() for name in names]
    missing = [name for name, value in zip(names, given, strict=True) if not value]
    if missing:
        raise SettingError(
            f"CNN_ACCOUNTS is oidc, and {' and '.join(missing)} is not set. The provider says what "
            "it is, where this server is registered there."
        )
    if not is_protected(given[0]):
        raise SettingError(f"CNN_OIDC_ISSUER is {given[0][:200]!r}. Write its https:// address.")
    return Provider(*given)


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
