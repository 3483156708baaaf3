"""History: what was said to an account before it was connected, and what it answered, one page at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rapport.channels.base import Batch, Settings
from rapport.channels.bluesky import hearing, searching, talking
from rapport.channels.bluesky.cursor import Basket, stamp
from rapport.channels.bluesky.session import Session


def backfill(settings: Settings, since: datetime, cursor: str | None) -> Batch:
    """Our own answers, notifications since then, then each search, then direct messages: one page at a time."""
    account, basket = Session(settings), Basket([], [])
    steps = _backwards(account, settings, since, basket)
    stage, _, at = (cursor or "0 ").partition(" ")
    number = int(stage) if stage.isdecimal() else 0
    if number >= len(steps):
        return Batch(cursor=cursor)
    at = steps[number](at)
    onward = number if at else number + 1
    part = _share(basket, since) if at else 0.0
    return Batch(
        items=tuple(basket.items),
        unreadable=tuple(basket.unreadable),
        cursor=f"{onward} {at}",
        more=onward < len(steps),
        far=(onward + part) / len(steps),
    )


def _backwards(account: Session, settings: Settings, since: datetime, basket: Basket) -> list[Callable[[str], str]]:
    """The steps of a backfill: each reads one page into the basket and says where the next begins, empty at its end."""

    def heard(at: str) -> str:
        onward = hearing.backfill(account, since, at, basket)
        hearing.context(account, basket, frozenset())
        return onward

    def talked(_: str) -> str:
        talking.since(talking.Chat(account), stamp(since), basket)
        return ""

    steps: list[Callable[[str], str]] = [lambda at: hearing.own(account, since, at, basket), heard]
    for query in searching.queries(settings):
        steps.append(lambda at, query=query: searching.older(account, query, since, at, basket))  # type: ignore[misc]
    return [*steps, talked] if settings.get("direct_messages") else steps


def _share(basket: Basket, since: datetime) -> float:
    """How much of the time back to ``since`` the oldest of these has come."""
    said = [item.envelope.said_at for item in basket.items if item.envelope.said_at]
    if not said:
        return 0.0
    moment = datetime.now(UTC)
    return min(1.0, max(0.0, (moment - min(said)) / max(moment - since, timedelta(hours=1))))
