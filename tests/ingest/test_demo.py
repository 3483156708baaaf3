"""The demo world planted: what its stories become on the real line, its clock, and its empty second workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from rapport.accounts.models import Member, User, Workspace
from rapport.channels.demo import story
from rapport.core import live, work
from rapport.core.database import now
from rapport.core.models import Event, Work
from rapport.inbox import accuracy, auditing, checking, fairness, replying
from rapport.inbox.models import Conversation, Message, Note, Source
from rapport.ingest import demo, pipeline, pretending
from rapport.learning import acts, labelling
from rapport.people.models import Order


@pytest.fixture
def bea(
    engine: str, at_nine: time_machine.Traveller, grown: Callable[..., Any], request: pytest.FixtureRequest
) -> Iterator[Member]:
    """Whoever opens the demo, in a world that was planted at nine."""
    if engine == "sqlite":
        with grown("planted-at-nine", demo.plant):
            yield Member.objects.order_by("id").get(name="Bea", workspace__slug="acme")
    else:
        request.getfixturevalue("store")
        yield demo.plant()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "watched", lambda workspace_id: True)


def of(thread: str) -> Conversation:
    return Conversation.objects.get(thread=thread)


def go(clock: time_machine.Traveller, seconds: float) -> None:
    """Time passes second by second in steps, and the worker works."""
    for _ in range(int(seconds // 5)):
        clock.shift(timedelta(seconds=5))
        work.run_due(only=("demo.tick", "demo.answer", "event.read", "outgoing.send"))
        while pipeline.run():
            pass


def answer(conversation: Conversation, text: str, by: Member, clock: time_machine.Traveller) -> None:
    conversation.refresh_from_db()
    replying.reply(conversation, text, by=by)
    go(clock, 15)


def test_everything_written_until_now_has_come_down_the_line(bea: Member) -> None:
    acme = bea.workspace
    history = sum(said.is_history for one in story.world() for talk in one.talk for said in talk.said)
    assert Message.objects.filter(workspace=acme).count() == history
    assert Conversation.objects.filter(workspace=acme).count() == sum(
        any(said.is_history for said in talk.said) for one in story.world() for talk in one.talk
    )
    noted = sum(
        len(talk.notes) + sum(did.verb == "note" for did in talk.did) for one in story.world() for talk in one.talk
    )
    assert Note.objects.filter(conversation__workspace=acme).count() == noted
    assert Order.objects.filter(workspace=acme).count() == sum(len(one.order) for one in story.world())
    assert {row["kind"] for row in Source.objects.values("kind")} == {f"demo_{name}" for name in story.NETWORKS}
    assert not checking.miscounted()


def test_our_words_are_our_members(bea: Member) -> None:
    ours = Message.objects.filter(ours=True)
    assert ours.exists() and not ours.filter(by=None).exists()
    assert {"Bea", "Cem", "Dana"} <= {str(member) for member in Member.objects.filter(pk__in=ours.values("by"))}


STANDING = {
    "hanna": ("needs_answer", "bereavement"),
    "marta": ("needs_answer", "leaving"),
    "ann": ("needs_answer", "asked twice"),
    "theo": ("needs_answer", "praise"),
    "jonas": ("needs_answer", "question to us"),
    "coyote": ("quiet", ""),
    "weather": ("quiet", ""),
    "followers": ("quiet", ""),
    "norvik-cat": ("quiet", ""),
    "wren": ("settled", ""),
}


def test_each_story_stands_where_it_should(bea: Member) -> None:
    stand = {thread: of(thread) for thread in STANDING}
    assert {thread: one.state for thread, one in stand.items()} == {
        name: state for name, (state, _) in STANDING.items()
    }
    said = {thread: headline for thread, (_, headline) in STANDING.items() if headline}
    assert {thread: stand[thread].headline for thread in said} == said


def test_what_is_measured_has_figures_and_nothing_was_moved_for_them(bea: Member) -> None:
    acme = bea.workspace
    agreed = labelling.agreed(acme, "needs")
    assert agreed.posts >= 20 and agreed.kappa is not None and 0.4 < agreed.kappa < 1
    assert acts.counts(acme)["needs"]["label"] > 50 and acts.counts(acme)["valence"]["correction"] > 5
    (week,) = auditing.weeks(acme)
    assert week.judged >= 6 and not week.missed.hits and auditing.waiting(acme)
    assert not Event.objects.filter(workspace_id=acme.pk, verb="conversation.reopened").exists()
    found = fairness.read(acme, now(), 90)
    assert found.cases > 40 and {group.name for group in dict(found.traits)["followers"]} >= {"few", "hundreds", "many"}
    assert accuracy.read(acme, now(), 90).feelings.n > 5


def test_the_visitor_owns_both_workspaces_and_the_second_is_empty(bea: Member) -> None:
    mine = Member.objects.of(bea.user).order_by("id")
    assert [(str(member.workspace), member.role) for member in mine] == [("Acme", "owner"), (demo.EMPTY, "owner")]
    empty = mine[1].workspace
    assert not Conversation.objects.filter(workspace=empty).exists() and not Source.objects.filter(workspace=empty)
    assert Conversation.counts(mine[1])["all"] == 0


@pytest.mark.slow
def test_a_second_planting_leads_back_to_the_first(bea: Member) -> None:
    assert demo.plant(bea.user) == bea and Workspace.objects.count() == 2
    somebody = User.objects.create_user("eve@elsewhere.test")
    assert demo.plant(somebody).workspace != bea.workspace


@pytest.mark.slow
def test_nobody_writes_while_nobody_watches(bea: Member, at_nine: time_machine.Traveller) -> None:
    before = Message.objects.count()
    go(at_nine, 600)
    assert Message.objects.count() == before and pretending.standing(bea.workspace) == "running"


@pytest.mark.slow
def test_while_somebody_watches_each_writes_once(bea: Member, at_nine: time_machine.Traveller, watched: None) -> None:
    before, coming = Message.objects.count(), len(pretending.arrivals())
    assert coming
    go(at_nine, 240)
    some = Message.objects.count() - before
    assert 3 <= some < coming
    go(at_nine, pretending.arrivals()[-1][0].total_seconds())
    assert Message.objects.count() - before == coming
    assert pretending.standing(bea.workspace) == "over"
    pretending.begin(bea.workspace)
    go(at_nine, 300)
    assert Message.objects.count() - before == coming
    assert not checking.miscounted()


@pytest.mark.slow
def test_a_restart_repeats_nothing(bea: Member, at_nine: time_machine.Traveller, watched: None) -> None:
    go(at_nine, 120)
    said = Message.objects.count()
    row = Work.objects.get(kind="demo.tick")
    Work.objects.update(
        lease="", lease_until=None, payload=row.payload | {"said": 0}
    )  # died before it was written down
    go(at_nine, 60)
    texts = list(Message.objects.values_list("text", flat=True))
    assert len(texts) == len(set(texts)) >= said


@pytest.mark.slow
def test_the_clock_can_be_paused_and_goes_on(bea: Member, at_nine: time_machine.Traveller, watched: None) -> None:
    go(at_nine, 60)
    pretending.pause(bea.workspace, by=bea)
    assert pretending.standing(bea.workspace) == "paused"
    before = Message.objects.count()
    go(at_nine, 600)
    assert Message.objects.count() == before
    pretending.go_on(bea.workspace, by=bea)
    assert pretending.standing(bea.workspace) == "running"
    go(at_nine, 60)
    assert Message.objects.count() > before


@pytest.mark.slow
def test_who_is_answered_answers_once_and_a_stranger_to_the_story_does_not(
    bea: Member, at_nine: time_machine.Traveller
) -> None:
    hanna = of("hanna")
    before = hanna.message_count
    answer(hanna, "I am so sorry, Hanna. I have stopped it myself. Bea", bea, at_nine)
    go(at_nine, 300)
    hanna.refresh_from_db()
    assert hanna.message_count == before + 2
    last = hanna.messages.order_by("-said_at").first()
    assert last is not None and not last.ours
    work.run_due(only=("event.read",))
    go(at_nine, 300)
    hanna.refresh_from_db()
    assert hanna.message_count == before + 2

    weather = of("weather")
    before = weather.message_count
    answer(weather, "Ours has moved in with the neighbours.", bea, at_nine)
    go(at_nine, 300)
    weather.refresh_from_db()
    assert weather.message_count == before + 1
