"""Acting on what stands there: our words changed or taken back, theirs liked, each through the outbox.

A change or a taking back is held like an answer, so that it can be undone. Whatever fails in a way that may pass is tried
again: taking back twice and liking twice is doing it once, and before words are changed they are looked at, so that what
a colleague changed meanwhile is never written over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import BooleanField, Exists, OuterRef

from rapport.accounts.models import Member
from rapport.channels import base, further, lengths
from rapport.channels.base import ChannelError, Edits, Excepts, Reacts, Targets, Unsends
from rapport.channels.text import clean
from rapport.core import work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox import changing, keeping, renewing, resting
from rapport.inbox.aiming import GONE_THERE, look_again
from rapport.inbox.budgeting import Purse
from rapport.inbox.models import Act, Message, Source
from rapport.inbox.models.act import Deed
from rapport.inbox.models.source import lane
from rapport.inbox.versions import alike
from rapport.net.sentence import Sentence

ATTEMPTS = 6
States = Act.State
ON_ITS_WAY = (States.HELD, States.QUEUED, States.DOING, States.UNKNOWN)
_ABILITIES: dict[str, type] = {Deed.EDIT: Edits, Deed.UNSEND: Unsends, Deed.REACT: Reacts}
_CLOSED = frozenset({"paused", "needs_reauthorisation"})
log = logging.getLogger(__name__)


def cannot_why(message: Message, deed: str, source: Source) -> str:
    """Why this cannot be done with this message, as a sentence; empty where it can. Asks nothing of anybody."""
    channel: Any = source.channel
    if not isinstance(channel, _ABILITIES[deed]):
        return Sentence("This network does not offer that.")
    if message.deleted_at is not None:
        return Sentence("It is not there any more.")
    if message.ours == (deed == Deed.REACT):
        if message.ours:
            return Sentence("This can be done only with what they said.")
        return Sentence("This can be done only with our own words.")
    if message.ours and not _named_there(message):
        return Sentence("Nobody knows under which name it stands there. Do it there by hand.")
    if source.standing in _CLOSED or source.cannot_send:
        return Sentence("Its source is not connected right now.")
    return channel.cannot_why(cast(further.Deed, deed), message.external_id) if isinstance(channel, Excepts) else ""


def _named_there(message: Message) -> bool:
    """Is its name the network's own? (What was kept by hand, or named badly there, has one of ours.)"""
    outgoing = getattr(message, "outgoing", None)
    return not message.external_id.startswith("hand:") and (outgoing is None or outgoing.key != message.external_id)


def possible(message: Message, source: Source) -> frozenset[str]:
    """The deeds for which this message offers a button."""
    return frozenset(str(deed) for deed in _ABILITIES if not cannot_why(message, deed, source))


def how(source: Source, deed: str) -> str:
    """What the network makes of it, as a sentence, for whoever is about to."""
    return str(getattr(source.channel, {Deed.EDIT: "edits_how", Deed.UNSEND: "unsends_how"}[Deed(deed)], ""))


def edit(message: Message, text: str, *, by: Member, seen: str) -> Act:
    """Change what we said. ``seen`` is the ``mark`` of what it said when its writer began. Raises Refused."""
    words = clean(text).strip()
    with write():
        row = _mine(message, Deed.EDIT, by)
        if not words:
            raise Refused("Write what it shall say, or take it back.")
        if mark(row) != seen:
            raise _changed(_who_changed(row))
        if words == row.text:
            raise Refused("These are the words that stand there already.")
        try:
            lengths.must_fit(words, row.source.limit)
        except ChannelError as error:
            raise Refused(error.message) from error
        if twice := _on_its_way(row, Deed.EDIT):
            if (twice.by_id, twice.text) == (by.pk, words):
                return twice
            raise _changed(str(twice.by or ""))
        return _hold(row, Deed.EDIT, by, text=words)


def mark(message: Message) -> str:
    """Tells these words from others."""
    return key(message.text).hex()


def _changed(name: str) -> Refused:
    return Refused("%(name)s changed it while you were writing. Read it first; your words are below.", name=name)


def take_back(message: Message, *, by: Member) -> Act:
    """Take back what we said. Twice is once. Raises Refused."""
    with write():
        row = _mine(message, Deed.UNSEND, by)
        return _on_its_way(row, Deed.UNSEND) or _hold(row, Deed.UNSEND, by)


def like(message: Message, *, by: Member, on: bool = True) -> Act | None:
    """Like what they said, or take the like back; None: it is so already. Raises Refused."""
    with write():
        row = _mine(message, Deed.REACT, by)
        if liked(row) == on:
            return None
        row.acts.filter(deed=Deed.REACT, state__in=ON_ITS_WAY).update(state=States.WITHDRAWN)
        act = Act.objects.create(workspace_id=row.workspace_id, message=row, by=by, deed=Deed.REACT, on=on)
        _put(act)
        return act


def liked(message: Message) -> bool:
    """Do we like it, as far as we know, or are about to?"""
    rows = message.acts.filter(deed=Deed.REACT).exclude(state__in=(States.FAILED, States.WITHDRAWN))
    latest = rows.order_by("-pk").first()
    return latest is not None and latest.on


def _mine(message: Message, deed: str, by: Member) -> Message:
    """The message, locked. Raises Refused where this member, or anybody, cannot do that with it."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    row: Message | None = locked(Message.objects).filter(pk=message.pk, workspace_id=by.workspace_id).first()
    if row is None:
        raise Refused("It is not there any more.")
    if why := cannot_why(row, deed, row.source):
        raise Refused(why)
    return row


def _on_its_way(message: Message, deed: str) -> Act | None:
    return message.acts.filter(deed=deed, state__in=ON_ITS_WAY).select_related("by").order_by("-pk").first()


def _who_changed(message: Message) -> str:
    done = message.acts.filter(deed=Deed.EDIT, state=States.DONE).select_related("by").order_by("-pk").first()
    return str((done and done.by) or message.source.name)


def _hold(message: Message, deed: str, by: Member, *, text: str = "") -> Act:
    until = now() + timedelta(seconds=settings.RAPPORT_HELD_SECONDS)
    act = Act.objects.create(
        workspace_id=message.workspace_id, message=message, by=by, deed=deed, text=text, state=States.HELD,
        held_until=until,
    )  # fmt: skip
    _put(act)
    return act


def _put(act: Act) -> None:
    record("act.begun", act, by=act.by, deed=act.deed, message=act.message_id, on=act.on)
    work.put("outgoing.act", {"act": act.pk}, due_at=act.held_until, **_once(act))
    hint(act.workspace_id, "conversation", act.message.conversation_id)


def _once(act: Act) -> dict[str, Any]:
    """How its due row is put: once, beside those of other sources."""
    return {"workspace_id": act.workspace_id, "key": f"act:{act.pk}", "lane": lane(act.message.source_id)}


def withdraw(act: Act, *, by: Member) -> bool:
    """Undo what is still held. False: it was taken back already."""
    with write():
        if not Act.objects.filter(pk=act.pk, by=by, state=States.HELD).update(state=States.WITHDRAWN):
            if Act.objects.filter(pk=act.pk, by=by, state=States.WITHDRAWN).exists():
                return False
            raise Refused("It has already happened: it can no longer be taken back.")
        record("act.withdrawn", act, by=by, deed=act.deed)
        hint(act.workspace_id, "conversation", act.message.conversation_id)
    return True


def retry(act: Act, *, by: Member) -> None:
    """Try once more what failed."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    with write():
        if not Act.objects.filter(pk=act.pk, state__in=(States.FAILED, States.UNKNOWN)).update(
            state=States.QUEUED, error=""
        ):
            raise Refused("This is not waiting to be tried again.")
        record("act.retried", act, by=by, deed=act.deed)
        work.put_again("outgoing.act", {"act": act.pk}, **_once(act))
        hint(act.workspace_id, "conversation", act.message.conversation_id)


@work.job("outgoing.act")
def carry(row: work.Claimed) -> None:
    """Do one deed there (the worker's job; may run again after a crash)."""
    there = Act.objects.select_related("message__source").filter(pk=row.payload["act"]).first()
    if there is not None and (rest := resting.of(there.message.source)):
        raise work.NotYet(rest.left)
    act = _claim(row.payload["act"])
    if act is None:
        return
    try:
        _do(act)
    except ChannelError as error:
        _note_failure(act, error, row)
    else:
        with write():
            changing.done(act)
            hint(act.workspace_id, "conversation", act.message.conversation_id)


def _claim(id: int) -> Act | None:
    with write():
        act = locked(Act.objects).filter(pk=id).first()
        if act is None or act.state not in ON_ITS_WAY:
            return None
        if act.message.deleted_at is not None and act.deed != Deed.UNSEND:
            Act.objects.filter(pk=id).update(state=States.FAILED, error=GONE_THERE)
            return None
        Act.objects.filter(pk=id).update(state=States.DOING)
    return Act.objects.select_related("message__source", "message__conversation", "by").get(pk=id)


def _do(act: Act) -> None:
    """Do it. Raises ChannelError, and nothing else."""
    source = act.message.source
    channel: Any = source.channel
    try:
        values = renewing.connected(source)
        with Purse(source, strict=False):
            if act.deed == Deed.UNSEND:
                channel.unsend(values, act.message.external_id)
            elif _aim(act, channel, values):
                if act.deed == Deed.REACT:
                    channel.react(values, act.message.external_id, channel.reactions[0], act.on)
                else:
                    channel.edit(values, act.message.external_id, act.text)
    except ChannelError as error:
        keeping.refused(source, error)
        resting.heed(source, error)
        raise
    except Exception as error:
        log.exception("act %s could not be done", act.pk)
        raise ChannelError("Something broke on our side while it was being done.", unknown=True) from error


def _aim(act: Act, channel: Any, values: base.Settings) -> bool:
    """Look at what it is done with. False: it says there already what it shall. Raises ChannelError where it is gone, or
    was changed there by somebody else; a network that will not say does not hold it up."""
    if not isinstance(channel, Targets):
        return True
    message = act.message
    try:
        found = channel.target(values, message.external_id, message.version)
    except ChannelError as error:
        if error.permanent and not error.reauthorise:
            return True
        raise
    if found.state == "gone":
        look_again(message)
        raise ChannelError(GONE_THERE, permanent=True)
    says = found.item.envelope.text if found.item else message.text
    if act.deed != Deed.EDIT or alike(says, message.text):
        return True
    if alike(says, act.text):
        return False
    look_again(message)
    raise ChannelError("It was changed there meanwhile. Nothing was changed: read it again first.", permanent=True)


def _note_failure(act: Act, error: ChannelError, row: work.Claimed) -> None:
    again = not error.permanent and row.attempts + 1 < ATTEMPTS
    state = States.UNKNOWN if error.unknown else States.QUEUED if again else States.FAILED
    with write():
        Act.objects.filter(pk=act.pk).update(state=state, error=error.message)
        if not again:
            record("act.failed", act, by=act.by, deed=act.deed, state=str(state))
        hint(act.workspace_id, "conversation", act.message.conversation_id)
    if again:
        raise work.Again(error.message, error.retry_after)


def there() -> Exists:
    """Was anything done with a message? For a query of messages: with most nothing was."""
    return Exists(Act.objects.filter(message=OuterRef("pk")), output_field=BooleanField())


def of(messages: Iterable[Message]) -> dict[int, list[Act]]:
    """Message id → what stands of each deed, the latest of its kind. One query, where there is anything."""
    ids = [row.pk for row in messages if getattr(row, "has_acts", True)]
    if not ids:
        return {}
    latest: dict[tuple[int, str], Act] = {}
    rows = Act.objects.filter(message__in=ids).exclude(state=States.WITHDRAWN).select_related("by")
    for act in rows.order_by("pk"):
        latest[act.message_id, act.deed] = act
    found: dict[int, list[Act]] = {}
    for act in latest.values():
        found.setdefault(act.message_id, []).append(act)
    return found
