"""Orders: what people bought, onto the person who has the order's address. The same number again is the same order."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.accounts.models import Workspace
from rapport.channels import base
from rapport.core.database import now
from rapport.core.hashing import key
from rapport.ingest import cards, sql
from rapport.ingest.line import clean
from rapport.people.models import Order

_TOLD = ("placed_at", "delivered_at", "total", "currency", "status", "text")
_NEW = ("workspace", "person", "shop", "number", "key", "arrived_at", *_TOLD)


def keep(workspace: Workspace, found: Sequence[base.Order]) -> None:
    """Store new orders; one that we have is brought up to date, and stays with its person."""
    if not found:
        return
    latest = {key(order.shop, order.number): order for order in found}
    known = sql.ids(Order, workspace.pk, latest)
    fresh = {id: order for id, order in latest.items() if id not in known}
    people = cards.people_of(
        workspace,
        [base.Card(name=order.name, addresses=((order.network, order.address),)) for order in fresh.values()],
    )
    moment = now()
    sql.insert(
        Order,
        _NEW,
        [
            (workspace.pk, person, order.shop, clean(order.number, 255), id, moment, *_told(order))
            for (id, order), person in zip(fresh.items(), people, strict=True)
        ],
    )
    sql.update(Order, _TOLD, [(known[id], *_told(order)) for id, order in sorted(latest.items()) if id in known])


def _told(order: base.Order) -> tuple[object, ...]:
    words = (clean(order.currency, 3), clean(order.status, 60), clean(order.text, 10_000))
    return (order.placed_at, order.delivered_at, order.total, *words)
