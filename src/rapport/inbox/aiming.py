"""Aiming: before an answer leaves, a look at what it answers. Whoever wrote it learns of a deletion or an edit first."""

from __future__ import annotations

from typing import Any

from rapport.channels.base import ChannelError, Settings, Targets
from rapport.core import work
from rapport.inbox.models import Message, Outgoing
from rapport.inbox.models.source import lane
from rapport.net.sentence import Sentence

GONE = Sentence("What you answer was deleted there meanwhile. Nothing was sent.")
GONE_THERE = Sentence("It was deleted there meanwhile.")
EDITED = Sentence("What you answer was changed there meanwhile. Nothing was sent: read it again first.")


class Moved(ChannelError):
    """What is about to be answered is not what its writer saw. ``how`` is ``gone`` or ``edited``."""

    def __init__(self, how: str) -> None:
        super().__init__(GONE if how == "gone" else EDITED, permanent=True)
        self.how = how


def look(outgoing: Outgoing, channel: Any, settings: Settings) -> None:
    """Raises Moved, once: whoever was told and sends it all the same is not asked again.

    A network that will not say (a permanent error) does not hold the answer up: it will say so when it is sent.
    """
    to = outgoing.in_reply_to
    if to is None or not isinstance(channel, Targets):
        return
    if to.deleted_at is not None:
        state = "gone"
    else:
        try:
            state = channel.target(settings, to.external_id, to.version).state
        except ChannelError as error:
            if error.permanent and not error.reauthorise:
                return
            raise
    if state == "there" or state == outgoing.warned:
        return
    Outgoing.objects.filter(pk=outgoing.pk).update(warned=state)
    look_again(to)
    raise Moved(state)


def look_again(message: Message) -> None:
    """What it says there now shall come down the line."""
    work.put(
        "message.look_again", {"message": message.pk}, workspace_id=message.workspace_id, lane=lane(message.source_id)
    )
