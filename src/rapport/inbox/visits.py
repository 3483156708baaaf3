"""Visits: who is on the other side of a chat: whether they are here, how far they have read, where a letter finds them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from rapport import net
from rapport.channels.addressing import mail_address
from rapport.channels.chat.asking import chat_of
from rapport.core import live
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.presence import Degree, here
from rapport.core.refusal import Refused
from rapport.core.tickets import VISITORS
from rapport.inbox.models import Conversation, Source, Visit
from rapport.net.sentence import Sentence

KIND = "chat"
"""Of the channel; the name of its network, too."""
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """How the other side of a chat stands, for the desk. ``here`` and ``typing`` are from this process's memory."""

    visit: Visit
    here: bool
    typing: bool
    page: str
    """Where the newest of their words were written, if it is known."""


def key_of(source: Source, thread: str) -> bytes:
    return key("visit", source.pk, thread)


def of(source: Source, thread: str) -> Visit | None:
    return Visit.objects.filter(workspace_id=source.workspace_id, key=key_of(source, thread)).first()


def meet(source: Source, thread: str, *, email: str = "", signed: bool = False) -> Visit:
    """The visit of this talk, made with its first words. A signed address goes before one that was typed."""
    values = {"source": source, "email": email, "signed": signed and bool(email)}
    with write():
        visit, made = Visit.objects.get_or_create(
            workspace_id=source.workspace_id, key=key_of(source, thread), defaults=values
        )
        if not made and signed and email and (visit.email, visit.signed) != (email, True):
            visit.email, visit.signed = email, True
            visit.save(update_fields=["email", "signed"])
    return visit


def attach(visit: Visit, conversation: Conversation | None) -> None:
    """The worker has made the conversation: from now on each finds the other."""
    if conversation is not None and visit.conversation_id is None:
        with write():
            Visit.objects.filter(pk=visit.pk, conversation=None).update(conversation=conversation)
        visit.conversation = conversation


def arrived(workspace_id: int, said: Iterable[tuple[int, str, int]]) -> None:
    """(source, thread, conversation) of words that have just been stored: their pages hear that we have them."""
    there = {key("visit", source, thread): conversation for source, thread, conversation in said}
    if not there:
        return
    for visit in Visit.objects.filter(workspace_id=workspace_id, key__in=list(there)):
        if visit.conversation_id is None:
            Visit.objects.filter(pk=visit.pk).update(conversation=there[bytes(visit.key)])
        tell(visit.pk)


def give_address(visit: Visit, words: str) -> str:
    """Keep where letters go (nothing: nowhere). The address as it is kept; raises Refused."""
    address = mail_address(words) or ""
    if words.strip() and not address:
        raise Refused("This is no e-mail address that mail can be sent to.")
    if visit.signed:
        raise Refused("The website you came from has told us your address.")
    with write():
        Visit.objects.filter(pk=visit.pk).update(email=address, error="")
        if visit.conversation_id is not None:
            record("visit.addressed", visit.conversation, workspace_id=visit.workspace_id, given=bool(address))
            hint(visit.workspace_id, "conversation", visit.conversation_id)
    visit.email = address
    return address


def say(visit: Visit, page: str, degree: Degree | None) -> None:
    """Their page says that it is there (None: that it leaves). Colleagues' pages show it."""
    if visit.conversation_id is None:
        return
    clock = time.monotonic()
    for id in here.say(visit.workspace_id, -visit.pk, page, visit.conversation_id, degree, clock):
        live.publish(visit.workspace_id, {"name": "presence", "subject": id})
    if now() - visit.here_at > A_MINUTE:
        visit.here_at = now()
        Visit.objects.filter(pk=visit.pk).update(here_at=visit.here_at)


def read_until(visit: Visit, at: datetime | None) -> None:
    """Our words until ``at`` were before their eyes."""
    if at is None or (visit.read_at is not None and at <= visit.read_at):
        return
    visit.read_at = min(at, now())
    with write():
        Visit.objects.filter(pk=visit.pk).update(read_at=visit.read_at)
        if visit.conversation_id is not None:
            hint(visit.workspace_id, "conversation", visit.conversation_id)


def looked(conversation: Conversation) -> None:
    """One of us has it open: their words that stand here are read, and their page may say so. What they wrote a moment
    ago and is not sorted in yet is not: nobody has seen it."""
    if conversation.source.kind != KIND:
        return
    visit = Visit.objects.filter(conversation=conversation).first()
    last = conversation.last_message_at
    if visit is None or conversation.last_ours or (visit.looked_at is not None and visit.looked_at >= last):
        return
    with write():
        Visit.objects.filter(pk=visit.pk).update(looked_at=last)
        tell(visit.pk)


def still_looked(workspace_id: int, conversation_id: int) -> None:
    """One of us still has it in front of them: what came meanwhile is read, too."""
    visit = Visit.objects.filter(workspace_id=workspace_id, conversation=conversation_id)
    row = visit.select_related("conversation__source").first()
    if row is not None and row.conversation is not None:
        looked(row.conversation)


def tell(visit_id: int) -> None:
    """After the commit, their pages look again."""
    transaction.on_commit(lambda: live.publish(visit_id, "talk", VISITORS))


def typed(workspace_id: int, conversation_id: int) -> None:
    """Somebody of us began or stopped writing there: their page looks again, if it is there at all."""
    places = here.look(workspace_id, time.monotonic()).get(conversation_id, {})
    for who in places:
        if who < 0:
            live.publish(-who, "talk", VISITORS)


def writing(visit: Visit) -> list[int]:
    """The ids of the members who are writing an answer to them now."""
    if visit.conversation_id is None:
        return []
    places = here.look(visit.workspace_id, time.monotonic()).get(visit.conversation_id, {})
    return [who for who, degree in places.items() if who > 0 and degree == Degree.TYPING]


def degree_of(visit: Visit) -> Degree | None:
    """How near they are; None where they are away."""
    places = here.look(visit.workspace_id, time.monotonic()).get(visit.conversation_id or 0, {})
    return places.get(-visit.pk)


def standing(conversation: Conversation) -> Standing | None:
    """How their side stands; None for what is no chat."""
    if conversation.source.kind != KIND:
        return None
    visit = Visit.objects.filter(conversation=conversation).first() or of(conversation.source, conversation.thread)
    if visit is None:
        return None
    attach(visit, conversation)
    degree = degree_of(visit)
    theirs = conversation.messages.filter(ours=False).exclude(url="").order_by("-said_at", "-id")
    page = theirs.values_list("url", flat=True).first() or ""
    return Standing(visit, degree is not None, degree == Degree.TYPING, page)


def reads_where(stands: Standing, source: Source, name: str) -> str:
    """Where this person will read the answer, as a sentence shown before one types."""
    if stands.here:
        return Sentence("%(name)s is here now and reads your answer in the chat.", name=name)
    in_chat = Sentence("%(name)s has left, and finds your answer in the chat on coming back.", name=name)
    if not stands.visit.email:
        return Sentence("%(where)s There is no e-mail address.", where=in_chat)
    if not posts(source):
        return Sentence("%(where)s This chat sends no letters.", where=in_chat)
    return Sentence(
        "%(name)s has left. Your answer goes to %(address)s as a letter, and stands in the chat.",
        name=name,
        address=stands.visit.email,
    )


def posts(source: Source) -> bool:
    """Can this chat send letters at all?"""
    return net.relay() is not None and bool(chat_of(source.settings).sender)
