"""Splitting: an answer too long for one message may leave as several, if its writer says so."""

from __future__ import annotations

from rapport.channels import lengths
from rapport.channels.base import ChannelError, Splits
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation
from rapport.net.sentence import Sentence


class TooLong(Refused):
    """It does not fit into one message; ``count`` is how many it would be."""

    def __init__(self, count: int) -> None:
        words = Sentence("This is too long for one message. It can leave as %(n)s, one under the other.", n=count)
        super().__init__(words)
        self.count = count


def can(conversation: Conversation, place: str = "") -> bool:
    """May answers leave here as several? In public only: what is said directly is no thread."""
    return conversation.public and place != "private" and isinstance(conversation.source.channel, Splits)


def must_fit(conversation: Conversation, words: str, *, split: bool, place: str = "") -> bool:
    """Whether it leaves as several. Raises Refused for what does not fit, TooLong where it would fit so."""
    try:
        lengths.must_fit(words, conversation.source.limit)
    except ChannelError as error:
        count = _count(conversation, words) if can(conversation, place) else 0
        if not count:
            raise Refused(error.message) from error
        if not split:
            raise TooLong(count) from error
        return True
    return False


def _count(conversation: Conversation, words: str) -> int:
    """How many messages it would be. Raises Refused where these are too many."""
    channel = conversation.source.channel
    try:
        return len(channel.parts(words)) if isinstance(channel, Splits) else 0
    except ChannelError as error:
        raise Refused(error.message) from error
