"""Frames of Jetstream: what every account on the network does, one JSON object each. Pure.

https://github.com/bluesky-social/jetstream, ``/subscribe`` (frozen wire form). A frame is looked at as bytes first, then
read as far as it must be; only what is about one of our topics becomes an envelope.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from rapport.channels.base import Envelope, Item, Unreadable
from rapport.channels.bluesky import parse
from rapport.channels.bluesky.compose import POST
from rapport.channels.bluesky.fields import Row, many, part, row, word
from rapport.channels.bluesky.topics import Topics

BLOCK = "app.bsky.graph.block"
_POST, _BLOCK, _DELETE = POST.encode(), BLOCK.encode(), b'"delete"'
KEPT = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Commit(msgspec.Struct):
    """One change of somebody's repository."""

    operation: str = ""
    collection: str = ""
    rkey: str = ""
    rev: str = ""
    cid: str = ""
    record: msgspec.Raw = msgspec.Raw(b"{}")


class Frame(msgspec.Struct):
    """One event; ``time_us`` is microseconds since 1970 on the clock of the server that is listened to."""

    did: str = ""
    time_us: int = 0
    kind: str = ""
    commit: Commit | None = None


class Said(msgspec.Struct):
    """The part of a post that can be about something; most have a text alone."""

    text: str = ""
    facets: msgspec.Raw = msgspec.Raw()
    embed: msgspec.Raw = msgspec.Raw()
    tags: msgspec.Raw = msgspec.Raw()


_read = msgspec.json.Decoder(Frame).decode
_said = msgspec.json.Decoder(Said).decode


@dataclass
class Ear:
    """What is listened for, who is shut out by a block, and how far the stream has been heard.

    ``us`` is our account's DID, where there is one: who tags us, answers us or quotes us is heard without any topic.
    """

    topics: Topics
    us: str = ""
    shut: dict[str, str] = field(default_factory=dict)
    """Accounts that one side has blocked: the block's address, by the DID of the other side."""
    time_us: int = 0
    seen: int = 0
    passed: int = 0
    """Posts that were about none of our topics."""
    items: list[Item] = field(default_factory=list)
    gone: list[Item] = field(default_factory=list)
    kept: dict[str, None] = field(default_factory=dict)
    """Addresses of what was found lately, the newest last: their deletions are no strangers'."""
    unreadable: list[Unreadable] = field(default_factory=list)

    def hear(self, raw: bytes) -> None:
        """One frame. What is about us or a topic is in ``items``, what was deleted in ``gone``; nothing is raised."""
        self.seen += 1
        post = _POST in raw
        if not post and not (self.us and _BLOCK in raw):
            self._only_time(raw)
            return
        try:
            frame = _read(raw)
            if frame.kind == "commit" and frame.commit is not None:
                self._commit(frame, frame.commit, raw)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, ValueError, RecursionError) as error:
            why = error if _plain(error) else ValueError("the frame is no JSON of the form that was expected")
            self.unreadable.append(parse.unreadable("stream", why, bytes(raw)))
            return
        self.time_us = max(self.time_us, frame.time_us)

    def _only_time(self, raw: bytes) -> None:
        """A frame of no interest still tells how late it is; every hundredth is asked."""
        if self.seen % 100 == 0:
            try:
                self.time_us = max(self.time_us, _read(raw).time_us)
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, RecursionError):
                return

    def _commit(self, frame: Frame, commit: Commit, raw: bytes) -> None:
        if commit.collection == POST and commit.operation == "delete":
            self._deleted(f"at://{frame.did}/{POST}/{commit.rkey}", commit.rev, raw)
        elif commit.collection == POST and commit.operation in {"create", "update"}:
            self._post(frame, commit, raw)
        elif commit.collection == BLOCK and self.us:
            self._block(frame, commit)

    def _post(self, frame: Frame, commit: Commit, raw: bytes) -> None:
        about_us = bool(self.us) and self.us.encode() in raw
        if (not about_us and not self.topics.find(_hay(commit.record))) or frame.did in self.shut:
            self.passed += 1
        else:
            record = row(commit.record)
            item = Item(_envelope(frame, commit, record, self.us), bytes(raw))
            self.items.append(item)
            self.kept[item.envelope.external_id] = None
            if len(self.kept) > KEPT:
                del self.kept[next(iter(self.kept))]

    def _deleted(self, uri: str, rev: str, raw: bytes) -> None:
        """A post is gone: surely ours to bury where it was found lately, else perhaps."""
        item = Item(parse.gone(uri, rev), bytes(raw))
        if uri in self.kept:
            self.items.append(item)
        else:
            self.gone.append(item)

    def _block(self, frame: Frame, commit: Commit) -> None:
        """One side has shut the other out, or opened again: from now on, or no longer."""
        uri = f"at://{frame.did}/{BLOCK}/{commit.rkey}"
        if commit.operation == "delete":
            self.shut = {did: by for did, by in self.shut.items() if by != uri}
            return
        subject = word(row(commit.record), "subject")
        if frame.did == self.us and subject:
            self.shut[subject] = uri
        elif subject == self.us:
            self.shut[frame.did] = uri


def _hay(record: msgspec.Raw) -> str:
    """What a post is looked through for; only one with more than a text is read whole."""
    said = _said(record)
    return words(row(record)) if said.embed or said.facets or said.tags else said.text


def words(record: Row) -> str:
    """All words of a post by which it may be about something: its text, its links, its card, what its pictures show."""
    embed = part(record, "embed")
    return "\n".join(filter(None, [word(record, "text"), *_links(record), *_card(embed), *_card(part(embed, "media"))]))


def _links(record: Row) -> Iterator[str]:
    for facet in many(record, "facets"):
        for feature in many(facet, "features"):
            yield word(feature, "uri")
    tags = record.get("tags")
    yield from (tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _card(embed: Row) -> Iterator[str]:
    for name in ("uri", "title", "description"):
        yield word(embed, "external", name)
    for image in many(embed, "images"):
        yield word(image, "alt")


def _envelope(frame: Frame, commit: Commit, record: Row, us: str) -> Envelope:
    seen = EPOCH + timedelta(microseconds=frame.time_us) if 0 < frame.time_us < 4_000_000_000_000_000 else None
    quoted = bool(us) and _quotes(record).startswith(f"at://{us}/")
    return parse.post(
        f"at://{frame.did}/{POST}/{commit.rkey}",
        commit.cid,
        record,
        us,
        did=frame.did,
        indexed=seen,
        asked=quoted and frame.did != us,
    )


def _quotes(record: Row) -> str:
    return word(record, "embed", "record", "uri") or word(record, "embed", "record", "record", "uri")


def _plain(error: Exception) -> bool:
    return isinstance(error, ValueError) and not isinstance(error, msgspec.MsgspecError | UnicodeError)
