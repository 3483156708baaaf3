"""Reading everything again: dry first, upward only, never over a person, from where it was killed."""

from __future__ import annotations

import pytest

from rapport.core import work
from rapport.core.models import Event, Work
from rapport.inbox import checking, correcting, working
from rapport.inbox.models import Conversation, Disposition, Message, Reading
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.ingest import replaying, reprocessing
from rapport.ingest.replaying import Replay, Scope
from tests.conftest import NOW, Cast


def labour() -> None:
    while work.run_due(1, only=("reprocess",)):
        pass


def found(cast: Cast, **more: object) -> reprocessing.Found:
    last = reprocessing.Found()
    for seen in reprocessing.try_out(Scope(cast.acme, **more), 20):  # type: ignore[arg-type]
        last = seen
    return last


def kinds(cast: Cast, **more: object) -> dict[str, int]:
    return dict(found(cast, **more).kinds)


def apply(cast: Cast) -> reprocessing.Progress:
    job = reprocessing.start(Scope(cast.acme))
    labour()
    far = reprocessing.progress(job)
    assert far is not None and far.done and not far.error
    return far


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, str, int]]:
    """What today's rules say of a text: (row, needs, urgency); the table itself where a text is not named."""
    honest, said = replaying.decide, {}

    def decide(facts: object) -> Decision:
        text = facts.text  # type: ignore[attr-defined]
        decided = honest(facts)  # type: ignore[arg-type]
        if text not in said:
            return decided
        row, needs, urgency = said[text]
        return Decision(row=row, needs=needs, urgency=urgency, confidence=0.9, reasons=())  # type: ignore[arg-type]

    monkeypatch.setattr(replaying, "decide", decide)
    return said


def test_a_replay_decides_as_the_line_did(cast: Cast) -> None:
    for n in range(4):
        cast.says("@ann", f"@acme where is my refund {n}?", id=f"a{n}", thread="t")
    cast.says("@bo", "What a lovely day.")
    cast.says("@cyd", "Where is it?", direct=True, public=False)
    assert kinds(cast) == {"the same": 6}
    rows = Disposition.objects.count()
    assert apply(cast).kinds == {"the same": 6}
    assert Disposition.objects.count() == rows and not Event.objects.filter(verb="messages.reprocessed").exists()


def test_the_dry_run_tells_every_kind_of_change_with_examples_and_stores_nothing(
    cast: Cast, judged: dict[str, tuple[int, str, int]]
) -> None:
    texts = ["Rain again.", "@acme where is it?", "@acme can you help me?", "@acme please call me back"]
    for n, text in enumerate(texts):
        cast.says(f"@p{n}", text)
    was = {row.message.text: row for row in Disposition.objects.select_related("message")}
    judged["Rain again."] = (3, "yes", 1)
    judged["@acme where is it?"] = (14, "no", 0)
    judged["@acme can you help me?"] = (4, "yes", 1)
    judged["@acme please call me back"] = (was["@acme please call me back"].row, "yes", 3)
    seen = found(cast)
    assert seen.kinds == {
        "needs no → yes": 1, "needs yes → no": 1, "row 3 → 4": 1, "urgency 1 → 3": 1,
    }  # fmt: skip
    assert len(seen.examples) == 4 and Disposition.objects.count() == 4


def test_applying_lifts_to_the_desk_and_never_closes(cast: Cast, judged: dict[str, tuple[int, str, int]]) -> None:
    quiet, asked = cast.says("@ann", "Rain again."), cast.says("@bo", "@acme where is it?")
    judged["Rain again."], judged["@acme where is it?"] = (3, "yes", 2), (14, "no", 0)
    assert apply(cast).lifted == 1
    quiet.refresh_from_db()
    asked.refresh_from_db()
    assert (quiet.state, quiet.urgency) == ("needs_answer", 2) and quiet.due_at is not None
    assert asked.state == "needs_answer" and asked.due_at is not None
    assert not checking.miscounted()
    [event] = Event.objects.filter(verb="messages.reprocessed")
    assert event.facts == {"count": 2, "changed": 2, "lifted": 1}
    assert apply(cast).kinds == {"the same": 2} and Disposition.objects.count() == 4


def test_what_a_person_touched_or_corrected_stays(cast: Cast, judged: dict[str, tuple[int, str, int]]) -> None:
    touched, corrected = cast.says("@ann", "Rain again."), cast.says("@bo", "@acme where is it?")
    working.settle(touched, by=cast.bea)
    correcting.correct(corrected.messages.get(), needs="no", by=cast.bea)
    judged["Rain again."] = judged["@acme where is it?"] = (1, "yes", 3)
    rows, models = Disposition.objects.count(), Reading.objects.update(model="older")
    far = apply(cast)
    assert far.kinds == {"left as a person has it": 2} and far.lifted == 0 and models == 2
    touched.refresh_from_db()
    corrected.refresh_from_db()
    assert (touched.state, corrected.state) == ("settled", "quiet")
    assert Disposition.objects.count() == rows and set(Reading.objects.values_list("model", flat=True)) == {"older"}


def test_an_older_model_is_replaced_where_nothing_else_changes(cast: Cast) -> None:
    cast.says("@ann", "@acme where is it?")
    Reading.objects.update(model="older", data={})
    assert apply(cast).kinds == {"the same": 1}
    kept = Reading.objects.get()
    assert kept.model != "older" and kept.value.model == kept.model and Disposition.objects.count() == 1


def test_what_lies_on_the_desk_becomes_more_urgent_not_less(
    cast: Cast, judged: dict[str, tuple[int, str, int]]
) -> None:
    up, down = cast.says("@ann", "@acme where is it?"), cast.says("@bo", "@acme I am leaving you, goodbye forever")
    before = up.due_at, down.urgency, down.due_at
    judged["@acme where is it?"] = (3, "yes", 3)
    judged["@acme I am leaving you, goodbye forever"] = (3, "yes", 0)
    apply(cast)
    up.refresh_from_db()
    down.refresh_from_db()
    assert up.urgency == 3 and up.due_at is not None and before[0] is not None and up.due_at < before[0]
    assert (down.urgency, down.due_at) == before[1:]


def test_only_the_source_and_the_time_that_were_named(cast: Cast) -> None:
    cast.says("@ann", "@acme where is it?")
    cast.clock.shift(7200)
    cast.says("@bo", "@acme hello?", at=NOW.replace(hour=10))
    assert kinds(cast, since=NOW.replace(hour=10)) == {"the same": 1}
    assert kinds(cast, source_id=cast.source.pk) == {"the same": 2}
    assert kinds(cast, source_id=0) == {}


def test_killed_at_any_batch_it_goes_on_and_looks_at_each_message_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, judged: dict[str, tuple[int, str, int]]
) -> None:
    monkeypatch.setattr(replaying, "BATCH", 2)
    for n in range(5):
        cast.says("@ann", f"Rain again {n}.", id=f"a{n}", thread="long", at=NOW.replace(hour=1 + n))
    cast.says("@bo", "Snow again.")
    Conversation.objects.create(
        workspace=cast.acme, source=cast.source, network="social", key=b"e", thread="empty", last_message_at=NOW
    )
    cast.says("@cyd", "Hail again.")
    for text in Message.objects.values_list("text", flat=True):
        judged[text] = (3, "yes", 1)
    honest, runs = reprocessing.apply, []

    def die(*args: object) -> None:
        runs.append(1)
        honest(*args)  # type: ignore[arg-type]
        if len(runs) % 2 == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(reprocessing, "apply", die)
    job = reprocessing.start(Scope(cast.acme))
    for _ in range(9):
        try:
            labour()
            break
        except KeyboardInterrupt:
            Work.objects.filter(pk=job).update(lease="", lease_until=None)
            assert reprocessing.start(Scope(cast.acme)) == job
    far = reprocessing.progress(job)
    assert far is not None and far.done and (far.read, far.lifted) == (7, 3)
    Conversation.objects.filter(thread="empty").delete()
    assert Disposition.objects.count() == 14 and not checking.miscounted()


def test_a_replay_that_goes_on_remembers_what_was_said_before(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "BATCH", 3)
    for n in range(8):
        cast.says("@ann", f"@acme where is parcel {n} now?", id=f"a{n}", thread="t", at=NOW.replace(hour=1 + n))
    whole = [(one.message.pk, one.decided) for batch, _ in Replay(Scope(cast.acme)) for one in batch]
    cut = []
    place = replaying.Place()
    while True:
        step = next(Replay(Scope(cast.acme), replaying.Place.of(place.written())), None)
        if step is None:
            break
        cut += [(one.message.pk, one.decided) for one in step[0]]
        place = step[1]
    assert cut == whole and len(whole) == 8
