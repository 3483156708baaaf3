"""Bluesky: an account's mentions, replies, quotes, searches and direct messages, answered there; and what all say."""
