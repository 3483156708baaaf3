"""Budgeting: what a source may use up on one day, counted as it leaves, and said when it is spent.

What would only look for news stops at the budget and waits for the next day (UTC). An answer that a person wrote leaves
all the same, and is counted.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport import net
from rapport.channels import money
from rapport.channels.base import ChannelError, Fetches, Prices, Streams
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.inbox.models import Source, Spent
from rapport.net.sentence import Sentence

MILLION = 1_000_000
MOST = 2**31 - 1


@dataclass(frozen=True)
class Budget:
    """What a source may use up on one day and what it has used, in words for its page. Empty: no limit, or no money."""

    requests: int | None
    used: int
    yesterday: int
    cost: str
    cost_used: str
    currency: str
    spent: bool

    @property
    def left(self) -> int | None:
        """Requests that remain today."""
        return None if self.requests is None else max(0, self.requests - self.used)


def of(source: Source, moment: datetime) -> Budget | None:
    """The budget of a source that asks its network for news; None for one that only waits."""
    channel = source.channel
    if not isinstance(channel, Fetches | Streams):
        return None
    days = {row.day: row for row in Spent.objects.filter(source=source, day__gte=moment.date() - timedelta(days=1))}
    today = days.get(moment.date(), Spent())
    currency = channel.currency if isinstance(channel, Prices) else ""
    dear = source.cost_a_day is not None and today.cost >= source.cost_a_day
    out = source.requests_a_day is not None and today.requests >= source.requests_a_day
    return Budget(
        requests=source.requests_a_day,
        used=today.requests,
        yesterday=days.get(moment.date() - timedelta(days=1), Spent()).requests,
        cost=_written(source.cost_a_day, currency),
        cost_used=_written(today.cost, currency),
        currency=currency,
        spent=dear or out,
    )


def read(source: Source, requests: str, cost: str) -> tuple[int | None, int | None]:
    """What a person wrote as a budget: (requests, millionths of the currency) a day; None without a limit.

    Raises Refused with a sentence.
    """
    words = requests.strip()
    number = int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else None
    if words and (number is None or number < 1):
        raise Refused("Write how many requests, as a whole number from 1; or nothing. To stop it altogether, pause it.")
    channel = source.channel
    if not cost.strip() or not isinstance(channel, Prices):
        return number, None
    try:
        amount, _ = money.read(cost, channel.currency)
    except ValueError as error:
        raise Refused("Write an amount of money such as 2.50; or nothing.") from error
    if not 0 < amount <= MOST:
        raise Refused("Write an amount of money such as 2.50; or nothing.")
    return number, amount * 10 ** (6 - money.places(channel.currency))


def _written(cost: int | None, currency: str) -> str:
    if cost is None or not currency:
        return ""
    return money.written(-(-cost // 10 ** (6 - money.places(currency))), currency)  # a begun cent is a cent


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
