"""The whole way, on Bluesky's own servers: from a post there to the desk, and from the desk to there, whatever breaks."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from rapport.accounts.models import Workspace
from rapport.channels.bluesky import compose
from rapport.channels.bluesky.channel import SELDOM
from rapport.core import work
from rapport.inbox import attaching, connecting, enclosing, replying
from rapport.inbox.models import Arrival, Conversation, Message, Outgoing, Source
from rapport.ingest import pipeline, visiting
from rapport.ingest.keeper import claim
from tests.channels.bluesky.test_peer import PICTURE
from tests.conftest import make_cast
from tests.peers.bluesky.firehose import jetstream
from tests.peers.bluesky.network import Account, Network, eventually
from tests.peers.faults import way_to

pytestmark = pytest.mark.slow
FAULTS = ("cut before", "cut after", "429", "503", "500 after", "expired", "nonsense")
SENDING = ("cut after", "500 after", "cut before", "503", "429", "expired")


@pytest.fixture
def acme(store: str) -> Any:
    """Acme and its people, at the time of the clock on the wall: the peer has no other."""
    return make_cast()


def connected(acme: Any, peer: Network, service: str, **more: str) -> tuple[Account, Source]:
    account = peer.account("brand")
    values = {"handle": account.handle, "app_password": account.app_password(), "service": service, **more}
    source, _ = connecting.connect(acme.acme, "bluesky", "Bluesky", values, by=acme.dana)
    return account, source


def visit(source: Source) -> None:
    """One visit, as the keeper makes it, and what follows from it."""
    Source.objects.filter(pk=source.pk).update(visit_at=None)
    source.refresh_from_db()
    if token := claim(source):
        visiting.visit(source, token, threading.Event(), lambda: None, listen=False)
    while pipeline.run():
        pass
    source.refresh_from_db()


def messages(workspace: Workspace) -> dict[str, Message]:
    return {message.external_id: message for message in Message.objects.filter(workspace=workspace)}


def until_stored(acme: Any, source: Source, uris: list[str], *, seconds: float = 120) -> dict[str, Message]:
    deadline = time.monotonic() + seconds
    while not set(uris) <= set(found := messages(acme.acme)):
        assert time.monotonic() < deadline, (len(found), len(uris), source.error)
        visit(source)
    return found


def test_a_mention_stands_on_the_desk_and_the_answer_of_the_desk_is_seen_there(acme: Any, peer: Network) -> None:
    ann = peer.account("ann")
    us, source = connected(acme, peer, peer.pds)
    post = ann.mention(us, f"@{us.handle} my parcel never arrived, where is it?", langs=["en"])
    message = until_stored(acme, source, [post["uri"]])[post["uri"]]
    conversation = Conversation.objects.get(pk=message.conversation_id)
    assert (conversation.state, source.standing) == ("needs_answer", "connected")
    assert (message.identity.address, message.addressed) == (ann.did, "to_us")
    enclosing.put(conversation, [("map.png", PICTURE)], by=acme.bea)
    [picture] = enclosing.drafted(conversation, acme.bea)
    enclosing.describe(conversation, {picture.pk: "Where it is now"}, by=acme.bea)
    outgoing = replying.reply(conversation, f"Sorry, @{ann.handle}! We look into it.", by=acme.bea)
    Outgoing.objects.filter(pk=outgoing.pk).update(held_until=None)
    work.Work.objects.filter(kind="outgoing.send").update(due_at=outgoing.created_at - timedelta(seconds=1))
    assert work.run_due(only=("outgoing.send",)) == 1
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.error) == ("sent", "")
    seen = eventually(lambda: [one for one in ann.notifications() if one["author"]["did"] == us.did])[0]
    assert seen["uri"] == outgoing.message.external_id
    assert seen["record"]["reply"]["parent"]["uri"] == post["uri"]
    assert seen["record"]["embed"]["images"][0]["alt"] == "Where it is now"
    for _ in range(SELDOM + 1):
        visit(source)
    assert Message.objects.filter(conversation=conversation).count() == 2, "our echo is the message we have"
    kept = [(one.name, one.alt, one.url) for one in attaching.of([outgoing.message])[outgoing.message.pk]]
    assert kept == [("map.png", "Where it is now", "")], "and its picture the one that we sent"


def test_through_fifty_troubles_every_message_is_stored_once_and_every_answer_is_there_once(
    acme: Any, peer: Network
) -> None:
    ann, chance, said, answers = peer.account("ann"), random.Random(4), [], 0
    with way_to(peer.pds) as way:
        us, source = connected(acme, peer, way.url)
        for number in range(22):
            said.append(ann.mention(us, f"@{us.handle} question {number}?")["uri"])
            way.will(chance.choice(FAULTS), chance.choice(FAULTS))
            until_stored(acme, source, said[-1:])
            open_ones = [one for one in messages(acme.acme).values() if not one.ours and not answered(one)]
            if answers < len(SENDING) and open_ones:
                replying.reply(open_ones[0].conversation, f"Answer {answers}", by=acme.bea)
                way.will(SENDING[answers], at="putRecord")
                answers += 1
                leave()
        while way.faults:
            visit(source)
            leave()
        found = until_stored(acme, source, said)
        eventually(lambda: leave() or not Outgoing.objects.exclude(state__in=["sent", "delivered"]).exists())
    assert (sum(way.done.values()), answers) == (50, 6)
    assert {message.external_id for message in found.values() if not message.ours} == set(said)
    assert not Arrival.objects.filter(source=source).exclude(poison_at=None).exists()
    there = us.ask("GET", "com.atproto.repo.listRecords", repo=us.did, collection=compose.POST, limit=100)["records"]
    assert sorted(one["value"]["text"] for one in there) == [f"Answer {number}" for number in range(6)]


def answered(message: Message) -> bool:
    return Outgoing.objects.filter(conversation=message.conversation).exists()


def leave() -> None:
    """Send what is due, and what was put off, at once."""
    work.Work.objects.filter(kind="outgoing.send").update(due_at="2020-01-01T00:00:00Z")
    work.run_due(only=("outgoing.send",))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_anybody_says_about_a_topic_stands_on_the_desk_until_it_is_deleted_there(acme: Any, peer: Network) -> None:
    ann, cem, us = peer.account("ann"), peer.account("cem"), peer.account("brand")
    word = f"kettle{time.time_ns()}"
    with jetstream(peer.pds) as stream:
        values = {"handle": us.handle, "app_password": us.app_password(), "service": peer.pds, "stream": stream.url}
        threading.Timer(0.5, lambda: [ann.post("ticking") for _ in range(3)]).start()
        source, _ = connecting.connect(acme.acme, "bluesky_posts", "Stream", values | {"topics": word}, by=acme.dana)
        us.block(cem)
        made: dict[str, str] = {}

        def talk() -> None:
            cem.post(f"{word} from somebody blocked")
            made["about"] = ann.post(f"My {word} leaks")["uri"]
            made["to us"] = ann.mention(us, f"@{us.handle} do you hear me?")["uri"]
            made["gone"] = ann.post(f"{word} that nobody should have read")["uri"]
            ann.post("nothing of interest")

        def step() -> None:
            while pipeline.run():
                pass
            found = messages(acme.acme)
            if len(made) == 3 and set(made.values()) <= set(found) and len(ann.said) == 7:
                ann.delete(made["gone"])
                ann.delete(ann.said.pop())  # one that we never had
            if made.get("gone") in found and found[made["gone"]].deleted_at:
                stop.set()

        stop = threading.Event()
        threading.Timer(1.0, talk).start()
        threading.Timer(120.0, stop.set).start()
        visiting.visit(source, claim(source), stop, step, listen=True)
    source.refresh_from_db()
    found = messages(acme.acme)
    assert set(found) == {made["about"], made["to us"], made["gone"]}
    assert found[made["gone"]].text == ""
    assert (found[made["to us"]].addressed, found[made["about"]].text) == ("to_us", f"My {word} leaks")
    assert source.passed > 0
    assert source.stream_cursor
