"""ActivityStreams 2.0: Mastodon's archive (``outbox.json``) and any collection of activities or notes.

https://www.w3.org/TR/activitystreams-core/ and https://docs.joinmastodon.org/spec/activitypub/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from rapport.channels import envelopes, html
from rapport.channels.base import Envelope
from rapport.channels.files.exports.export import Context, Export, Owner, Row, many, part, word, words
from rapport.channels.files.piece import Piece

NETWORK = "mastodon"
SPOKEN = frozenset({"Note", "Article", "Question", "Page"})
ACTIVITIES = frozenset(
    {"Create", "Announce", "Update", "Delete", "Like", "Follow", "Undo", "Accept", "Reject", "Add", "Remove", "Block"}
)
PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})


def claims(row: Row, list: str) -> bool:
    """An activity with its actor, or a note with its writer."""
    kind = word(row, "type")
    return (kind in ACTIVITIES and "actor" in row) or (kind in SPOKEN | {"Tombstone"} and "id" in row and (
        "attributedTo" in row or "content" in row or kind == "Tombstone"
    ))  # fmt: skip


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """One piece. Boosts, likes and follows are passed over: nobody said anything."""
    kind = word(row, "type")
    said = part(row, "object") if kind in {"Create", "Update", "Delete"} else row
    if kind == "Delete" or word(said, "type") == "Tombstone":
        yield Piece(whole.position, whole.raw, make=partial(_gone, row, said, context))
    elif word(said, "type") in SPOKEN:
        yield Piece(whole.position, whole.raw, make=partial(_note, row, said, context))
    else:
        yield Piece(whole.position, whole.raw, passed=True)


def owner(actor: Row) -> Owner:
    """Whose archive it is, from its ``actor.json``."""
    return Owner(handle(word(actor, "id"), word(actor, "preferredUsername")), word(actor, "id"), word(actor, "name"))


def handle(actor: str, username: str = "") -> str:
    """``https://social.example/users/ann`` as ``ann@social.example``; what is no such address stays as it is."""
    try:
        parts = urlsplit(actor)
        host = parts.hostname or ""
    except ValueError:
        return actor
    name = username or parts.path.rstrip("/").rpartition("/")[2].removeprefix("@")
    return f"{name}@{host}" if host and name else actor


def _writer(row: Row, said: Row) -> str:
    """The actor's address: of the note, else of the activity; either may be an object or a list."""
    for source, name in ((said, "attributedTo"), (row, "actor")):
        if found := word(source, name) or word(source, name, "id"):
            return found
    return ""


def _note(row: Row, said: Row, context: Context) -> Envelope:
    actor = _writer(row, said)
    text = html.to_text(word(said, "content"))
    warning = html.to_text(word(said, "summary"))
    to, cc = set(words(said, "to") or words(row, "to")), set(words(said, "cc") or words(row, "cc"))
    public = bool((to | cc) & PUBLIC)
    followers = any(one.rstrip("/").endswith("/followers") for one in to | cc)
    mentions = [_mention(tag) for tag in many(said, "tag") if word(tag, "type") == "Mention"]
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=word(said, "id") or word(row, "id"),
        author=handle(actor),
        name=context.owner.name if _is_owner(actor, context) else "",
        text=f"{warning}\n\n{text}".strip() or "\n".join(word(one, "name") for one in many(said, "attachment")).strip(),
        said_at=context.moment(said.get("published") or row.get("published")),
        version=word(said, "updated"),
        reply_to=word(said, "inReplyTo") or word(said, "inReplyTo", "id"),
        thread=word(said, "conversation") or word(said, "context"),
        url=word(said, "url") or word(said, "id"),
        mentions=mentions,
        public=public,
        direct=not public and not followers,
        ours=True if _is_owner(actor, context) else None,
    )


def _gone(row: Row, said: Row, context: Context) -> Envelope:
    id = word(said, "id") or word(row, "object")
    actor = _writer(row, said)
    version = f"deleted:{word(said, 'deleted') or word(row, 'id')}"
    author = handle(actor) if actor else envelopes.UNKNOWN_AUTHOR
    return envelopes.build(
        network=context.network or NETWORK, external_id=id, author=author, text="", version=version, deleted=True
    )


def _is_owner(actor: str, context: Context) -> bool:
    return bool(context.owner.id) and actor == context.owner.id


def _mention(tag: Row) -> str:
    """A mention as handle@host; on its own server Mastodon writes it without the host."""
    name = word(tag, "name").removeprefix("@")
    return name if "@" in name or not word(tag, "href") else handle(word(tag, "href"))


EXPORT = Export("activitystreams", "ActivityStreams (Mastodon's outbox)", claims, split, ("orderedItems", "items"))
