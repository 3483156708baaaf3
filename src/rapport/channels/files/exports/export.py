"""What a system's own export is: how its records are told, and how each is cut into pieces. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from rapport.channels import moments
from rapport.channels.base import Card
from rapport.channels.files.piece import Piece
from rapport.channels.loose import Row, many, part, word, words
from rapport.channels.text import clean, one_line

__all__ = ["Context", "Export", "Owner", "Row", "card", "email", "many", "part", "phone", "word", "words"]
MOST_REMEMBERED = 200_000


@dataclass(frozen=True)
class Owner:
    """Whose archive this is: their address as the network writes it, their id there, and their name."""

    address: str = ""
    id: str = ""
    name: str = ""


@dataclass
class Context:
    """What one reading knows beside the record at hand. ``network``: the name that a person chose for this one.

    ``people``: who somebody is by their id, as far as the file has said.
    """

    network: str = ""
    zone: tzinfo = UTC
    owner: Owner = Owner()
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    def remember(self, id: str, **words: str) -> None:
        """Keep what an id stands for, of at most 200,000 people."""
        if id and (id in self.people or len(self.people) < MOST_REMEMBERED):
            self.people[id] = self.people.get(id, {}) | {name: value for name, value in words.items() if value}

    def of(self, id: str, name: str) -> str:
        return self.people.get(id, {}).get(name, "")

    def moment(self, value: object) -> datetime | None:
        """A time as exports write it; raises :class:`ValueError` with a sentence."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return moments.read(value, self.zone)
        return moments.read(value, self.zone) if isinstance(value, str) and value.strip() else None


Split = Callable[[Row, str, Piece, Context], Iterator[Piece]]


@dataclass(frozen=True)
class Export:
    """One system's export. ``lists``: what its lists of records are called; ``claims``: is this record (of that list)
    one of its own; ``split``: the pieces of a record, given with the list it stood in and as a whole piece."""

    form: str
    label: str
    claims: Callable[[Row, str], bool]
    split: Split
    lists: tuple[str, ...] = ()


def email(written: str) -> str:
    """An e-mail address as it is compared; "" for what is none."""
    address = one_line(written, 400).removeprefix("mailto:").strip("<> ").lower()
    local, at, domain = address.rpartition("@")
    return address if at and local and "." in domain and " " not in address and len(address) <= 320 else ""


def phone(written: str) -> str:
    """A telephone number as it is compared: digits, with a + where it is international; "" for what is none."""
    number = one_line(written, 80).removeprefix("tel:").partition(";")[0]
    digits = "".join(sign for sign in number if sign.isdecimal() and sign.isascii())
    if not 5 <= len(digits) <= 20:
        return ""
    return f"+{digits}" if number.lstrip().startswith("+") else f"+{digits[2:]}" if digits.startswith("00") else digits


def card(name: str, addresses: list[tuple[str, str]], organisation: str = "", note: str = "") -> Card:
    """A person with each address once; raises :class:`ValueError` where there is none to know them by."""
    there = tuple(dict.fromkeys((network, address) for network, address in addresses if address))
    if not there:
        raise ValueError("there is neither e-mail, phone nor handle to know this person by")
    return Card(
        name=one_line(name, 200),
        addresses=there[:20],
        organisation=one_line(organisation, 200),
        note=clean(note).strip()[:10_000],
    )
