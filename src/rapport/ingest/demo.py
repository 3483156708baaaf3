"""The demo world: Acme with its people, planted from the stories of ``channels.demo``, dated relative to now."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from rapport.accounts import founding
from rapport.accounts.models import Member, Role, User, Workspace
from rapport.channels.base import Batch
from rapport.channels.demo import story
from rapport.core.database import now, write
from rapport.core.models import Event
from rapport.inbox import snoozing, tagging, unwinding, viewing, working
from rapport.inbox.models import Conversation, Message, Source, Term
from rapport.ingest import accepting, demo_taught, pipeline, pretending

VISITOR = "bea"
ROLES = {
    "bea": Role.OWNER,
    "dana": Role.OWNER,
    "cem": Role.AGENT,
    "olga": Role.AGENT,
    "dave": Role.AGENT,
    "aleem": Role.AGENT,
    "kevin": Role.OBSERVER,
}
TERMS = {"handle": ("@acme", "@acmehelp"), "name": ("Acme",), "rival": ("Norvik", "@norvik")}
VIEWS = {"Harbour Road": 'tag:"Harbour Road"', "Unanswered complaints": "is:complaint is:needs"}
EMPTY = "Lowbridge Choir (empty)"


def plant(user: User | None = None) -> Member:
    """Make the demo's two workspaces and let Acme's messages take the straight line. Returns the visitor: Bea.

    One transaction, so that a demo world is there whole or not at all. Whoever has one already is led to it.
    """
    if user and (there := Member.objects.of(user).filter(workspace__demo=True).order_by("id").first()):
        return there
    with write():
        visitor = user or User.objects.create_user(f"visitor-{secrets.token_hex(4)}@demo.invalid")
        bea = founding.found("Acme", owner_name=story.OURS[VISITOR], user=visitor, demo=True)
        acme = bea.workspace
        staff = {
            name: bea if who == VISITOR else Member.objects.create(workspace=acme, name=name, role=ROLES[who])
            for who, name in story.OURS.items()
        }
        for kind, texts in TERMS.items():
            Term.objects.bulk_create([Term(workspace=acme, kind=kind, text=text) for text in texts])
        for network, name in story.NETWORKS.items():
            _speak(acme, network, name)
        for name, member in staff.items():
            Message.objects.filter(workspace=acme, ours=True, identity__address=name).update(by=member)
        _act(acme, {who: staff[name] for who, name in story.OURS.items()})
        demo_taught.teach(acme, staff[story.OURS["dana"]], staff[story.OURS["dave"]])
        done = Event.objects.filter(workspace_id=acme.pk)
        done.update(
            at=now() - 2 * unwinding.REACHES
        )  # the story was over when the visitor came: u is for their own acts
        for name, words in VIEWS.items():
            viewing.keep(name, words, by=bea, shared=True)
        Member.objects.filter(workspace=acme).update(guide_step=1)
        pretending.begin(acme)
        founding.found(EMPTY, owner_name=bea.name, user=visitor, demo=True)
    return bea


def _speak(acme: Workspace, network: str, name: str) -> None:
    """What was said on one network until now goes down the line, and what hangs on it after that."""
    source, moment = Source.objects.create(workspace=acme, kind=f"demo_{network}", name=name), now()
    for one in story.world():
        people, bought = tuple(story.cards(one, network)), tuple(story.orders(one, network, moment))
        accepting.accept(source, Batch(items=tuple(story.history(one, network, moment)), cards=people, orders=bought))
    while pipeline.run(source_id=source.pk):
        pass
    noted = [remark for one in story.world() for remark in story.remarks(one, network, moment)]
    accepting.accept(source, Batch(remarks=tuple(noted)))


def _act(acme: Workspace, staff: dict[str, Member]) -> None:
    """What colleagues did about it, by the same verbs as everybody."""
    talks = [talk for one in story.world() for talk in one.talk if talk.did]
    rows = {
        row.thread: row for row in Conversation.objects.filter(workspace=acme, thread__in=[talk.id for talk in talks])
    }
    for talk in talks:
        for did in talk.did:
            _do(rows[talk.id], did, staff)


def _do(row: Conversation, did: story.Did, staff: dict[str, Member]) -> None:
    by = staff[did.who]
    verbs: dict[str, Callable[[], object]] = {
        "assign": lambda: working.assign(row, staff[did.what], by=by),
        "silence": lambda: working.no_answer_needed(row, by=by, why=did.what),
        "settle": lambda: working.settle(row, by=by),
        "tag": lambda: tagging.tag(row, did.what, by=by),
        "note": lambda: working.note(row, did.what, by=by),
        "snooze": lambda: snoozing.snooze(row, (now() + timedelta(days=int(did.what))).isoformat(), by=by),
    }
    verbs[did.verb]()
