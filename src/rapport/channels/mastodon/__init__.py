"""Mastodon, and whatever speaks its API: what is said to us and about us, and answers that never reach more people."""

from rapport.channels.mastodon.channel import MastodonChannel

__all__ = ["MastodonChannel"]
