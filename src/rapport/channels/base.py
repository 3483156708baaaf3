"""The channel contract: what a network must declare, and what it may be able to do.

A channel is a folder: ``channel.py`` (I/O, no database), ``parse.py`` (pure), fixtures, tests, README.md, and one line
in ``registry.py``. It declares its settings (from which the connect page is generated) and *is* its abilities: a class
that has ``fetch`` can be polled, one that has ``send`` can answer. What crosses the boundary stands in ``crossing``;
only :class:`ChannelError` is ever raised over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

import msgspec

from rapport.channels.carrying import Takes
from rapport.channels.connected import Connected, Settings, address_of, renewed, terms_of
from rapport.channels.crossing import (
    Around,
    Author,
    Batch,
    Card,
    ChannelError,
    Envelope,
    File,
    Followers,
    Handle,
    Item,
    Manner,
    Media,
    Order,
    Outgoing,
    Remark,
    Report,
    Showing,
    Shown,
    Target,
    Unreadable,
    Visibility,
)
from rapport.channels.further import Asked, Authorises, Carries, Confides, Edits, Excepts, Reacts, Shows, Unsends
from rapport.channels.incoming import Backfills, Fetches, Reads, Receives, Stop, Streams, Verifies

__all__ = [
    "ABILITIES",
    "Around",
    "Asked",
    "Author",
    "Authorises",
    "Backfills",
    "Batch",
    "Card",
    "Carries",
    "Channel",
    "ChannelError",
    "Confides",
    "Connected",
    "Edits",
    "Envelope",
    "Excepts",
    "Explains",
    "Fetches",
    "File",
    "Finds",
    "Followers",
    "Handle",
    "Introduces",
    "Item",
    "Limit",
    "Manner",
    "Measures",
    "Media",
    "Order",
    "Outgoing",
    "Places",
    "Prices",
    "Reacts",
    "Reads",
    "Receives",
    "Recognises",
    "Remark",
    "Report",
    "Sends",
    "Setting",
    "Settings",
    "Showing",
    "Shown",
    "Shows",
    "Splits",
    "Stop",
    "Streams",
    "Takes",
    "Target",
    "Targets",
    "Tries",
    "Unreadable",
    "Unsends",
    "Validates",
    "Verifies",
    "Visibility",
    "address_of",
    "renewed",
    "terms_of",
]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a person must say to connect a source; the connect page is generated from these."""

    key: str
    label: str
    help: str = ""
    kind: Literal["text", "url", "secret", "generated_secret", "paragraph", "flag", "choice", "number"] = "text"
    required: bool = True
    """Of a generated secret: that a person needs it, so that it is shown once; else it is made and never shown."""
    default: str = ""
    """What the connect page begins with; a flag is ``"1"`` or empty."""
    choices: tuple[tuple[str, str], ...] = ()
    """Of a choice: (value, label) of each, in the order in which they are shown."""


class Limit(msgspec.Struct, frozen=True):
    """How much fits into one message, in the network's own counting."""

    size: int
    unit: Literal["characters", "graphemes", "utf16", "bytes"] = "characters"
    link: int = 0
    """What each web address counts, however long it is; 0: as it is written."""
    short_handles: bool = False
    """A handle with its server (``@ann@garden.example``) counts as ``@ann``."""


class Channel(Protocol):
    """What every channel declares. ``cannot_send`` is the sentence shown before one types, empty where it can send."""

    kind: str
    label: str
    settings: tuple[Setting, ...]
    limit: Limit | None
    cannot_send: str


@runtime_checkable
class Tries(Protocol):
    """Can be tried before it is kept: what was found, in a sentence (who we are there, what is open to us)."""

    def check(self, settings: Settings) -> str: ...


@runtime_checkable
class Sends(Protocol):
    """Can answer. Raises ChannelError(unknown=True) when nobody can say whether it left."""

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle: ...


@runtime_checkable
class Finds(Protocol):
    """Can look up whether something left: the handle, or None when the network says that it did not."""

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None: ...


@runtime_checkable
class Recognises(Protocol):
    """Can look up whether an answer left by its words and by what it answers, where no key would be remembered."""

    def recognise(self, settings: Settings, outgoing: Outgoing) -> Handle | None: ...


@runtime_checkable
class Measures(Protocol):
    """Each of its sources has a limit of its own, as its server said; asked without a request."""

    def limit_of(self, settings: Settings) -> Limit | None: ...


@runtime_checkable
class Targets(Protocol):
    """Can say how the message that is about to be answered stands now; ``version`` is the one we know."""

    def target(self, settings: Settings, external_id: str, version: str) -> Target: ...


@runtime_checkable
class Prices(Protocol):
    """Every request to it may cost money: how much this one does, in millionths of ``currency``."""

    currency: str

    def price(self, method: str, url: str) -> int: ...


@runtime_checkable
class Splits(Protocol):
    """What is too long for one message may leave as several, if its writer says so: which these are, in order.

    Raises a permanent ChannelError where they would be too many.
    """

    def parts(self, text: str) -> list[str]: ...


@runtime_checkable
class Introduces(Protocol):
    """Knows by which handles its account is called there: without a request, without the sign."""

    def known_as(self, settings: Settings) -> tuple[str, ...]: ...


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


ABILITIES: Mapping[str, type] = {
    "fetch": Fetches,
    "listen": Streams,
    "backfill": Backfills,
    "check": Tries,
    "receive": Receives,
    "verify": Verifies,
    "read": Reads,
    "send": Sends,
    "find": Finds,
    "recognise": Recognises,
    "limit_of": Measures,
    "unsend": Unsends,
    "edit": Edits,
    "react": Reacts,
    "cannot_why": Excepts,
    "confide": Confides,
    "show": Shows,
    "carries": Carries,
    "authorise": Authorises,
    "target": Targets,
    "price": Prices,
    "parts": Splits,
    "known_as": Introduces,
    "cannot_send_why": Explains,
    "validate": Validates,
    "reads_where": Places,
}
"""What a channel may be able to do, by the method that does it."""
