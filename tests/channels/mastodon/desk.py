"""A source as the worker keeps it: settings, a cursor, and what has arrived."""

from __future__ import annotations

from typing import Any

from rapport.channels.base import Batch, Connected, Outgoing
from rapport.channels.mastodon import MastodonChannel
from tests.peers.mastodon.fake import Fake


class Desk:
    """A source as the worker keeps it: settings, a cursor, and what has arrived."""

    def __init__(self, server: Fake, **more: str) -> None:
        self.channel = MastodonChannel()
        self.settings = Connected({"server": server.url, "token": "good", **more})
        self.cursor: str | None = None
        self.arrived: list[Any] = []

    def poll(self) -> list[Any]:
        """What a visit brings that had not arrived before."""
        before = len(self.arrived)
        batch = Batch(more=True)
        while batch.more:
            batch = self.channel.fetch(self.settings, self.cursor)
            assert len(batch.items) <= 500
            self.cursor = batch.cursor
            self.take(batch)
        return self.arrived[before:]

    def take(self, batch: Batch) -> None:
        for item in batch.items:
            if self._name(item.envelope) not in map(self._name, self.arrived):
                self.arrived.append(item.envelope)

    @staticmethod
    def _name(one: Any) -> tuple[str, str]:
        return one.external_id, "deleted" if one.deleted else one.version or one.text

    def send(self, text: str, to: Any, **more: Any) -> Any:
        return self.channel.send(self.settings, out(text, to, **more))


def out(text: str, to: Any, **more: Any) -> Outgoing:
    return Outgoing(idempotency_key=more.pop("key", "k-1"), text=text, author="Bea", in_reply_to=to["uri"], **more)
