"""Asking: what a person says to connect an account, and what is listened for beside what is said to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from rapport.channels.base import ChannelError, Setting, Settings, terms_of
from rapport.channels.loose import Row, word
from rapport.channels.mastodon import parse
from rapport.channels.mastodon.client import base_of
from rapport.net.sentence import Sentence

MOST_HASHTAGS = 6
SETTINGS: tuple[Setting, ...] = (
    Setting(key="server", label="Server", help="Where the account lives, such as mastodon.social."),
    Setting(
        key="token",
        label="Access token",
        kind="secret",
        help="On your server: Preferences, Development, New application. Tick read, write:statuses, write:media and "
        "write:favourites, save, open the application, and copy “Your access token”.",
    ),
    Setting(
        key="hashtags",
        label="Hashtags to listen to",
        required=False,
        help="Up to six, separated by blanks. Whoever uses one of them is heard, also without naming you.",
    ),
    Setting(
        key="public",
        label="Public timeline",
        kind="choice",
        required=False,
        choices=(("", "Do not listen"), ("local", "Of this server"), ("all", "All that this server sees")),
        help="Only what holds one of the words below is taken in; without any, what holds your own names and topics.",
    ),
    Setting(
        key="words",
        label="Words to look for in it",
        kind="paragraph",
        required=False,
        help="One on each line, such as the name of your company.",
    ),
)


def must_make_sense(settings: Settings) -> None:
    """Raises a permanent ChannelError."""
    base_of(settings)
    if len(hashtags(settings)) > MOST_HASHTAGS:
        raise ChannelError(
            Sentence("At most %(n)s hashtags: each is a connection of its own.", n=MOST_HASHTAGS), permanent=True
        )


def hashtags(settings: Settings) -> list[str]:
    """The hashtags as people write them: with or without #, separated by anything."""
    return list(dict.fromkeys(re.findall(r"\w+", settings.get("hashtags", "").casefold())))


def words(settings: Settings) -> list[str]:
    return [word.strip().casefold() for word in settings.get("words", "").splitlines() if word.strip()]


def wanted(settings: Settings) -> Callable[[Row], bool]:
    """Does a public status hold one of the words that are looked for: those of the source, else the workspace's own?"""
    sought = words(settings)

    def holds(said: Row) -> bool:
        text = f"{parse.text(said)} {word(said, 'spoiler_text')}".casefold()
        return any(one.casefold() in text for one in sought or terms_of(settings) if one)

    return holds
