"""Fairness: whether being answered, and how soon, follows what must never weigh: followers, courtesy, language, tags.

None of these is a fact of the decision (a test holds that); a desk may follow them all the same, and this shows it. A
case is a conversation, by its first message in need of an answer. How many follow somebody is known coarsely, where a
network tells it with the message.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr

from rapport.accounts.models import Workspace
from rapport.inbox.accuracy import answered, batches
from rapport.inbox.models import Disposition, Message
from rapport.people.models import Followers
from rapport.understanding.intervals import Odds, Share, odds, quantile, share
from rapport.understanding.structure_cues import THANKS

LOOKED_AT = 5_000
TRAITS: Final = ("followers", "courtesy", "language", "parties", "channel")
STEPS: Final = (*Followers.values, "?")
ENOUGH: Final = 20
"""Cases of a group below which nothing is said of it."""
_PARTY = re.compile(r"(?<!\w)@\w")
_READ_AT_MOST = 1_000


@dataclass(frozen=True)
class Case:
    """Somebody who needed an answer: by what they can be told apart, and the wait (None: not answered)."""

    courtesy: str
    language: str
    parties: str
    channel: str
    followers: str
    wait: float | None
    """Hours."""


@dataclass(frozen=True)
class Group:
    """One value of a trait: how many were answered, against all others; hours of waiting (median, 90th percentile)."""

    name: str
    answered: Share
    odds: Odds | None
    """None where either side has too few."""
    median: float
    ninetieth: float

    @property
    def enough(self) -> bool:
        return self.answered.n >= ENOUGH


@dataclass(frozen=True)
class Fairness:
    """``traits``: (trait, its groups, the largest first)."""

    cases: int
    traits: tuple[tuple[str, tuple[Group, ...]], ...]
    since: datetime

    @property
    def differs(self) -> bool:
        """Somewhere the odds of an answer differ by more than chance."""
        return any(group.odds and group.odds.differs for _, groups in self.traits for group in groups)


def read(workspace: Workspace, moment: datetime, days: int) -> Fairness:
    """The last ``days``, but for the last day: who wrote today may still be answered."""
    since = moment - timedelta(days=days)
    found = cases(workspace, since, moment - timedelta(days=1))
    return Fairness(len(found), compared(found), since)


def cases(workspace: Workspace, since: datetime, until: datetime) -> list[Case]:
    """The newest conversations that began to need an answer in this time."""
    first = Disposition.objects.filter(message=OuterRef("pk"), by=None).order_by("id").values("needs")[:1]
    rows = Message.objects.filter(workspace=workspace, ours=False, said_at__gte=since, said_at__lt=until)
    rows = rows.annotate(said=Subquery(first)).filter(said__in=["yes", "unsure"]).order_by("-pk")
    begun: dict[int, tuple[int, datetime]] = {}
    for talk, message, at in rows.values_list("conversation", "pk", "said_at")[:LOOKED_AT]:
        begun[talk] = message, at  # the newest first: the oldest of them is what stays
    ours = answered(begun)
    told = _told([message for message, _ in begun.values()])
    return [_case(at, *told[message], ours.get(talk, ())) for talk, (message, at) in begun.items() if message in told]


def _told(messages: list[int]) -> dict[int, tuple[str, str, str, str]]:
    """(text, language, network, how many follow its author) of each of these messages."""
    found = {}
    for some in batches(messages):
        rows = Message.objects.filter(pk__in=some).annotate(beginning=Substr("text", 1, _READ_AT_MOST))
        traits = ("reading__language", "network", "identity__followers")
        for id, text, language, network, followers in rows.values_list("pk", "beginning", *traits):
            found[id] = text, language or "", network, followers or ""
    return found


def _case(at: datetime, text: str, language: str, network: str, followers: str, ours: Sequence[datetime]) -> Case:
    tagged = len(_PARTY.findall(text))
    after = next((when for when in ours if when > at), None)
    return Case(
        courtesy="courteous" if THANKS.search(text) else "plain",
        language=language or "?",
        parties="0" if not tagged else "1" if tagged == 1 else "2" if tagged == 2 else "3+",
        channel=network,
        followers=followers or "?",
        wait=None if after is None else (after - at).total_seconds() / 3600,
    )


def compared(found: Sequence[Case]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Each trait with its groups, each against all others. Pure."""
    return tuple((trait, _groups(found, trait)) for trait in TRAITS)


def _groups(found: Sequence[Case], trait: str) -> tuple[Group, ...]:
    by: dict[str, list[Case]] = defaultdict(list)
    for case in found:
        by[getattr(case, trait)].append(case)
    hits = sum(case.wait is not None for case in found)
    groups = []
    for name, rows in by.items():
        mine = share(sum(case.wait is not None for case in rows), len(rows))
        others = share(hits - mine.hits, len(found) - mine.n)
        both = mine.n >= ENOUGH and others.n >= ENOUGH
        waits = sorted(case.wait for case in rows if case.wait is not None)
        groups.append(
            Group(name, mine, odds(mine, others) if both else None, quantile(waits, 0.5), quantile(waits, 0.9))
        )
    if trait == "followers":
        return tuple(sorted(groups, key=lambda group: STEPS.index(group.name)))
    return tuple(sorted(groups, key=lambda group: (-group.answered.n, group.name)))
