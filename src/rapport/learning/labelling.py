"""Labelling: the posts most worth a look, one after the other, blind; undone by whoever said it; some read by two.

Who labels sees the words and what was said before them, not who wrote them, nor what the program or colleagues say.
A *yes* brings a quiet conversation to the desk; a *no* moves nothing: the label is an example, not a decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import turning, undoing, working
from rapport.inbox.models import Disposition, Message, Reading
from rapport.inbox.triage import clocks
from rapport.learning.acts import SKIPPED
from rapport.learning.agreement import Agreement, agreement
from rapport.learning.choosing import WANTED, Candidate, choose, doubt
from rapport.learning.course.lessons import LABELS
from rapport.learning.models import Label

LOOKED_AT: Final = 600
"""So many of the latest posts are candidates: old ones teach about an old time."""
SECOND_OF: Final = 3
"""Every third post is one that a colleague has labelled, as long as there are any."""
ASKED: Final = ("needs", "valence")
"""The tasks that posts are labelled for; what a post is called is learned from corrections alone."""
TURNS: Final = 2


@dataclass(frozen=True)
class Question:
    """One post to label: its text, what was said before it (ours, text), and the member's place in their ten."""

    message: Message
    before: tuple[tuple[bool, str], ...]
    second: bool


def next_for(member: Member, task: str) -> Question | None:
    """The post this member is asked about next, None where there is none."""
    done = Label.objects.filter(by=member, task=task).count()
    ways = (_seconds, _firsts) if done % SECOND_OF == SECOND_OF - 1 else (_firsts, _seconds)
    for way in ways:
        for message in way(member, task)[:1]:
            return Question(message, _before(message), way is _seconds)
    return None


def answer(message: Message, task: str, said: str, *, by: Member) -> Label:
    """Keep what they say; a *yes* about a quiet conversation brings it to the desk. Saying it again changes it."""
    _may(by)
    if task not in ASKED or said not in (*LABELS[task], SKIPPED):
        raise Refused("Choose one of the answers.")
    if message.ours or message.deleted_at or not message.text:
        raise Refused("There is nothing to label here.")
    with write():
        lifted = _lift(message, by) if (task, said) == ("needs", "yes") else None
        made, _ = Label.objects.update_or_create(
            message=message, task=task, by=by, defaults={"answer": said, "at": now(), "lifted": lifted}
        )
        record("message.labelled", message, by=by, task=task, code=said)
    return made


def take_back(member: Member, task: str) -> Message | None:
    """Undo one's own latest label of this task, with what it moved; the message it was about."""
    _may(member)
    with write():
        label = (
            Label.objects.filter(by=member, task=task)
            .select_related("message__conversation")
            .order_by("-at", "-pk")
            .first()
        )
        if label is None:
            return None
        if label.lifted:
            undoing.undo(label.message.conversation, label.lifted, by=member)
        label.delete()
        record("message.unlabelled", label.message, by=member, task=task)
        return label.message


def agreed(workspace: Workspace, task: str) -> Agreement:
    """How two members agree about the posts both have labelled."""
    rows = Label.objects.filter(message__workspace=workspace, task=task).exclude(answer=SKIPPED)
    both = rows.values("message").annotate(n=Count("pk")).filter(n__gte=2).values("message")
    said: dict[int, list[str]] = {}
    for message, word in rows.filter(message__in=both).order_by("pk").values_list("message", "answer"):
        said.setdefault(message, []).append(word)
    return agreement([(words[0], words[1]) for words in said.values()])


def done_by(member: Member, task: str) -> int:
    return Label.objects.filter(by=member, task=task).exclude(answer=SKIPPED).count()


def _may(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")


def _open(member: Member, task: str) -> Iterable[int]:
    """The latest messages of theirs that this member has not labelled."""
    mine = Label.objects.filter(message=OuterRef("pk"), task=task, by=member)
    rows = Message.objects.filter(workspace=member.workspace_id, ours=False, deleted_at=None).exclude(text="")
    return rows.exclude(Exists(mine)).order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]


def _firsts(member: Member, task: str) -> list[Message]:
    """The most useful of what nobody has said anything about."""
    ids = list(_open(member, task))
    known = set(Label.objects.filter(message__in=ids, task=task).values_list("message", flat=True))
    known |= set(Disposition.objects.filter(message__in=ids, by__isnull=False).values_list("message", flat=True))
    left = [id for id in ids if id not in known]
    texts = dict(Message.objects.filter(pk__in=left).values_list("pk", "text"))
    unsure = _doubts(left, task)
    mine = Label.objects.filter(by=member, task=task).order_by("-at").values_list("message__text", flat=True)
    seen = mine[:WANTED]
    chosen = choose([Candidate(id, texts[id], unsure.get(id, 0.5)) for id in left], 1, list(seen))
    return _whole([one.id for one in chosen])


def _doubts(ids: list[int], task: str) -> dict[int, float]:
    """How unsure the program is of each: of a decision by its confidence, of a feeling by how near it is to another."""
    if task == "valence":
        scores = Reading.objects.filter(message__in=ids).values_list("message", "valence")
        return {id: doubt(0.5 + min(abs(abs(score) - 0.25), 0.5)) for id, score in scores}
    rows = Disposition.objects.filter(message__in=ids, by=None).order_by("pk")
    return {
        id: 1.0 if needs == "unsure" else doubt(max(0.5, min(1.0, confidence)))
        for id, needs, confidence in rows.values_list("message", "needs", "confidence")
    }


def _seconds(member: Member, task: str) -> list[Message]:
    """What one colleague has labelled and this member has not, the longest ago first."""
    mine = Label.objects.filter(message=OuterRef("message"), task=task, by=member)
    others = Label.objects.filter(message__workspace=member.workspace_id, task=task, message__deleted_at=None)
    rows = others.exclude(answer=SKIPPED).exclude(message__text="").exclude(Exists(mine)).values("message")
    once = rows.annotate(n=Count("pk")).filter(n=1).order_by("message")
    return _whole(list(once.values_list("message", flat=True)[:1]))


def _whole(ids: list[int]) -> list[Message]:
    return list(Message.objects.filter(pk__in=ids).select_related("conversation"))


def _before(message: Message) -> tuple[tuple[bool, str], ...]:
    rows = message.conversation.messages.filter(said_at__lt=message.said_at, deleted_at=None).order_by(
        "-said_at", "-pk"
    )
    return tuple(reversed(rows.values_list("ours", "text")[:TURNS]))


def _lift(message: Message, by: Member) -> int | None:
    """A quiet conversation comes to the desk: somebody who looked says that it needs an answer."""
    row = message.conversation
    if row.state != turning.QUIET:
        return None
    clock = clocks.start(message.said_at, now(), 1, settings.RAPPORT_DUE_HOURS, history=message.history)
    event: Event = working.change(
        row, "conversation.reopened", by=by, state="needs_answer", urgency=1, due_at=clock.due_at,
        position=clock.position, headline="corrected", code="label",
    )  # fmt: skip
    return event.pk
