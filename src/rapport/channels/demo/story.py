"""The demo world's stories: the files in ``world/`` as frozen values, and their times as moments. No database.

A story is a TOML file: who is in it, and what they said. A time is one of

- ``8d 14:02``: eight days ago, on the clock of whoever began the talk (from the second day back, so that the order
  never depends on the hour at which somebody opens the demo);
- ``1d 4h 5m``: so long before now;
- ``+2m 10s``: arrives while somebody watches, so long after the demo's clock began;
- ``then 40s``: so long after an answer of ours; the first such line after our first answer, and so on.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Literal
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec

from rapport.channels.base import Author, Card, Envelope, Followers, Item, Order, Remark

NETWORKS = {
    "social": "Acme on Agora",
    "mail": "hello@acme.example",
    "chat": "Chat on acme.example",
    "form": "Contact form",
    "reviews": "Reviews on Starboard",
}
"""The demo's networks, and what Acme calls its place on each."""
OURS = {
    "bea": "Bea",
    "cem": "Cem",
    "dana": "Dana",
    "olga": "Olga",
    "dave": "Dave",
    "aleem": "Aleem",
    "kevin": "Kevin",
}
PUBLIC = frozenset({"social", "reviews"})
_FOLLOWED: tuple[Followers, ...] = ("few", "few", "few", "hundreds", "hundreds", "thousands", "many", "")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?:\d+[dhms])(?: \d+[dhms])*")
_ON_THE_CLOCK = re.compile(r"(\d+)d (\d\d):(\d\d)")


class Said(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One message, or one note: when (see above), who by their short name in the story, and the words."""

    at: str
    who: str
    text: str

    @property
    def while_watching(self) -> timedelta | None:
        """How long after the clock began it arrives; None for what is no such message."""
        return span(self.at[1:]) if self.at.startswith("+") else None

    @property
    def after_answer(self) -> timedelta | None:
        """How long after an answer of ours it comes; None for what does not wait for one."""
        return span(self.at.removeprefix("then ")) if self.at.startswith("then ") else None

    @property
    def is_history(self) -> bool:
        return self.while_watching is None and self.after_answer is None


class Someone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person of a story: how they write their name, where they live, and their address on each network they use."""

    name: str
    zone: str = ""
    organisation: str = ""
    social: str = ""
    mail: str = ""
    chat: str = ""
    form: str = ""
    reviews: str = ""


class Did(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a colleague did about a talk: who, the verb, and for some verbs why, to whom, which word, until when."""

    who: str
    verb: Literal["settle", "silence", "assign", "tag", "snooze", "note"]
    what: str = ""


class Talk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thread. ``id`` is its name on the network, and the beginning of its messages' names."""

    id: str
    on: str
    said: tuple[Said, ...]
    notes: tuple[Said, ...] = ()
    subject: str = ""
    stars: int | None = None
    assigned: str = ""
    did: tuple[Did, ...] = ()


class Bought(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order: whose, on which of their addresses, what, and for how many cents."""

    number: str
    who: str
    on: str
    text: str
    cents: int
    placed: str
    delivered: str = ""
    status: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file: a title, its people, their talks and what they bought. ``zone`` is where they live if nothing else is
    said."""

    title: str
    zone: str = "Europe/London"
    who: dict[str, Someone] = {}
    talk: tuple[Talk, ...] = ()
    order: tuple[Bought, ...] = ()

    def zone_of(self, who: str) -> ZoneInfo:
        someone = self.who.get(who)
        return ZoneInfo((someone.zone if someone else "") or self.zone)

    def clock_of(self, talk: Talk) -> ZoneInfo:
        return self.zone_of(talk.said[0].who)


@cache
def world() -> tuple[Story, ...]:
    """Every story, in the order of the files' names."""
    folder = resources.files("rapport.channels.demo").joinpath("world")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(read(file.read_text("utf-8")) for file in files)


def read(text: str) -> Story:
    """One file. Raises tomllib.TOMLDecodeError and msgspec.ValidationError, which say where it is wrong."""
    return msgspec.convert(tomllib.loads(text), Story)


def span(words: str) -> timedelta:
    """``3d 2h 5m 10s`` as a time span. Raises ValueError for anything else."""
    if not _SPAN.fullmatch(words):
        raise ValueError(f"{words!r} is no span of time such as 3d 2h 5m.")
    return timedelta(**{_UNITS[part[-1]]: int(part[:-1]) for part in words.split()})


def moment(words: str, zone: ZoneInfo, now: datetime) -> datetime:
    """When something of the past was said, seen from ``now`` (aware). Raises ValueError."""
    if not (found := _ON_THE_CLOCK.fullmatch(words)):
        return now - span(words)
    days, hour, minute = (int(part) for part in found.groups())
    day = now.astimezone(zone) - timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(now.tzinfo)


def name_of(talk: Talk, position: int) -> str:
    """The network's name of a talk's message; ``position`` counts from nought."""
    return f"{talk.id}-{position + 1}"


def item(story: Story, talk: Talk, position: int, at: datetime) -> Item:
    """A message as its network would deliver it, said at ``at``."""
    said = talk.said[position]
    envelope = Envelope(
        network=talk.on,
        external_id=name_of(talk, position),
        author=author(story, said.who, talk.on),
        text=said.text.strip(),
        said_at=at,
        thread=talk.id,
        reply_to=name_of(talk, position - 1) if position else "",
        subject=talk.subject if not position or not talk.subject else f"Re: {talk.subject}",
        public=talk.on in PUBLIC,
        direct=talk.on != "social",
        ours=said.who in OURS,
        rating=talk.stars if not position else None,
        assignee=OURS.get(talk.assigned, ""),
    )
    return Item(envelope, json.dumps([talk.id, *msgspec.to_builtins(said)], ensure_ascii=False).encode())


def author(story: Story, who: str, network: str) -> Author:
    """Who somebody is on a network. Raises KeyError for somebody who is not in the story."""
    if who in OURS:
        return Author(OURS[who], OURS[who])
    someone = story.who[who]
    address = str(getattr(someone, network))
    if not address:
        raise KeyError(f"{who} has no address on {network}")
    # Where people are followed; by how many says nothing of them, in this world as in ours.
    followers = _FOLLOWED[crc32(address.encode()) % len(_FOLLOWED)] if network == "social" else ""
    return Author(address, someone.name, followers)


def history(story: Story, network: str, now: datetime) -> list[Item]:
    """What was said on a network until now, in the order of time."""
    found = [
        item(story, talk, position, moment(said.at, story.clock_of(talk), now))
        for talk in story.talk
        for position, said in enumerate(talk.said)
        if talk.on == network and said.is_history
    ]
    return sorted(found, key=lambda one: one.envelope.said_at or now)


def remarks(story: Story, network: str, now: datetime) -> list[Remark]:
    """What colleagues noted on the talks of a network."""
    return [
        Remark(
            network=network,
            external_id=f"{talk.id}-note-{number}",
            thread=talk.id,
            author=OURS[note.who],
            text=note.text.strip(),
            at=moment(note.at, story.clock_of(talk), now),
        )
        for talk in story.talk
        for number, note in enumerate(talk.notes, 1)
        if talk.on == network
    ]


def orders(story: Story, network: str, now: datetime) -> list[Order]:
    """What people with an address on a network bought."""
    return [
        Order(
            shop="acme.example",
            number=one.number,
            network=network,
            address=author(story, one.who, network).address,
            name=story.who[one.who].name,
            placed_at=moment(one.placed, story.zone_of(one.who), now),
            delivered_at=moment(one.delivered, story.zone_of(one.who), now) if one.delivered else None,
            total=one.cents,
            currency="EUR",
            status=one.status,
            text=one.text,
        )
        for one in story.order
        if one.on == network
    ]


def cards(story: Story, network: str) -> list[Card]:
    """The companies that people write for, as an address book of that network knows them."""
    return [
        Card(name=one.name, addresses=((network, str(getattr(one, network))),), organisation=one.organisation)
        for one in story.who.values()
        if one.organisation and getattr(one, network)
    ]
