"""How well we read, from what people did: what was answered or sent away, what was corrected, how feelings were corrected.

All figures are of the newest messages, with how many there are; nothing is called right because nobody looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery

from rapport.accounts.models import Workspace
from rapport.inbox.models import Conversation, Disposition, Feeling, Message
from rapport.understanding.feelings import level
from rapport.understanding.intervals import Share, share

LOOKED_AT = 5_000
"""Messages that we said need an answer, the newest, whose fate is looked at; the same of corrections."""


@dataclass(frozen=True)
class Accuracy:
    """``wanted``: of those we called in need of an answer and a person dealt with, how many they answered or kept.
    ``doubted``: the same of those we were unsure of. ``turned``: (our row, theirs) of corrections, with how often."""

    wanted: Share
    doubted: Share
    open: int
    lifted: int
    """Called in need of none, and a person said otherwise."""
    lowered: int
    turned: tuple[tuple[tuple[int, int], int], ...]
    feelings: Share
    """Of the feelings people looked at closely enough to say something, how many they left as they were read."""
    felt: tuple[tuple[tuple[str, str], int], ...]
    since: datetime


def read(workspace: Workspace, moment: datetime, days: int) -> Accuracy:
    """The figures of the last ``days``."""
    since = moment - timedelta(days=days)
    fates = _fates(workspace, since)
    changed = list(_corrections(workspace, since))
    feelings = _feelings(workspace, since)
    same = sum(n for (was, now), n in feelings.items() if was == now)
    return Accuracy(
        wanted=_kept(fates, "yes"),
        doubted=_kept(fates, "unsure"),
        open=sum(n for (_, fate), n in fates.items() if fate == "open"),
        lifted=sum(was != "yes" and is_now == "yes" for was, is_now, _, _ in changed),
        lowered=sum(was != "no" and is_now == "no" for was, is_now, _, _ in changed),
        turned=tuple(Counter((a, b) for _, _, a, b in changed if a != b).most_common(12)),
        feelings=share(same, sum(feelings.values())),
        felt=tuple((pair, n) for pair, n in feelings.most_common() if pair[0] != pair[1])[:12],
        since=since,
    )


def _kept(fates: Counter[tuple[str, str]], said: str) -> Share:
    kept, sent_away = fates[said, "answered"], fates[said, "sent_away"]
    return share(kept, kept + sent_away)


def _fates(workspace: Workspace, since: datetime) -> Counter[tuple[str, str]]:
    """(what we said first, what became of it) of each conversation, by the first message that we called in need."""
    first = Disposition.objects.filter(message=OuterRef("pk"), by=None).order_by("id").values("needs")[:1]
    rows = Message.objects.filter(workspace=workspace, ours=False, said_at__gte=since)
    rows = rows.annotate(said=Subquery(first)).filter(said__in=["yes", "unsure"]).order_by("-pk")
    said: dict[int, tuple[str, datetime]] = {}
    for talk, needs, at in rows.values_list("conversation", "said", "said_at")[:LOOKED_AT]:
        said[talk] = needs, at  # the newest first: the oldest of them is what stays
    answers = answered(said)
    state = dict(_states(said))
    fates: Counter[tuple[str, str]] = Counter()
    for talk, (needs, at) in said.items():
        done = any(when > at for when in answers.get(talk, ()))
        fate = "answered" if done else "sent_away" if state.get(talk) == "quiet" else "open"
        fates[needs, fate] += 1
    return fates


def _states(talks: Iterable[int]) -> Iterable[tuple[int, str]]:
    for some in batches(talks):
        yield from Conversation.objects.filter(pk__in=some).values_list("pk", "state")


def answered(talks: Iterable[int]) -> dict[int, list[datetime]]:
    """When we spoke in each of these conversations, in order."""
    found: dict[int, list[datetime]] = {}
    for some in batches(talks):
        rows = Message.objects.filter(conversation__in=some, ours=True).order_by("said_at")
        for talk, at in rows.values_list("conversation", "said_at"):
            found.setdefault(talk, []).append(at)
    return found


def batches(of: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    """Ids in order, so many at a time: no statement names thousands."""
    ids = sorted(of)
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _corrections(workspace: Workspace, since: datetime) -> Iterable[tuple[str, str, int, int]]:
    """(was needed, is needed, was row, is row) of each message that a person decided anew: their last word."""
    members = workspace.members.values("pk")
    ours = Disposition.objects.filter(message=OuterRef("message"), by=None).order_by("id")
    rows = Disposition.objects.filter(by__in=members, message__workspace=workspace, at__gte=since).annotate(
        was=Subquery(ours.values("needs")[:1]), was_row=Subquery(ours.values("row")[:1])
    )
    last: dict[int, tuple[str, str, int, int]] = {}
    told = rows.exclude(was=None).order_by("-id").values_list("message", "was", "needs", "was_row", "row")
    for message, was, needs, was_row, row in told[:LOOKED_AT]:
        last.setdefault(message, (was, needs, was_row, row))
    return last.values()


def _feelings(workspace: Workspace, since: datetime) -> Counter[tuple[str, str]]:
    """(as it was read, as a person says) of each message whose feeling somebody gave."""
    rows = Feeling.objects.filter(message__workspace=workspace, withdrawn_at=None, at__gte=since)
    names = {"low": "negative", "even": "neutral", "high": "positive"}
    last: dict[int, tuple[str, str]] = {}
    told = rows.order_by("-id").annotate(read=F("message__reading__valence"))
    for message, score, says in told.values_list("message", "read", "valence")[:LOOKED_AT]:
        last.setdefault(message, (names[level(score or 0.0)], says))
    return Counter(last.values())
