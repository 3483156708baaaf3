"""How an address is compared, and the 16 bytes by which an identity is found."""

from __future__ import annotations

from rapport.core.hashing import key


def folded(address: str) -> str:
    """An address as it is compared: lower case, without a leading @."""
    return address.strip().lstrip("@").casefold()


def identity_key(network: str, address: str) -> bytes:
    return key(network, folded(address))
