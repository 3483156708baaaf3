"""The channel contract: what crosses the boundary between a network and the line, and nothing else.

A channel is a folder: ``channel.py`` (I/O, no database), ``parse.py`` (pure), fixtures, tests, README.md, and one line
in ``registry.py``. It declares its settings (from which the connect page is generated) and *is* its abilities: a class
that has ``fetch`` can be polled, one that has ``send`` can answer. Only :class:`ChannelError` crosses the boundary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import BinaryIO, Literal, Protocol, runtime_checkable

import msgspec


class ChannelError(Exception):
    """A network, a file or a stranger did not do as hoped. The message is a sentence for the person who reads it
    (a :class:`~rapport.net.sentence.Sentence` where something in it varies).

    ``permanent``: trying the same again cannot help. ``unknown``: it may or may not have happened (look it up before
    sending again). ``retry_after``: the other side's own wish. ``status``: the HTTP answer a stranger should get.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: timedelta | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after
        self.status = status


class Author(msgspec.Struct, frozen=True):
    """A person as one network knows them. ``address`` is unique there (handle, e-mail, id); ``name`` is for reading."""

    address: str
    name: str = ""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing somebody said, as it arrived. Text is Unicode without NUL; times are aware UTC."""

    network: str
    external_id: str
    author: Author
    text: str
    said_at: datetime | None = None
    version: str = ""
    """What changes when the words are edited (cid, edited_at, ETag); empty means: take the hash of the content."""
    reply_to: str = ""
    """external_id of the message this answers, if the network says so."""
    thread: str = ""
    """The network's own name of the whole thread, if it has one."""
    subject: str = ""
    url: str = ""
    mentions: tuple[str, ...] = ()
    public: bool = True
    direct: bool = False
    """True where the channel itself addresses us (mail, form, webhook, direct message)."""
    ours: bool | None = None
    """True/False where the network knows whether our side wrote it; None: compare the author with our handles."""
    deleted: bool = False
    """A tombstone: the network asks that this message be forgotten."""
    rating: int | None = None
    """Stars out of five, where the network lets people give them."""
    assignee: str = ""
    """The name or address of our colleague who had this conversation, where a former desk says so."""
    suspicions: tuple[str, ...] = ()
    """What made the channel think that a machine sent it (``trap``, ``repeated``, ``links``, ``hurried``)."""


class Item(msgspec.Struct, frozen=True):
    """An envelope and the bytes it was made of."""

    envelope: Envelope
    raw: bytes


class Unreadable(msgspec.Struct, frozen=True):
    """A piece that could not be read: where it stood, why in a sentence, and its bytes (cut at 64 KB)."""

    position: str
    reason: str
    raw: bytes


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person as an address book knows them. ``addresses`` are (network, address), e-mail and phone among them."""

    name: str
    addresses: tuple[tuple[str, str], ...]
    organisation: str = ""
    note: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody bought. ``number`` is unique in its ``shop``; ``total`` is in minor units of ``currency``."""

    shop: str
    number: str
    network: str
    address: str
    name: str = ""
    placed_at: datetime | None = None
    delivered_at: datetime | None = None
    total: int | None = None
    currency: str = ""
    status: str = ""
    text: str = ""


class Remark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a colleague noted on a thread in a former desk; ``author`` is their name. Never sent to anybody."""

    network: str
    external_id: str
    thread: str
    author: str
    text: str
    at: datetime


class Batch(msgspec.Struct, frozen=True):
    """What one fetch or one delivery brought. ``cursor`` is stored in the same transaction as all the rest."""

    items: tuple[Item, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cursor: str | None = None
    cards: tuple[Card, ...] = ()
    orders: tuple[Order, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Around(msgspec.Struct, frozen=True):
    """What stands around an answer, for a channel that writes letters: the words it answers, the address of the page
    where the whole conversation can be read, and the network's names of our earlier answers, oldest first."""

    said: str = ""
    who: str = ""
    said_at: datetime | None = None
    page: str = ""
    earlier: tuple[str, ...] = ()


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, and where: the answer to ``in_reply_to`` in ``thread``, signed by ``author``."""

    idempotency_key: str
    text: str
    author: str
    in_reply_to: str = ""
    thread: str = ""
    recipient: str = ""
    subject: str = ""
    public: bool = True
    around: Around | msgspec.UnsetType = msgspec.UNSET
    """Given only to a channel whose ``writes_letters`` is true; where it is not, no JSON of this has the field."""


class Handle(msgspec.Struct, frozen=True):
    """How the network names what we sent: its id, its address if it has one, and whether it says it arrived."""

    external_id: str
    url: str = ""
    delivered: bool = False


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a person must say to connect a source; the connect page is generated from these."""

    key: str
    label: str
    help: str = ""
    kind: Literal["text", "url", "secret", "generated_secret", "paragraph", "flag"] = "text"
    required: bool = True
    """Of a generated secret: that a person needs it, so that it is shown once; else it is made and never shown."""
    default: str = ""
    """What the connect page begins with; a flag is ``"1"`` or empty."""


class Limit(msgspec.Struct, frozen=True):
    """How much fits into one message, in the network's own counting."""

    size: int
    unit: Literal["characters", "graphemes", "utf16", "bytes"] = "characters"


Settings = Mapping[str, str]


class Channel(Protocol):
    """What every channel declares. ``cannot_send`` is the sentence shown before one types, empty where it can send."""

    kind: str
    label: str
    settings: tuple[Setting, ...]
    limit: Limit | None
    cannot_send: str


@runtime_checkable
class Fetches(Protocol):
    """Can be polled."""

    def fetch(self, settings: Settings, cursor: str | None) -> Batch: ...


@runtime_checkable
class Receives(Protocol):
    """Can be delivered to: ``receive`` verifies a stranger's request (headers lower-cased) and reads it."""

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch: ...


@runtime_checkable
class Reads(Protocol):
    """Can read a file of history, in batches, in flat memory."""

    def read(self, stream: BinaryIO, settings: Settings) -> Iterator[Batch]: ...


@runtime_checkable
class Sends(Protocol):
    """Can answer. Raises ChannelError(unknown=True) when nobody can say whether it left."""

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle: ...


@runtime_checkable
class Finds(Protocol):
    """Can look up whether something left: the handle, or None when the network says that it did not."""

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None: ...


@runtime_checkable
class Explains(Protocol):
    """Can answer through some of its sources only: why not through this one, as a sentence; empty where it can."""

    def cannot_send_why(self, settings: Settings) -> str: ...


@runtime_checkable
class Validates(Protocol):
    """Can say what makes no sense in its settings: raises a permanent ChannelError before they are kept."""

    def validate(self, settings: Settings) -> None: ...


@runtime_checkable
class Places(Protocol):
    """Answers may be read in more than one place: says where this person will read it, before one types."""

    def reads_where(self, settings: Settings, name: str, address: str) -> str: ...
