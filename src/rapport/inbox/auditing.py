"""Auditing silence: once a week a blind sample of what was left unanswered is drawn, and a person says what was missed.

Whoever judges sees the words alone: no name, no picture, no followers, and not what was decided. What was missed comes
back to the desk by an ordinary correction; the share of misses, with its interval, is what the page of honesty shows.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Subquery

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.inbox import correcting
from rapport.inbox.models import Disposition, Message, SilencePick, SilenceRound, Term
from rapport.inbox.models.silence import Verdict
from rapport.understanding.intervals import Share, share

SIZE = 50
"""Messages of a week's sample: with no miss among them, the miss rate lies below 7 %."""
MOST = 200_000
"""Messages of a week that are looked at, the newest."""
SHORTEST = 3
"""A part of a name with fewer letters is a word like others."""
BEFORE = 2
"""Turns shown before the message."""
_HANDLE = re.compile(r"(?<!\w)@[\w.-]+(?:@[\w.-]+)?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Blind:
    """A message as it is judged: its words, and those before it (ours or theirs), with every handle but ours covered."""

    pick: SilencePick
    text: str
    before: tuple[tuple[bool, str], ...]


@dataclass(frozen=True)
class Week:
    """What a round says: how many were left, drawn and judged; the share of misses among those judged."""

    round: SilenceRound
    drawn: int
    judged: int
    unclear: int
    missed: Share


def monday(moment: datetime) -> date:
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def begin(moment: datetime) -> int:
    """Draw last week's sample of every workspace that has none (the worker's). How many were drawn."""
    last = monday(moment) - timedelta(days=7)
    without = Workspace.objects.exclude(silence_rounds__week_on=last).order_by("pk")
    return sum(draw(workspace, last) is not None for workspace in without)


def draw(workspace: Workspace, week_on: date, seed: int | None = None) -> SilenceRound | None:
    """The sample of the week that begins on ``week_on``; the one that is there, if it is. None where nothing was left.

    An empty week is kept too (and gives None), so that it is not looked for again.
    """
    there = SilenceRound.objects.filter(workspace=workspace, week_on=week_on).first()
    if there is None:
        ids = left(workspace, week_on)
        chosen = sorted(random.Random(seed).sample(ids, min(SIZE, len(ids))))
        with write():
            there, made = SilenceRound.objects.get_or_create(
                workspace=workspace, week_on=week_on, defaults={"population": len(ids)}
            )
            if made:
                SilencePick.objects.bulk_create(SilencePick(round=there, message_id=id) for id in chosen)
                record("silence.drawn", there, workspace_id=workspace.pk, population=len(ids), drawn=len(chosen))
    return there if there.population else None


def left(workspace: Workspace, week_on: date) -> list[int]:
    """Messages (ids) said to or about us in that week that stand as needing no answer and got none."""
    begins = datetime.combine(week_on, time(), UTC)
    standing = Disposition.objects.filter(message=OuterRef("pk")).order_by("-id").values("needs")[:1]
    answered = Message.objects.filter(conversation=OuterRef("conversation"), ours=True, said_at__gt=OuterRef("said_at"))
    rows = Message.objects.filter(
        workspace=workspace, ours=False, deleted_at=None, said_at__gte=begins, said_at__lt=begins + timedelta(days=7)
    )
    rows = rows.exclude(text="").alias(needs=Subquery(standing)).filter(needs="no").exclude(Exists(answered))
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST])


def following(member: Member) -> Blind | None:
    """The next message to judge, in an order that tells nothing; None when all are judged."""
    rows = SilencePick.objects.filter(round__workspace=member.workspace_id, verdict="", message__deleted_at=None)
    pick = rows.select_related("message", "round").order_by("-round__week_on", "message__key").first()
    return blind(pick) if pick else None


def waiting(workspace: Workspace) -> int:
    """How many are still to be judged."""
    rows = SilencePick.objects.filter(round__workspace=workspace, verdict="", message__deleted_at=None)
    return rows.count()


def blind(pick: SilencePick) -> Blind:
    """A pick as it is shown."""
    message = pick.message
    earlier = Message.objects.filter(conversation=message.conversation_id, deleted_at=None)
    earlier = earlier.filter(said_at__lte=message.said_at).exclude(pk=message.pk).order_by("-said_at", "-pk")
    turns = [(ours, text) for ours, text in earlier.values_list("ours", "text")[:BEFORE]]
    handles = Term.objects.filter(workspace=message.workspace_id, kind="handle").values_list("text", flat=True)
    kept = {one.casefold() for one in handles}
    who = message.identity
    told = (who.name, who.address, *who.name.split()) if who else ()
    names = [name for name in dict.fromkeys(told) if len(name) >= SHORTEST]
    return Blind(
        pick, covered(message.text, kept, names), tuple((o, covered(t, kept, names)) for o, t in reversed(turns))
    )


def covered(text: str, kept: set[str], names: list[str]) -> str:
    """The words without whoever is named in them: handles and addresses but our own, and the writer's own names."""
    bare = _HANDLE.sub(lambda found: found.group() if found.group().casefold() in kept else "@…", text)
    for name in sorted(names, key=len, reverse=True):
        bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", bare, flags=re.IGNORECASE)
    return bare


def judge(pick: SilencePick, verdict: str, *, by: Member) -> None:
    """Say what a message needed. What was missed is corrected: it comes to the desk. The last word stands."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    if verdict not in Verdict.values:
        raise Refused("Say whether it needed an answer, needed none, or cannot be said.")
    with write():
        row = SilencePick.objects.select_related("message").filter(pk=pick.pk, verdict="").first()
        if row is None:
            raise Refused("Somebody has judged this one already.")
        SilencePick.objects.filter(pk=row.pk).update(verdict=verdict, by=by, at=now())
        record("silence.judged", row.message, by=by, verdict=verdict, round=row.round_id)
        if verdict == Verdict.MISSED:
            correcting.correct(row.message, needs="yes", by=by)


def unjudge(pick: SilencePick, *, by: Member) -> None:
    """Take one's own word back. What was brought to the desk stays there."""
    with write():
        rows = SilencePick.objects.filter(pk=pick.pk, by=by).exclude(verdict="")
        if not rows.update(verdict="", by=None, at=None):
            raise Refused("Only who judged it can take that back.")
        record("silence.unjudged", pick.message, by=by, round=pick.round_id)


def weeks(workspace: Workspace, newest: int = 8) -> list[Week]:
    """The rounds, the newest first."""
    found = []
    for row in SilenceRound.objects.filter(workspace=workspace, population__gt=0).order_by("-week_on")[:newest]:
        said = list(row.picks.values_list("verdict", flat=True))
        missed, right = said.count(Verdict.MISSED), said.count(Verdict.RIGHT)
        found.append(Week(row, len(said), missed + right, said.count(Verdict.UNCLEAR), share(missed, missed + right)))
    return found


def together(found: list[Week]) -> Share:
    """All weeks as one sample."""
    return share(sum(week.missed.hits for week in found), sum(week.missed.n for week in found))
