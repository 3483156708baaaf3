"""Crowd: how many streams strangers may hold open, from one address and in all. Whoever is one too many asks instead."""

from __future__ import annotations

from collections import Counter

from rapport.config.gate import neighbourhood
from rapport.core.live import App, NotAdmitted, Receive, Scope
from rapport.core.room import Send


class Crowd:
    """ASGI middleware before a hub that anybody may knock at."""

    def __init__(self, app: App, per_address: int = 32, most: int = 5_000) -> None:
        self.app, self.per_address, self.most = app, per_address, most
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = neighbourhood(scope)
        if self._inside[address] >= self.per_address or self._inside.total() >= self.most:
            await NotAdmitted(429, "Too many open streams. Ask now and again instead.").answer(send)
            return
        self._inside[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]
