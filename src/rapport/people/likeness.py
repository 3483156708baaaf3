"""Likeness: what speaks for, and against, two persons being one human. Pure; it suggests, and never merges.

Weights say how much a sign moves a careful colleague: 3 nearly settles it, 1 makes one look. What speaks against has a
negative weight. A pair is suggested from ``ENOUGH`` on, however many weak signs there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from rapport.people import traits

ENOUGH = 1.0


class Sign(msgspec.Struct, frozen=True, omit_defaults=True):
    """One piece of evidence: a code, how much it says (negative: against), and the ids of the rows that show it.

    ``left`` and ``right`` are identities, one of each person; 0 where there is none. Words are read from these rows when
    a sign is shown, so that forgetting somebody needs no edit of it.
    """

    code: str
    weight: float
    left: int = 0
    right: int = 0
    message: int = 0
    order: int = 0


@dataclass(frozen=True)
class Address:
    """An identity as it is compared."""

    id: int
    network: str
    address: str
    name: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of one human. ``cites``: what they wrote down (hash → message); ``orders``: theirs (hash → id);
    ``talks``: conversations in which they spoke."""

    name: str
    addresses: tuple[Address, ...]
    organisation: str = ""
    cites: Mapping[bytes, int] = field(default_factory=dict)
    orders: Mapping[bytes, int] = field(default_factory=dict)
    talks: frozenset[int] = frozenset()

    @cached_property
    def traits(self) -> dict[traits.Trait, Address]:
        return {
            trait: one
            for one in reversed(self.addresses)
            for trait in traits.traits(one.network, one.address, one.name)
        }

    @cached_property
    def names(self) -> frozenset[tuple[str, ...]]:
        """What they are called, in parts; a handle is no name."""
        said = {self.name, *(one.name for one in self.addresses)} - {one.address for one in self.addresses} - {""}
        return frozenset(filter(None, map(traits.names, said)))


def signs(one: Known, two: Known, *, namesakes: int = 2) -> tuple[Sign, ...]:
    """What speaks for and against. ``namesakes``: how many people here share the name they share."""
    found = [*_addresses(one, two), *_cited(one, two), *_called(one, two, namesakes)]
    if found:
        found += _against(one, two)
    return tuple(sorted(found, key=lambda sign: (-abs(sign.weight), sign.code)))


def weight(found: tuple[Sign, ...]) -> float:
    return sum(sign.weight for sign in found)


def _addresses(one: Known, two: Known) -> Iterator[Sign]:
    """The same address in two places."""
    once: set[str] = set()
    for trait, mine in one.traits.items():
        theirs, kind = two.traits.get(trait), trait[0]
        if theirs is None or kind in once or kind == "name":
            continue
        once.add(kind)
        yield Sign(f"same_{kind}", {"mail": 3.0, "phone": 2.0, "handle": 0.75}[kind], mine.id, theirs.id)


def _cited(one: Known, two: Known) -> Iterator[Sign]:
    """One wrote down what belongs to the other."""
    for mine, theirs, turned in ((one, two, False), (two, one, True)):
        for (kind, key), address in theirs.traits.items():
            if kind in {"mail", "phone"} and key in mine.cites:
                sides = {"left": address.id} if turned else {"right": address.id}
                yield Sign(f"wrote_{kind}", 2.5 if kind == "mail" else 2.0, message=mine.cites[key], **sides)
                break
        for key in mine.cites.keys() & theirs.orders.keys():
            yield Sign("wrote_order", 2.5, message=mine.cites[key], order=theirs.orders[key])
            break


def _called(one: Known, two: Known, namesakes: int) -> Iterator[Sign]:
    """The same name, the rarer the more; a name that only looks the same is a warning."""
    shared = [name for name in one.names & two.names if len(name) > 1]
    if shared:
        yield Sign("same_name", 1.0 if namesakes <= 2 else 0.25)
        mine, theirs = traits.names(one.organisation), traits.names(two.organisation)
        if mine and mine == theirs:
            yield Sign("same_organisation", 1.5)
    elif _seen(one) & _seen(two):
        yield Sign("lookalike_name", -1.5)
    elif any(_alike(mine, theirs) for mine in one.names for theirs in two.names):
        yield Sign("similar_name", 0.5)


def _against(one: Known, two: Known) -> Iterator[Sign]:
    """A household has one mailbox and two names; who answers another in one thread is somebody else."""
    full = [{name for name in known.names if len(name) > 1} for known in (one, two)]
    lookalike = _seen(one) & _seen(two)
    if all(full) and not lookalike and not any(_alike(mine, theirs) for mine in full[0] for theirs in full[1]):
        family = any(set(mine) & set(theirs) for mine in full[0] for theirs in full[1])
        yield Sign("household", -2.5) if family else Sign("other_names", -1.5)
    if one.talks & two.talks:
        yield Sign("spoke_together", -1.5)


def _seen(known: Known) -> set[tuple[str, ...]]:
    return {tuple(sorted(traits.looks(" ".join(name)))) for name in known.names if len(name) > 1}


def _alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Is one the other with parts left out or cut to an initial (Ann Lee, A. Lee, Ann)?"""
    short, long = sorted((mine, theirs), key=len)
    left = list(long)
    for part in sorted(short, key=len, reverse=True):
        match = next((one for one in left if one == part or (1 in {len(one), len(part)} and one[0] == part[0])), None)
        if match is None:
            return False
        left.remove(match)
    return any(len(part) > 1 for part in short)
