"""Clauses as conditions of the database, in three sights: of a message, of its conversation, of its writer's orders.

Every condition is a set: a column's value, or a row in a sub-query that an index answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils.timezone import get_current_timezone

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.search import Holds, matching
from rapport.inbox import tagging
from rapport.inbox.filtering import moments, operators
from rapport.inbox.filtering.values import Clause, Group
from rapport.inbox.models import Disposition, Draft, Message, Note, Tagging
from rapport.people import organising
from rapport.people.models import Belonging, Identity, Order, Organisation, Person

ORDERS = frozenset({"order", "bought", "placed", "delivered"})
IDENTITY = ("name", "address")
PERSON = ("name", "organisation")
ORDER = ("number", "status", "text")


@dataclass(frozen=True)
class Sight:
    """Who asks, when, and in which zone their days begin."""

    member: Member
    now: datetime
    zone: tzinfo

    @classmethod
    def of(cls, member: Member) -> Sight:
        """This member, at this moment, in the zone that the request or the process is in."""
        return cls(member, now(), get_current_timezone())


def noun(clause: Clause) -> str:
    """What a clause speaks of: ``order``, ``talk`` (the conversation) or ``said`` (one message)."""
    key, value = clause.key, clause.value
    if key in ORDERS or (key == "has" and value == "order"):
        return "order"
    if key in {"channel", "assigned", "tag"} or (key == "to" and value.lower() != "us"):
        return "talk"
    if (key == "is" and (value in operators.STATES or value in operators.STANDINGS)) or (
        key == "has" and value in operators.HAS_TALK
    ):
        return "talk"
    return "said"


def of_message(group: Group, sight: Sight) -> Q:
    """One of these clauses holds of a message, of its conversation, or of who wrote it."""
    return reduce(or_, (_of_message(clause, sight) for clause in group))


def _of_message(clause: Clause, sight: Sight) -> Q:
    kind = noun(clause)
    if kind == "order":
        found = of_person(clause, sight, "identity__person")
    elif kind == "talk":
        found = of_talk(clause, sight, "conversation__")
    else:
        found = of_said(clause, sight)
    return ~found if clause.negated else found


def of_talk(clause: Clause, sight: Sight, at: str = "") -> Q:
    """Of a conversation; ``at`` is the way to it. Not yet negated."""
    key, value = clause.key, clause.value
    if key == "is":
        return _standing(value, sight, at)
    if key == "has":
        return _having(value, sight, f"{at}pk")
    if key == "tag":
        borne = Tagging.objects.filter(conversation=OuterRef(f"{at}pk"), tag__folded=tagging.fold(value.lstrip("#")))
        return Q(Exists(borne))
    if key == "assigned":
        return _assigned(value, sight, at)
    named = Q(**{f"{at}source__name__iexact": value}) | Q(**{f"{at}source__kind__iexact": value})
    return named | Q(**{f"{at}network__iexact": value}) | Q(**{f"{at}network__iexact": f"demo {value}"})


def _standing(value: str, sight: Sight, at: str) -> Q:
    if value in operators.STATES:
        return Q(**{f"{at}state__in": operators.STATES[value]})
    return {
        "public": Q(**{f"{at}public": True}),
        "private": Q(**{f"{at}public": False}),
        "mine": Q(**{f"{at}assignee": sight.member}),
        "unassigned": Q(**{f"{at}assignee": None}),
        "frustrated": Q(**{f"{at}frustrated_at__isnull": False}),
        "late": Q(**{f"{at}state": "needs_answer", f"{at}due_at__lt": sight.now}),
    }[value]


def _having(value: str, sight: Sight, conversation: str) -> Q:
    """Something that hangs on the conversation. A draft is one's own: nobody sees what others have not sent."""
    hangs = {
        "note": Note.objects.filter(withdrawn_at=None),
        "tag": Tagging.objects.all(),
        "draft": Draft.objects.filter(member=sight.member).exclude(text="", enclosed=""),
        "answer": Message.objects.filter(ours=True, deleted_at=None),
    }
    return Q(Exists(hangs[value].filter(conversation=OuterRef(conversation))))


def _assigned(value: str, sight: Sight, at: str) -> Q:
    if value.lower() == "nobody":
        return Q(**{f"{at}assignee": None})
    if value.lower() == "me":
        return Q(**{f"{at}assignee": sight.member})
    return Q(**{f"{at}assignee__name__iexact": value}) | Q(**{f"{at}assignee__name__istartswith": f"{value} "})


def of_said(clause: Clause, sight: Sight) -> Q:
    """Of one message. Not yet negated."""
    key, value = clause.key, clause.value
    if not key:
        return Q(Holds(Message, f'"{value}"', "text"))
    if key in {"before", "after", "on"}:
        start, end = moments.span(value, sight.now, sight.zone)
        return {"before": Q(said_at__lt=start), "after": Q(said_at__gte=start)}.get(
            key, Q(said_at__gte=start, said_at__lt=end)
        )
    if key == "from":
        return _from(value, sight)
    if key == "org":
        return Q(identity__person__in=of_organisation(value, sight))
    if key == "to":
        return Q(addressed="to_us", ours=False)
    if key == "about":
        return Q(addressed=operators.ABOUT[value], ours=False)
    if key == "lang":
        return Q(reading__language=value)
    if key == "within":
        return _within(value)
    if key == "has":
        return {
            "link": Q(text__contains="http"),
            "promise": Q(reading__data__promises__0__isnull=False),
            "rating": Q(rating__isnull=False),
        }[value]
    if value in operators.SIDES:
        return Q(ours=value == "ours")
    standing = Disposition.objects.filter(message=OuterRef("pk")).order_by("-id").values("row")[:1]
    return Q(ours=False) & Q(In(Subquery(standing), operators.ROWS[value]))


def _from(value: str, sight: Sight) -> Q:
    low = value.lower()
    if low in {"us", "them"}:
        return Q(ours=low == "us")
    if low == "me":
        return Q(by=sight.member)
    return Q(identity__in=identities(value, sight))


def identities(value: str, sight: Sight) -> QuerySet[Any, Any]:
    """Whoever has this name, handle or address, or a name that begins so; ``#12`` is the person with this id."""
    own = Identity.objects.filter(workspace=sight.member.workspace_id)
    # An identity moves when its person is merged into another; under the name of either it is found
    if value[:1] == "#" and value[1:].isascii() and value[1:].isdecimal() and len(value) < 19:
        kept = Person.objects.filter(pk=int(value[1:])).values(kept=Coalesce("merged_into", "pk"))
        return own.filter(person__in=kept).values("pk")
    called = matching(Person, value, *PERSON, starts=True)
    named = Q(person__in=called) | Q(origin__in=called)
    return own.filter(Q(pk__in=matching(Identity, value, *IDENTITY, starts=True)) | named).values("pk")


def of_organisation(value: str, sight: Sight) -> QuerySet[Any, Any]:
    """Whoever is of an organisation with this name, or one that begins so; each human as the one kept."""
    rows = Organisation.objects.filter(workspace=sight.member.workspace_id)
    hits = rows.filter(pk__in=matching(Organisation, value, "name", starts=True)).values_list("pk", flat=True)
    above = organising.today(sight.member.workspace_id)
    roots = {above.get(id, id) for id in hits}
    same = roots | {id for id, root in above.items() if root in roots}
    said = Belonging.objects.filter(organisation__in=same, ended_at=None, until=None)
    return said.values(kept=Coalesce("person__merged_into", "person"))


def _within(value: str) -> Q:
    """Said so near to the delivery (or the placing) of an order of whoever wrote it."""
    return _has_order(near(value, OuterRef("said_at")), "identity__person")


def near(value: str, said_at: Any) -> Q:
    """Of an order: it was delivered (placed) so near to this moment."""
    what, side, hours = operators.within(value)
    column = {"delivery": "delivered_at", "order": "placed_at"}[what]
    earliest, latest = around(said_at, side, hours)
    return Q(**{f"{column}__gte": earliest, f"{column}__lte": latest})


def around(moment: Any, side: str, hours: int) -> tuple[Any, Any]:
    """When a delivery may have been, for a message to lie ``of``, ``after`` or ``before`` it by so many hours."""
    length = timedelta(hours=hours)
    earliest: Any = moment if side == "before" else ExpressionWrapper(moment - length, output_field=DateTimeField())
    latest: Any = moment if side == "after" else ExpressionWrapper(moment + length, output_field=DateTimeField())
    return earliest, latest


def of_person(clause: Clause, sight: Sight, person: str) -> Q:
    """Of whoever has an order like this; ``person`` is the way to them. Not yet negated."""
    return _has_order(of_order(clause, sight), person)


def _has_order(like: Q, person: str) -> Q:
    """An order stays with the row it came to, whoever that was merged into: two ways to it, an index for each."""
    orders = Order.objects.filter(like)
    return Q(Exists(orders.filter(person=OuterRef(person)))) | Q(
        Exists(orders.filter(person__merged_into=OuterRef(person)))
    )


def of_order(clause: Clause, sight: Sight) -> Q:
    """Of an order itself. Not yet negated."""
    key, value = clause.key, clause.value
    if key == "order":
        return Q(number__iexact=value) | Q(number__iexact=f"#{value}") | Q(status__iexact=value)
    if key == "bought":
        return Q(pk__in=matching(Order, f'"{value}"', *ORDER))
    if key == "has":
        return Q()
    return _dated({"placed": "placed_at", "delivered": "delivered_at"}[key], value, sight)


def _dated(column: str, value: str, sight: Sight) -> Q:
    """``<7d`` is less than seven days ago, ``>7d`` longer ago; a day or a length is the stretch itself."""
    start, end = moments.span(value.lstrip("<>"), sight.now, sight.zone)
    if value[0] == ">":
        return Q(**{f"{column}__lt": start})
    return (
        Q(**{f"{column}__gte": start, f"{column}__lte": end})
        if value[0] == "<"
        else Q(**{f"{column}__gte": start, f"{column}__lt": end})
    )


def all_of(conditions: list[Q]) -> Q:
    return reduce(and_, conditions, Q())
