"""A mailbox: polled and listened to by IMAP, answered by SMTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rapport import net
from rapport.channels import letter
from rapport.channels.addressing import mail_address
from rapport.channels.base import (
    Around,
    Batch,
    ChannelError,
    Handle,
    Limit,
    Outgoing,
    Setting,
    Settings,
    Showing,
    Stop,
    Takes,
)
from rapport.channels.carrying import must_take, pieces
from rapport.channels.lengths import must_fit
from rapport.channels.mail import asking, handing, imap, reading, token
from rapport.channels.mail.asking import Box
from rapport.net.sentence import Sentence

IDLE = 9 * 60.0
"""Seconds after which IDLE is said anew: servers forget it silently, the latest after half an hour (RFC 2177)."""
PULSE = 20.0
LATELY = timedelta(minutes=5)
"""How far back the first look goes."""
BESIDE = 60.0
"""Seconds between two looks into the folders that IDLE does not watch."""


class MailChannel:
    """E-mail. *Sent* means: the mail server took it; a report of its delivery, or that it came back, follows by mail."""

    kind = "mail"
    label = "E-mail"
    settings: tuple[Setting, ...] = asking.SETTINGS
    limit: Limit | None = Limit(100_000, "characters")
    cannot_send = ""
    writes_letters = True
    every = timedelta(minutes=1)

    def validate(self, settings: Settings) -> None:
        asking.must_make_sense(settings)

    def check(self, settings: Settings) -> str:
        """Signs in to both servers and looks into the folders."""
        asking.must_make_sense(settings)
        box = asking.box_of(settings)
        with imap.opened(box, settings) as mailbox:
            found = imap.folders(mailbox, box.folders)
            missing = [name for name in box.folders if name not in [one.name for one in found]]
            if missing:
                raise ChannelError(Sentence("There is no folder “%(name)s”.", name=missing[0][:60]), permanent=True)
            count = mailbox.folder.status(found[0].name, ["MESSAGES"])["MESSAGES"]
        if box.smtp_host:
            handing.by(box, settings, net.greet)
        return Sentence("Signed in as %(who)s; %(n)s mails are in %(folder)s.", who=box.address, n=count,
                        folder=found[0].name)  # fmt: skip

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        """What is new in each folder. The first time it begins with what came in the last minutes: somebody may have
        written while it was being connected."""
        box, places = asking.box_of(settings), reading.places(cursor)
        taken = reading.Taken()
        with imap.opened(box, settings) as mailbox:
            for folder in imap.folders(mailbox, box.folders):
                place = places.get(folder.name)
                if place is None:
                    place = reading.Place(
                        folder.validity, imap.before(mailbox, folder, datetime.now(UTC) - LATELY), reading.today()
                    )
                places[folder.name] = reading.read(mailbox, box, folder, place, taken)
        return taken.batch(msgspec.json.encode(places).decode())

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch:
        """What lay there before, from a day on."""
        box, places = asking.box_of(settings), reading.places(cursor)
        taken = reading.Taken()
        with imap.opened(box, settings) as mailbox:
            there = imap.folders(mailbox, box.folders)
            for folder in there:
                if folder.name not in places:
                    left = len(imap.since(mailbox, folder, since))
                    places[folder.name] = reading.Place(folder.validity, 0, since.date().isoformat(), left=left)
            for folder in there:
                place = reading.valid(places[folder.name], folder)
                places[folder.name] = reading.read(mailbox, box, folder, place, taken, since=since)
        done, left = sum(place.n for place in places.values()), sum(place.left for place in places.values())
        batch = taken.batch(msgspec.json.encode(places).decode())
        return msgspec.structs.replace(batch, far=done / (done + left) if done + left else 0.0)

    def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]:
        """IDLE in the first folder: ``more`` whenever something stirs there. What it is, ``fetch`` brings."""
        box = asking.box_of(settings)
        with imap.opened(box, settings) as mailbox:
            if "IDLE" not in mailbox.client.capabilities:
                yield Batch()
                while not stop.wait(PULSE):
                    yield Batch(more=True)
                return
            mailbox.folder.set(box.folders[0], readonly=True)
            yield Batch()
            looked = time.monotonic()
            while not stop.is_set():
                stirred = _idle(mailbox, stop)
                beside = time.monotonic() - looked > BESIDE
                looked = time.monotonic() if beside or stirred else looked
                yield Batch(more=stirred or beside)

    def cannot_send_why(self, settings: Settings) -> str:
        if not settings.get("smtp_host", "").strip():
            return "This mailbox names no SMTP server, so nothing can be sent through it. Answer in your mail program."
        return ""

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return letter.TAKES

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        must_fit(outgoing.text, self.limit)
        box = asking.box_of(settings)
        recipient = mail_address(outgoing.recipient)
        if recipient is None:
            raise ChannelError("There is no e-mail address to send it to.", permanent=True)
        around, title = _around(outgoing), outgoing.subject or "Your message"
        return letter.showing(outgoing, around, box.address, recipient, title, below=box.signature)

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        must_fit(outgoing.text, self.limit)
        box = asking.box_of(settings)
        if why := self.cannot_send_why(settings):
            raise ChannelError(why, permanent=True)
        recipient = mail_address(outgoing.recipient)
        if recipient is None:
            raise ChannelError("There is no e-mail address to send it to.", permanent=True)
        must_take(letter.TAKES, pieces(outgoing.manner.files))
        mail = _letter(box, outgoing, recipient)
        handing.by(box, settings, lambda relay: net.carry(relay, box.address, recipient, mail))
        return Handle(external_id=letter.message_id(outgoing.idempotency_key, box.address))

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """In the folder of sent mail, where many providers put it. That it is not there proves nothing."""
        box = asking.box_of(settings)
        name = letter.message_id(idempotency_key, box.address)
        with imap.opened(box, settings) as mailbox:
            for folder in imap.folders(mailbox, box.folders):
                if folder.sent:
                    mailbox.folder.set(folder.name, readonly=True)
                    if mailbox.uids(f'HEADER "Message-ID" "<{name}>"'):
                        return Handle(external_id=name)
        raise ChannelError(
            "A mail server cannot be asked whether it took a mail, and it is not among the sent ones. Ask the person, "
            "or look into the server's log, before you send it again.",
            permanent=True,
        )


def _idle(mailbox: Any, stop: Stop) -> bool:
    """Wait in IDLE for a sign of life's time at most. Did anything stir? It is said anew each time, well within IDLE."""
    began = time.monotonic()
    mailbox.idle.start()
    stirred = False
    try:
        while not stirred and not stop.is_set() and time.monotonic() - began < min(PULSE, IDLE):
            for line in mailbox.idle.poll(timeout=1):
                if b"BYE" in line.upper():
                    raise ChannelError("The mail server says good-bye.")
                stirred = stirred or b"EXISTS" in line or b"RECENT" in line
    finally:
        mailbox.idle.stop()
    return stirred


def _letter(box: Box, outgoing: Outgoing, recipient: str) -> bytes:
    mark = token.make(box.secret, outgoing.idempotency_key)
    return letter.compose(
        outgoing,
        _around(outgoing),
        box.address,
        recipient,
        outgoing.subject or "Your message",
        datetime.now(UTC),
        reply_to=token.plus(box.address, mark),
        answers=(outgoing.thread, outgoing.in_reply_to),
        mark=f"{mark}@{box.domain}" if mark else "",
        below=box.signature,
    )


def _around(outgoing: Outgoing) -> Around:
    """What stands around it, but for the private page: whoever writes mails reads mails."""
    given = outgoing.around if isinstance(outgoing.around, Around) else Around()
    return msgspec.structs.replace(given, page="")
