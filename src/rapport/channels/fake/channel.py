"""The scriptable fake: say beforehand what the network will bring and how it will take what we send, then look."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from rapport.channels import envelopes
from rapport.channels.base import Batch, ChannelError, Handle, Item, Limit, Outgoing, Setting, Settings, Takes
from rapport.channels.carrying import NOTHING, must_take, pieces
from rapport.channels.lengths import must_fit
from rapport.channels.sniffing import PICTURES

Outcome = Literal["delivered", "sent", "refused", "unreachable", "limited", "lost_after", "lost_before"]
"""lost_after: the network took it and we never heard; lost_before: it did not, and we never heard either."""

TAKES = Takes(most=2, types=PICTURES, bytes=100_000, alt=200)


@dataclass
class FakeChannel:
    """A network in memory. Without a script it has nothing to fetch and delivers whatever is sent."""

    kind: str = "fake"
    label: str = "Fake"
    settings: tuple[Setting, ...] = (Setting(key="token", label="Token", kind="secret"),)
    limit: Limit | None = field(default_factory=lambda: Limit(280, "graphemes"))
    cannot_send: str = ""
    sent: dict[str, Outgoing] = field(default_factory=dict)
    """What the network has, by idempotency key."""
    attempts: list[Outgoing] = field(default_factory=list)
    """Every call of send, in order."""
    fetched: list[str | None] = field(default_factory=list)
    """The cursor of every call of fetch."""
    _batches: deque[Batch | ChannelError] = field(default_factory=deque)
    _outcomes: deque[Outcome] = field(default_factory=deque)
    _looks: deque[ChannelError] = field(default_factory=deque)

    def will_fetch(self, *batches: Batch | ChannelError) -> None:
        self._batches.extend(batches)

    def will_send(self, *outcomes: Outcome) -> None:
        """How the next sends go; afterwards everything is delivered."""
        self._outcomes.extend(outcomes)

    def will_not_find(self, *errors: ChannelError) -> None:
        """The next look-ups fail with these."""
        self._looks.extend(errors)

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        self.fetched.append(cursor)
        batch = self._batches.popleft() if self._batches else Batch(cursor=cursor)
        if isinstance(batch, ChannelError):
            raise batch
        return batch

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch:
        """A JSON object with id, text and author; no signature: it is a fake."""
        try:
            row = json.loads(body)
            envelope = envelopes.build(
                network=self.kind,
                external_id=str(row["id"]),
                author=str(row["author"]),
                text=str(row["text"]),
                said_at=now,
                direct=True,
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ChannelError("The fake takes an object with id, text and author.", permanent=True) from error
        return Batch((Item(envelope, body),))

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return TAKES if public else NOTHING

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        must_fit(outgoing.text, self.limit)
        must_take(self.carries(settings, public=outgoing.public), pieces(outgoing.manner.files))
        self.attempts.append(outgoing)
        outcome: Outcome = self._outcomes.popleft() if self._outcomes else "delivered"
        if outcome in {"delivered", "sent", "lost_after"}:
            self.sent[outgoing.idempotency_key] = outgoing
        if outcome in FAILURES:
            raise FAILURES[outcome]()
        return self._handle(outgoing.idempotency_key, delivered=outcome == "delivered")

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        if self._looks:
            raise self._looks.popleft()
        return self._handle(idempotency_key) if idempotency_key in self.sent else None

    @staticmethod
    def _handle(key: str, *, delivered: bool = True) -> Handle:
        return Handle(external_id=f"fake-{key}", url=f"https://fake.example/{key}", delivered=delivered)


def _lost() -> ChannelError:
    return ChannelError("The fake did not answer in time; whether it took the message cannot be said.", unknown=True)


FAILURES = {
    "refused": lambda: ChannelError("The fake says: this person has blocked you.", permanent=True),
    "unreachable": lambda: ChannelError("The fake could not be reached."),
    "limited": lambda: ChannelError("The fake asks us to wait.", retry_after=timedelta(seconds=30)),
    "lost_after": _lost,
    "lost_before": _lost,
}
