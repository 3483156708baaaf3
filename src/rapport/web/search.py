"""Search: one filter over messages, conversations, people and orders, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox.filtering import reading
from rapport.inbox.filtering.conditions import Sight
from rapport.inbox.filtering.parse import parse
from rapport.inbox.filtering.values import Filter, Parsed
from rapport.inbox.filtering.write import write
from rapport.inbox.models import View
from rapport.web import hits, operators
from rapport.web.answering import page
from rapport.web.marking import Piece, mark
from rapport.web.reach import member_required

LONGEST = 600
STRIP = 6
"""People shown above the messages."""
FINDS: dict[str, Callable[..., reading.Page]] = {
    "messages": reading.messages,
    "conversations": reading.conversations,
    "people": reading.people,
    "orders": reading.orders,
}


@require_safe
@member_required
def search(request: HttpRequest, member: Member) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    kind = request.GET.get("in", "")
    kind = kind if kind in FINDS else "messages"
    parsed = parse(typed)
    context: dict[str, Any] = {"sought": typed, "kind": kind, "help": operators.HELP}
    context["saved"] = [] if parsed.filter else list(View.objects.seen_by(member))
    if parsed.filter:
        after = request.GET.get("after", "")
        found = FINDS[kind](parsed.filter, Sight.of(member), after)
        context |= {
            "found": found,
            "hits": shown(kind, found.rows, parsed.filter),
            "people": _strip(member, parsed.filter) if kind == "messages" and not after else [],
            "written": write(parsed.filter),
            "worded": bool(parsed.filter.words),
            "moment": now(),
            "begun": bool(after),
        }
    return page(
        request, "pages/search.html", mistakes=mistakes(typed, parsed), found_any=bool(parsed.filter), **context
    )


def shown(kind: str, rows: list[Any], filter: Filter) -> list[Any]:
    """Messages with the stretch that holds the words, orders with theirs marked; all else as it is."""
    if kind == "messages":
        rows = reading.with_writers(rows)
        return [(row, hits.excerpt(row.text, filter.words)) for row in rows]
    if kind == "orders":
        sought = [*filter.words, *(one.value for group in filter.groups for one in group if one.key == "bought")]
        return [(row, hits.excerpt(row.text, sought)) for row in rows]
    return rows


def mistakes(typed: str, parsed: Parsed) -> list[tuple[str, tuple[Piece, ...]]]:
    """Each mistake as a sentence, with what was typed and the place marked."""
    return [(_(one.sentence) % one.facts, mark(typed, [(one.start, one.end)])) for one in parsed.mistakes]


def _strip(member: Member, filter: Filter) -> list[Any]:
    """People of that name, shown above the messages; only where nothing but words or names was asked for."""
    if all(not one.key or one.key == "from" for group in filter.groups for one in group):
        return reading.people(filter, Sight.of(member), size=STRIP).rows
    return []
