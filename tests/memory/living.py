"""A workspace in which something of everything has happened, and exports of it as comparable records."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from rapport.accounts.models import Workspace
from rapport.channels.base import Author, Envelope, File, Item
from rapport.core import work
from rapport.core.hashing import key
from rapport.inbox import (
    asking,
    attaching,
    correcting,
    facts,
    feeling,
    noting,
    promising,
    relating,
    remembering,
    replying,
    snoozing,
    tagging,
    undoing,
    viewing,
    visits,
    working,
)  # fmt: skip
from rapport.inbox.models import Act, Continuation, Fact, Message, Outgoing, Promise
from rapport.ingest.memory import exporting, returning
from rapport.ingest.memory.scope import Scope
from rapport.people import comparing, merging, organising, uniting
from rapport.people.likeness import Sign
from rapport.people.models import Identity, Order, Organisation, Person
from tests.conftest import NOW, Cast


def live(cast: Cast) -> None:
    """Ann complains, edits, is answered and corrected; Bo joins her; Cy's words are deleted; notes, drafts, verbs."""
    ann = cast.says("@ann", "@acme my blue kettle arrived broken, where is my refund?", id="a1", name="Ann Example")
    cast.says("@ann", "@acme my blue kettle arrived in pieces, where is my refund?", id="a1", version="2")
    cast.says("@bo", "@ann the same happened to me, call them", id="b1", reply_to="a1", at=NOW + timedelta(minutes=1))
    cy = cast.says(
        "@cy", "@acme words that nobody shall keep", id="c1", subject="Secret", url="https://agora.example/c1"
    )
    cast.says("@cy", "", id="c1", version="gone", deleted=True)
    person = Message.objects.filter(external_id="a1").get().identity.person
    person.note = "Met at the fair."
    person.save()
    organising.keep(cast.acme.pk, [(person.pk, "Example Bakery")])
    gone = organising.belong(person, "Guild of Bakers", by=cast.bea, role="treasurer", since=NOW)
    organising.end(gone, by=cast.cem)
    uniting.unite(Organisation.objects.get(name="Example Bakery"), gone.organisation, by=cast.bea)
    Order.objects.create(
        workspace=cast.acme, person=person, shop="shop", number="A-1042", key=key("shop", "A-1042"), placed_at=NOW,
        total=4990, currency="EUR", status="sent to Ann Example", text="1 blue kettle", arrived_at=NOW,
    )  # fmt: skip
    bo = Message.objects.get(external_id="b1").identity.person
    called = Person.objects.create(workspace=cast.acme, name="Bo")
    Identity.objects.create(
        workspace=cast.acme, person=called, network="phone", address="+43 1 5550", key=key("phone", "+43 1 5550")
    )
    merging.merge(
        bo, called, by=cast.bea, why="Bo said so.", evidence=[Sign("same_name", 1.0, left=bo.identities.get().pk)]
    )
    noting.note(person, "Asked three times for a call.", by=cast.bea)
    cast.says(
        "@ann", "@acme I love the A380, and I will send you a photo tomorrow.", id="a2", at=NOW + timedelta(hours=1)
    )
    remembering.remember(Message.objects.filter(external_id="a2").select_related("identity"))
    feeling.feel(Message.objects.get(external_id="a2"), valence="positive", emotion="joy", by=cast.cem)
    assert Fact.objects.count() == 1 and Promise.objects.count() == 1
    facts.remove(Fact.objects.get(), by=cast.dana)
    promising.keep(Promise.objects.get(), by=cast.dana)
    comparing.keep_apart(person, bo, by=cast.bea)
    viewing.keep("Complaints", "is:complaint is:open", by=cast.bea, shared=True)
    relating.relate(person, "other", bo, by=cast.bea, words="bakes for", note="Ann Example said so.", since=NOW,
                    message=Message.objects.get(external_id="a2"))  # fmt: skip
    working.note(ann, "Ann Example called on Monday, too.", by=cast.bea)
    tagging.tag(ann, "Urgent", by=cast.bea)
    undoing.undo(ann, working.settle(ann, by=cast.bea).pk, by=cast.bea)
    asking.ask(ann, cast.cem, "@Cem, can we pay her today?", by=cast.bea)
    working.assign(ann, cast.cem, by=cast.bea)
    replying.reply(ann, "Dear Ann, it is on its way. Does Tuesday suit you?", by=cast.cem)
    replying.save_draft(ann, "Dear Ann, one more thing", by=cast.bea)
    correcting.correct(Message.objects.get(external_id="c1"), needs="yes", urgency=2, by=cast.dana)
    working.settle(cy, by=cast.dana)
    snoozing.snooze(cy, "hour", by=cast.dana)
    picture = File(name="box.png", type="", content=b"\x89PNG\r\n\x1a\n and the rest")
    attaching.keep(
        cast.acme.pk,
        [Item(Envelope(network="social", external_id="a1", author=Author("@ann"), text=""), b"", (picture,))],
    )
    visit = visits.meet(cast.source, ann.thread, email="ann@lee.example")
    visits.attach(visit, ann)
    Outgoing.objects.update(state="failed", error="The network was asleep.")
    said = Message.objects.get(external_id="a1")
    Act.objects.create(workspace=cast.acme, message=said, by=cast.bea, deed="react", state="done", done_at=NOW)
    Act.objects.create(
        workspace=cast.acme, message=said, by=cast.bea, deed="edit", text="Dear Ann Example", state="failed"
    )
    Continuation.objects.create(
        workspace=cast.acme, conversation=ann, key=key("social", "talk:@ann"), thread="talk:@ann"
    )


def exported(workspace: Workspace, **narrow: Any) -> bytes:
    stream = io.BytesIO()
    exporting.export(Scope(workspace, **narrow), stream)
    return stream.getvalue()


def take_back(file: Path) -> Workspace:
    """Run the job as the worker would. Raises AssertionError with its sentence when it gave up."""
    job = returning.start(file)
    while work.run_due(1, only=("return",)):
        pass
    row = work.Work.objects.get(pk=job)
    assert row.dead_at is None, row.error
    assert row.done_at is not None, row.error
    return Workspace.objects.get(slug=row.progress["workspace"])


def comparable(raw: bytes) -> list[dict[str, Any]]:
    """The records with ids counted from one, and without what must differ: when it was written, and the taking back."""
    rows = [json.loads(line) for line in raw.splitlines()]
    first, records = rows[0], rows[1:-1]
    numbers: dict[tuple[str, int], int] = {("workspace", first["workspace"]["id"]): 1}
    for row in records:
        numbers[row["record"], row["id"]] = sum(1 for kind, _ in numbers if kind == row["record"]) + 1
    for name in ("id", "slug"):
        first["workspace"].pop(name)
    first.pop("exported_at")
    kept = [row for row in records if row.get("verb") != "workspace.returned"]
    return [first, *(_renumbered(row, numbers) for row in kept)]


_TO = {"organisation": "organisation", "one_with": "organisation", "union": "union",
       "person": "person", "identity": "identity", "source": "source", "conversation": "conversation", "by": "member",
       "assignee": "member",
       "removed_by": "member", "kept_by": "member",
       "in_reply_to": "message", "message": "message", "first": "message", "last": "message",
       "assignee_id": "member", "member": "member", "origin": "person", "kept": "person", "other": "person",
       "other_id": "person", "merge_id": "merge", "undone_by": "member", "one": "person", "one_id": "person",
       "ended_by": "member", "left": "identity",
       "right": "identity", "order": "order", "asked": "member", "tag": "tag", "note_id": "note",
       "note": "note", "person_note": "person_note",
       "undoes": "event"}  # fmt: skip


def _renumbered(value: Any, numbers: dict[tuple[str, int], int]) -> Any:
    if isinstance(value, list):
        return [_renumbered(one, numbers) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, inner in value.items():
        if name in _TO and type(inner) is int:
            made[name] = numbers.get((_TO[name], inner), 0)
        elif name == "id" and "record" in value:
            made[name] = numbers[value["record"], inner]
        elif name == "subject_id":
            kind = {"outgoing": "answer"}.get(value["subject"], value["subject"])
            made[name] = numbers.get((kind, inner), 0)
        else:
            made[name] = _renumbered(inner, numbers)
    return made
