"""Home: who we are on a server, and what that server takes. Pure: read from its own words, kept with the session."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from rapport.channels.base import Limit, Takes
from rapport.channels.loose import Row, many, part, word

LIMIT, URL_LENGTH, MOST_MEDIA, ALT = 500, 23, 4, 1_500
"""What Mastodon takes where a server does not say."""
KEPT = "session_home"


class Home(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``domain`` completes the handles of the server's own people; ``streaming`` is where its streams are served."""

    id: str = ""
    acct: str = ""
    domain: str = ""
    software: str = ""
    streaming: str = ""
    characters: int = LIMIT
    url_length: int = URL_LENGTH
    most_media: int = MOST_MEDIA
    image_bytes: int = 0
    """0 where the server does not say."""
    video_bytes: int = 0
    alt: int = ALT
    types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    read_at: datetime | None = None

    @property
    def address(self) -> str:
        return self.full(self.acct)

    @property
    def limit(self) -> Limit:
        """As StatusLengthValidator counts: graphemes, web addresses alike, handles without their server."""
        return Limit(self.characters, "graphemes", self.url_length, short_handles=True)

    @property
    def takes(self) -> Takes:
        """What one status takes along. What is no picture is bounded as films are, and goes alone."""
        bound = self.video_bytes or Takes(most=0).bytes
        return Takes(
            most=self.most_media, types=self.types, bytes=bound, picture_bytes=self.image_bytes, alt=self.alt, mixed=False
        )  # fmt: skip

    def full(self, acct: str) -> str:
        """A handle with its server, which its own server leaves out."""
        acct = acct.strip().removeprefix("@")
        return acct if "@" in acct or not acct or not self.domain else f"{acct}@{self.domain}"


def of(account: Row, instance: Row, base: str, now: datetime) -> Home:
    """From ``verify_credentials`` and from ``/api/v2/instance`` or, on older servers, ``/api/v1/instance``."""
    configuration = part(instance, "configuration")
    statuses, media = part(configuration, "statuses"), part(configuration, "media_attachments")
    host = base.partition("://")[2]
    domain = word(instance, "domain") or _host(word(instance, "uri")) or host
    streams = word(configuration, "urls", "streaming") or word(instance, "urls", "streaming_api")
    known = media.get("supported_mime_types")
    most = statuses.get("max_characters") or instance.get("max_toot_chars")
    return Home(
        id=word(account, "id"),
        acct=word(account, "acct") or word(account, "username"),
        domain=domain.lower(),
        software=word(instance, "version")[:60],
        streaming=_http(streams),
        characters=_number(most, LIMIT, 20, 1_000_000),
        url_length=_number(statuses.get("characters_reserved_per_url"), URL_LENGTH, 1, 2_000),
        most_media=_number(statuses.get("max_media_attachments"), MOST_MEDIA, 0, 100),
        image_bytes=_number(media.get("image_size_limit"), 0, 1_000, 10**10),
        video_bytes=_number(media.get("video_size_limit"), 0, 1_000, 10**10),
        alt=_number(media.get("description_limit"), ALT, 0, 100_000),
        types=tuple(str(kind) for kind in known if isinstance(kind, str))[:60] if isinstance(known, list) else (),
        languages=tuple(word(one, "code") for one in many(instance, "languages"))[:20],
        read_at=now,
    )


def kept(settings: object) -> Home | None:
    """What was kept with the session; None where nothing was, or where it cannot be read any more."""
    try:
        return msgspec.json.decode(settings if isinstance(settings, str | bytes) else b"", type=Home)
    except (msgspec.DecodeError, UnicodeError):
        return None


def _host(uri: str) -> str:
    """What a server says its name is: v1 of its API writes it bare, some relatives as an address."""
    if "://" not in uri:
        return uri.strip("/")
    try:
        return urlsplit(uri).netloc
    except ValueError:
        return ""


def _http(address: str) -> str:
    """A WebSocket address as the one where the same streams are served as events."""
    for socket, plain in (("wss://", "https://"), ("ws://", "http://")):
        if address.startswith(socket):
            address = plain + address.removeprefix(socket)
    return address.rstrip("/") if address.startswith(("https://", "http://")) else ""


def _number(value: object, usual: int, least: int, most: int) -> int:
    sane = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    return value if sane and isinstance(value, int) else usual
