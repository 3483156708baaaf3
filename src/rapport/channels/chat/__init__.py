"""Web chat: a line of HTML brings a talk into any website; answers appear there live, and by e-mail when she has left."""

from rapport.channels.chat.channel import ChatChannel

__all__ = ["ChatChannel"]
