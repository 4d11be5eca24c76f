"""Where a request comes from: enough to count its holds, not to find anyone."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import current_app, request

from ihh.domain.house import House
from ihh.services.hold_limits import Source
from ihh.services.house import current_house

IPV6_HOME = 64
"""Bits of an IPv6 address that name a household or an office; whoever has one has all addresses in it."""


def request_source() -> Source:
    """A keyed digest of the request's network address, and how many holds an hour may come from there."""
    house, address = current_house(), _address(request.remote_addr or "")
    if address is None:
        return Source(_digest(""), house.limits.holds_per_hour)
    home = ip_network((address, IPV6_HOME), strict=False) if address.version == 6 else address
    return Source(_digest(str(home)), holds_allowed(house, address))


def holds_allowed(house: House, address: IPv4Address | IPv6Address) -> int:
    """What the listed network with the address may, else what everyone may; listed networks never overlap."""
    having = (each for each in house.listed_networks if address in ip_network(each.network))
    listed = next(having, None)
    return listed.holds_per_hour if listed else house.limits.holds_per_hour


def _address(told: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that came over an IPv6 socket, as ::ffff:192.0.2.1, is the IPv4 address."""
    try:
        address = ip_address(told)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _digest(source: str) -> str:
    """32 hexadecimal signs."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"hold " + source.encode(), hashlib.sha256).hexdigest()[:32]
