"""Which addresses a stranger's URL may lead us to: public ones only, judged after the name has been resolved.

The caller connects to the very addresses that were judged here, so a name that changes its mind between the check and
the connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from rapport.net.errors import NeverLeft, Refused

Address = IPv4Address | IPv6Address

# Public by number, but answered inside a cloud's own network (Azure's platform address).
METADATA = frozenset({ip_address("168.63.129.16")})
# Addresses that carry an IPv4 address inside: they must be judged by what they carry (RFC 6052, RFC 4291).
NAT64 = ip_network("64:ff9b::/96")
COMPATIBLE = ip_network("::/96")


def carried(address: Address) -> Address:
    """The IPv4 address inside a mapped, translated, 6to4 or Teredo address; otherwise the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if _within(address, NAT64) or (_within(address, COMPATIBLE) and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: IPv6Address, network: object) -> bool:
    return isinstance(network, IPv6Network) and address in network


def allowed(address: str, *, allow_loopback: bool) -> bool:
    """May we connect to this numeric address? Loopback only where it is explicitly allowed (tests, development)."""
    inner = carried(ip_address(address.partition("%")[0]))
    if inner.is_loopback:
        return allow_loopback
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner in METADATA)


def resolve(host: str, port: int, *, allow_loopback: bool) -> list[str]:
    """The numeric addresses of ``host`` we may connect to, in the resolver's order.

    Raises :class:`NeverLeft` where the name is unknown, :class:`Refused` where it leads to private addresses only.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NeverLeft(f"No server called {host[:100]} could be found.") from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    open_to_us = [number for number in numbers if allowed(number, allow_loopback=allow_loopback)]
    if not open_to_us:
        raise Refused(
            f"{host[:100]} is an address inside a private network or this machine; Rapport connects to neither."
        )
    return open_to_us


def neighbourhood(host: str) -> str:
    """Whom an address belongs to: an IPv4 address itself, the /64 of an IPv6 address (one home holds a whole /64)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
