"""Keeping views: a filter under a name, for oneself or for the workspace, in an order, changed and removed again."""

from __future__ import annotations

from rapport.accounts.models import Member
from rapport.channels.text import one_line
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.filtering import parse, values
from rapport.inbox.filtering import write as writing
from rapport.inbox.models import View

MOST = 50
"""Views that one member may keep."""
LONGEST = 60


def filter_of(view: View) -> values.Filter:
    """What the view holds; words that a later version no longer knows are left out."""
    return parse.parse(view.words).filter


def keep(name: str, words: str, *, by: Member, shared: bool = False, on_desk: bool = True) -> View:
    """Keep a filter under a name; it stands last."""
    name, words = _checked(name, words)
    _may_share(by, shared)
    with write():
        rows = View.objects.filter(workspace_id=by.workspace_id, removed_at=None)
        if rows.filter(member=by).count() >= MOST:
            raise Refused("You keep 50 views already. Remove one first.")
        last = rows.order_by("-place").values_list("place", flat=True).first()
        view = View.objects.create(
            workspace_id=by.workspace_id, member=by, name=name, words=words, shared=shared, on_desk=on_desk,
            place=(last or 0) + 1,
        )  # fmt: skip
        record("view.kept", view, by=by, shared=shared)
        hint(by.workspace_id, "views", view.pk)
    return view


def change(view: View, name: str, words: str, *, by: Member, shared: bool, on_desk: bool) -> None:
    """Another name or filter, for oneself or for all, on the desk or not."""
    name, words = _checked(name, words)
    _may(view, by)
    if shared != view.shared:
        _may_share(by, shared)
    with write():
        View.objects.filter(pk=view.pk).update(name=name, words=words, shared=shared, on_desk=on_desk)
        record("view.changed", view, by=by, shared=shared)
        hint(view.workspace_id, "views", view.pk)


def move(view: View, step: int, *, by: Member) -> None:
    """One place up (-1) or down (1) among those it stands with: the shared ones, or one's own."""
    _may(view, by)
    with write():
        beside = list(View.objects.seen_by(by).filter(shared=view.shared))
        at = next((at for at, other in enumerate(beside) if other.pk == view.pk), None)
        if at is None or not 0 <= at + step < len(beside):
            return
        beside[at], beside[at + step] = beside[at + step], beside[at]
        for place, other in enumerate(beside, 1):
            other.place = place
        View.objects.bulk_update(beside, ["place"])
        record("view.moved", view, by=by)
        hint(view.workspace_id, "views", view.pk)


def remove(view: View, *, by: Member) -> None:
    """Take it away; :func:`put_back` undoes it."""
    _may(view, by)
    with write():
        View.objects.filter(pk=view.pk).update(removed_at=now())
        record("view.removed", view, by=by)
        hint(view.workspace_id, "views", view.pk)


def put_back(view: View, *, by: Member) -> None:
    """It is there again, in its place."""
    _may(view, by)
    with write():
        View.objects.filter(pk=view.pk).update(removed_at=None)
        record("view.returned", view, by=by)
        hint(view.workspace_id, "views", view.pk)


def _checked(name: str, words: str) -> tuple[str, str]:
    called = one_line(name, LONGEST + 1)
    if not called:
        raise Refused("Give the view a name.")
    if len(called) > LONGEST:
        raise Refused("The name of a view holds 60 characters.")
    parsed = parse.parse(words)
    if parsed.mistakes:
        first = parsed.mistakes[0]
        raise Refused(first.sentence, **first.facts)
    if not parsed.filter:
        raise Refused("Write what the view shall hold, as in a search: is:complaint -is:answered.")
    return called, writing.write(parsed.filter)


def _may(view: View, by: Member) -> None:
    if not view.changed_by(by):
        raise Refused("Only whoever made this view, or an owner or a manager, can change it.")


def _may_share(by: Member, shared: bool) -> None:
    if shared and not by.answers:
        raise Refused("You may keep views for yourself; sharing one takes another role. Ask an owner.")
