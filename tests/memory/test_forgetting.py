"""Somebody is forgotten: their words are nowhere, and everything that is counted stays as it was."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core import erasing, work
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import checking, forgetting, proving
from rapport.inbox.models import Arrival, Conversation, Draft, Message, Note, Outgoing, Reading, Revision
from rapport.ingest import accepting, pipeline
from rapport.people.finding import find
from rapport.people.models import Identity, Merge, Person
from tests.conftest import NOW, Cast, make_cast
from tests.memory.living import exported, live

WORDS = ("kettle", "refund", "ann", "tuesday", "monday")


def ann(cast: Cast) -> Person:
    return find(cast.acme, "@ann")


def forget(cast: Cast) -> forgetting.Known:
    known = forgetting.know(ann(cast))
    forgetting.forget(known, by=cast.dana, apply=True)
    return known


def quoted(cast: Cast) -> None:
    """Bo speaks elsewhere of Ann, by address, by full name and in her own words."""
    words = "my blue kettle arrived in pieces, where is my refund?"
    cast.says("@bo", f"RT @ann: @acme {words}", id="b2", at=NOW + timedelta(minutes=5), mentions=("ann",))
    cast.says("@bo", "Have you met Ann Example? She lives near Ann Arbor.", id="b3", at=NOW + timedelta(minutes=6))
    cast.says("@bo", "@annabel and @ann-marie are others", id="b4", at=NOW + timedelta(minutes=7))


def test_a_dry_run_changes_nothing_and_says_what_would_go(lived: Cast) -> None:
    before = exported(lived.acme)
    counts = forgetting.forget(forgetting.know(ann(lived)), by=None, apply=False)
    assert exported(lived.acme).splitlines()[1:] == before.splitlines()[1:]
    assert counts["messages of theirs"] == 2 and counts["notes about them"] == 3 and counts["facts about them"] == 1
    assert counts["drafts to them"] == 1
    assert counts["answers to them"] == 1 and counts["identities"] == 1 and counts["arrivals"] == 3


def test_no_word_of_theirs_is_left_in_any_row(lived: Cast) -> None:
    quoted(lived)
    counted = [Message.objects.count(), Conversation.objects.count(), Person.objects.count(), Arrival.objects.count()]
    standing = list(Conversation.objects.order_by("pk").values_list("state", "assignee", "message_count", "due_at"))
    forget(lived)
    left = exported(lived.acme).decode().lower()
    for word in ("kettle", "refund", "ann example", "tuesday", '"@ann"', "@ann ", "monday"):
        assert word not in left, word
    assert "@annabel" in left and "ann arbor" in left and "ann-marie" in left
    raw = b" ".join(bytes(row.raw) + bytes(row.envelope) for row in Arrival.objects.all()).lower()
    assert b"kettle" not in raw and b"@ann:" not in raw and b"ann example" not in raw and b"annabel" in raw
    assert counted == [
        Message.objects.count(),
        Conversation.objects.count(),
        Person.objects.count(),
        Arrival.objects.count(),
    ]
    assert standing == list(
        Conversation.objects.order_by("pk").values_list("state", "assignee", "message_count", "due_at")
    )
    assert not checking.miscounted()
    assert proving.prove(forgetting.know(Person.objects.get(name="")))["rows"] == 0


def test_the_proof_is_made_from_what_was_known_before(lived: Cast) -> None:
    quoted(lived)
    known = forgetting.know(ann(lived))
    assert proving.prove(known)["rows"] > 5
    forget(lived)
    proof = proving.prove(known)
    assert (proof["rows"], proof["search"]) == (0, 0)
    assert proof["sought"] == {"addresses": 2, "names": 1, "texts": 2}  # their mail for letters, too


def test_what_hangs_on_the_messages_goes_and_decisions_stay(lived: Cast) -> None:
    talk = Message.objects.get(external_id="a1").conversation
    forget(lived)
    for message in talk.messages.filter(ours=False, identity__name="", identity__address__startswith="forgotten-"):
        assert message.deleted_at and not message.text and not message.version
        assert not Reading.objects.filter(message=message).exists()
        assert not Revision.objects.filter(message=message).exists()
        for decided in message.dispositions.all():
            assert decided.row and decided.reasons and not any(reason["evidence"] for reason in decided.reasons)
    assert not Note.objects.filter(conversation=talk).exists()
    assert not Draft.objects.filter(conversation=talk).exists()
    answer = Outgoing.objects.get(conversation=talk)
    assert (answer.text, answer.error, answer.state) == ("", "", "withdrawn")


def test_others_in_the_same_conversation_keep_their_words(lived: Cast) -> None:
    forget(lived)
    bo = Message.objects.get(external_id="b1")
    assert bo.text == "████ the same happened to me, call them"
    assert bo.conversation.snippet == bo.text


def test_again_is_nothing_and_one_event_says_it(lived: Cast) -> None:
    person = ann(lived)
    forget(lived)
    counts = forgetting.forget(forgetting.know(person), by=lived.dana, apply=True)
    assert sum(counts.values()) == 0
    event = Event.objects.get(verb="person.forgotten")
    assert (event.subject_id, event.by_id) == (person.pk, lived.dana.pk) and set(event.facts) == {"rows"}
    with pytest.raises(Refused):
        ann(lived)


def test_killed_half_way_it_is_done_again(lived: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    quoted(lived)
    known = forgetting.know(ann(lived))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("_bury", "_part"):
        with monkeypatch.context() as patch:
            patch.setattr(forgetting, place, die)
            with pytest.raises(KeyboardInterrupt):
                forgetting.forget(forgetting.know(ann(lived)), by=lived.dana, apply=True)
    forget(lived)
    assert proving.prove(known)["rows"] == 0


def test_the_same_words_do_not_come_back_and_the_person_may(lived: Cast) -> None:
    person = ann(lived)
    forget(lived)
    lived.says("@ann", "@acme my blue kettle arrived broken, where is my refund?", id="a1", name="Ann Example")
    assert "kettle" not in exported(lived.acme).decode()
    lived.says("@ann", "@acme hello again", id="a9", name="Ann Example")
    assert ann(lived).pk != person.pk


def test_what_waits_in_the_line_never_becomes_a_message(lived: Cast) -> None:
    envelope = Envelope(network="social", external_id="a7", author=Author("@ann"), text="@acme late words", said_at=NOW)
    accepting.accept(lived.source, Batch(items=(Item(envelope, b"late words"),)))
    forget(lived)
    while pipeline.run():
        pass
    assert not Message.objects.filter(text__contains="late").exists()
    assert not any(b"late" in bytes(row.raw) + bytes(row.envelope) for row in Arrival.objects.all())


def test_rows_that_could_not_be_read_are_looked_at(lived: Cast) -> None:
    path = Path(settings.DATA) / "unreadable" / f"{lived.source.token}.jsonl"
    path.parent.mkdir(exist_ok=True)
    rows = [{"position": "line 1", "reason": "No text.", "row": '{"author": "@ann"}'},
            {"position": "line 2", "reason": "No text.", "row": '{"author": "@bo"}'}]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    forget(lived)
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["row"] for row in kept] == ["", '{"author": "@bo"}'] and kept[0]["position"] == "line 1"


def test_another_workspace_keeps_what_it_heard(lived: Cast) -> None:
    from rapport.inbox.models import Source

    other = Source.objects.create(workspace=lived.elsewhere, kind="fake", name="Social")
    lived.says("@ann", "a kettle for somebody else, quite another one", id="e1", source=other)
    before = exported(lived.elsewhere).splitlines()[1:]
    forget(lived)
    assert exported(lived.elsewhere).splitlines()[1:] == before


def test_who_may_not_manage_may_not_forget(lived: Cast) -> None:
    with pytest.raises(Refused):
        forgetting.forget(forgetting.know(ann(lived)), by=lived.bea, apply=True)


def test_while_an_answer_is_being_sent_it_waits(lived: Cast) -> None:
    Outgoing.objects.update(state="sending")
    with pytest.raises(Refused, match="being sent"):
        forget(lived)


@pytest.mark.slow
def test_no_word_stays_in_the_bytes_of_the_database(committed: str) -> None:
    cast = make_cast()
    live(cast)
    quoted(cast)
    known = forgetting.know(ann(cast))
    before = proving._in_files(known)
    job = forgetting.start(ann(cast), by=cast.dana)
    while work.run_due(1, only=("forget",)):
        pass
    row = work.Work.objects.get(pk=job)
    assert row.done_at, row.error
    proof = row.progress["proof"]
    assert (proof["rows"], proof["search"]) == (0, 0)
    assert all(not number for number in proof["files"].values())
    assert "kettle" not in str(row.progress) + str(row.payload)
    if committed != "sqlite":
        assert "VACUUM has run" in proof["erased"]
        return
    assert sum(before.values()) > 3  # so that the search of the bytes is known to find something
    held = b"".join(piece for path in erasing.files() for piece in erasing.pieces(path, 100)).lower()
    assert all(word not in held for word in (b"kettle", b"ann example", b"my refund", b"tuesday"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_no_word_stays_in_the_search_index(committed: str) -> None:
    from django.db import connection

    cast = make_cast()
    live(cast)
    known = forgetting.know(ann(cast))
    forgetting.forget(known, by=None, apply=True)
    proving.prove(known)
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, inbox_message_fts, row)")
        cursor.execute("SELECT term FROM temp.terms")
        terms = {term for (term,) in cursor.fetchall()}
        cursor.execute("DROP TABLE temp.terms")
    assert "kettle" not in terms and "refund" not in terms and "happened" in terms


def test_a_sources_deletion_takes_its_words_everywhere(cast: Cast) -> None:
    cast.says("@cy", "@acme my purple lamp is broken", id="c1", subject="Purple lamp", version="v1")
    talk = cast.says("@cy", "@acme my purple lamp is broken, help", id="c1", subject="Purple lamp", version="v2")
    cast.says("@cy", "@acme anybody?", id="c2", reply_to="c1", at=NOW + timedelta(minutes=1))
    cast.says("@cy", "", id="c1", version="v3", deleted=True)
    cast.says("@cy", "@acme my purple lamp is broken", id="c1", version="v0")
    talk.refresh_from_db()
    assert "purple" not in exported(cast.acme).decode().lower()
    assert not any(b"purple" in bytes(row.raw) + bytes(row.envelope) for row in Arrival.objects.all())
    assert (talk.snippet, talk.message_count) == ("@acme anybody?", 2)
    assert Message.objects.get(external_id="c1").dispositions.exists()


def test_an_identity_is_nobodys(lived: Cast) -> None:
    known = forget(lived)
    one = Identity.objects.get(pk=known.identities[0].pk)
    assert one.address == f"forgotten-{one.pk}" and one.name == "" and bytes(one.key) != bytes(known.identities[0].key)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_reading_the_bytes_keeps_our_locks(committed: str) -> None:
    """Closing any descriptor of the database gives up our locks on it: another process would then remove its log."""
    import subprocess
    import sys

    cast = make_cast()
    live(cast)
    proving.prove(forgetting.know(ann(cast)))
    main, log = erasing.files()
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM inbox_message'); c.close()"
    subprocess.run([sys.executable, "-c", look, str(main)], check=True)
    assert log.exists(), "The last to leave removes the log: we are still here."


def test_whoever_is_merged_is_forgotten_wholly(lived: Cast) -> None:
    bo = Identity.objects.get(address="@bo").person
    called = Identity.objects.get(address__startswith="+43")
    known = forgetting.know(called.person)
    assert known.sought.addresses == ("+43 1 5550", "@bo")
    forgetting.forget(known, by=lived.dana, apply=True)
    called.refresh_from_db()
    assert called.address.startswith("forgotten-") and {one.name for one in bo.everyone()} == {""}
    assert Merge.objects.get().why == ""
    assert not sum(forgetting.forget(forgetting.know(bo), by=lived.dana, apply=False).values())
    assert proving.prove(known)["rows"] == 0
