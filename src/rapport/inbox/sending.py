"""Sending: the worker carries an answer to its network, once or not at all, and says truthfully which.

Whoever carries an answer first claims it (*sending*). One found in that state, or in *unknown*, may have left already:
it is looked up on the network before anything is sent again, always with the same idempotency key.
"""

from __future__ import annotations

import logging
from typing import Any, cast

import msgspec

from rapport.accounts.models import Member
from rapport.channels import base
from rapport.channels.base import ChannelError, Finds, Handle, Recognises, Sends, Splits, Targets
from rapport.channels.text import one_line
from rapport.core import counters, work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.inbox import aiming, continuing, enclosing, keeping, posting, private, renewing, resting, working
from rapport.inbox.budgeting import Purse
from rapport.inbox.models import Conversation, Manner, Message, Outgoing
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

ATTEMPTS = 6
EARLIER = 10
LEAST_WORDS, CERTAIN = 12, 0.85
"""Characters, and confidence, from which on the language of an answer is marked."""
States = Outgoing.State
log = logging.getLogger(__name__)


@work.job("outgoing.send")
def send(row: work.Claimed) -> None:
    """Carry one answer to its network (the worker's job; may run again after a crash)."""
    resting.wait(row.payload["outgoing"])
    outgoing, in_doubt = _claim(row.payload["outgoing"])
    if outgoing is None:
        return
    try:
        handle = _carry(outgoing, in_doubt=in_doubt)
    except ChannelError as error:
        _note_failure(outgoing, error, row)
    else:
        _left(outgoing, handle)


def _claim(id: int) -> tuple[Outgoing | None, bool]:
    """Take the answer in hand: it, and whether it may already have left. None: there is nothing to do any more."""
    with write():
        outgoing = locked(Outgoing.objects).get(pk=id)
        if outgoing.state not in States.leaving():
            return None, False
        in_doubt = outgoing.state in {States.SENDING, States.UNKNOWN}
        Outgoing.objects.filter(pk=id).update(state=States.SENDING)
    rows = Outgoing.objects.select_related("conversation__source", "in_reply_to__identity", "by")
    return rows.get(pk=id), in_doubt


def _carry(outgoing: Outgoing, *, in_doubt: bool) -> Handle:
    """Look up what may already have left; send what has not. Raises ChannelError, and nothing else."""
    source = outgoing.conversation.source
    channel: Any = source.channel
    try:
        values = renewing.connected(source)
        with Purse(source, strict=False):
            thread = _thread(outgoing, channel, values, in_doubt=in_doubt)
            if in_doubt and (found := _look(channel, values, outgoing, thread)) is not None:
                return found
            if not isinstance(channel, Sends):
                raise ChannelError(source.cannot_send, permanent=True)
            aiming.look(outgoing, channel, values)
            return channel.send(values, words(outgoing, thread, enclosing.loaded(outgoing)))
    except ChannelError as error:
        keeping.refused(source, error)
        resting.heed(source, error)
        raise
    except Exception as error:
        # A fault of ours or of the channel's: nobody knows how far it came, and the person who waits must hear of it.
        log.exception("answer %s could not be carried", outgoing.pk)
        raise ChannelError("Something broke on our side while it was being sent.", unknown=True) from error


def _thread(outgoing: Outgoing, channel: Any, values: base.Settings, *, in_doubt: bool) -> str:
    """Where it stands, or will. What may have left already stays unknown while the network does not say."""
    try:
        return continuing.thread_of(outgoing, channel, values)
    except ChannelError as error:
        error.unknown = error.unknown or in_doubt
        raise


def _look(channel: Any, values: base.Settings, outgoing: Outgoing, thread: str) -> Handle | None:
    """Did it leave? An answer that cannot be looked up stays unknown, whatever the reason: it is not sent again."""
    if not isinstance(channel, Finds | Recognises):
        sentence = f"{channel.label} cannot say whether it arrived. Look there before you send it again."
        raise ChannelError(sentence, unknown=True, permanent=True)
    try:
        if isinstance(channel, Recognises):
            return channel.recognise(values, words(outgoing, thread))
        return channel.find(values, outgoing.key)
    except ChannelError as error:
        raise ChannelError(
            error.message, unknown=True, permanent=error.permanent, retry_after=error.retry_after
        ) from error


def words(outgoing: Outgoing, thread: str, files: tuple[base.File, ...] = ()) -> base.Outgoing:
    """The answer as its channel gets it; ``files`` where it is to be sent, and not only shown or looked for."""
    conversation, to = outgoing.conversation, outgoing.in_reply_to
    letters = bool(getattr(conversation.source.channel, "writes_letters", False))
    return base.Outgoing(
        idempotency_key=outgoing.key,
        text=outgoing.text,
        author=one_line(str(outgoing.by or ""), 120),
        in_reply_to=to.external_id if to else "",
        thread=thread,
        recipient=to.identity.address if to and to.identity else "",
        subject=one_line(conversation.subject, 300),
        public=continuing.is_public(outgoing),
        around=_around(outgoing) if letters else msgspec.UNSET,
        how=_manner(outgoing, files) or msgspec.UNSET,
    )


def _manner(outgoing: Outgoing, files: tuple[base.File, ...]) -> base.Manner | None:
    """How it is said, beyond its words; None where there is nothing to say. Warned of is what was warned of before."""
    to = outgoing.in_reply_to
    theirs = to.said_how if to else Manner()
    made = base.Manner(
        visibility=cast(base.Visibility, outgoing.visibility or theirs.visibility),
        content_warning=outgoing.content_warning or theirs.content_warning,
        participants=tuple(theirs.participants),
        version=to.version if to and _reads_versions(outgoing) else "",
        files=files,
        split=outgoing.split,
        language=_language(outgoing),
        written_at=outgoing.created_at if _confided(outgoing) else None,
    )
    return made if made != base.Manner() else None


def _language(outgoing: Outgoing) -> str:
    """The language of our words, for a network that marks it; none where they are too few to tell for certain."""
    if len(outgoing.text) < LEAST_WORDS or not getattr(outgoing.conversation.source.channel, "marks_language", False):
        return ""
    found = read([Post(text=outgoing.text, ours=True)], Us())[0]
    return found.language if found.language_confidence >= CERTAIN and found.language != "und" else ""


def _confided(outgoing: Outgoing) -> bool:
    """Does it leave a public thread for a private one, where nothing says after what it stands?"""
    return bool(outgoing.visibility) and not continuing.is_public(outgoing)


def _reads_versions(outgoing: Outgoing) -> bool:
    return isinstance(outgoing.conversation.source.channel, Targets)


def _around(outgoing: Outgoing) -> base.Around:
    """What a letter says beside the answer: the words it answers, the private page, our earlier letters."""
    conversation, to = outgoing.conversation, outgoing.in_reply_to
    earlier = conversation.messages.filter(ours=True).order_by("-said_at", "-id").values_list("external_id", flat=True)
    return base.Around(
        said=to.text if to and not to.deleted_at else "",
        who=str(to.identity or "") if to else "",
        said_at=to.said_at if to else None,
        page=private.address(conversation),
        earlier=tuple(earlier[:EARLIER])[::-1],
    )


def _left(outgoing: Outgoing, handle: Handle) -> None:
    """The network has it: keep our message under the network's own id, so that its echo is the same message."""
    with write():
        texts = _texts(outgoing, handle)
        message = _stand(outgoing, texts[0], _name(outgoing, handle), handle.url)
        for text, name in zip(texts[1:], handle.further, strict=False):
            _stand(outgoing, text, name)
        state = States.DELIVERED if handle.delivered else States.SENT
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=state, message=message, error="", sent_at=now(), parts=list(handle.further)
        )
        enclosing.left(outgoing, message)
        posting.follow(message)
        public = continuing.is_public(outgoing)
        record("outgoing.left", outgoing, by=outgoing.by, state=str(state), public=public)
        hint(outgoing.workspace_id, "conversation", outgoing.conversation_id)


def _texts(outgoing: Outgoing, handle: Handle) -> list[str]:
    """The words of each message that it left as; all of them in the first, where nobody can say."""
    channel: Any = outgoing.conversation.source.channel
    texts = channel.parts(outgoing.text) if handle.further and isinstance(channel, Splits) else []
    return texts if len(texts) == 1 + len(handle.further) else [outgoing.text]


def _stand(outgoing: Outgoing, text: str, name: str, url: str = "") -> Message:
    """One message of the answer, as it stands there."""
    public = continuing.is_public(outgoing)
    message = keep(outgoing.conversation, text, outgoing.by, external_id=name, url=url, public=public)
    if outgoing.visibility:
        Manner.objects.get_or_create(message=message, defaults={"visibility": outgoing.visibility})
    return message


def _name(outgoing: Outgoing, handle: Handle) -> str:
    """The network's name of our message; our own where the network's is none, or already stands for something else."""
    name = handle.external_id or outgoing.key
    there = Message.objects.filter(
        workspace_id=outgoing.workspace_id, key=key(outgoing.conversation.network, name)
    ).first()
    taken = there is not None and (
        not there.ours
        or there.conversation_id != outgoing.conversation_id
        or Outgoing.objects.filter(message=there).exclude(pk=outgoing.pk).exists()
    )
    return outgoing.key if taken else name


def keep(
    conversation: Conversation,
    text: str,
    by: Member | None,
    *,
    external_id: str,
    url: str = "",
    public: bool | None = None,
) -> Message:
    """Our message as a row of the conversation, once. Whoever calls turns the conversation's state. ``public``: as the
    conversation began, where nobody says."""
    moment = now()
    message, made = Message.objects.get_or_create(
        workspace_id=conversation.workspace_id,
        key=key(conversation.network, external_id),
        defaults={
            "conversation": conversation,
            "source_id": conversation.source_id,
            "by": by,
            "url": url,
            "text": text,
            "network": conversation.network,
            "external_id": external_id,
            "ours": True,
            "public": conversation.public if public is None else public,
            "addressed": "nearby",
            "said_at": moment,
            "arrived_at": moment,
        },
    )
    if made:
        snippet = " ".join(text.split())[:200]
        Conversation.objects.filter(pk=conversation.pk).update(
            message_count=conversation.messages.count(), last_message_at=moment, last_ours=True, snippet=snippet
        )
        counters.bump([(conversation.workspace_id, "messages", 1)])
    elif message.by_id is None and by is not None:  # the network's echo was faster than its answer
        Message.objects.filter(pk=message.pk).update(by=by)
    return message


def unkeep(message: Message) -> None:
    """What :func:`keep` made is gone again, and the conversation says what was said before it."""
    talk = Conversation.objects.filter(pk=message.conversation_id)
    message.delete()
    latest = Message.objects.filter(conversation__in=talk).order_by("-said_at", "-id").first()
    talk.update(
        message_count=Message.objects.filter(conversation__in=talk).count(),
        last_ours=latest is not None and latest.ours,
        snippet=" ".join((latest.text or latest.subject).split())[:200] if latest else "",
        **({"last_message_at": latest.said_at} if latest else {}),
    )
    counters.bump([(message.workspace_id, "messages", -1)])


def _note_failure(outgoing: Outgoing, error: ChannelError, row: work.Claimed) -> None:
    """Say truthfully what is known: unknown stays unknown; what may pass is tried again; the rest comes back."""
    again = not error.permanent and row.attempts + 1 < ATTEMPTS
    state = States.UNKNOWN if error.unknown else States.QUEUED if again else States.FAILED
    with write():
        Outgoing.objects.filter(pk=outgoing.pk).update(state=state, error=error.message)
        if not again:
            record("outgoing.failed", outgoing, by=None, state=str(state))
            stand_again(outgoing, by=None)
        hint(outgoing.workspace_id, "conversation", outgoing.conversation_id)
    if again:
        raise work.Again(error.message, error.retry_after)


def stand_again(outgoing: Outgoing, *, by: Member | None) -> None:
    """The conversation stands where it stood before this answer."""
    working.restore(outgoing.conversation, outgoing.was, by=by, verb="conversation.returned")
