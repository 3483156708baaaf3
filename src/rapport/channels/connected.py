"""Connected: what a source needs to connect, which its channel may renew in mid-call, with one owner at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

Settings = Mapping[str, str]
Make = Callable[[Mapping[str, str]], Mapping[str, str]]
"""From the settings as they are to the settings as they will be: asks the network for a new session. May raise
ChannelError, and then nothing changes."""
Keep = Callable[[Mapping[str, str], Make], Mapping[str, str]]
"""The owner of the settings: given what the caller holds, and how new ones are made, the settings that hold now."""
Terms = Callable[[], Sequence[str]]
"""The words that the workspace knows, as they are at this moment."""
SESSION = "session_"
"""Keys that begin so are the channel's own (tokens that it renews); they fall when a person changes the settings."""
SIGNED = "oauth_"
"""Keys that begin so came with a sign-in on the network itself; they fall when somebody gives other credentials."""


class Connected(Mapping[str, str]):
    """The settings of a connected source. Without an owner (``keep``) they live in memory only, as in tests."""

    def __init__(
        self, values: Mapping[str, str], keep: Keep | None = None, terms: Terms | None = None, address: str = ""
    ) -> None:
        self._values = dict(values)
        self._keep = keep
        self.terms: Terms = terms or tuple
        self.address = address
        self._lock = threading.RLock()

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def renew(self, make: Make, stale: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """New credentials, kept before anybody uses them: this mapping afterwards, which others may hold, too.

        ``stale`` is a copy of what the caller used when it was refused. Where somebody else renewed them since, theirs
        are taken and ``make`` is not called: a refresh token that may be used once is used once.
        """
        with self._lock:
            before = dict(self._values)
            if stale is None or all(before.get(key) == value for key, value in stale.items()):
                self._values = dict(self._keep(before, make)) if self._keep else before | dict(make(before))
        return self


def renewed(settings: Settings, make: Make, stale: Mapping[str, str] | None = None) -> Settings:
    """The settings with new credentials: through their owner where they have one; a plain mapping is made anew."""
    return settings.renew(make, stale) if isinstance(settings, Connected) else {**settings, **make(settings)}


def address_of(settings: Settings) -> str:
    """Where strangers deliver to this very source, as they reach us from outside; empty where nobody knows."""
    return settings.address if isinstance(settings, Connected) else ""


def terms_of(settings: Settings) -> Sequence[str]:
    """The words that the workspace knows (its names, its handles, its topics), for a channel that listens to everybody."""
    return settings.terms() if isinstance(settings, Connected) else ()
