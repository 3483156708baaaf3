"""Pretending: what the demo's people say while somebody watches, each thing once, and how they take our answers.

The clock is one due row of a demo workspace. It ticks only while a page of the workspace is open, so that nobody comes
back to a pile; it can be paused; what has been said is read off the messages themselves, so a restart repeats nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import msgspec

from rapport.accounts.models import Member, Workspace
from rapport.channels.base import Batch
from rapport.channels.demo import story
from rapport.channels.demo.story import Story, Talk
from rapport.core import live, work
from rapport.core.database import now, write
from rapport.core.events import on, record
from rapport.core.models import Event, Work
from rapport.core.refusal import Refused
from rapport.inbox.models import Outgoing, Source
from rapport.ingest import accepting

LOOKS_AGAIN = timedelta(seconds=5)
"""How often the clock looks whether anybody watches by now."""


def begin(workspace: Workspace) -> None:
    """Let the clock run from when somebody first opens a page; where it runs already, nothing changes."""
    payload = {"workspace": workspace.pk, "said": 0, "waits": True}
    work.put("demo.tick", payload, workspace_id=workspace.pk, key=_name(workspace.pk))


def standing(workspace: Workspace) -> str:
    """How the clock stands: ``running``, ``paused``, or ``over`` when everybody has written."""
    row = Work.objects.filter(key=_name(workspace.pk), done_at=None, dead_at=None).only("stopped_at").first()
    if row is None:
        return "over"
    return "paused" if row.stopped_at else "running"


def pause(workspace: Workspace, *, by: Member) -> None:
    """Nobody new writes until somebody lets the clock go on."""
    _turn(workspace, "demo.paused", by)


def go_on(workspace: Workspace, *, by: Member) -> None:
    """The next one writes at once."""
    _turn(workspace, "demo.resumed", by)


def _turn(workspace: Workspace, verb: str, by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    with write():
        row = Work.objects.filter(key=_name(workspace.pk)).first()
        done = row is not None and (work.stop(row.pk) if verb == "demo.paused" else work.go_on(row.pk))
        if done:
            record(verb, workspace, by=by, workspace_id=workspace.pk)


def _name(workspace_id: int) -> str:
    return f"demo:{workspace_id}"


@cache
def arrivals() -> tuple[tuple[timedelta, Story, Talk, int], ...]:
    """All that arrives by the clock, in its order: how long after its beginning, and which message of which talk."""
    found = [
        (after, one, talk, position)
        for one in story.world()
        for talk in one.talk
        for position, said in enumerate(talk.said)
        if (after := said.while_watching) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each[0], each[2].id, each[3])))


@work.job("demo.tick")
def tick(row: work.Claimed) -> None:
    """Let the next one write, and set the clock to the one after. Nobody there: look again soon. None left: the end."""
    workspace_id, said, all_of_them = int(row.payload["workspace"]), int(row.payload["said"]), arrivals()
    if said >= len(all_of_them) or not Workspace.objects.filter(pk=workspace_id).exists():
        return
    if not live.watched(workspace_id):
        work.later(row, LOOKS_AGAIN, workspace=workspace_id, said=said, waits=True)
    elif row.payload.get("waits"):
        work.later(row, _gap(said), workspace=workspace_id, said=said)
    else:
        _, one, talk, position = all_of_them[said]
        _say(workspace_id, one, talk, position)
        if said + 1 < len(all_of_them):
            work.later(row, _gap(said + 1), workspace=workspace_id, said=said + 1)


def _gap(number: int) -> timedelta:
    """How long after the one before it the arrival of this number comes."""
    before = arrivals()[number - 1][0] if number else timedelta()
    return arrivals()[number][0] - before


def _say(workspace_id: int, one: Story, talk: Talk, position: int, *, private: bool = False) -> None:
    """One message goes the way of every other. Said twice, it is the same message."""
    if source := Source.objects.filter(workspace_id=workspace_id, kind=f"demo_{talk.on}").first():
        item = story.item(one, talk, position, now())
        if private:
            said = msgspec.structs.replace(item.envelope, public=False, visibility="direct")
            item = msgspec.structs.replace(item, envelope=said)
        accepting.accept(source, Batch(items=(item,)))


@on("outgoing.left")
def heard(event: Event) -> None:
    """An answer of ours reached somebody in the demo: who has something to say to it says it after a while."""
    outgoing = Outgoing.objects.select_related("conversation__workspace").filter(pk=event.subject_id).first()
    if outgoing is None or not outgoing.conversation.workspace.demo:
        return
    conversation = outgoing.conversation
    number = conversation.outbox.filter(pk__lte=outgoing.pk, sent_at__isnull=False).count()
    found = _after_answer(conversation.network, conversation.thread, number)
    if found is None:
        return
    _, talk, position, wait = found
    work.put(
        "demo.answer",
        {
            "workspace": outgoing.workspace_id,
            "talk": talk.id,
            "number": number,
            "private": outgoing.visibility == "direct",
        },
        workspace_id=outgoing.workspace_id,
        due_at=now() + wait,
        key=f"{_name(outgoing.workspace_id)}:{story.name_of(talk, position)}",
    )


@work.job("demo.answer")
def answer(row: work.Claimed) -> None:
    """They take up what we said."""
    if found := _after_answer("", row.payload["talk"], row.payload["number"]):
        one, talk, position, _ = found
        _say(row.payload["workspace"], one, talk, position, private=bool(row.payload.get("private")))


def _after_answer(network: str, thread: str, number: int) -> tuple[Story, Talk, int, timedelta] | None:
    """What comes after our ``number``-th answer in a thread, and how long after; None where nothing does."""
    for one in story.world():
        for talk in one.talk:
            if talk.id == thread and network in ("", talk.on):
                waiting = [
                    (at, said.after_answer) for at, said in enumerate(talk.said) if said.after_answer is not None
                ]
                position, wait = waiting[number - 1] if 0 < number <= len(waiting) else (0, None)
                return None if wait is None else (one, talk, position, wait)
    return None
