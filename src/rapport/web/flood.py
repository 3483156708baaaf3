"""Flood: how much one address sends to one form, and how often the same words come. Fixed windows.

The counts stand in the cache, which is this process's own memory: a restart forgets them, several processes count each
for itself. No address is written down anywhere.
"""

from __future__ import annotations

from django.core.cache import cache

from rapport.channels.suspicion import gist
from rapport.net.addresses import neighbourhood

WINDOW = 600
"""Seconds."""
MOST = 10
"""Messages from one address to one form within a window; a whole office may share an address."""
DAY = 24 * 3600


def too_many(source_id: int, host: str) -> bool:
    """Count one more; is it one too many?"""
    return _count(f"form:{source_id}:from:{neighbourhood(host)}", WINDOW) > MOST


def more_than(most: int, key: str, host: str = "") -> bool:
    """Count one more under this key (from one neighbourhood, where a host is given); are they more than ``most``?"""
    return _count(f"{key}:{neighbourhood(host)}" if host else key, WINDOW) > most


def repeats(source_id: int, text: str) -> int:
    """How often these very words came to this form within a day, before now. Counts this time."""
    words = gist(text)
    return _count(f"form:{source_id}:said:{words}", DAY) - 1 if words else 0


def _count(key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # the window closed between the two
        cache.set(key, 1, seconds)
        return 1
