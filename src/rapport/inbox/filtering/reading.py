"""What a Filter finds, one page after the other, newest first, by keyset; and never at a cost without an end.

Where an index leads straight to few rows (rare words, one writer), those are taken and looked at. Else rows are looked
at in stretches, the newest first, until the page is full or all ``STRETCHES`` were seen: then the page says from where
to go on. So a page costs about the same in a small workspace and in a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from rapport.core.search import matching
from rapport.inbox.filtering import conditions, operators
from rapport.inbox.filtering.conditions import Sight, all_of, noun, of_message
from rapport.inbox.filtering.values import Clause, Filter, Group
from rapport.inbox.models import Conversation, Message
from rapport.people.models import Identity, Order, Person

PAGE = 50
COUNTED = 200
"""Counting stops here: what is more is *200+*."""
FEW = 2_000
"""So many rows an index may lead to, and all of them are looked at."""
STRETCHES = (500, 2_500)
"""Rows looked at one stretch after the other, where no index leads."""


@dataclass(frozen=True)
class Page:
    """Rows, the newest first; ``after`` is the place where the next page begins, empty on the last."""

    rows: list[Any]
    after: str = ""
    full: bool = True
    """False: rows were looked at until it was enough; there may be more after ``after``, or none."""


def messages(filter: Filter, sight: Sight, after: str = "", size: int = PAGE) -> Page:
    """Messages of which every group holds."""
    every = all_of([of_message(one, sight) for one in filter.groups]) & Q(deleted_at=None)
    leads = _leads(filter, sight)
    if leads is not None or not filter:
        rows = Message.objects.filter(leads or Q(), every, workspace=sight.member.workspace_id)
        return _newest(rows, after, size)
    return _look(Message.objects.filter(workspace=sight.member.workspace_id), every, after, size)


def with_writers(rows: list[Message]) -> list[Message]:
    """These messages with who wrote them and where each conversation stands; on one page the one said last is first."""
    prefetch_related_objects(rows, "identity", "by", "conversation__assignee")
    return sorted(rows, key=lambda row: (row.said_at, row.pk), reverse=True)


def conversations(filter: Filter, sight: Sight, after: str = "", size: int = PAGE) -> Page:
    """Conversations of which every group holds: of the conversation itself, or all of them of one of its messages.

    A negated clause about messages holds if no message is like that.
    """
    own, said, never = _sorted(filter, sight)
    rows = Conversation.objects.seen_by(sight.member).filter(own).order_by("-last_message_at", "-pk")
    past = _past(after)
    if past is not None:
        rows = rows.filter(past)
    inner = Message.objects.filter(deleted_at=None)
    looks = all_of([~Q(Exists(inner.filter(one, conversation=OuterRef("pk")))) for one in never])
    leads = _leads(filter, sight) if said is not None else None
    if said is not None and leads is None:
        looks &= Q(Exists(inner.filter(said, conversation=OuterRef("pk"))))
    if leads is not None:
        talks = inner.filter(leads, said, workspace=sight.member.workspace_id).values("conversation")
        rows = rows.filter(pk__in=set(talks.values_list("conversation", flat=True)[: 2 * FEW]))
    if not looks or leads is not None:
        found = list(rows.filter(looks).select_related("identity", "source", "assignee")[: size + 1])
        return _page(found, size, _place)
    return _walk(rows, looks, size)


def _walk(rows: QuerySet[Any], looks: Q, size: int) -> Page:
    """Look at conversations in stretches, in their order."""
    found: list[Any] = []
    last: tuple[Any, int] | None = None
    for stretch in STRETCHES:
        here = rows.filter(_beyond(*last)) if last else rows
        ids = list(here.values_list("last_message_at", "pk")[:stretch])
        for part in _parts([pk for _, pk in ids], 1_000):
            fits = rows.filter(looks, pk__in=part).select_related("identity", "source", "assignee")
            found += fits[: size + 1 - len(found)]
            if len(found) > size:
                return _page(found, size, _place)
        if len(ids) < stretch:
            return _page(found, size, _place)
        last = ids[-1]
    assert last is not None  # noqa: S101 - there was a stretch
    return Page(found, f"{last[0].isoformat()}~{last[1]}", full=False)


def people(filter: Filter, sight: Sight, after: str = "", size: int = PAGE) -> Page:
    """People of whom every group holds: of their name, handle or organisation, their orders, or something they wrote."""
    rows = Person.objects.kept().filter(workspace=sight.member.workspace_id)
    wrote: list[Q] = []
    for group in filter.groups:
        if {noun(one) for one in group} == {"order"}:
            rows = rows.filter(_any(group, lambda one: conditions.of_person(one, sight, "pk")))
        elif all(not one.key or one.key == "from" for one in group):
            rows = rows.filter(_any(group, lambda one: _named(one, sight)))
        elif all(one.key == "org" for one in group):
            rows = rows.filter(_any(group, lambda one: Q(pk__in=conditions.of_organisation(one.value, sight))))
        else:
            wrote.append(of_message(group, sight))
    if wrote:
        return _look(rows.prefetch_related("identities"), _one_of_theirs(wrote, "pk"), after, size)
    return _newest(rows.prefetch_related("identities"), after, size)


def orders(filter: Filter, sight: Sight, after: str = "", size: int = PAGE) -> Page:
    """Orders of which every group holds: of the order, of whose it is, or of something they wrote."""
    rows = Order.objects.filter(workspace=sight.member.workspace_id)
    rows = rows.annotate(buyer=Coalesce("person__merged_into", "person"))  # identities are the kept person's
    wrote: list[Q] = []
    for group in filter.groups:
        if all(noun(one) == "order" or not one.key for one in group):
            rows = rows.filter(_any(group, lambda one: _ordered(one, sight)))
        elif all(one.key == "from" for one in group):
            rows = rows.filter(_any(group, lambda one: _bought_by(one, sight)))
        elif len(group) == 1 and group[0].key == "within":
            near = Q(Exists(_near(group[0])))
            rows = rows.filter(~near if group[0].negated else near)
        else:
            wrote.append(of_message(group, sight))
    if wrote:
        return _look(rows.select_related("person"), _one_of_theirs(wrote, "buyer"), after, size)
    return _newest(rows.select_related("person"), after, size)


def count(filter: Filter, sight: Sight, most: int = COUNTED) -> tuple[int, bool]:
    """How many conversations a page of ``most`` would show, and whether there may be more: what one sees who looks."""
    page = conversations(filter, sight, size=most)
    return len(page.rows), bool(page.after)


def _sorted(filter: Filter, sight: Sight) -> tuple[Q, Q | None, list[Q]]:
    """Groups of the conversation itself; those that must all hold of one message; those that may hold of none."""
    own, said, never = [], [], []
    for group in filter.groups:
        kinds = {noun(one) for one in group}
        if kinds == {"talk"}:
            own.append(_any(group, lambda one: conditions.of_talk(one, sight)))
        elif kinds == {"order"}:
            own.append(_any(group, lambda one: conditions.of_person(one, sight, "identity__person")))
        elif len(group) == 1 and group[0].negated:
            never.append(of_message((Clause(group[0].key, group[0].value),), sight))
        else:
            said.append(of_message(group, sight))
    return all_of(own), (all_of(said) if said else None), never


def _any(group: Group, hold: Callable[[Clause], Q]) -> Q:
    found = Q(pk__in=[])
    for clause in group:
        found |= ~hold(clause) if clause.negated else hold(clause)
    return found


def _named(clause: Clause, sight: Sight) -> Q:
    """Somebody is called so; words and ``from:`` say the same of a person."""
    known = Identity.objects.filter(pk__in=conditions.identities(clause.value, sight))
    named = matching(Person, clause.value, *conditions.PERSON, starts=True)
    merged = Person.objects.filter(pk__in=named, merged_into__isnull=False)
    return Q(pk__in=known.values("person")) | Q(pk__in=named) | Q(pk__in=merged.values("merged_into"))


def _ordered(clause: Clause, sight: Sight) -> Q:
    if clause.key:
        return conditions.of_order(clause, sight)
    return Q(pk__in=matching(Order, f'"{clause.value}"', *conditions.ORDER)) | Q(
        person__in=matching(Person, clause.value, *conditions.PERSON, starts=True)
    )


def _bought_by(clause: Clause, sight: Sight) -> Q:
    known = Identity.objects.filter(pk__in=conditions.identities(clause.value, sight))
    return Q(person__in=known.values("person")) | Q(person__merged_into__in=known.values("person"))


def _near(clause: Clause) -> QuerySet[Any]:
    """Messages of whoever placed the order of the query outside, so near to it."""
    what, side, hours = operators.within(clause.value)
    column = {"delivery": "delivered_at", "order": "placed_at"}[what]
    earliest, latest = conditions.around(
        OuterRef(column), {"after": "before", "before": "after"}.get(side, side), hours
    )
    theirs = Message.objects.filter(deleted_at=None, identity__person=OuterRef("buyer"))
    return theirs.filter(said_at__gte=earliest, said_at__lte=latest)


def _leads(filter: Filter, sight: Sight) -> Q | None:
    """The condition by which an index leads to few messages; None where it would lead to many, or nowhere."""
    alone = [group[0] for group in filter.groups if len(group) == 1 and not group[0].negated]
    words = " ".join(f'"{one.value}"' for one in alone if not one.key)
    if words:
        hits = matching(Message, words, "text")
        if _few(Message.objects.filter(pk__in=hits)):
            return Q(pk__in=hits)
    for clause in alone:
        if clause.key == "from" and clause.value.lower() not in {"us", "them", "me"}:
            ids = list(conditions.identities(clause.value, sight).values_list("pk", flat=True)[:FEW])
            if len(ids) < FEW and _few(Message.objects.filter(identity__in=ids)):
                return Q(identity__in=ids)
    return None


def _few(rows: QuerySet[Any]) -> bool:
    return len(rows.order_by().values_list("pk", flat=True)[: FEW + 1]) <= FEW


def _one_of_theirs(wrote: list[Q], person: str) -> Q:
    """Somebody wrote one message of which all this holds. (Whose message it is says which workspace's.)"""
    return Q(Exists(Message.objects.filter(all_of(wrote), deleted_at=None, identity__person=OuterRef(person))))


def _look(rows: QuerySet[Any], looks: Q, after: str, size: int) -> Page:
    """Look at rows in stretches, the newest first, until the page is full or it is enough."""
    found: list[Any] = []
    upper = _whole(after)
    for stretch in STRETCHES:
        ids = list(_below(rows, upper).order_by("-pk").values_list("pk", flat=True)[:stretch])
        if ids:
            here = rows.filter(pk__gte=ids[-1], pk__lte=ids[0])
            found += here.filter(looks).order_by("-pk")[: size + 1 - len(found)]
        if len(found) > size or len(ids) < stretch:
            return _page(found, size, _id)
        upper = ids[-1]
    return Page(found, str(upper), full=False)


def _below(rows: QuerySet[Any], upper: int) -> QuerySet[Any]:
    return rows.filter(pk__lt=upper) if upper else rows


def _newest(rows: QuerySet[Any], after: str, size: int) -> Page:
    rows = _below(rows, _whole(after))
    return _page(list(rows.order_by("-pk")[: size + 1]), size, _id)


def _page(found: list[Any], size: int, place: Callable[[Any], str]) -> Page:
    return Page(found[:size], place(found[size - 1]) if len(found) > size else "")


def _id(row: Any) -> str:
    return str(row.pk)


def _place(row: Conversation) -> str:
    return f"{row.last_message_at.isoformat()}~{row.pk}"


def _past(after: str) -> Q | None:
    first, _, last = after.partition("~")
    try:
        moment = parse_datetime(first.replace(" ", "+"))
    except ValueError:
        return None
    return _beyond(moment, _whole(last)) if moment and moment.tzinfo and _whole(last) else None


def _beyond(moment: Any, pk: int) -> Q:
    return Q(last_message_at__lte=moment) & (Q(last_message_at__lt=moment) | Q(pk__lt=pk))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _parts(ids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
