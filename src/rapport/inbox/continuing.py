"""Continuing: an answer goes on in public or in private, and whichever it does, the conversation stays one.

What was private is never said in public by itself: going back asks first, and says who will read it. What is private
stands in another thread on some networks; from then on what is said there belongs here (``Continuation``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from rapport.channels.base import Confides, Settings
from rapport.core.database import write
from rapport.core.hashing import key
from rapport.core.refusal import Refused
from rapport.inbox import speaking
from rapport.inbox.models import Continuation, Conversation, Message, Outgoing
from rapport.inbox.models.message import Visibility

Place = Literal["public", "private"]
PUBLIC: Place = "public"
PRIVATE: Place = "private"
OPEN = frozenset({"public", "unlisted"})
_QUOTED = 120
_FLYING = (Outgoing.State.HELD, Outgoing.State.QUEUED, Outgoing.State.SENDING, Outgoing.State.UNKNOWN)


class Widened(Refused):
    """What was private until now would be read by everybody: said first; whoever means it sends it again."""


@dataclass(frozen=True)
class Ways:
    """Where an answer may go: ``usual`` is where the talk stands now. ``why_not``: a sentence, where the other way is known
    to the network and closed to us. Without ``public`` and ``private`` both there is nothing to choose."""

    usual: Place
    public: Message | None = None
    """What an answer in public would answer; None where nothing was said in public."""
    private: bool = False
    why_not: str = ""

    @property
    def both(self) -> bool:
        return self.public is not None and self.private

    def taken(self, wished: str) -> Place:
        """Where it goes: where its writer says, if that can be; else where the talk stands."""
        if wished == PUBLIC and self.public is not None:
            return PUBLIC
        return PRIVATE if wished == PRIVATE and (self.private or self.usual == PRIVATE) else self.usual


def ways(conversation: Conversation, latest: Message | None = None) -> Ways:
    """The ways that stand open here. ``latest``: what one of them said last, where the caller knows."""
    latest = latest or speaking.latest(conversation)
    usual = PUBLIC if (latest.public if latest else conversation.public) else PRIVATE
    channel: Any = conversation.source.channel
    if latest is None or not conversation.public or not isinstance(channel, Confides):
        return Ways(usual)
    usual = PUBLIC if _stands_public(conversation) else PRIVATE
    why = channel.cannot_confide_why(conversation.source.settings)
    said = latest if latest.public else _in_public(conversation)
    return Ways(usual, said, private=not why, why_not=why)


def _stands_public(conversation: Conversation) -> bool:
    """Was what was said last, by either side, said in public? What is on its way counts."""
    flying = conversation.outbox.filter(state__in=_FLYING, message=None).order_by("-pk").first()
    if flying is not None:
        return is_public(flying)
    said = conversation.messages.filter(deleted_at=None).order_by("-said_at", "-id")
    return bool(said.values_list("public", flat=True).first())


def _in_public(conversation: Conversation) -> Message | None:
    said = conversation.messages.filter(ours=False, public=True, deleted_at=None)
    return said.select_related("identity", "manner").order_by("-said_at", "-id").first()


def aim(conversation: Conversation, wished: str, *, aloud: bool) -> tuple[Message | None, str]:
    """What an answer answers, and its visibility (empty: that of what it answers). Raises Refused where it cannot go
    there, Widened where it would leave the private talk and nobody has said that this is meant."""
    latest = speaking.latest(conversation)
    found = ways(conversation, latest)
    if (wished or found.usual) == PRIVATE:
        if latest is None or not latest.public:
            return latest, ""
        if not found.private:
            raise Refused(found.why_not or "Here nobody can be answered in private.")
        return latest, Visibility.DIRECT
    if found.usual == PUBLIC:
        return latest if latest is None or latest.public else found.public, ""
    if found.public is None:
        raise Refused("Nothing was said in public here that could be answered there.")
    if not aloud:
        raise widened(conversation, found.public)
    return found.public, ""


def widened(conversation: Conversation, said: Message) -> Widened:
    """Who will read it, in a sentence."""
    words = " ".join(said.text.split())
    return Widened(
        "Until now this was private. In public everybody on %(place)s can read it, below what %(name)s said there: "
        "“%(said)s”. Read it once more before you send it.",
        place=conversation.source.channel.label,
        name=str(said.identity or conversation.identity or ""),
        said=words if len(words) <= _QUOTED else f"{words[:_QUOTED].rstrip()}…",
    )


def is_public(outgoing: Outgoing) -> bool:
    """May everybody read this answer?"""
    if outgoing.visibility:
        return outgoing.visibility in OPEN
    return outgoing.in_reply_to.public if outgoing.in_reply_to else outgoing.conversation.public


def thread_of(outgoing: Outgoing, channel: Any, settings: Settings) -> str:
    """The thread in which this answer stands; what is said in it from now on belongs to this conversation.

    Asks the network where two talk alone. Raises ChannelError.
    """
    conversation, to = outgoing.conversation, outgoing.in_reply_to
    if not conversation.public:
        Continuation.objects.filter(workspace_id=outgoing.workspace_id, key=bytes(conversation.key)).delete()
        return conversation.thread
    if is_public(outgoing) or to is None or to.identity is None or not isinstance(channel, Confides):
        return conversation.thread
    thread = channel.confide(settings, to.identity.address)
    if not thread:
        return conversation.thread
    _bind(outgoing, thread)
    return thread


def _bind(outgoing: Outgoing, thread: str) -> None:
    """Known before it leaves: its echo may be faster than its answer."""
    own = key(outgoing.conversation.network, thread)
    with write():
        row = Continuation.objects.filter(workspace_id=outgoing.workspace_id, key=own).first()
        if row is None or row.conversation_id != outgoing.conversation_id:
            Continuation.objects.update_or_create(
                workspace_id=outgoing.workspace_id, key=own,
                defaults={
                    "conversation": outgoing.conversation, "thread": thread, "since": outgoing.created_at,
                },
            )  # fmt: skip


def moves(said: Iterable[tuple[Any, bool]]) -> list[tuple[Any, bool]]:
    """Of messages in their order, each with whether it was public: those with which the talk moved (True: into public)."""
    found: list[tuple[Any, bool]] = []
    before: bool | None = None
    for message, public in said:
        if before is not None and public != before:
            found.append((message, public))
        before = public
    return found


def owes_note(said: Iterable[tuple[bool, bool]]) -> bool:
    """Of messages in their order as (ours, public): did we go on in private, and leave what was said in public without
    a word? Then those who read along see nobody answer."""
    asked = answered = False
    for ours, public in said:
        if public:
            asked, answered = not ours, False
        elif ours:
            answered = asked
    return asked and answered
