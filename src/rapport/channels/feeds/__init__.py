"""Feeds: blogs, reviews, forums and whoever else publishes RSS, Atom or JSON Feed, listened to."""

from rapport.channels.feeds.channel import FeedsChannel

__all__ = ["FeedsChannel"]
