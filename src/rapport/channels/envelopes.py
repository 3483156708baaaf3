"""The one place where a network's words become an :class:`Envelope`: cleaned, bounded, refused where they cannot be.

Bounds follow the columns that will hold them; a name may be shortened for reading, an identity may not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Required, TypedDict, Unpack

import msgspec

from rapport.channels.base import Author, Envelope, Followers, Media, Unreadable, Visibility
from rapport.channels.text import clean, one_line

UNKNOWN_AUTHOR = "unknown"
LONGEST_ID = 255
LONGEST_ADDRESS = 320
LONGEST_NAME = 200
LONGEST_SUBJECT = 300
LONGEST_URL = 1000
KEPT_OF_UNREADABLE = 64 * 1024
MOST_MENTIONS = 50
MOST_MEDIA = 20
LONGEST_ALT = 4_000
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
NETWORK = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?)")


class Said(TypedDict, total=False):
    """What a network says of one message, in its own words: the fields of an :class:`Envelope`, not yet looked at.

    ``author`` is the address, ``name`` and ``followers`` are of the same person. Where ``visibility`` is given, it says
    also whether the message is ``public``.
    """

    network: Required[str]
    external_id: Required[str]
    author: Required[str]
    text: Required[str]
    name: str
    followers: int | None
    said_at: datetime | None
    version: str
    reply_to: str
    thread: str
    subject: str
    url: str
    mentions: Iterable[str]
    public: bool
    direct: bool
    ours: bool | None
    deleted: bool
    rating: int | None
    assignee: str
    suspicions: tuple[str, ...]
    quoted: str
    media: Iterable[Media]
    visibility: Visibility
    content_warning: str
    language: str
    participants: Iterable[str]


def build(**said: Unpack[Said]) -> Envelope:
    """A valid envelope, or :class:`ValueError` with a sentence that says what is wrong with this one."""
    words, at = clean(said["text"]).strip(), said.get("said_at")
    media = tuple(_shown(one) for one in list(said.get("media", ()))[:MOST_MEDIA])
    author = _author(said)
    if not words and not said.get("deleted") and said.get("rating") is None and not media:
        raise ValueError("there is no text")
    visibility, language = said.get("visibility", ""), said.get("language", "")
    return Envelope(
        network=network_name(said["network"]),
        external_id=_named(said["external_id"]),
        author=author,
        text=words,
        said_at=None if at is None else at.astimezone(UTC),
        version=short_id(said.get("version", ""))[:80],
        reply_to=short_id(said.get("reply_to", "")),
        thread=short_id(said.get("thread", "")),
        subject=one_line(said.get("subject", ""), LONGEST_SUBJECT),
        url=web_address(said.get("url", "")),
        mentions=_lines(said.get("mentions", ()), 100),
        public=visibility in {"public", "unlisted"} if visibility else said.get("public", True),
        direct=said.get("direct", False),
        ours=said.get("ours"),
        deleted=said.get("deleted", False),
        rating=said.get("rating"),
        assignee=one_line(said.get("assignee", ""), LONGEST_NAME),
        suspicions=said.get("suspicions", ()),
        quoted=clean(said.get("quoted", "")).strip(),
        media=media,
        visibility=visibility,
        content_warning=one_line(said.get("content_warning", ""), LONGEST_SUBJECT),
        language=language if LANGUAGE.fullmatch(language) else "",
        participants=_lines(said.get("participants", ()), LONGEST_ADDRESS),
    )


def _author(said: Said) -> Author:
    address = one_line(said["author"], LONGEST_ADDRESS + 1).removeprefix("@")
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"the author is longer than {LONGEST_ADDRESS} characters")
    name = one_line(said.get("name", ""), LONGEST_NAME)
    return Author(address or UNKNOWN_AUTHOR, name, coarse(said.get("followers")))


def _named(external_id: str) -> str:
    name = short_id(external_id)
    if not name:
        raise ValueError("there is no id")
    return name


def _lines(words: Iterable[str], most: int) -> tuple[str, ...]:
    """Names of others, each on one line, as many as are kept."""
    return tuple(one for raw in list(words)[:MOST_MENTIONS] if (one := one_line(raw, most)))


def coarse(followers: int | None) -> Followers:
    """How many follow somebody, as it is kept. Below nothing (as servers write that hide it) nobody said."""
    if followers is None or followers < 0:
        return ""
    return (
        "few" if followers < 100 else "hundreds" if followers < 1_000 else "thousands" if followers < 10_000 else "many"
    )


def _shown(media: Media) -> Media:
    """A picture, film or sound as it may be kept: an address that a browser may follow, words that are bounded."""
    alt = clean(media.alt).strip()
    return msgspec.structs.replace(
        media,
        url=web_address(media.url),
        alt=alt if len(alt) <= LONGEST_ALT else f"{alt[: LONGEST_ALT - 1]}…",
        name=one_line(media.name, LONGEST_NAME),
        type=one_line(media.type, 100),
    )


def short_id(value: str) -> str:
    """The network's own id, clean and on one line; one that is too long becomes its hash, the same each time."""
    if not value:
        return ""
    name = " ".join(clean(value).split())
    return name if len(name) <= LONGEST_ID else f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def network_name(value: str) -> str:
    """Lower-case letters, digits, dot, dash, underscore; raises :class:`ValueError` for anything else."""
    name = value.strip().lower()
    if not NETWORK.fullmatch(name):
        raise ValueError("a network's name has at most 40 letters, digits, dots, dashes and underscores")
    return name


def web_address(value: str) -> str:
    """The address if a browser may follow it (http or https, no blanks, not endless), otherwise nothing."""
    url = clean(value).strip()
    fine = url.lower().startswith(("http://", "https://")) and len(url) <= LONGEST_URL and not re.search(r"\s", url)
    return url if fine else ""


def mentioned(text: str) -> tuple[str, ...]:
    """The handles a text tags (``@name``), without the sign, once each, in order; e-mail addresses are not handles."""
    return tuple(dict.fromkeys(MENTION.findall(text)))[:MOST_MENTIONS]


def unreadable(position: str, reason: str, raw: bytes) -> Unreadable:
    """A piece that could not be read; its bytes cut at 64 KB."""
    return Unreadable(position=position, reason=reason, raw=bytes(raw[:KEPT_OF_UNREADABLE]))
