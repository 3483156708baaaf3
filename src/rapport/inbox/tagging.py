"""Tagging: words of our own on a conversation; and the words themselves: renamed, or two made one."""

from __future__ import annotations

import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import Count

from rapport.accounts.models import Member
from rapport.channels.text import one_line
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, Tag, Tagging

LONGEST = 40
MOST = 20
"""Tags that one conversation bears."""
KNOWN = 500
"""Tags that a page offers for completion, the most used first."""


def fold(name: str) -> str:
    """How two names of tags are compared: without case, width or leading #."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())[:80]


def named(words: str) -> str:
    """The name as it is kept. Raises Refused where there is none."""
    name = one_line(words, 1_000).lstrip("#＃").strip()
    if not name or not fold(name).strip():
        raise Refused("Write a word for the tag.")
    if len(name) > LONGEST or "," in name:
        raise Refused("A tag is one short word or two: at most 40 characters, and no comma.")
    return name


def known(member: Member) -> list[Tag]:
    """The tags of the workspace, the most used first; each with ``used``, the number of conversations that bear it."""
    rows = Tag.objects.filter(workspace_id=member.workspace_id).annotate(used=Count("taggings"))
    return list(rows.order_by("-used", "folded")[:KNOWN])


def tag(conversation: Conversation, words: str, *, by: Member) -> Event | None:
    """Put a tag on a conversation; a word nobody used before becomes one. None: it bears it already."""
    _refuse_reader(by)
    name = named(words)
    with write():
        _hold(conversation)
        found, made = _found(conversation.workspace_id, name)
        borne = set(conversation.taggings.values_list("tag_id", flat=True))
        if found.pk in borne:
            return None
        if len(borne) >= MOST:
            raise Refused("A conversation bears at most 20 tags. Take one off first.")
        Tagging.objects.create(conversation=conversation, tag=found, by=by)
        return _tell(conversation, "conversation.tagged", found, by, **({"made": True} if made else {}))


def untag(conversation: Conversation, tag: Tag, *, by: Member) -> Event | None:
    """Take a tag off a conversation. None: it did not bear it."""
    _refuse_reader(by)
    with write():
        _hold(conversation)
        if not Tagging.objects.filter(conversation=conversation, tag=tag).delete()[0]:
            return None
        return _tell(conversation, "conversation.untagged", tag, by)


def take_back(conversation: Conversation, tag: Tag, *, by: Member, made: bool = False) -> None:
    """What undoing *tag* does: the tag is off again, however often this is asked for. A word that was ``made`` a tag by
    it is none any more, unless it was put on another conversation meanwhile."""
    with write():
        if not Tagging.objects.filter(conversation=conversation, tag=tag).delete()[0]:
            return
        hint(conversation.workspace_id, "conversation", conversation.pk)
        if made and not locked(Tag.objects).get(pk=tag.pk).taggings.exists():
            _remove(tag, by)


def put_back(conversation: Conversation, tag: Tag, *, by: Member) -> None:
    """What undoing *untag* does: the tag is there again, however often this is asked for."""
    with write():
        if Tagging.objects.get_or_create(conversation=conversation, tag=tag, defaults={"by": by})[1]:
            hint(conversation.workspace_id, "conversation", conversation.pk)


def rename(tag: Tag, words: str, *, by: Member) -> Tag:
    """Another name for a tag. Where that is another tag's name the two become one; returns the tag that is there now."""
    _refuse_reader(by)
    name = named(words)
    with write():
        other = Tag.objects.filter(workspace_id=tag.workspace_id, folded=fold(name)).exclude(pk=tag.pk).first()
        if other is not None:
            return _merge(tag, other, by)
        Tag.objects.filter(pk=tag.pk).update(name=name, folded=fold(name))
        record("tag.renamed", tag, by=by)
    tag.name, tag.folded = name, fold(name)
    return tag


def remove(tag: Tag, *, by: Member) -> None:
    """A tag that no conversation bears goes for good."""
    _refuse_reader(by)
    with write():
        if tag.taggings.exists():
            raise Refused("Conversations still bear this tag. Give it the name of another one: then the two are one.")
        _remove(tag, by)


def _remove(tag: Tag, by: Member) -> None:
    record("tag.removed", tag, by=by)
    Tag.objects.filter(pk=tag.pk).delete()


def _merge(tag: Tag, into: Tag, by: Member) -> Tag:
    """All that bears ``tag`` bears ``into``; then the first is gone."""
    both = Tagging.objects.filter(tag=into).values("conversation")
    Tagging.objects.filter(tag=tag, conversation__in=both).delete()
    moved = Tagging.objects.filter(tag=tag).update(tag=into)
    record("tag.merged", into, by=by, tag=tag.pk, count=moved)
    Tag.objects.filter(pk=tag.pk).delete()
    return into


def _found(workspace_id: int, name: str) -> tuple[Tag, bool]:
    """The tag of this name, made (True) if there is none; two who make it at once find the same one."""
    rows = Tag.objects.filter(workspace_id=workspace_id, folded=fold(name))
    if (there := rows.first()) is not None:
        return there, False
    try:
        with transaction.atomic():
            return Tag.objects.create(workspace_id=workspace_id, name=name, folded=fold(name)), True
    except IntegrityError:
        return rows.get(), False


def _hold(conversation: Conversation) -> None:
    """Nobody else tags this conversation until the transaction ends; a person has touched it."""
    if not locked(Conversation.objects).filter(pk=conversation.pk).exists():
        raise Refused("A message has just joined this conversation with another. Open it again.")
    Conversation.objects.filter(pk=conversation.pk).update(touched_at=now())


def _tell(conversation: Conversation, verb: str, tag: Tag, by: Member, **facts: bool) -> Event:
    hint(conversation.workspace_id, "conversation", conversation.pk)
    return record(verb, conversation, by=by, tag=tag.pk, **facts)


def _refuse_reader(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
