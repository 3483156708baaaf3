"""Knowing ourselves: who we are, and under which addresses we write."""

from __future__ import annotations

from rapport.inbox.ourselves import us_of
from rapport.people.addresses import folded
from rapport.understanding.reading import Us

__all__ = ["our_addresses", "us_of"]


def our_addresses(us: Us) -> frozenset[str]:
    """The addresses under which we ourselves write."""
    return frozenset(folded(handle) for handle in us.handles)
