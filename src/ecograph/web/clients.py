"""Whose request it is, as far as an address tells: places for queries are shared out by it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import HTTPConnection

_KEPT: Final = 4096  # addresses; they are read anew when they are forgotten


def client_of(request: HTTPConnection) -> str:
    """
    The client's address; of IPv6, where one customer has many, the network it is in.

    Example:
        >>> client_of(HTTPConnection({"type": "http", "client": ("2001:db8::1:2:3:4", 5000)}))
        '2001:db8::'
    """
    return _network(request.client.host) if request.client else "-"


@lru_cache(maxsize=_KEPT)
def _network(host: str) -> str:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Address(int(address) >> 64 << 64))
    return host
