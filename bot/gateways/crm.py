"""Calls the clinic's customer database: one signed POST, to the address that clinic.toml names and nowhere else.

The address is checked where the socket is made, after every lookup: a name that leads into a private network, or that
leads somewhere else the second time it is asked for, gets no connection. No redirect is followed, no proxy used, and
of the answer only the status is read.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import aiohttp
from aiohttp import AddrInfoType

from bot.clinic import Crm

TIMEOUT = aiohttp.ClientTimeout(total=10)
_NAT64 = ip_network("64:ff9b::/96")
_Address: TypeAlias = IPv4Address | IPv6Address


class CrmFailed(Exception):
    """The call did not succeed; it is worth another try later."""


class PrivateAddress(OSError):
    """The customer database's name leads to this machine or into a private network."""


async def post(crm: Crm, content: bytes, headers: dict[str, str]) -> None:
    """Make the call; returns on any 2xx, raises :class:`CrmFailed` otherwise."""
    factory = None if crm.allow_private else _public_socket
    connector = aiohttp.TCPConnector(socket_factory=factory, use_dns_cache=False)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(crm.url, data=content, headers=headers, allow_redirects=False) as answer,
        ):
            if not 200 <= answer.status < 300:
                raise CrmFailed(f"status {answer.status}")
    except (aiohttp.ClientError, OSError) as error:  # a time-out is an OSError too
        raise CrmFailed(type(error).__name__) from error


def is_public(address: _Address) -> bool:
    """Whether the address is one of the open internet; those that carry another inside are judged by that one."""
    inner = _inner(address)
    return is_public(inner) if inner is not None else address.is_global and not address.is_multicast


def _inner(address: _Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _public_socket(info: AddrInfoType) -> socket.socket:
    """A socket for an address that a lookup gave; raises :class:`PrivateAddress` instead where it is not public."""
    family, kind, protocol, _, where = info
    if not is_public(ip_address(str(where[0]).partition("%")[0])):
        raise PrivateAddress("not a public address")
    return socket.socket(family, kind, protocol)
