"""The one place where a network's words become an :class:`Envelope`: cleaned, bounded, refused where they cannot be.

Bounds follow the columns that will hold them; a name may be shortened for reading, an identity may not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

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


def build(
    *,
    network: str,
    external_id: str,
    author: str,
    text: str,
    name: str = "",
    followers: int | None = None,
    said_at: datetime | None = None,
    version: str = "",
    reply_to: str = "",
    thread: str = "",
    subject: str = "",
    url: str = "",
    mentions: Iterable[str] = (),
    public: bool = True,
    direct: bool = False,
    ours: bool | None = None,
    deleted: bool = False,
    rating: int | None = None,
    assignee: str = "",
    suspicions: tuple[str, ...] = (),
    quoted: str = "",
    media: Iterable[Media] = (),
    visibility: Visibility = "",
    content_warning: str = "",
    language: str = "",
    participants: Iterable[str] = (),
) -> Envelope:
    """A valid envelope, or :class:`ValueError` with a sentence that says what is wrong with this one.

    Where ``visibility`` is given, it says also whether the message is ``public``.
    """
    address = one_line(author, LONGEST_ADDRESS + 1).removeprefix("@")
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"the author is longer than {LONGEST_ADDRESS} characters")
    words = clean(text).strip()
    pictures = tuple(_shown(one) for one in list(media)[:MOST_MEDIA])
    if not words and not deleted and rating is None and not pictures:
        raise ValueError("there is no text")
    identity = short_id(external_id)
    if not identity:
        raise ValueError("there is no id")
    return Envelope(
        network=network_name(network),
        external_id=identity,
        author=Author(address or UNKNOWN_AUTHOR, one_line(name, LONGEST_NAME), coarse(followers)),
        text=words,
        said_at=None if said_at is None else said_at.astimezone(UTC),
        version=short_id(version)[:80],
        reply_to=short_id(reply_to),
        thread=short_id(thread),
        subject=one_line(subject, LONGEST_SUBJECT),
        url=web_address(url),
        mentions=tuple(mention for raw in list(mentions)[:MOST_MENTIONS] if (mention := one_line(raw, 100))),
        public=visibility in {"public", "unlisted"} if visibility else public,
        direct=direct,
        ours=ours,
        deleted=deleted,
        rating=rating,
        assignee=one_line(assignee, LONGEST_NAME),
        suspicions=suspicions,
        quoted=clean(quoted).strip(),
        media=pictures,
        visibility=visibility,
        content_warning=one_line(content_warning, LONGEST_SUBJECT),
        language=language if LANGUAGE.fullmatch(language) else "",
        participants=tuple(
            one for raw in list(participants)[:MOST_MENTIONS] if (one := one_line(raw, LONGEST_ADDRESS))
        ),
    )


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
