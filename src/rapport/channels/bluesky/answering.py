"""Answering on the network: a post, a thread of posts, a like; each under a name that follows from what is asked.

The record's key is made of the answer's idempotency key. ``putRecord`` with ``swapRecord: null`` writes only where no
record of that name is, and ``applyWrites`` writes all posts of a thread or none: the same answer twice is one answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rapport.channels import dimensions
from rapport.channels.base import ChannelError, File, Handle, Outgoing, Takes
from rapport.channels.bluesky import compose, facets, looking, parse, tid
from rapport.channels.bluesky.compose import LIKE, POST, Ref, Reply, Write
from rapport.channels.bluesky.cursor import stamp
from rapport.channels.bluesky.fields import many, part, row, word
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError
from rapport.channels.carrying import must_take, pieces
from rapport.channels.sniffing import PICTURES

TAKES = Takes(most=4, types=PICTURES, bytes=1_000_000, alt=2_000)
"""app.bsky.embed.images; a picture that is larger is refused by its very record."""
MOST_MENTIONS = 10
DELETED = "The post that this answers was deleted on Bluesky. Nothing was sent."
BLOCKED = "On Bluesky one of the two sides has blocked the other: the answer would not be seen there. Nothing was sent."


def send(session: Session, outgoing: Outgoing) -> Handle:
    """Leave the answer there, once. Raises ChannelError; ``unknown`` where nobody can say whether it is there."""
    how = outgoing.manner
    texts = compose.must_fit(outgoing.text, in_parts=how.split)
    reply = _reply(session, outgoing.in_reply_to) if outgoing.in_reply_to else None
    dids = resolved(session, outgoing.text)
    embed = _pictures(session, how.files)
    languages = [how.language] if how.language else []
    created = stamp(datetime.now(UTC))
    writes = compose.thread(
        texts, outgoing.idempotency_key, session.did, created, dids=dids, languages=languages, reply=reply, embed=embed
    )
    try:
        return _put(session, writes[0]) if len(writes) == 1 else _put_all(session, writes)
    except XrpcError as error:
        # It may be there already, written a moment earlier: putRecord says so, applyWrites fails (500).
        if (error.code == "InvalidSwap" or error.unknown) and _surely(session, writes[0].rkey):
            return _handle(session, *(one.rkey for one in writes))
        raise


def _surely(session: Session, rkey: str) -> bool:
    """Is the post there, which may be? Where that cannot be looked up now, it stays unknown."""
    try:
        return _exists(session, POST, rkey)
    except ChannelError as error:
        raise ChannelError(error.message, unknown=True, retry_after=error.retry_after) from error


def find(session: Session, key: str, count: int = 1) -> Handle | None:
    """The answer with this idempotency key, of so many posts, if it is there. Raises ChannelError."""
    rkeys = [tid.tid(key, part) for part in range(count)]
    return _handle(session, *rkeys) if _exists(session, POST, rkeys[0]) else None


def unsend(session: Session, uri: str) -> None:
    """Delete our post, and what else belongs to the same answer."""
    did, collection, rkey = parse.split(uri)
    if did != session.did or collection != POST:
        raise ChannelError("This was not said by this account: it cannot be taken back here.", permanent=True)
    keys = [rkey]
    while len(keys) < 20 and _exists(session, POST, more := tid.further(rkey, len(keys))):
        keys.append(more)
    for one in reversed(keys):
        session.post("com.atproto.repo.deleteRecord", {"repo": did, "collection": POST, "rkey": one})
    if _exists(session, POST, rkey):
        raise _no_word(unknown=True)


def like(session: Session, uri: str, *, on: bool) -> None:
    """Like a post, once; or take the like back."""
    rkey = tid.tid(f"like:{uri}")
    if not on:
        session.post("com.atproto.repo.deleteRecord", {"repo": session.did, "collection": LIKE, "rkey": rkey})
        return
    subject = _ref(session, uri)[0]
    record = {"$type": LIKE, "subject": subject.plain(), "createdAt": stamp(datetime.now(UTC))}
    if not _exists(session, LIKE, rkey):
        _put(session, Write(rkey, record), LIKE)


def resolved(session: Session, text: str) -> dict[str, str]:
    """Who the handles in our words are. One that nobody has stays plain words."""
    dids: dict[str, str] = {}
    for handle in facets.handles(text)[:MOST_MENTIONS]:
        try:
            did = word(row(session.get("com.atproto.identity.resolveHandle", handle=handle)), "did")
        except XrpcError as error:
            if not error.permanent:
                raise
            continue
        except ValueError:
            continue
        if did.startswith("did:"):
            dids[handle] = did
    return dids


def _reply(session: Session, uri: str) -> Reply:
    parent, record = _ref(session, uri)
    root = part(record, "reply", "root")
    uri, cid = word(root, "uri"), word(root, "cid")
    return Reply(Ref(uri, cid) if uri and cid else parent, parent)


def _ref(session: Session, uri: str) -> tuple[Ref, Any]:
    """The post as it stands now, and its record. Raises a permanent ChannelError where it is gone or closed to us."""
    try:
        parse.split(uri)
    except ValueError as error:
        raise ChannelError("This is no post on Bluesky: it cannot be answered there.", permanent=True) from error
    shown = looking.shown(session, uri)
    if shown is None:
        raise ChannelError(DELETED if looking.fate(session, uri) == "gone" else BLOCKED, permanent=True)
    found = row(shown)
    if parse.closed_to_us(found):
        raise ChannelError(BLOCKED, permanent=True)
    return Ref(uri, word(found, "cid")), part(found, "record")


def _pictures(session: Session, files: tuple[File, ...]) -> dict[str, Any] | None:
    """The embed with our pictures, uploaded. Uploading alone publishes nothing."""
    if not files:
        return None
    must_take(TAKES, pieces(files))
    images = []
    for file in files:
        try:
            blob = part(row(session.upload(file.type, file.content)), "blob")
        except ValueError as error:
            raise ChannelError("Bluesky took a picture and did not say under which name. Nothing was sent.") from error
        except ChannelError as error:
            error.unknown = False  # only the picture is in doubt, and alone it is nothing
            raise
        images.append({"image": dict(blob), "alt": file.alt} | _shape(file.content))
    return {"$type": "app.bsky.embed.images", "images": images}


def _shape(content: bytes) -> dict[str, Any]:
    """Its width and height, so that a reader's page keeps the room for it; nothing where they cannot be told."""
    found = dimensions.of(content)
    return {"aspectRatio": {"width": found[0], "height": found[1]}} if found else {}


def _put(session: Session, write: Write, collection: str = POST) -> Handle:
    body = {
        "repo": session.did,
        "collection": collection,
        "rkey": write.rkey,
        "record": write.record,
        "swapRecord": None,
    }
    answer = session.post("com.atproto.repo.putRecord", body)
    if _named(answer) != _uri(session, collection, write.rkey):
        raise _no_word(unknown=True)
    return _handle(session, write.rkey)


def _put_all(session: Session, writes: list[Write]) -> Handle:
    made = [
        {"$type": "com.atproto.repo.applyWrites#create", "collection": POST, "rkey": one.rkey, "value": one.record}
        for one in writes
    ]
    answer = session.post("com.atproto.repo.applyWrites", {"repo": session.did, "writes": made})
    if _all_named(answer) != [_uri(session, POST, one.rkey) for one in writes]:  # old servers name nothing: looked up
        raise _no_word(unknown=True)
    return _handle(session, *(one.rkey for one in writes))


def _exists(session: Session, collection: str, rkey: str) -> bool:
    try:
        answer = session.get("com.atproto.repo.getRecord", repo=session.did, collection=collection, rkey=rkey)
    except XrpcError as error:
        if error.code == "RecordNotFound":
            return False
        raise
    if _named(answer) != _uri(session, collection, rkey):
        raise _no_word(unknown=False)
    return True


def _named(answer: bytes) -> str:
    """The record that an answer speaks of; empty where it speaks of none, as a page of a proxy does."""
    try:
        return word(row(answer), "uri")
    except ValueError:
        return ""


def _all_named(answer: bytes) -> list[str]:
    try:
        return [word(one, "uri") for one in many(row(answer), "results")]
    except ValueError:
        return []


def _no_word(*, unknown: bool) -> XrpcError:
    return XrpcError("Bluesky's answer says nothing of our post.", code="", answered=200, unknown=unknown)


def _uri(session: Session, collection: str, rkey: str) -> str:
    return f"at://{session.did}/{collection}/{rkey}"


def _handle(session: Session, *rkeys: str) -> Handle:
    """Of the posts of one answer, in order."""
    first, *further = (_uri(session, POST, rkey) for rkey in rkeys)
    return Handle(external_id=first, url=parse.page(first), further=tuple(further))
