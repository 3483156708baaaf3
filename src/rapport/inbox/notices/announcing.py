"""Announcing: readers of Events that write down who is to look at what. Each may run twice and tells once.

Nobody is told of their own acts, nobody of another workspace, and nobody who has left or has no login.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rapport.accounts.models import Member, Workspace
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.events import on
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.inbox.models import Conversation, Notification, Outgoing, Wishes
from rapport.inbox.models.conversation import State
from rapport.inbox.notices import choosing
from rapport.inbox.notices.choosing import Choice

AT_ONCE = 50
"""Of one batch of arrivals, so many conversations are told of at most: more is an import, and nobody wants a list."""

OF_NOW = timedelta(days=7)
"""What was said longer ago came with a history: nobody is told that somebody was stuck years ago."""

LATELY = timedelta(hours=6)
"""What became late longer ago, while nothing ran here, is not told of any more: the desk shows it."""


@dataclass(frozen=True)
class News:
    """What happened: its kind, the row it is about, and what makes it one thing and not the next (``mark``)."""

    kind: str
    subject: str
    subject_id: int
    mark: int
    by: int | None = None


def choice_of(wishes: Wishes | None) -> Choice:
    """A member's wishes as the deciders know them; kinds and ways that are none any more are left out."""
    if wishes is None:
        return Choice()
    ways = {kind: frozenset(chosen) & frozenset(choosing.WAYS) for kind, chosen in wishes.ways.items()}
    quiet = (wishes.quiet_from, wishes.quiet_until) if wishes.quiet_from and wishes.quiet_until else None
    return Choice(ways, wishes.digest, quiet, ZoneInfo(wishes.zone))


def listening(workspace_id: int, only: Iterable[int] | None = None) -> list[tuple[Member, Choice]]:
    """The members who can be told anything, with their wishes: active, with a login that is not shut."""
    rows = Member.objects.active().filter(workspace_id=workspace_id, user__is_active=True)
    rows = rows if only is None else rows.filter(pk__in=list(only))
    return [(member, choice_of(getattr(member, "wishes", None))) for member in rows.select_related("wishes")]


def tell(workspace_id: int, told: Iterable[tuple[Member, Choice]], news: Iterable[News]) -> int:
    """Write down each piece of news for each member who wished it, and what is to be done about it. Returns how many."""
    moment, rows = now(), []
    for member, choice in told:
        for one in news:
            ways = choice.of(one.kind)
            if ways and one.by != member.pk and member.workspace_id == workspace_id:
                rows.append(_row(member, ways, one))
    with write():
        known = set(Notification.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
        fresh = [row for row in rows if row.key not in known]
        Notification.objects.bulk_create(fresh, ignore_conflicts=True)
        choices = {member.pk: choice for member, choice in told}
        for row in fresh:
            _put(row, choices[row.member_id], moment)
        for member_id in {row.member_id for row in fresh if row.shown}:
            hint(workspace_id, "notices", member_id)
    return len(fresh)


def _row(member: Member, ways: frozenset[str], one: News) -> Notification:
    return Notification(
        workspace_id=member.workspace_id, member=member, kind=one.kind, subject=one.subject, subject_id=one.subject_id,
        key=f"{member.pk}:{one.kind}:{one.subject}:{one.subject_id}:{one.mark}", by_id=one.by, at=now(),
        shown="page" in ways, mailed="mail" in ways, pushed="push" in ways,
    )  # fmt: skip


def _put(row: Notification, choice: Choice, moment: datetime) -> None:
    """One due row for each way that leaves the page; those of one hour, or of one quiet night, are one."""
    if row.pushed:
        due = choosing.quiet_until(choice, moment)
        key = f"push:{row.member_id}:{int(due.timestamp())}" if due else f"push:{row.key}"
        _leave("notice.push", row, due, key)
    if row.mailed:
        due = choosing.digest_at(choice, moment)
        key = f"digest:{row.member_id}:{int(due.timestamp())}"
        _leave("notice.digest", row, due, key)


def _leave(kind: str, row: Notification, due: datetime | None, key: str) -> None:
    """In a lane of its kind: those who push, and the mail server, are others than all who bring messages."""
    work.put(kind, {"member": row.member_id}, workspace_id=row.workspace_id, due_at=due, key=key, lane=kind)


@on("conversation.assigned")
def assigned(event: Event) -> None:
    """To whom it is given, if it still is."""
    row = Conversation.objects.filter(pk=event.subject_id, workspace_id=event.workspace_id).first()
    if row is not None and row.assignee_id is not None:
        news = News("assigned", "conversation", row.pk, event.pk, event.by_id)
        tell(event.workspace_id, listening(event.workspace_id, [row.assignee_id]), [news])


@on("note.mentioned")
def mentioned(event: Event) -> None:
    """Whoever a note names: facts ``member`` (or ``members``) and ``conversation`` are ids."""
    facts = event.facts
    ids = [id for id in [facts.get("member"), *(facts.get("members") or [])] if isinstance(id, int)]
    about = event.subject_id if event.subject == "conversation" else facts.get("conversation")
    if ids and isinstance(about, int):
        news = News("mentioned", "conversation", about, event.pk, event.by_id)
        tell(event.workspace_id, listening(event.workspace_id, ids), [news])


@on("messages.arrived")
def arrived(event: Event) -> None:
    """What now needs an answer: told to whose it is, and else to all who wish to know of it. Once until somebody acts:
    a person who writes five times is one piece of news."""
    if not event.facts.get("needs"):
        return
    everybody = [(member, choice) for member, choice in listening(event.workspace_id) if choice.of("needs")]
    if not everybody:
        return
    first, last = event.facts["first"], event.facts["last"]
    rows = Conversation.objects.filter(
        workspace_id=event.workspace_id, state=State.NEEDS_ANSWER, due_at__isnull=False,
        messages__pk__range=(first, last), messages__ours=False,
    )  # fmt: skip
    news: dict[int | None, list[News]] = {}
    for row in rows.distinct().order_by("position", "pk")[:AT_ONCE]:
        touched = int(row.touched_at.timestamp()) if row.touched_at else 0
        news.setdefault(row.assignee_id, []).append(News("needs", "conversation", row.pk, touched))
    for assignee, pieces in news.items():
        tell(event.workspace_id, [to for to in everybody if assignee in {None, to[0].pk}], pieces)


@on("conversation.frustrated")
def frustrated(event: Event) -> None:
    """Whose turns say that they are stuck: told to whose it is, and else to all who wish to know of it."""
    row = Conversation.objects.filter(pk=event.subject_id, workspace_id=event.workspace_id).first()
    if row is None or row.frustrated_at is None or row.last_message_at < now() - OF_NOW:
        return
    if row.messages.order_by("-said_at", "-pk").values_list("history", flat=True).first():
        return  # it was brought along with a new source: the desk shows it, and nobody is called
    wished = [(member, choice) for member, choice in listening(event.workspace_id) if choice.of("frustrated")]
    told = [to for to in wished if row.assignee_id in {None, to[0].pk}]
    tell(event.workspace_id, told, [News("frustrated", "conversation", row.pk, event.pk)])


@on("outgoing.failed")
def failed(event: Event) -> None:
    """Who wrote the answer that did not leave."""
    row = Outgoing.objects.filter(pk=event.subject_id, workspace_id=event.workspace_id).first()
    if row is not None and row.by_id is not None:
        news = News("failed", "conversation", row.conversation_id, event.pk)
        tell(event.workspace_id, listening(event.workspace_id, [row.by_id]), [news])


@on("outgoing.bounced")
def bounced(event: Event) -> None:
    """Who wrote the answer that came back."""
    failed(event)


@on("source.degraded")
@on("source.needs_reauthorisation")
@on("source.expires_soon")
@on("source.silent")
def silent(event: Event) -> None:
    """Who looks after sources hears that one should have spoken and has not, fails, or must be signed in to again."""
    told = [(member, choice) for member, choice in listening(event.workspace_id) if member.manages]
    tell(event.workspace_id, told, [News("silent", "source", event.subject_id, event.pk)])


def late(workspace_id: int, moment: datetime) -> int:
    """What passed its time in the last hours: told to whose it is; what is nobody's, to those who also wish to hear
    of what needs an answer."""
    told = listening(workspace_id)
    rows = Conversation.objects.filter(
        workspace_id=workspace_id, state=State.NEEDS_ANSWER, due_at__lte=moment, due_at__gt=moment - LATELY
    )
    made = 0
    for row in rows.order_by("-position", "-pk")[:AT_ONCE]:
        news = News("late", "conversation", row.pk, int(row.due_at.timestamp()) if row.due_at else 0)
        mine = [
            (member, choice)
            for member, choice in told
            if member.pk == row.assignee_id or (row.assignee_id is None and choice.of("needs"))
        ]
        made += tell(workspace_id, mine, [news])
    return made


def lates(moment: datetime) -> int:
    """Look at the clocks of every workspace (the worker's, every few minutes)."""
    return sum(late(id, moment) for id in Workspace.objects.order_by("pk").values_list("pk", flat=True))
