"""Reading: a folder from the place where it was left, mail by mail, until the batch is full or there is no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from rapport.channels.base import Batch, Item, Report, Unreadable
from rapport.channels.mail import imap, parse
from rapport.channels.mail.asking import Box

LARGEST = 25 * 1024 * 1024
"""Bytes of a mail that are fetched whole; of a larger one its beginning."""
BEGINNING = 256 * 1024
MOST, MOST_BYTES = 25, 12 * 1024 * 1024
"""Mails, and bytes, of one batch."""


class Place(msgspec.Struct):
    """How far a folder is read: the validity of its numbers, the last number taken, and the day it was (ISO).

    Of a backfill also how many mails are taken (``n``) and how many are still to come (``left``).
    """

    v: int
    u: int
    d: str
    n: int = 0
    left: int = 0


class Taken:
    """What one batch has taken so far, within its bounds."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.reports: list[Report] = []
        self.unreadable: list[Unreadable] = []
        self.bytes = 0
        self.more = False

    @property
    def full(self) -> bool:
        return len(self.items) + len(self.reports) + len(self.unreadable) >= MOST or self.bytes >= MOST_BYTES

    def add(self, found: Item | Report | Unreadable) -> None:
        if isinstance(found, Item):
            self.items.append(found)
        elif isinstance(found, Report):
            self.reports.append(found)
        else:
            self.unreadable.append(found)

    def batch(self, cursor: str) -> Batch:
        return Batch(
            items=tuple(self.items), reports=tuple(self.reports), unreadable=tuple(self.unreadable), cursor=cursor,
            more=self.more,
        )  # fmt: skip


def places(cursor: str | None) -> dict[str, Place]:
    try:
        return msgspec.json.decode(cursor or "{}", type=dict[str, Place])
    except msgspec.DecodeError:  # a cursor of nobody's: begin with what comes from now on
        return {}


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def valid(place: Place, folder: imap.Folder) -> Place:
    """The numbers of a folder may be given anew (RFC 3501, 2.3.1.1): then everything since that day is looked at again,
    and what we have is known by its Message-ID."""
    return place if place.v == folder.validity else Place(folder.validity, 0, place.d)


def read(
    mailbox: imap.Mailbox, box: Box, folder: imap.Folder, place: Place, taken: Taken, since: datetime | None = None
) -> Place:
    """Read on from a place, until there is no more or the batch is full. The place where it ends."""
    anew = place.v != folder.validity
    place = valid(place, folder)
    if folder.next <= place.u + 1 or taken.full:
        taken.more = taken.more or (taken.full and folder.next > place.u + 1)
        return place
    mailbox.folder.set(folder.name, readonly=True)
    criteria = f"UID {place.u + 1}:*"
    if anew or since is not None:
        day = datetime.fromisoformat(place.d) - timedelta(days=2 if since is None else 0)
        criteria = f"{criteria} SINCE {day:%d-%b-%Y}"
    uids = sorted(number for uid in mailbox.uids(criteria) if (number := int(uid)) > place.u)
    house = parse.House(box.secret, box.domain, box.ours, folder.sent)
    sized = imap.sizes(mailbox, uids[:MOST])
    done = place.u
    for uid in uids:
        if taken.full or uid not in sized:
            if uid in uids[MOST:] or taken.full:
                taken.more = True
                break
            done = uid  # gone since
            continue
        taken.add(_one(mailbox, uid, sized[uid], house, folder.name))
        taken.bytes += sized[uid]
        done = uid
    else:
        done = max(done, folder.next - 1)
    if since is not None:
        left = sum(uid > done for uid in uids)
        return Place(folder.validity, done, place.d, place.n + len(uids) - left, left)
    return Place(folder.validity, done, today() if not taken.more else place.d)


def _one(mailbox: imap.Mailbox, uid: int, size: int, house: parse.House, folder: str) -> Item | Report | Unreadable:
    whole = size <= LARGEST
    raw = imap.mail(mailbox, uid, LARGEST + 1 if whole else BEGINNING)
    return parse.read(raw, house, f"{folder}, mail {uid}", cut=0 if whole else size)
