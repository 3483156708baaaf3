"""One mail, however broken, to what the line takes: an item, a delivery report, or a piece that could not be read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from typing import Literal

import msgspec

from rapport.channels import envelopes, html, rfc822
from rapport.channels.base import File, Item, Media, Report, Unreadable
from rapport.channels.mail import automatic, bounce, quoting, sanitising, token
from rapport.channels.rfc822 import BROKEN, Cautious, header, ids, people

NETWORK = "email"
MOST_PARTS = 200
MOST_FILES = 50
LONGEST_BODY = 1_000_000
LARGEST_FILE = 25 * 1024 * 1024
KEPT_RAW = 256 * 1024
"""Bytes of a mail that are kept as they came; of a larger one its head, for its files are kept as files."""
CUT = "[The mail has {} MB. Only its beginning was fetched; the rest is in the mailbox.]"


@dataclass(frozen=True)
class House:
    """What reading needs to know of the mailbox: its secret, the domain we send from, which addresses are ours, and
    whether this folder holds what we sent."""

    secret: str = ""
    domain: str = ""
    ours: frozenset[str] = frozenset()
    sent: bool = False


def read(raw: bytes, house: House, position: str, *, cut: int = 0) -> Item | Report | Unreadable:
    """What this mail is. ``cut``: it has so many bytes on the server, of which these are the beginning."""
    try:
        message = BytesParser(policy=Cautious()).parsebytes(raw)
        at = _moment(message)
        if bounce.is_report(message) and (report := bounce.read(message, NETWORK, at)):
            return report
        return _item(message, raw, house, at, cut)
    except RecursionError:
        return envelopes.unreadable(position, "Its parts are nested too deeply.", raw)
    except BROKEN as error:
        why = str(error) if type(error) is ValueError else "its MIME parts are broken"
        return envelopes.unreadable(position, f"{why[:1].upper()}{why[1:]}.", raw)


def _moment(message: Message) -> datetime | None:
    try:
        return rfc822.said_at(message, UTC)
    except ValueError:  # a date that cannot be read is no reason to lose a mail: it was said when it arrived
        return None


def _item(message: Message, raw: bytes, house: House, at: datetime | None, cut: int) -> Item:
    senders = people(message, "From") or people(message, "Sender") or people(message, "Return-Path")
    name, address = senders[0] if senders else ("", "")
    address = address.lower()
    body = _body(message)
    own, quoted = quoting.split(body.text)
    subject = header(message, "Subject")
    own_id = ids(message, "Message-ID")
    references, parent = ids(message, "References"), ids(message, "In-Reply-To")
    to = [one.lower() for _, one in people(message, "To") + people(message, "Cc") + people(message, "Delivered-To")]
    ours = house.sent or (address in house.ours and _vouched(message, address))
    key = token.found(house.secret, to, references) if not ours else ""
    note = (
        f"[The mail has {cut // 1_000_000} MB. Only its beginning was fetched; the rest is in the mailbox.]"
        if cut
        else ""
    )
    words = "\n\n".join(part for part in (own, note) if part) or subject or "(an empty mail)"
    envelope = envelopes.build(
        network=NETWORK,
        external_id=own_id[0] if own_id else rfc822.fingerprint(address, at, f"{subject}\n{body.text}"),
        author=address,
        name=name,
        text=words[:LONGEST_BODY],
        said_at=at,
        reply_to=_answers(key, house, parent, references),
        thread="" if key else references[0] if references else parent[0] if parent else "",
        subject=subject,
        mentions=to,
        participants=[one for one in dict.fromkeys(to) if one not in house.ours and one != address],
        public=False,
        direct=True,
        ours=ours,
        suspicions=() if ours else automatic.signs(message, address),
        quoted=quoted[:LONGEST_BODY],
        media=body.media,
    )
    kept = raw if len(raw) <= KEPT_RAW else raw[:KEPT_RAW]
    return Item(envelope, kept, files=body.files, html=body.rich)


def _answers(key: str, house: House, parent: list[str], references: list[str]) -> str:
    """The name of what this mail answers: our own answer that the token names, else what its head says."""
    if key:
        return f"{key}.rapport@{house.domain}"
    return parent[0] if parent else references[-1] if references else ""


def _vouched(message: Message, address: str) -> bool:
    """Does our own mail server say that this mail, which bears one of our addresses, is from our domain? Anybody may
    write any From; only the topmost of these headers is our server's."""
    said = header(message, "Authentication-Results").lower()
    domain = address.rpartition("@")[2]
    passes = "dmarc=pass" in said or ("dkim=pass" in said and f"header.d={domain}" in said)
    return bool(domain) and passes


class _Body(msgspec.Struct):
    text: str = ""
    rich: str = ""
    files: tuple[File, ...] = ()
    media: tuple[Media, ...] = ()


def _body(message: Message) -> _Body:
    """The words (plain, else of the HTML), the safe HTML, and the files in their order."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[File] = []
    for part in _parts(message):
        kind, named = part.get_content_type(), part.get_filename()
        if part.get_content_disposition() == "attachment" or named or not kind.startswith("text/"):
            if len(files) < MOST_FILES and (file := _file(part, kind)):
                files.append(file)
        elif kind == "text/html":
            rich.append(rfc822.decoded(part)[:LONGEST_BODY])
        elif kind == "text/plain":
            plain.append(rfc822.decoded(part)[:LONGEST_BODY])
    source = "\n".join(rich)
    text = "\n\n".join(plain).replace("\r\n", "\n").strip() or html.to_text(source)
    media = tuple(
        Media(kind=_kind(file.type), name=file.name, type=file.type, size=len(file.content), file=number)
        for number, file in enumerate(files, 1)
    )
    return _Body(text[:LONGEST_BODY], sanitising.sanitise(source) if source else "", tuple(files), media)


def _parts(message: Message) -> list[Message]:
    """The leaves, but not those of a mail inside this one: that is a file (its words are not this writer's)."""
    found: list[Message] = []
    stack = [message]
    while stack and len(found) < MOST_PARTS:
        part = stack.pop()
        payload = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack.extend(one for one in reversed(payload) if isinstance(one, Message))
        else:
            found.append(part)
    return found


def _file(part: Message, kind: str) -> File | None:
    if part.get_content_maintype() == "message":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
        content = inner.as_bytes() if inner is not None else b""
        name = (header(inner, "Subject") if inner is not None else "") or "message"
        name = f"{name[:80]}.eml"
    else:
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        name = _named(part)
    if not content or len(content) > LARGEST_FILE:
        return None
    return File(name=name, type=kind, content=content, cid=header(part, "Content-ID").strip("<> ")[:200])


def _named(part: Message) -> str:
    try:
        words = " ".join(str(part.get_filename() or "").split())
    except BROKEN:
        words = ""
    name = words.replace("\\", "/").rpartition("/")[2].strip(". ")
    return name[:150] or "file"


def _kind(type: str) -> Literal["image", "video", "audio", "file"]:
    match type.partition("/")[0]:
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
    return "file"
