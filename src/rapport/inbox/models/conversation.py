"""Conversation: the messages of one thread, and the row of every stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.source import Source
from rapport.people.models import Identity

if TYPE_CHECKING:
    from rapport.inbox.models.tag import Tag, Tagging


class State(models.TextChoices):
    """Who owes whom. Time changes nothing here but through the worker's verbs."""

    QUIET = "quiet", "No answer needed"
    NEEDS_ANSWER = "needs_answer", "Needs an answer"
    WAITING_ON_THEM = "waiting_on_them", "Waiting on them"
    WAITING_INSIDE = "waiting_inside", "Waiting inside"
    WAITING_ON_COMMUNITY = "waiting_on_community", "Waiting on community"
    SNOOZED = "snoozed", "Snoozed"
    SETTLED = "settled", "Answered"


WAITING = (State.WAITING_ON_THEM, State.WAITING_INSIDE, State.WAITING_ON_COMMUNITY)
OPEN = (State.NEEDS_ANSWER, *WAITING)
"""What is in hand: a snoozed one is not, until it wakes."""
STREAMS: dict[str, str] = {
    "needs": "Needs an answer",
    "mine": "Mine",
    "waiting": "Waiting",
    "answered": "Answered",
    "quiet": "No answer needed",
    "all": "All",
}
_STATES: dict[str, tuple[State, ...]] = {
    "needs": (State.NEEDS_ANSWER,),
    "waiting": (*WAITING, State.SNOOZED),
    "answered": (State.SETTLED,),
    "quiet": (State.QUIET,),
}


def states_of(stream: str) -> tuple[State, ...]:
    """The states that a stream holds; not for *mine* and *all*, which no state defines."""
    return _STATES[stream]


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def seen_by(self, member: Member) -> Self:
        """All that this member may see: every query of a page starts here."""
        return self.filter(workspace_id=member.workspace_id)

    def stream(self, name: str, member: Member) -> Self:
        """One of STREAMS, in its own order: what is due first, or the newest first."""
        rows = self.seen_by(member)
        if name == "all":
            return rows.order_by("-last_message_at", "-id")
        if name == "mine":
            return rows.filter(assignee=member, state__in=OPEN).order_by("position", "id")
        rows = rows.filter(state__in=_STATES[name])
        return rows.order_by("position", "id") if name == "needs" else rows.order_by("-last_message_at", "-id")


class Conversation(models.Model):
    """One thread as its network threads it (a lone post is a conversation of one).

    ``position`` orders *Needs an answer*: due time in seconds, or, for history without a clock, far behind every clock
    by urgency, then age (see ``inbox.triage.clocks``).
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="conversations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="conversations")
    network = models.CharField(max_length=40)
    key = models.BinaryField(max_length=16)
    thread = models.CharField(max_length=500)
    identity = models.ForeignKey(Identity, models.SET_NULL, null=True, related_name="conversations")
    subject = models.CharField(max_length=300, default="")
    snippet = models.CharField(max_length=200, default="")
    public = models.BooleanField(default=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUIET)
    assignee = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="assigned")
    urgency = models.PositiveSmallIntegerField(default=0)
    headline = models.CharField(max_length=60, default="")
    """The one reason word of the stream row: "asked twice", "leaving", "unsure"."""
    due_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    """When a snoozed one wakes; null in every other state."""
    position = models.BigIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField()
    last_ours = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    link_renewed_at = models.DateTimeField(null=True)
    """When the link to its private page was made anew: links from before open nothing (see ``inbox.private``)."""
    frustrated_at = models.DateTimeField(null=True)
    """Since when its turns say that somebody is stuck with us (see ``inbox.straining``); null: they do not."""
    calmed_at = models.DateTimeField(null=True)
    """When a person last said that nobody is stuck here: what was said before no longer counts for it."""
    touched_at = models.DateTimeField(null=True)
    """When a person last acted on it: a later, better reading never closes what a person touched."""

    tags: models.ManyToManyField[Tag, Tagging] = models.ManyToManyField(
        "Tag", through="Tagging", related_name="conversations"
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="conversation_once")]
        indexes = [
            models.Index(fields=["workspace", "state", "position", "id"], name="conversation_due"),
            models.Index(fields=["workspace", "state", "-last_message_at", "-id"], name="conversation_stream"),
            models.Index(fields=["workspace", "-last_message_at", "-id"], name="conversation_all"),
            models.Index(fields=["workspace", "assignee", "position", "id"], name="conversation_mine"),
            models.Index(
                fields=["workspace", "-last_message_at", "-id"],
                name="conversation_frustrated",
                condition=Q(frustrated_at__isnull=False),
            ),
            models.Index(fields=["snoozed_until"], name="conversation_wake", condition=Q(snoozed_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject or self.snippet

    @staticmethod
    def counts(member: Member) -> dict[str, int]:
        """How many conversations each stream of this member holds, from the counters."""
        from rapport.core import counters

        keys = [f"state:{state}" for state in State.values] + [f"mine:{member.pk}"]
        found = counters.read(member.workspace_id, keys)
        by_stream = {name: sum(found[f"state:{state}"] for state in states) for name, states in _STATES.items()}
        everything = sum(found[f"state:{state}"] for state in State.values)
        return by_stream | {"mine": found[f"mine:{member.pk}"], "all": everything}

    def counter_keys(self) -> set[str]:
        """The keys under which this row is counted right now."""
        keys = {f"state:{self.state}"}
        if self.assignee_id is not None and self.state in OPEN:
            keys.add(f"mine:{self.assignee_id}")
        return keys
