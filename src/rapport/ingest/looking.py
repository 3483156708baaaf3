"""Looking again at what was about to be answered and had changed on its network: what it says now comes down the line."""

from __future__ import annotations

from typing import Any

from rapport.channels.base import Author, Batch, ChannelError, Envelope, Item, Targets
from rapport.core import work
from rapport.inbox import renewing
from rapport.inbox.models import Message
from rapport.ingest.accepting import accept


@work.job("message.look_again")
def look_again(row: work.Claimed) -> None:
    rows = Message.objects.select_related("source", "identity", "conversation")
    message = rows.filter(pk=row.payload["message"], deleted_at=None).first()
    if message is None:
        return
    channel: Any = message.source.channel
    if not isinstance(channel, Targets):
        return
    try:
        target = channel.target(renewing.connected(message.source), message.external_id, message.version)
    except ChannelError as error:
        raise work.Again(error.message, error.retry_after) from error
    if target.state == "gone":
        accept(message.source, Batch((Item(_gone(message), b""),)))
    elif target.item is not None:
        accept(message.source, Batch((target.item,)))


def _gone(message: Message) -> Envelope:
    address = message.identity.address if message.identity else "unknown"
    return Envelope(
        network=message.network, external_id=message.external_id, author=Author(address), text="", deleted=True,
        said_at=message.said_at, thread=message.conversation.thread, public=message.public,
        ours=message.ours,
    )  # fmt: skip
