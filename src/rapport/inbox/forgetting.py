"""Forgetting a person: their words go, everywhere; that something was said, when, and what became of it stays.

Their messages become tombstones, and so does what we wrote in the conversations they began: our answers are addressed
to them and quote them; notes and drafts there go. Wherever else they are named by address or full name, or quoted, they
are covered. Their identities become nobody's, last of all: killed half-way, it is simply done again.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from rapport.accounts.models import Member
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import covering, enclosing, tombstones
from rapport.inbox.masking import Mask, Sought
from rapport.inbox.models import (
    Act,
    Continuation,
    Conversation,
    Draft,
    Fact,
    Message,
    Note,
    Outgoing,
    PersonNote,
    Relation,
    Source,
    Visit,
)
from rapport.people.models import Belonging, Identity, Likeness, Merge, Order, Person, Trait

BATCH = 200
NOBODY = "forgotten-"
FLYING = (Outgoing.State.HELD, Outgoing.State.QUEUED, Outgoing.State.FAILED, Outgoing.State.UNKNOWN)
Seen = Callable[[], object]


@dataclass(frozen=True)
class Known:
    """What is known of a person before anything goes: needed to find them, and to prove afterwards that they are gone."""

    person: Person
    everyone: tuple[Person, ...]
    """All the rows that are this human: nobody is half forgotten because somebody merged them."""
    identities: tuple[Identity, ...]
    sought: Sought
    began: frozenset[int]
    """Conversations they began."""
    spoke: frozenset[int]
    """Conversations in which they said something."""
    messages: frozenset[int]
    """Theirs, and ours in the conversations they began: these lose all their words."""
    keys: frozenset[bytes]

    @cached_property
    def masks(self) -> covering.Masks:
        return covering.Masks(Mask(self.sought), Mask(self.sought, near=True), self.began | self.spoke)

    @property
    def theirs(self) -> covering.Theirs:
        return covering.Theirs(frozenset(bytes(one.key) for one in self.identities), self.keys)


def know(person: Person) -> Known:
    """Gather what is known of them."""
    everyone = tuple(person.everyone())
    identities = tuple(Identity.objects.filter(person__in=everyone))
    began = frozenset(Conversation.objects.filter(identity__in=identities).values_list("pk", flat=True))
    ids, keys, texts, spoke = set(), set(), set(), set()
    theirs = Message.objects.filter(identity__in=identities)
    ours = Message.objects.filter(conversation__identity__in=identities, ours=True)
    for rows in (theirs, ours):
        for id, key, talk, text, is_ours in rows.values_list("pk", "key", "conversation", "text", "ours").iterator():
            ids.add(id)
            keys.add(bytes(key))
            if not is_ours:
                spoke.add(talk)
                texts.add(text)
    names = {one.name for one in everyone} | {one.name for one in identities}
    addresses = {one.address for one in identities if not one.address.startswith(NOBODY)}
    addresses |= set(Visit.objects.filter(conversation__in=began).exclude(email="").values_list("email", flat=True))
    told = {name for name in names if name and not name.startswith((NOBODY, "@")) and name not in addresses}
    sought = Sought(tuple(sorted(addresses)), tuple(sorted(told)), tuple(sorted(texts - {""})))
    return Known(person, everyone, identities, sought, began, frozenset(spoke), frozenset(ids), frozenset(keys))


def forget(known: Known, *, by: Member | None, apply: bool, seen: Seen = lambda: None) -> Counter[str]:
    """How many rows of each kind lose words; with ``apply`` they do. Once forgotten, nothing is found any more.

    Raises Refused while an answer to them is being sent.
    """
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can forget a person. Ask one of them.")
    workspace = known.person.workspace
    if apply and Outgoing.objects.filter(conversation__in=known.began, state=Outgoing.State.SENDING).exists():
        raise Refused("An answer to them is being sent at this moment. Try again in a minute.")
    counts = covering.places(workspace, known.masks, apply=apply, spare=known.messages, seen=seen)
    more, last = covering.arrivals(workspace, known.theirs, known.masks.wide, apply=apply, seen=seen)
    counts += more + _asides(known, apply=apply) + _rows(known)
    if apply:
        _bury(known, seen)
        for path in (Path(settings.DATA) / "exports").glob(f"{workspace.pk}-*"):  # they wait for who asked; ask again
            path.unlink(missing_ok=True)
        late, _ = covering.arrivals(workspace, known.theirs, known.masks.wide, apply=True, after=last, seen=seen)
        counts += late
        _part(known, by, counts)
    return counts


def _rows(known: Known) -> Counter[str]:
    """What goes wholly, counted."""
    filled = Message.objects.filter(pk__in=_some(known.messages), deleted_at=None)
    return Counter(
        {
            "messages of theirs": filled.filter(ours=False).count(),
            "messages of ours to them": filled.filter(ours=True).count(),
            "answers to them": Outgoing.objects.filter(conversation__in=_some(known.began)).exclude(text="").count(),
            "notes about them": Note.objects.filter(conversation__in=_some(known.began)).count()
            + PersonNote.objects.filter(person__in=known.everyone).count(),
            "facts about them": Fact.objects.filter(person__in=known.everyone).count(),
            "organisations of theirs": Belonging.objects.filter(person__in=known.everyone).count(),
            "relationships of theirs": _relations(known).count(),
            "drafts to them": Draft.objects.filter(conversation__in=_some(known.began)).count(),
            "orders of theirs": Order.objects.filter(person__in=known.everyone)
            .exclude(number__startswith=NOBODY)
            .count(),
            "identities": sum(not one.address.startswith(NOBODY) for one in known.identities),
        }
    )


def _relations(known: Known) -> QuerySet[Relation]:
    return Relation.objects.filter(Q(one__in=known.everyone) | Q(other__in=known.everyone))


def _some(ids: frozenset[int]) -> list[int]:
    return sorted(ids)


def _bury(known: Known, seen: Seen) -> None:
    """Messages, answers, notes and drafts; also what came in since we looked."""
    lists = [_some(known.messages), []]
    newer = Message.objects.filter(identity__in=known.identities, deleted_at=None).exclude(pk__in=known.messages)
    lists[1] = list(newer.values_list("pk", flat=True))
    for ids in lists:
        for start in range(0, len(ids), BATCH):
            with write():
                _empty(ids[start : start + BATCH])
            seen()
    talks = _some(known.began)
    for start in range(0, len(talks), BATCH):
        some = talks[start : start + BATCH]
        with write():
            Note.objects.filter(conversation__in=some).delete()
            _unsent(known.person.workspace_id, some)
            Draft.objects.filter(conversation__in=some).delete()
            Visit.objects.filter(conversation__in=some).delete()
            Continuation.objects.filter(conversation__in=some).delete()
            answers = Outgoing.objects.filter(conversation__in=some)
            answers.filter(state__in=FLYING).update(state=Outgoing.State.WITHDRAWN)
            answers.update(text="", error="", content_warning="", enclosed="")
            Conversation.objects.filter(pk__in=some).update(thread=covering.FORGOTTEN)
        seen()
    for conversation in Conversation.objects.filter(pk__in=_some(known.spoke | known.began)):
        with write():
            tombstones.tell_again(conversation)


def _unsent(workspace_id: int, talks: list[int]) -> None:
    """The files of drafts and of answers that never left."""
    for model in (Draft, Outgoing):
        names = model._default_manager.filter(conversation__in=talks).exclude(enclosed="")
        enclosing.forget(workspace_id, names.values_list("enclosed", flat=True))


def _empty(ids: list[int]) -> None:
    tombstones.strip(ids)
    Act.objects.filter(message__in=ids).exclude(state=Act.State.DONE).update(state=Act.State.WITHDRAWN)
    Message.objects.filter(pk__in=ids).update(
        text="",
        subject="",
        url="",
        version="",
        external_id=covering.FORGOTTEN,
        deleted_at=Coalesce("deleted_at", now()),
    )


def _part(known: Known, by: Member | None, counts: Counter[str]) -> None:
    """The last step: identities are nobody's, the person has no name, and one Event says how much went."""
    with write():
        changed = False
        for one in known.identities:
            if not one.address.startswith(NOBODY):
                # a key of chance: if they ever write again, they are a stranger
                named = {"address": f"{NOBODY}{one.pk}", "name": "", "followers": "", "key": secrets.token_bytes(16)}
                changed |= bool(Identity.objects.filter(pk=one.pk).update(**named))
        people = Person.objects.filter(pk__in=[one.pk for one in known.everyone])
        if not changed and not people.exclude(name="").exists() and not counts:
            return
        PersonNote.objects.filter(person__in=known.everyone).delete()
        Fact.objects.filter(person__in=known.everyone).delete()
        Belonging.objects.filter(person__in=known.everyone).delete()
        _relations(known).delete()
        people.update(name="", organisation="", note="")
        Merge.objects.filter(other__in=known.everyone).update(why="")
        Trait.objects.filter(identity__in=known.identities).delete()
        Likeness.objects.of(people).delete()
        for order in Order.objects.filter(person__in=known.everyone):  # what was paid stays, and when
            named = {"number": f"{NOBODY}{order.pk}", "key": secrets.token_bytes(16), "status": "", "text": ""}
            Order.objects.filter(pk=order.pk).update(**named)
        record("person.forgotten", known.person, by=by, rows=sum(counts.values()))


def _asides(known: Known, *, apply: bool) -> Counter[str]:
    """Rows of imports that could not be read, where they hold them: the row goes, its place and reason stay."""
    found: Counter[str] = Counter()
    for path in aside_files(known.person.workspace_id):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        kept = [_aside(line, known.masks.wide) for line in lines]
        found["unreadable rows"] += sum(one != line for one, line in zip(kept, lines, strict=True))
        if apply and kept != lines:
            part = path.with_suffix(".part")
            part.write_text("".join(kept), encoding="utf-8")
            part.replace(path)
    return found


def aside_files(workspace_id: int) -> list[Path]:
    tokens = Source.objects.filter(workspace=workspace_id).values_list("token", flat=True)
    paths = (Path(settings.DATA) / "unreadable" / f"{token}.jsonl" for token in tokens)
    return [path for path in paths if path.exists()]


def _aside(line: str, mask: Mask) -> str:
    try:
        row = json.loads(line)
        held = mask.spans(str(row.get("row", "")))
    except (ValueError, AttributeError):  # cut off by a crash: nothing can be told of it but its words
        return "" if mask.spans(line) else line
    return json.dumps(row | {"row": ""}, ensure_ascii=False) + "\n" if held else line


def start(person: Person, *, by: Member | None = None, look: bool = False) -> int:
    """Put the job down; its number. ``look``: only count what would go. What is not over is not begun twice."""
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can forget a person. Ask one of them.")
    with write():
        payload = {"person": person.pk, "by": by.pk if by else None} | ({"look": True} if look else {})
        for row in jobs(person).filter(done_at=None, dead_at=None):
            if bool(row.payload.get("look")) == look:
                return row.pk
        return work.put("forget", payload, workspace_id=person.workspace_id)


def jobs(person: Person) -> QuerySet[Work]:
    """What was asked about forgetting this person, the newest first."""
    return Work.objects.filter(kind="forget", workspace_id=person.workspace_id, payload__person=person.pk).order_by(
        "-pk"
    )


@work.job("forget")
def run(row: work.Claimed) -> None:
    """Forget, erase what is left behind, and prove it; figures only stand in the progress."""
    from rapport.inbox import proving

    person = Person.objects.select_related("workspace").get(pk=row.payload["person"])
    by = Member.objects.filter(pk=row.payload["by"]).first()
    known = know(person)
    if row.payload.get("look"):
        counts = forget(known, by=by, apply=False, seen=lambda: row.extend(bytes=0, total=1))
        row.extend(bytes=1, total=1, counts=counts)
        return
    try:
        counts = forget(known, by=by, apply=True, seen=lambda: row.extend(bytes=1, total=3))
    except Refused as error:
        raise work.Again(str(error)) from error
    row.extend(bytes=2, total=3, counts=counts)
    proof = proving.prove(known)
    row.extend(bytes=3, total=3, counts=counts, proof=proof)
