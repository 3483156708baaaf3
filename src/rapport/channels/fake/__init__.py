"""A channel that does as it is told, for tests; it is never in the registry of a running Rapport."""

from rapport.channels.fake.channel import FakeChannel

__all__ = ["FakeChannel"]
