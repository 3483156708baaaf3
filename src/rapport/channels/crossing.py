"""What crosses the boundary between a network and the line: values without behaviour, and the one error.

Apart from ``base`` (what a channel is) because both sides of the boundary speak of these all day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec


class ChannelError(Exception):
    """A network, a file or a stranger did not do as hoped. The message is a sentence for the person who reads it
    (a :class:`~rapport.net.sentence.Sentence` where something in it varies).

    ``permanent``: trying the same again cannot help. ``unknown``: it may or may not have happened (look it up before
    sending again). ``retry_after``: the other side's own wish. ``status``: the HTTP answer a stranger should get.
    ``reauthorise``: the network no longer takes our credentials, so that a person must give new ones.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: timedelta | None = None,
        status: int = 400,
        reauthorise: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after
        self.status = status
        self.reauthorise = reauthorise


Visibility = Literal["", "public", "unlisted", "followers", "direct"]
"""Who can see it; empty: ``public`` alone says so."""


Followers = Literal["", "few", "hundreds", "thousands", "many"]
"""How many follow somebody, coarsely: below 100, below 1,000, below 10,000, more; empty where nobody said."""


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person as one network knows them. ``address`` is unique there (handle, e-mail, id); ``name`` is for reading.

    ``followers`` is there so that a desk can be asked whether it follows fame; nothing that decides ever sees it.
    """

    address: str
    name: str = ""
    followers: Followers = ""


class Media(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture, a film, a sound or a file that came with the words. ``alt`` is what its author says it shows.

    ``url`` is where the network serves it; where the bytes came along, ``file`` is the place of its :class:`File` in the
    item, counted from 1. ``size`` in bytes, 0 where nobody said.
    """

    kind: Literal["image", "video", "audio", "file"] = "file"
    url: str = ""
    alt: str = ""
    name: str = ""
    type: str = ""
    size: int = 0
    file: int = 0


class File(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a file that came along, or goes along. ``type`` is what they are, not what a stranger called them;
    ``cid`` is how the words refer to it (an inline picture's Content-ID)."""

    name: str
    type: str
    content: bytes
    alt: str = ""
    cid: str = ""


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
    quoted: str = ""
    """What the network carries below the writer's own words (a mail's quoted history): kept, and shown folded."""
    media: tuple[Media, ...] = ()
    visibility: Visibility = ""
    content_warning: str = ""
    language: str = ""
    """The language that its writer's program declared (a BCP 47 tag); the reading decides for itself."""
    participants: tuple[str, ...] = ()
    """The addresses of the others who are spoken to, so that an answer keeps them."""


class Item(msgspec.Struct, frozen=True):
    """An envelope, the bytes it was made of, and the files that came along (``html``: its words as sanitised HTML)."""

    envelope: Envelope
    raw: bytes
    files: tuple[File, ...] = ()
    html: str = ""


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


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a network says of something we sent before: ``external_id`` is its name there, or our idempotency key."""

    network: str
    external_id: str
    state: Literal["delivered", "delayed", "read", "bounced"]
    reason: str = ""
    """In words for a person: ``mailbox full``."""
    at: datetime | None = None


class Batch(msgspec.Struct, frozen=True):
    """What one fetch or one delivery brought. ``cursor`` is stored in the same transaction as all the rest.

    ``more``: there is more to be had at once. ``expires_at``: when our credentials die, where the network tells.
    ``gone``: tombstones that are kept only where their message is known (a firehose tells of every deletion there is);
    ``passed``: how many were seen that were about nothing we listen for: they are counted and never stored.
    ``far``: of a backfill, the share of the way that lies behind (0 to 1), where the channel can tell.
    """

    items: tuple[Item, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cursor: str | None = None
    cards: tuple[Card, ...] = ()
    orders: tuple[Order, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reports: tuple[Report, ...] = ()
    more: bool = False
    expires_at: datetime | None = None
    gone: tuple[Item, ...] = ()
    passed: int = 0
    far: float = 0.0


class Around(msgspec.Struct, frozen=True):
    """What stands around an answer, for a channel that writes letters: the words it answers, the address of the page
    where the whole conversation can be read, and the network's names of our earlier answers, oldest first."""

    said: str = ""
    who: str = ""
    said_at: datetime | None = None
    page: str = ""
    earlier: tuple[str, ...] = ()


class Manner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an answer is to be said, beyond its words. ``version`` is that of the message it answers, as we knew it.

    ``visibility`` is never wider than that of what is answered. ``split``: whoever wrote it agreed that it leaves as
    several messages where one would be too long.
    """

    visibility: Visibility = ""
    content_warning: str = ""
    language: str = ""
    participants: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    split: bool = False
    version: str = ""
    written_at: datetime | None = None
    """Given where it goes on in private: the same words said before that are another message."""


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
    how: Manner | msgspec.UnsetType = msgspec.UNSET
    """Given where there is anything to say; read it as :attr:`manner`."""

    @property
    def manner(self) -> Manner:
        return self.how if isinstance(self.how, Manner) else Manner()


class Handle(msgspec.Struct, frozen=True):
    """How the network names what we sent: its id, its address if it has one, and whether it says it arrived.

    ``further``: where it left as several messages, the ids of those after the first, in order.
    """

    external_id: str
    url: str = ""
    delivered: bool = False
    further: tuple[str, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """One message as it will stand there. ``marks`` are the (start, end) of what the network makes a link, a mention or
    a hashtag of, in characters, in order."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it will stand on its network: each message of it, whom it is addressed to, who may see it.

    ``to`` are addresses as people write them there; ``below`` is what the channel puts under the words by itself (a
    signature, what is quoted).
    """

    parts: tuple[Shown, ...]
    sender: str = ""
    to: tuple[str, ...] = ()
    visibility: Visibility = ""
    subject: str = ""
    content_warning: str = ""
    language: str = ""
    below: str = ""


class Target(msgspec.Struct, frozen=True):
    """How something stands on its network now. ``item`` is its newer version, where it was edited."""

    state: Literal["there", "edited", "gone"]
    item: Item | None = None
