"""What a visitor said in the chat, as an envelope; or why not, in a sentence, with her words kept where she wrote. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from rapport.channels import envelopes, stamp, suspicion
from rapport.channels.addressing import origin
from rapport.channels.base import ChannelError, File, Item, Media, Settings
from rapport.channels.chat.asking import Chat, chat_of
from rapport.channels.chat.visitor import Visitor
from rapport.channels.sniffing import PICTURES, type_of
from rapport.channels.text import clean, one_line
from rapport.net.sentence import Sentence

NETWORK = "chat"
LONGEST = 5_000
LONGEST_NAME = 80
MOST_FILES = 3
MOST_BYTES = 5_000_000
"""Of one file."""
TAKEN = (*PICTURES, "application/pdf")
OPEN_FOR = timedelta(days=7)
"""How long a page may stand open before its first message."""
_encode = msgspec.json.Encoder().encode
EMPTY = Sentence("Write a few words first.")
STALE = Sentence("This page stood open for a long time. Your words are kept and sent again.")
NAMELESS = Sentence("This message has no name of its own. Reload the page, then send it again.")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the page sends. ``once`` names the message, so that it may be sent until it is known to have come;
    ``stamp`` came with the page, and begins a talk."""

    text: str = ""
    once: str = ""
    stamp: str = ""
    page: str = ""
    name: str = ""


@dataclass(frozen=True)
class Who:
    """Whose turn it is, in which talk; ``marks`` are the signs of a machine."""

    thread: str
    address: str
    name: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """Accepted: the item for the line, and the name of its talk."""

    item: Item
    thread: str


def said(body: bytes) -> Said:
    """A message as JSON. Raises a permanent ChannelError."""
    try:
        return msgspec.json.decode(body, type=Said)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ChannelError(
            "This is no message of a chat: JSON with “text”, “once” and “stamp”.", permanent=True
        ) from error


def begin(
    settings: Settings,
    given: Said,
    now: datetime,
    repeats: int = 0,
    visitor: Visitor | None = None,
    files: tuple[File, ...] = (),
) -> Taken:
    """The first words of a talk. Raises ChannelError; with status 409 where the page needs a new stamp and may then
    send the same again. ``repeats``: how often these very words came before, which only the caller can know."""
    secret = settings.get("secret", "")
    found = stamp.read(given.stamp, secret)
    if found is None or now - found.at > OPEN_FOR or found.at > now + timedelta(minutes=1):
        raise ChannelError(STALE, status=409)
    thread = identify(found.nonce)
    _judge(given, files)
    marks = suspicion.marks(
        {"name": given.name, "text": given.text}, trapped=False, hurried=found.too_fast(now), repeats=repeats
    )
    address, name = called(thread, given.name, visitor)
    return Taken(_item(chat_of(settings), given, now, Who(thread, address, name, marks), files), thread)


def go_on(settings: Settings, given: Said, now: datetime, who: Who, files: tuple[File, ...] = ()) -> Taken:
    """A further turn of a talk that began before. Raises ChannelError."""
    _judge(given, files)
    return Taken(_item(chat_of(settings), given, now, who, files), who.thread)


def judged(name: str, content: bytes) -> File:
    """A file that a visitor sent. Raises ChannelError for what is no picture and no PDF, or too large."""
    label = one_line(name.replace("\\", "/").rpartition("/")[2], 120) or "file"
    if len(content) > MOST_BYTES:
        raise ChannelError(Sentence("“%(name)s” has more than 5 MB.", name=label), status=413)
    if (type := type_of(content)) not in TAKEN:
        raise ChannelError(Sentence("“%(name)s” is neither a picture nor a PDF file.", name=label), status=415)
    return File(name=label, type=type, content=content)


def called(thread: str, name: str = "", visitor: Visitor | None = None) -> tuple[str, str]:
    """(address, name) of whoever is on the other side of a talk: a stranger has both from the talk itself."""
    mark = hashlib.sha256(thread.encode()).hexdigest()[:12]
    chosen = (visitor and visitor.name) or one_line(name, LONGEST_NAME) or f"Visitor {mark[:4].upper()}"
    return (visitor.address if visitor else f"visitor-{mark}"), chosen


def identify(*parts: str) -> str:
    """A name of 128 bits that nobody can guess who did not have the parts."""
    digest = hashlib.sha256("\x00".join(("chat", *parts)).encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def page_of(chat: Chat, page: str) -> str:
    """The page somebody wrote on: of the websites that may show the chat only, and without its query unless wished."""
    try:
        parts = urlsplit(envelopes.web_address(page))
        here = origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return ""
    if not here or here not in chat.origins:
        return ""
    query = f"?{parts.query}" if chat.whole and parts.query else ""
    return envelopes.web_address(f"{here}{parts.path}{query}")


def _judge(given: Said, files: tuple[File, ...]) -> None:
    words = clean(given.text).strip()
    if not words and not files:
        raise ChannelError(EMPTY, status=422)
    if len(words) > LONGEST:
        raise ChannelError(
            Sentence("At most %(most)s characters fit here; this has %(n)s.", most=LONGEST, n=len(words)), status=422
        )
    if not 8 <= len(given.once) <= 80:
        raise ChannelError(NAMELESS, status=422)


def _item(chat: Chat, given: Said, now: datetime, who: Who, files: tuple[File, ...]) -> Item:
    words = clean(given.text).strip()
    envelope = envelopes.build(
        network=NETWORK,
        external_id=identify(who.thread, given.once, words),
        author=who.address,
        name=who.name,
        text=words,
        said_at=now,
        thread=who.thread,
        url=page_of(chat, given.page),
        public=False,
        direct=True,
        ours=False,
        suspicions=who.marks,
        media=tuple(_medium(one, number) for number, one in enumerate(files, 1)),
    )
    return Item(envelope, _encode(msgspec.structs.replace(given, stamp="")), files)


def _medium(file: File, number: int) -> Media:
    kind: Literal["image", "file"] = "image" if file.type in PICTURES else "file"
    return Media(kind=kind, name=file.name, type=file.type, size=len(file.content), file=number)
