"""The turns of a conversation as one line in time: their messages, ours, what is on its way out, and notes between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from rapport.accounts.models import Member
from rapport.inbox import acting, attaching, continuing, enclosing, feeling, mentioning
from rapport.inbox.models import Act, Attachment, Conversation, Disposition, Message, Note, Outgoing, Revision
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.people.models import Identity
from rapport.understanding import feelings
from rapport.understanding.reading import Reason
from rapport.web import matters
from rapport.web.marking import Piece, mark
from rapport.web.matters import NOTHING, Matter
from rapport.web.words import because

PAGE = 100
BEFORE = 20
"""Messages shown before the one that a link asks for."""
_VALENCE = {"low": "negative", "even": "neutral", "high": "positive"}
_ON_ITS_WAY = ("held", "queued", "sending", "failed", "unknown")


@dataclass(frozen=True)
class Why:
    """The decision that stands on a message, in parts a page can show."""

    decision: Disposition
    reasons: tuple[Reason, ...]
    by_person: bool
    mine: bool = False
    """It is the reader's own correction."""

    @property
    def short(self) -> str:
        """The reasons in one line: the deciding row first, then the evidence beneath it.

        Left out is what would read as its contrary: that somebody waits where no answer is needed, and that it is not
        for us (a row that also held, and stands among the reasons below) where one is.
        """
        waits = self.decision.needs != "no"
        told = (reason for reason in self.reasons if reason.code != ("row.14" if waits else "unanswered"))
        first = [f"row.{self.decision.row}"] if self.reasons and self.reasons[0].code == "taught.row" else []
        said = dict.fromkeys(
            [
                *map(str, map(because, first)),
                *(str(because(one.code, mine=self.mine, alike=one.weight)) for one in told),
            ]
        )
        own = [one for one in said if not any(other != one and other in one for other in said)]  # the narrower says it
        return " · ".join(own[:3])


@dataclass(frozen=True)
class Felt:
    """How a message of theirs was felt: an emotion or none, where it stands (low, even, high), who says so."""

    emotion: str
    level: str
    valence: str
    corrected: bool


@dataclass(frozen=True)
class Turn:
    """One thing in the line. ``kind`` is ``message``, ``note``, ``outgoing``, or ``moved`` (before the message with which
    the talk went on in private, or came back); ``row`` is the model's row."""

    kind: str
    at: datetime
    row: Any
    pieces: tuple[Piece, ...] = ()
    why: Why | None = None
    felt: Felt | None = None
    matter: Matter = NOTHING
    outgoing: Outgoing | None = None
    files: tuple[Attachment, ...] = ()
    acts: tuple[Act, ...] = ()
    """What was done there with this message, the latest of each kind."""
    may: frozenset[str] = frozenset()
    """What can be done there with it: ``edit``, ``unsend``, ``react``."""
    aloud: bool = False
    """Of a move: the talk went on in public, not in private."""
    behind: bool = False
    """Of an answer on its way: it waits until the one before it has left."""


@dataclass(frozen=True)
class Line:
    """Turns, oldest first. ``earlier`` and ``later`` are the messages they begin and end with, where there are more
    beyond them (0: there are none)."""

    turns: list[Turn] = field(default_factory=list)
    earlier: int = 0
    later: int = 0
    newest: int = 0
    """The id of the newest message on screen."""
    before: int = 0
    at: int = 0
    """What was asked for, where it was found: the line before a message, or around one."""
    questions: list[Note] | None = None
    """What colleagues were asked and have not answered; None where not all notes are in this line."""

    @property
    def spoke(self) -> list[Identity]:
        """Who of them speaks on screen, whoever spoke last first."""
        theirs = (turn.row.identity for turn in reversed(self.turns) if turn.kind == "message" and not turn.row.ours)
        return list(dict.fromkeys(one for one in theirs if one is not None))

    @property
    def owes_note(self) -> bool:
        """Did we go on in private, and leave those who read along without a word?"""
        said = [turn for turn in self.turns if turn.kind in {"message", "outgoing"} and not _gone(turn)]
        return continuing.owes_note((turn.kind == "outgoing" or turn.row.ours, _public(turn)) for turn in said)

    @property
    def now_private(self) -> bool:
        """Was what stands last said in private?"""
        said = [turn for turn in self.turns if turn.kind in {"message", "outgoing"}]
        return bool(said) and not _public(said[-1])

    @property
    def company(self) -> int:
        """How many of them speak on screen beside one."""
        return max(0, len(self.spoke) - 1)


def read(conversation: Conversation, before: int = 0, *, at: int = 0, reader: Member | None = None) -> Line:
    """Up to PAGE messages with the notes and answers on their way between them, by time: the newest; or those before
    the message ``before``; or those around the message ``at``. What is no message of this conversation asks nothing."""
    edge = conversation.messages.filter(pk=before or at).first() if before or at else None
    found, more, later = _window(conversation, edge, around=not before)
    files = attaching.of(found)
    acts = acting.of(found)
    turns = [
        replace(
            _of_message(one, matter, reader),
            files=tuple(files.get(one.pk, ())),
            acts=tuple(acts.get(one.pk, ())),
            may=_may(conversation, one, reader),
        )
        for one, matter in zip(found, matters.checked((one, matters.of(one)) for one in found), strict=True)
    ]
    notes = conversation.notes.select_related("by", "asked").order_by("at", "pk")
    if more:
        notes = notes.filter(at__gte=found[0].said_at)
    if later:
        notes = notes.filter(at__lt=found[-1].said_at)
    shown = list(notes)
    names = mentioning.names(conversation.workspace_id) if any("@" in note.text for note in shown) else {}
    turns.extend(Turn("note", note.at, note, _marked(note.text, names)) for note in shown)
    if not later:
        out = conversation.outbox.filter(state__in=_ON_ITS_WAY, message=None).select_related("by", "in_reply_to")
        turns.extend(_leaving(list(out.order_by("pk"))))
    turns.sort(key=lambda turn: turn.at)
    return Line(
        _with_moves(turns),
        earlier=found[0].pk if more else 0,
        later=found[-1].pk if later else 0,
        newest=max((message.pk for message in found), default=0),
        before=before if edge else 0,
        at=at if edge and not before else 0,
        questions=None if more or later else _open(shown),
    )


def _leaving(rows: list[Outgoing]) -> list[Turn]:
    going = [row.pk for row in rows if row.state in {"queued", "sending"}]
    return [
        Turn(
            "outgoing",
            row.created_at,
            row,
            files=tuple(enclosing.of(row.workspace_id, row.enclosed)),
            behind=bool(going) and row.pk > going[0],
        )
        for row in rows
    ]


def _with_moves(turns: list[Turn]) -> list[Turn]:
    """The turns, with a line of its own wherever the talk went on in private, or came back."""
    said = [(turn, _public(turn)) for turn in turns if turn.kind in {"message", "outgoing"}]
    moved = {id(turn): public for turn, public in continuing.moves(said)}
    whole: list[Turn] = []
    for turn in turns:
        if id(turn) in moved:
            whole.append(Turn("moved", turn.at, turn.row, aloud=moved[id(turn)]))
        whole.append(turn)
    return whole


def _public(turn: Turn) -> bool:
    return continuing.is_public(turn.row) if turn.kind == "outgoing" else bool(turn.row.public)


def _gone(turn: Turn) -> bool:
    """It stands nowhere: deleted, or never left."""
    return turn.row.deleted_at is not None if turn.kind == "message" else turn.row.state == "failed"


def _may(conversation: Conversation, message: Message, reader: Member | None) -> frozenset[str]:
    """What this reader can do there with a message."""
    if reader is None or not reader.answers:
        return frozenset()
    source = conversation.source if message.source_id == conversation.source_id else message.source
    return acting.possible(message, source)


def _open(notes: Iterable[Note]) -> list[Note]:
    return [note for note in notes if note.asked_id and not note.answered_at and not note.withdrawn_at]


def _window(conversation: Conversation, edge: Message | None, *, around: bool) -> tuple[list[Message], bool, bool]:
    """Messages, oldest first; are there more before them, and after? Each way reads no further than it shows."""
    newest_first = _whole(conversation.messages.order_by("-said_at", "-id"))
    if edge is None:
        found = list(newest_first[: PAGE + 1])
        return found[:PAGE][::-1], len(found) > PAGE, False
    earlier = newest_first.filter(Q(said_at__lt=edge.said_at) | Q(said_at=edge.said_at, pk__lt=edge.pk))
    room = BEFORE if around else PAGE
    found = list(earlier[: room + 1])
    first, more = found[:room][::-1], len(found) > room
    if not around:
        return (first, more, True) if first else ([edge], False, True)
    onward = _whole(conversation.messages.order_by("said_at", "id"))
    rest = list(
        onward.filter(Q(said_at__gt=edge.said_at) | Q(said_at=edge.said_at, pk__gte=edge.pk))[: PAGE - BEFORE + 1]
    )
    return first + rest[: PAGE - BEFORE], more, len(rest) > PAGE - BEFORE


def _whole(rows: QuerySet[Message]) -> QuerySet[Message]:
    edited = Exists(Revision.objects.filter(message=OuterRef("pk")))
    rows = rows.select_related("identity", "by", "reading", "outgoing", "manner").annotate(
        edited=edited, has_files=attaching.there(), has_html=attaching.laid_out(), has_acts=acting.there()
    )
    return rows.prefetch_related("dispositions__by", "feelings")


def pieces_of_note(text: str, workspace_id: int) -> tuple[Piece, ...]:
    """A note cut at the colleagues it names."""
    return _marked(text, mentioning.names(workspace_id))


def _marked(text: str, names: dict[int, str]) -> tuple[Piece, ...]:
    return mark(text, [(one.start, one.end) for one in mentioning.find(text, names)])


def _of_message(message: Message, matter: Matter, reader: Member | None) -> Turn:
    standing = max(message.dispositions.all(), key=lambda made: made.pk, default=None)
    why = None
    if standing is not None and not message.ours:
        value: Decision = standing.value
        mine = reader is not None and standing.by_id == reader.pk
        why = Why(standing, value.reasons, standing.by_id is not None, mine)
    spans = [(reason.start, reason.end) for reason in why.reasons] if why else []
    outgoing = getattr(message, "outgoing", None)
    return Turn("message", message.said_at, message, mark(message.text, spans), why, _felt(message), matter, outgoing)


def _felt(message: Message) -> Felt | None:
    if message.ours:
        return None
    turn = feeling.turn_of(message)
    level = feelings.level(turn.valence)
    return Felt(turn.emotion, level, _VALENCE[level], turn.corrected)
