"""Budgeting: what a source may use up on one day, counted as it leaves, and said when it is spent.

What would only look for news stops at the budget and waits for the next day (UTC). An answer that a person wrote leaves
all the same, and is counted.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from rapport import net
from rapport.channels.base import ChannelError, Prices
from rapport.core.database import now
from rapport.inbox.models import Source, Spent
from rapport.net.sentence import Sentence

MILLION = 1_000_000


def left_of_day(moment: datetime) -> timedelta:
    """How long until the next day begins (UTC)."""
    tomorrow = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return tomorrow - moment


class Purse:
    """Counts every request that leaves inside the ``with``. ``strict``: it refuses what the budget does not hold."""

    def __init__(self, source: Source, *, strict: bool) -> None:
        self._source, self._strict = source, strict
        channel = source.channel
        self._prices = channel if isinstance(channel, Prices) else None
        self._limited = source.requests_a_day is not None or source.cost_a_day is not None
        self._requests = self._cost = 0
        self.empty: ChannelError | None = None
        """The sentence, once the budget refused something."""
        self._watch: AbstractContextManager[None] = net.watched(self._leaves)

    def __enter__(self) -> Purse:
        self._watch.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._watch.__exit__(None, None, None)
        self._write()

    def _leaves(self, method: str, url: str) -> None:
        cost = self._prices.price(method, url) if self._prices else 0
        if self._limited and self._strict:
            self._write()
            self._refuse(cost)
        self._requests, self._cost = self._requests + 1, self._cost + cost
        if self._limited:
            self._write()

    def _refuse(self, cost: int) -> None:
        source, moment = self._source, now()
        row = Spent.objects.filter(source=source, day=moment.date()).first() or Spent(source=source, day=moment.date())
        wait = left_of_day(moment)
        if source.requests_a_day is not None and row.requests >= source.requests_a_day:
            words = Sentence(
                "The budget of this source is spent: %(n)s requests today. It looks again tomorrow (UTC).",
                n=row.requests,
            )
        elif source.cost_a_day is not None and row.cost + cost > source.cost_a_day:
            currency = self._prices.currency if self._prices else ""
            words = Sentence(
                "The budget of this source is spent: %(cost)s %(currency)s today. It looks again tomorrow (UTC).",
                cost=f"{row.cost / MILLION:.2f}", currency=currency,
            )  # fmt: skip
        else:
            return
        self.empty = ChannelError(words, retry_after=wait)
        raise net.Refused(words)

    def _write(self) -> None:
        if self._requests:
            Spent.add(self._source, now().date(), self._requests, self._cost)
            self._requests = self._cost = 0
