"""What a message is about, in a few words under it, and whether what it says one is entitled to was bought (S40)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from rapport.inbox.models import Message
from rapport.people import entitling
from rapport.people.models import Order

TOPICS = {
    "delivery": _("delivery"), "damaged": _("broken or damaged"), "billing": _("billing"), "refund": _("money back"),
    "login": _("logging in"), "outage": _("an outage"), "app": _("app or website"), "staff": _("our people"),
    "waiting": _("waiting"), "trip": _("a trip"), "contract": _("contract"), "product": _("what we sell"),
}  # fmt: skip
"""What a matter is about, by the codes of ``understanding.anatomy``."""
_MOST_ORDERS = 200
"""Orders of one person that are looked through, the newest first."""


@dataclass(frozen=True)
class Matter:
    """The anatomy of a matter in the writer's own words; empty parts were not found."""

    about: tuple[str, ...] = ()
    """Its topics, the thing, and what was paid."""
    wrong: tuple[str, ...] = ()
    broken: str = ""
    """The promise of ours that is said to be broken."""
    entitled: str = ""
    order: Order | None = None
    """The order in which they bought what they are entitled to."""
    until: datetime | None = None
    unbought: bool = False
    """They have orders, and none of them holds it."""

    def __bool__(self) -> bool:
        return bool(self.about or self.wrong or self.broken or self.entitled)


NOTHING = Matter()


def of(message: Message) -> Matter:
    """The anatomy as its Reading keeps it. One that was read before there was any tells nothing."""
    reading = getattr(message, "reading", None)
    parts = reading.data.get("anatomy") if reading and not message.ours else None
    if not parts:
        return NOTHING
    about = [str(TOPICS[topic]) for topic in parts.get("topics", ()) if topic in TOPICS]
    about += [parts[part] for part in ("product", "price") if parts.get(part)]
    return Matter(
        about=tuple(dict.fromkeys(about)),
        wrong=tuple(parts.get("faults", ())),
        broken=parts.get("promise_broken", ""),
        entitled=parts.get("entitlement", ""),
    )


def checked(found: Iterable[tuple[Message, Matter]]) -> list[Matter]:
    """The matters, with what they are entitled to looked up in the orders of whoever wrote; nothing is asked for else."""
    orders: dict[int, list[Order]] = {}
    return [_checked(message, matter, orders) for message, matter in found]


def _checked(message: Message, matter: Matter, orders: dict[int, list[Order]]) -> Matter:
    if not matter.entitled or message.identity is None:
        return matter
    person = message.identity.person
    if person.pk not in orders:
        bought = Order.objects.filter(person__in=person.everyone()).order_by("-placed_at", "-pk")
        orders[person.pk] = list(bought[:_MOST_ORDERS])
    order = entitling.order_of(matter.entitled, orders[person.pk])
    until = entitling.until(matter.entitled, order.placed_at) if order and order.placed_at else None
    return replace(matter, order=order, until=until, unbought=order is None and bool(orders[person.pk]))
