"""What a Mastodon server says, as envelopes. Pure; any row that is no message raises ValueError with a sentence.

https://docs.joinmastodon.org/entities/Status/ and …/Notification/. A message is named by its ``uri``, which is the same
on every server (and in an archive of Mastodon); the ids of statuses are a server's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, cast

import msgspec

from rapport.channels import envelopes, html, moments
from rapport.channels.base import Envelope, Media, Visibility
from rapport.channels.loose import Row, count, many, part, word
from rapport.channels.mastodon.home import Home

NETWORK = "mastodon"
SPEAKING = frozenset({"mention", "status", "update", "quote", "quoted_update"})
SILENT = frozenset(
    {"favourite", "reblog", "follow", "follow_request", "poll", "admin.sign_up", "admin.report", "moderation_warning"}
    | {"severed_relationships", "annual_report", "pleroma:emoji_reaction", "emoji_reaction", "reaction", "move"}
    | {"added_to_collection", "collection_update"}
)
VISIBILITIES: Mapping[str, Visibility] = {
    "public": "public",
    "unlisted": "unlisted",
    "private": "followers",
    "direct": "direct",
}
KINDS: Mapping[str, str] = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
Parent = Callable[[str], str]
"""From a server's own id of a status to its uri; empty where nobody knows it."""


def rows(body: bytes) -> list[tuple[Row, bytes]]:
    """The objects of a list, each with its own bytes. Raises ValueError where it is no list of objects."""
    try:
        raws = msgspec.json.decode(body, type=list[msgspec.Raw])
        found = [(msgspec.json.decode(raw), bytes(raw)) for raw in raws]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("it is not the list that a Mastodon server gives") from error
    if not all(isinstance(row, dict) for row, _ in found):
        raise ValueError("it is not a list of objects")
    return found


def row(body: bytes | str) -> Row:
    """The one object that a body holds. Raises ValueError where it is none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("it is not the JSON that a Mastodon server gives") from error
    if not isinstance(found, dict):
        raise ValueError("it is not an object")
    return found


def spoken(notification: Row, home: Home) -> Row | None:
    """The status that a notification is about, where somebody said something; None for likes, follows and the like.

    A kind that nobody knows yet counts as words where its status is somebody else's.
    """
    kind, status = word(notification, "type"), part(notification, "status")
    if not status or kind in SILENT:
        return None
    return status if kind in SPEAKING or word(status, "account", "id") != home.id else None


def status(said: Row, home: Home, parent: Parent = lambda id: "") -> Envelope:
    """One status as an envelope. Raises ValueError."""
    account = part(said, "account")
    handle = home.full(word(account, "acct") or word(account, "username"))
    visibility = VISIBILITIES.get(word(said, "visibility"), "direct" if word(said, "visibility") else "public")
    ours = bool(home.id) and word(account, "id") == home.id
    mentions, spoken_to = _mentions(said, home)
    words = text(said)
    return envelopes.build(
        network=NETWORK,
        external_id=uri(said, home),
        author=handle or word(account, "url"),
        name=word(account, "display_name") or handle.partition("@")[0],
        followers=count(account, "followers_count"),
        text=words,
        said_at=moment(word(said, "created_at")),
        version=word(said, "edited_at"),
        reply_to=_answers(said, home, parent),
        url=word(said, "url") or word(said, "uri"),
        mentions=mentions,
        direct=not ours and (visibility == "direct" or (bool(home.id) and _to(said) == home.id)),
        ours=True if ours else None,
        visibility=visibility,
        content_warning=html.to_text(word(said, "spoiler_text")),
        language=word(said, "language"),
        media=media(said),
        participants=spoken_to,
    )


def uri(said: Row, home: Home) -> str:
    """What a status is called everywhere. A server that does not say it is asked by its own id."""
    id = word(said, "id")
    return word(said, "uri") or word(said, "url") or (f"https://{home.domain}/statuses/{id}" if id else "")


def text(said: Row) -> str:
    """The words of a status and, where it asks for a vote, what can be chosen."""
    pieces = [html.to_text(word(said, "content")) or word(said, "text")]
    pieces += [f"○ {word(option, 'title')}" for option in many(part(said, "poll"), "options")]
    return "\n".join(piece for piece in pieces if piece).strip()


def media(said: Row) -> tuple[Media, ...]:
    """The pictures, films and sounds of a status, with what their author says they show."""
    found = []
    for one in many(said, "media_attachments")[:20]:
        kind = cast(Literal["image", "video", "audio", "file"], KINDS.get(word(one, "type"), "file"))
        address = word(one, "url") or word(one, "remote_url")
        found.append(Media(kind=kind, url=address, alt=word(one, "description")))
    return tuple(found)


def gone(uri: str, author: str) -> Envelope:
    """A tombstone. Raises ValueError."""
    return envelopes.build(network=NETWORK, external_id=uri, author=author, text="", deleted=True)


def moment(written: str) -> datetime | None:
    """A time, None where a server wrote none that can be read."""
    try:
        return moments.read(written) if written else None
    except ValueError:
        return None


def groups(body: bytes) -> list[tuple[Row, bytes]]:
    """Grouped notifications (``/api/v2/notifications``) as plain ones, the newest first: words are never grouped."""
    answer = row(body)
    statuses = {word(one, "id"): one for one in many(answer, "statuses")}
    found: list[tuple[Row, bytes]] = []
    for group in many(answer, "notification_groups"):
        plain = {
            "id": word(group, "most_recent_notification_id") or word(group, "page_max_id"),
            "type": word(group, "type"),
            "created_at": word(group, "latest_page_notification_at"),
            "status": statuses.get(word(group, "status_id")),
        }
        found.append((plain, msgspec.json.encode(plain)))
    return found


def _to(said: Row) -> str:
    return word(said, "in_reply_to_account_id")


def _answers(said: Row, home: Home, parent: Parent) -> str:
    """What this answers; a quote of ours answers what it quotes."""
    if id := word(said, "in_reply_to_id"):
        return parent(id)
    quote = part(said, "quote")
    quoted = part(quote, "quoted_status") or (quote if word(quote, "content") else {})
    return uri(quoted, home) if quoted and word(quoted, "account", "id") == home.id else ""


def _mentions(said: Row, home: Home) -> tuple[list[str], tuple[str, ...]]:
    """Who is tagged (we ourselves also by our short name, by which a workspace may know itself), and whom an answer
    keeps."""
    tagged: list[str] = []
    others: list[str] = []
    for one in many(said, "mentions"):
        handle = home.full(word(one, "acct") or word(one, "username"))
        if not handle:
            continue
        tagged.append(handle)
        if word(one, "id") == home.id:
            tagged.append(home.acct)
        else:
            others.append(handle)
    return list(dict.fromkeys(tagged)), tuple(dict.fromkeys(others))[: envelopes.MOST_MENTIONS]


def encoded(said: Row) -> bytes:
    """A row's bytes, where it came inside of another."""
    return msgspec.json.encode(said)
