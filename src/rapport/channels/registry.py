"""Every channel there is, by kind. A channel is added by a folder and one line here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rapport.channels.base import Channel, ChannelError
from rapport.channels.bluesky.channel import BlueskyChannel
from rapport.channels.bluesky.listening import BlueskyPosts
from rapport.channels.chat.channel import ChatChannel
from rapport.channels.demo.channel import DEMO_CHANNELS
from rapport.channels.feeds.channel import FeedsChannel
from rapport.channels.files.channel import FilesChannel
from rapport.channels.form.channel import FormChannel
from rapport.channels.mail.channel import MailChannel
from rapport.channels.mastodon.channel import MastodonChannel
from rapport.channels.webhook.channel import WebhookChannel
from rapport.net.sentence import Sentence

SHIPPED: tuple[Channel, ...] = (
    FilesChannel(),
    WebhookChannel(),
    FormChannel(),
    MailChannel(),
    BlueskyChannel(),
    BlueskyPosts(),
    MastodonChannel(),
    ChatChannel(),
    FeedsChannel(),
    *DEMO_CHANNELS,
)
_channels = {channel.kind: channel for channel in SHIPPED}


def get(kind: str) -> Channel:
    """The channel of that kind; raises a permanent :class:`ChannelError` for one that is not there (any more)."""
    try:
        return _channels[kind]
    except KeyError as error:
        raise ChannelError(
            Sentence("This Rapport has no channel of the kind “%(kind)s”.", kind=kind[:40]), permanent=True
        ) from error


def all() -> tuple[Channel, ...]:
    """Every channel. Those with settings can be connected by filling them in."""
    return tuple(_channels.values())


@contextmanager
def also(channel: Channel) -> Iterator[None]:
    """For tests: this channel exists, too (or in place of the one of its kind), inside the ``with``."""
    before = _channels.get(channel.kind)
    _channels[channel.kind] = channel
    try:
        yield
    finally:
        if before is None:
            del _channels[channel.kind]
        else:
            _channels[channel.kind] = before
