"""Enclosing: the files that go along with an answer, from the draft they were put to until they left with it.

They are attachments under a name of their own (``Draft.enclosed``, then ``Outgoing.enclosed``); once the answer stands
on its network, under its message's key. So each is kept once, looked through by the scanner like what came from
outside, and told by its bytes; a picture loses what its camera wrote into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.db.models import Max

from rapport.accounts.models import Member
from rapport.channels.baring import bare
from rapport.channels.base import Carries, ChannelError, File, Takes
from rapport.channels.carrying import NOTHING, Piece, must_take
from rapport.channels.sniffing import kind_of, type_said
from rapport.channels.text import clean, one_line
from rapport.core.database import locked, now, write
from rapport.core.hashing import key
from rapport.core.refusal import Refused
from rapport.inbox import continuing, scanning
from rapport.inbox.attaching import MOST_BYTES
from rapport.inbox.models import Attachment, Conversation, Draft, Message, Outgoing
from rapport.inbox.models.outgoing import new_key
from rapport.net.sentence import Sentence

_NAME = re.compile(r"[0-9a-f]{32}")
CHANGED = Sentence("The files of this draft were changed in another window. Look at them, then send it again.")


def takes(conversation: Conversation, place: str = "", ways: continuing.Ways | None = None) -> Takes:
    """What an answer here takes along, said in public or in private (empty: where the talk stands). ``ways``: those
    that stand open here, where the caller knows."""
    source = conversation.source
    channel: Any = source.channel
    if source.cannot_send or not isinstance(channel, Carries):
        return NOTHING
    public = (ways or continuing.ways(conversation)).taken(place) == continuing.PUBLIC
    found = channel.carries(source.settings, public=public)
    return msgspec.structs.replace(
        found, bytes=min(found.bytes, MOST_BYTES), picture_bytes=min(found.picture_bytes, MOST_BYTES)
    )


def key_of(name: str) -> bytes:
    """The key of the attachments under this name; another's, where an export brought a name that is none of ours."""
    return bytes.fromhex(name) if _NAME.fullmatch(name) else key("enclosed", name)


def of(workspace_id: int, name: str) -> list[Attachment]:
    """The files under this name without their bytes, in their order; ``held`` says that the scanner still has to look."""
    if not name:
        return []
    rows = list(
        Attachment.objects.filter(workspace_id=workspace_id, key=key_of(name)).defer("content").order_by("place")
    )
    for row in rows:
        row.held = scanning.of(row) == "held"
    return rows


def drafted(conversation: Conversation, by: Member) -> list[Attachment]:
    """The files of somebody's draft."""
    name = Draft.objects.filter(conversation=conversation, member=by).values_list("enclosed", flat=True).first()
    return of(conversation.workspace_id, name or "")


def put(conversation: Conversation, files: Iterable[tuple[str, bytes]], *, by: Member, place: str = "") -> None:
    """Put files (name, bytes) to somebody's draft; the very same file again is no second one. What cannot go along is
    left out: Refused says so, once the others are put."""
    given = list(files)
    if not given:
        return
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    made = [_made(name, content) for name, content in given]
    with write():
        Draft.objects.get_or_create(conversation=conversation, member=by, defaults={"text": ""})
        draft = locked(Draft.objects).get(conversation=conversation, member=by)
        name = draft.enclosed or new_key()
        there = list(Attachment.objects.filter(workspace_id=conversation.workspace_id, key=key_of(name)))
        known = {(one.name, bytes(one.content or b"")) for one in there}
        fresh = [one for one in made if (one.name, one.content) not in known]
        fresh, left_out = _parted(takes(conversation, place), there, fresh)
        last = max((one.place for one in there), default=0)
        for number, one in enumerate(fresh, last + 1):
            one.workspace_id, one.key, one.place = conversation.workspace_id, key_of(name), number
        Attachment.objects.bulk_create(fresh)
        if fresh:
            Draft.objects.filter(pk=draft.pk).update(enclosed=name, updated_at=now())
        elif not there and not draft.text:
            draft.delete()
    if left_out:
        raise Refused(_why_left_out(left_out, alone=len(made) == 1))


def drop(conversation: Conversation, id: int, *, by: Member) -> None:
    """Take a file out of somebody's draft again."""
    with write():
        draft = Draft.objects.filter(conversation=conversation, member=by).exclude(enclosed="").first()
        if draft is None:
            return
        rows = Attachment.objects.filter(workspace_id=conversation.workspace_id, key=key_of(draft.enclosed))
        rows.filter(pk=id).delete()
        if not rows.exists():
            Draft.objects.filter(pk=draft.pk).update(enclosed="")
            Draft.objects.filter(pk=draft.pk, text="").delete()


def describe(conversation: Conversation, said: Mapping[int, str], *, by: Member) -> None:
    """Keep what each file of somebody's draft shows, by its id."""
    for one in drafted(conversation, by) if said else ():
        words = clean(said.get(one.pk, one.alt)).strip()[:10_000]
        if words != one.alt:
            Attachment.objects.filter(pk=one.pk).update(alt=words)


def must_go(conversation: Conversation, files: list[Attachment], place: str) -> None:
    """Raises Refused where these files cannot go along with an answer in this place."""
    _must_take(takes(conversation, place), files)
    for one in files:
        if one.infected or (one.held and one.unscannable):
            raise Refused(_why_held(one))


def loaded(outgoing: Outgoing) -> tuple[File, ...]:
    """The files of an answer that is about to leave. Raises ChannelError while the scanner has not let them go."""
    if not outgoing.enclosed:
        return ()
    rows = Attachment.objects.filter(workspace_id=outgoing.workspace_id, key=key_of(outgoing.enclosed))
    found = list(rows.order_by("place"))
    for one in found:
        if scanning.of(one) != "given":
            raise ChannelError(_why_held(one), permanent=one.infected or one.unscannable)
    return tuple(File(name=one.name, type=one.type, content=bytes(one.content or b""), alt=one.alt) for one in found)


def left(outgoing: Outgoing, message: Message) -> None:
    """The answer stands on its network: its files are its message's. What an echo told of them gives way."""
    if not outgoing.enclosed:
        return
    rows = Attachment.objects.filter(workspace_id=outgoing.workspace_id)
    rows.filter(key=message.key, place__gt=0).delete()
    rows.filter(key=key_of(outgoing.enclosed)).update(key=message.key)
    Outgoing.objects.filter(pk=outgoing.pk).update(enclosed="")


def give_back(outgoing: Outgoing) -> None:
    """An answer is taken back: its files are the draft's again, which its words have just become."""
    if outgoing.enclosed and outgoing.by is not None:
        draft, _ = Draft.objects.get_or_create(
            conversation_id=outgoing.conversation_id, member=outgoing.by, defaults={"text": ""}
        )
        Draft.objects.filter(pk=draft.pk).update(
            enclosed=joined(outgoing.workspace_id, outgoing.enclosed, draft.enclosed)
        )
        Outgoing.objects.filter(pk=outgoing.pk).update(enclosed="")


def joined(workspace_id: int, first: str, second: str) -> str:
    """The name under which the files of both lie from now on, in this order."""
    if not first or not second:
        return first or second
    rows = Attachment.objects.filter(workspace_id=workspace_id)
    last = rows.filter(key=key_of(first)).aggregate(last=Max("place"))["last"] or 0
    for number, one in enumerate(rows.filter(key=key_of(second)).defer("content").order_by("place"), last + 1):
        rows.filter(pk=one.pk).update(key=key_of(first), place=number)
    return first


def forget(workspace_id: int, names: Iterable[str]) -> None:
    """What never left goes with its words."""
    keys = [key_of(name) for name in names if name]
    Attachment.objects.filter(workspace_id=workspace_id, key__in=keys).delete()


def _made(name: str, content: bytes) -> Attachment:
    label = one_line(name.replace("\\", "/").rpartition("/")[2], 120) or "file"
    type, content = type_said(label, content), bare(content)
    return Attachment(kind=kind_of(type), name=label, type=type, size=len(content), content=content)


LeftOut = list[tuple[str, Sentence]]
"""Names of files that do not go along, each with why not."""


def _parted(takes: Takes, there: list[Attachment], new: list[Attachment]) -> tuple[list[Attachment], LeftOut]:
    """Which of the new files go along with those that are there, in their order; and which do not."""
    taken: list[Attachment] = []
    left_out: LeftOut = []
    for one in new:
        try:
            if not one.size:
                raise Refused(Sentence("%(name)s is empty.", name=one.name))
            _must_take(takes, [*there, *taken, one])
            taken.append(one)
        except Refused as why:
            left_out.append((one.name, why.sentence))
    return taken, left_out


def _why_left_out(left_out: LeftOut, *, alone: bool) -> Sentence:
    """Why the first of them does not go along and, where it was not the only file given, the names of all."""
    why = left_out[0][1]
    if alone:
        return why
    return Sentence("%(why)s Left out: %(names)s.", why=why, names=", ".join(name for name, _ in left_out))


def _why_held(one: Attachment) -> Sentence:
    if one.infected:
        return Sentence("The virus scanner found something harmful in %(name)s. Take it out.", name=one.name)
    if one.unscannable:
        return Sentence("%(name)s is larger than the virus scanner takes, so it cannot go along.", name=one.name)
    return Sentence(
        "The virus scanner has not looked through %(name)s yet: the answer leaves when it has.", name=one.name
    )


def _must_take(takes: Takes, files: Iterable[Attachment]) -> None:
    try:
        must_take(takes, [Piece(one.name, one.type, one.size, one.alt) for one in files])
    except ChannelError as error:
        raise Refused(error.message) from error
