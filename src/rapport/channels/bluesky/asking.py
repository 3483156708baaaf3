"""Asking: what a person says to connect an account. Pure."""

from __future__ import annotations

from rapport.channels.base import ChannelError, Setting, Settings
from rapport.channels.bluesky import searching, session

SETTINGS: tuple[Setting, ...] = (
    Setting(key="handle", label="Handle", help="The account’s name, such as acme.bsky.social."),
    Setting(
        key="app_password",
        label="App password",
        help="Made on Bluesky under Settings, Privacy and security, App passwords. Never the account’s own password.",
        kind="secret",
    ),
    Setting(
        key="service",
        label="Server",
        help="Where the account logs in.",
        kind="url",
        required=False,
        default=session.SERVICE,
    ),
    Setting(
        key="searches",
        label="Saved searches",
        help="One a line: what the network’s own search is asked for. Up to 20.",
        kind="paragraph",
        required=False,
    ),
    Setting(
        key="direct_messages",
        label="Direct messages, too",
        help="The app password must allow access to them.",
        kind="flag",
        required=False,
    ),
)


def must_make_sense(settings: Settings) -> None:
    """Raises a permanent ChannelError for what no account can be logged in with."""
    session.service_of(settings)
    searching.queries(settings)
    if "@" in settings.get("handle", "").strip().removeprefix("@"):
        raise ChannelError("Write the handle, such as acme.bsky.social, and no e-mail address.", permanent=True)
