"""Showing: an answer as it will stand on its network, before anybody sends it. Nothing is stored, nobody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapport.accounts.models import Member
from rapport.channels.base import ChannelError, Showing, Shown, Shows, Splits
from rapport.channels.text import clean
from rapport.core.refusal import Refused
from rapport.inbox import continuing, enclosing, sending, splitting
from rapport.inbox.models import Attachment, Conversation, Message, Outgoing


@dataclass(frozen=True)
class Preview:
    """How it will stand there (None: nothing would, and ``refusal`` says why). ``private``: for one pair of eyes;
    ``to``: the message that it answers; ``several``: it would leave as several messages, if its writer agrees."""

    showing: Showing | None
    private: bool
    to: Message | None
    several: bool = False
    refusal: str = ""
    files: tuple[Attachment, ...] = ()
    """What goes along, with the first of its messages."""

    @property
    def typed(self) -> bool:
        """The words are those that were typed: where there is little room, they need not stand there twice."""
        it = self.showing
        return it is not None and len(it.parts) == 1 and not it.parts[0].marks

    @property
    def plain(self) -> bool:
        """Nothing but such words, and files that are listed above them anyway."""
        it = self.showing
        return it is not None and self.typed and not (it.below or it.to or it.content_warning)


def show(conversation: Conversation, text: str, *, by: Member, place: str = "") -> Preview | None:
    """The preview of these words; None where there are none, or where this source sends nothing."""
    words = clean(text).strip()
    if not words or conversation.source.cannot_send:
        return None
    outgoing = _unsent(conversation, words, by, place)
    private = not continuing.is_public(outgoing)
    try:
        outgoing.split = splitting.must_fit(conversation, words, split=True, place=place)
        files = tuple(enclosing.drafted(conversation, by))
        enclosing.must_go(conversation, list(files), place)
        showing = _showing(conversation, outgoing)
    except (ChannelError, Refused) as error:
        return Preview(None, private, outgoing.in_reply_to, refusal=getattr(error, "message", "") or str(error))
    return Preview(showing, private, outgoing.in_reply_to, several=outgoing.split, files=files)


def _unsent(conversation: Conversation, words: str, by: Member, place: str) -> Outgoing:
    """The answer as ``replying`` would make it, unsaved."""
    to, visibility = continuing.aim(conversation, continuing.ways(conversation).taken(place), aloud=True)
    return Outgoing(
        workspace_id=conversation.workspace_id, conversation=conversation, in_reply_to=to, visibility=visibility,
        by=by, text=words,
    )  # fmt: skip


def _showing(conversation: Conversation, outgoing: Outgoing) -> Showing:
    channel: Any = conversation.source.channel
    said = sending.words(outgoing, conversation.thread)
    if isinstance(channel, Shows):
        return channel.show(conversation.source.settings, said)
    texts = channel.parts(said.text) if outgoing.split and isinstance(channel, Splits) else [said.text]
    visibility = said.manner.visibility or ("public" if said.public else "direct")
    return Showing(parts=tuple(map(Shown, texts)), sender=said.author, visibility=visibility)
