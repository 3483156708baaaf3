"""Private: the page of one conversation for the person on its other side, opened by a signed link and nothing else.

The link names a source and a thread, so that it can be given out before the worker has made the conversation. It is
void once it was renewed, when nothing was said for a year, and where it was changed by one character.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox import attaching, scanning
from rapport.inbox.models import Attachment, Conversation, Message, Outgoing, Source

KINDS = ("form", "chat")
"""Channels whose talks have such a page; each is the name of its network, too."""
QUIET_FOR = timedelta(days=365)
SORTED_IN = timedelta(minutes=10)
"""How long a new link may wait for its conversation."""
_SIGNER = signing.TimestampSigner(salt="rapport.private-page", sep="~")
_ON_THE_PAGE = (Outgoing.State.UNKNOWN,)


@dataclass(frozen=True)
class Door:
    """What a good link opens. ``conversation`` is None for a moment, until the worker has taken in what was sent."""

    source: Source
    thread: str
    conversation: Conversation | None


@dataclass(frozen=True)
class Turn:
    """One thing said, as the page shows it."""

    ours: bool
    who: str
    text: str
    at: object
    deleted: bool = False
    files: tuple[Attachment, ...] = ()
    """Those that may be given out."""


def link(source: Source, thread: str, conversation: Conversation | None = None) -> str:
    """The path of the private page. Give the conversation where there is one: its link may have been renewed."""
    return reverse("private", args=[token(source, thread, conversation)])


def token(source: Source, thread: str, conversation: Conversation | None = None) -> str:
    """The key in that path: whoever has it has the talk."""
    return _SIGNER.sign(f"{source.pk}.{_version(conversation)}.{thread}")


def address(conversation: Conversation) -> str:
    """The whole address of a conversation's page, for an e-mail; empty where it has none."""
    if not has_page(conversation):
        return ""
    return f"{settings.RAPPORT_URL}{link(conversation.source, conversation.thread, conversation)}"


def has_page(conversation: Conversation) -> bool:
    return (
        conversation.source.kind in KINDS
        and conversation.network == conversation.source.kind
        and not conversation.public
    )


def find(token: str) -> Door | None:
    """What the link opens; None for one that is forged, renewed since, too old, or of a conversation now forgotten."""
    try:
        number, version, thread = _SIGNER.unsign(token).split(".", 2)
        source = Source.objects.select_related("workspace").get(pk=int(number), kind__in=KINDS)
    except (signing.BadSignature, ValueError, Source.DoesNotExist):
        return None
    rows = Conversation.objects.filter(workspace_id=source.workspace_id, key=key(source.kind, thread), source=source)
    row = rows.select_related("workspace", "source", "identity").first()
    if row is None:
        return Door(source, thread, None) if _fresh(token) else None
    void = _version(row) != version or row.last_message_at < now() - QUIET_FOR or row.public or row.thread != thread
    return None if void else Door(source, thread, row)


def turns(conversation: Conversation) -> list[Turn]:
    """Both sides' words, oldest first. An answer of which nobody knows whether its mail left stands here, too."""
    rows = list(
        Message.objects.filter(conversation=conversation).select_related("identity", "by").order_by("said_at", "id")
    )
    files = attaching.of(rows)
    said = [
        Turn(
            message.ours,
            str(message.by or "") if message.ours else str(message.identity or ""),
            message.text,
            message.said_at,
            message.deleted_at is not None,
            tuple(one for one in files.get(message.pk, ()) if one.kept and scanning.of(one) == "given"),
        )
        for message in rows
    ]
    doubtful = conversation.outbox.filter(state__in=_ON_THE_PAGE, message=None).select_related("by").order_by("pk")
    return said + [Turn(True, str(row.by or ""), row.text, row.created_at) for row in doubtful]


def renew(conversation: Conversation, *, by: Member) -> None:
    """Make every link to this page void; the next answer by e-mail carries a new one."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    if not has_page(conversation):
        raise Refused("This conversation has no private page.")
    with write():
        Conversation.objects.filter(pk=conversation.pk).update(link_renewed_at=now())
        record("conversation.link_renewed", conversation, by=by)
        hint(conversation.workspace_id, "conversation", conversation.pk)


def _version(conversation: Conversation | None) -> str:
    renewed = conversation.link_renewed_at if conversation else None
    return str(int(renewed.timestamp() * 1_000_000)) if renewed else "0"


def _fresh(token: str) -> bool:
    try:
        _SIGNER.unsign(token, max_age=SORTED_IN)
    except signing.SignatureExpired:
        return False
    return True
