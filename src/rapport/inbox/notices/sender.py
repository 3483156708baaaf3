"""Sender: in whose name this server writes to its own members."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from rapport import net


def address() -> str:
    """The relay's user where that is an address, else rapport@ the host of RAPPORT_URL."""
    relay = net.relay()
    if relay is not None and "@" in relay.user:
        return relay.user
    host = urlsplit(settings.RAPPORT_URL).hostname or ""
    return f"rapport@{host if host.rpartition('.')[2].isalpha() else 'localhost'}"
