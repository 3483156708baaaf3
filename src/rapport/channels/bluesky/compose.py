"""Our words as the records of the network: one post, or a thread of several whose names are known before it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libipld

from rapport.channels import lengths
from rapport.channels.base import ChannelError, Limit, Outgoing, Showing, Shown
from rapport.channels.bluesky import facets, splitting, tid
from rapport.channels.bluesky.splitting import BYTES, GRAPHEMES

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"


@dataclass(frozen=True)
class Ref:
    """A record by its address and the hash of what it says."""

    uri: str
    cid: str

    def plain(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True)
class Reply:
    """Where an answer hangs: the post that began the thread, and the one that is answered."""

    root: Ref
    parent: Ref

    def plain(self) -> dict[str, dict[str, str]]:
        return {"root": self.root.plain(), "parent": self.parent.plain()}


@dataclass(frozen=True)
class Write:
    """One record to be made."""

    rkey: str
    record: Mapping[str, Any]


def must_fit(text: str, *, in_parts: bool) -> list[str]:
    """The posts that this text becomes. Raises a permanent :class:`ChannelError` where it is empty or too long."""
    if not text.strip():
        raise ChannelError("There is nothing to send: the text is empty.", permanent=True)
    if in_parts:
        return splitting.parts(text)
    if not splitting.fits(text):
        lengths.must_fit(text, Limit(GRAPHEMES, "graphemes"))
        lengths.must_fit(text, Limit(BYTES, "bytes"))
    return [text.strip()]


def post(
    text: str,
    created_at: str,
    *,
    dids: Mapping[str, str],
    languages: Sequence[str] = (),
    reply: Reply | None = None,
    embed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One post. ``created_at`` is ISO 8601 in UTC; ``dids`` says who the handles in it are."""
    record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": created_at}
    if found := facets.facets(text, facets.found(text, dids)):
        record["facets"] = found
    if languages:
        record["langs"] = list(languages)[:3]
    if reply is not None:
        record["reply"] = reply.plain()
    if embed:
        record["embed"] = dict(embed)
    return record


def showing(outgoing: Outgoing, known_as: Sequence[str]) -> Showing:
    """The posts as they will stand there. Whether a handle is somebody's is known only when it is sent."""
    how = outgoing.manner
    parts = []
    for text in must_fit(outgoing.text, in_parts=how.split):
        marked = facets.found(text, dict.fromkeys(facets.handles(text), "did:"))
        parts.append(Shown(text, tuple((one.start, one.end) for one in marked)))
    return Showing(
        parts=tuple(parts),
        sender="".join(f"@{handle}" for handle in known_as[:1]),
        visibility="public" if outgoing.public else "direct",
        language=how.language,
    )


def thread(
    texts: Sequence[str],
    key: str,
    did: str,
    created_at: str,
    *,
    dids: Mapping[str, str],
    languages: Sequence[str] = (),
    reply: Reply | None = None,
    embed: Mapping[str, Any] | None = None,
) -> list[Write]:
    """The records of one answer, each hanging on the one before; pictures go with the first."""
    writes: list[Write] = []
    for part, text in enumerate(texts):
        record = post(text, created_at, dids=dids, languages=languages, reply=reply, embed=embed if part == 0 else None)
        rkey = tid.tid(key, part)
        writes.append(Write(rkey, record))
        if part + 1 < len(texts):
            here = Ref(f"at://{did}/{POST}/{rkey}", cid(record))
            reply = Reply(reply.root if reply else here, here)
    return writes


def cid(record: Any) -> str:
    """The network's name for these very words: CIDv1, dag-cbor, sha-256 (https://atproto.com/specs/data-model)."""
    digest = hashlib.sha256(libipld.encode_dag_cbor(_links(record))).digest()
    return str(libipld.encode_cid(b"\x01\x71\x12\x20" + digest))


def _links(value: Any) -> Any:
    """``{"$link": cid}`` of JSON as the bytes that libipld writes as a link."""
    if isinstance(value, Mapping):
        if set(value) == {"$link"}:
            return _bytes(value["$link"])
        return {name: _links(one) for name, one in value.items()}
    return [_links(one) for one in value] if isinstance(value, list) else value


def _bytes(cid: str) -> bytes:
    known = libipld.decode_cid(cid)
    return bytes([known["version"], known["codec"], known["hash"]["code"], known["hash"]["size"]]) + bytes(
        known["hash"]["digest"]
    )
