"""Rapport and a Mastodon server that somebody else wrote: what is said there is on the desk, our answer is seen there."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.conf import settings

from rapport.channels.base import ChannelError
from rapport.channels.mastodon import MastodonChannel, client, listening, polling
from rapport.inbox import enclosing, replying
from rapport.inbox.models import Arrival, Conversation, Message, Outgoing, Source, Term
from rapport.ingest import visiting, worker
from tests.conftest import Cast, make_cast
from tests.peers.mastodon.fake import Fake, fake
from tests.peers.mastodon.server import Mock, installed, mock

pytestmark = pytest.mark.slow

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def peer() -> Iterator[Mock]:
    try:
        installed()
    except RuntimeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"The mock of Mastodon is not here: {error}")
    with mock() as there:
        yield there


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is open; a failed visit is repeated at once; an answer is held for no time."""
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr(visiting, "next_visit", lambda moment, **facts: moment)
    monkeypatch.setattr(client, "CALM", client.Calm())
    monkeypatch.setattr(polling, "LOOK_EVERY", 0)
    monkeypatch.setattr(listening, "UNLISTENED", 0.2)
    monkeypatch.setattr(listening, "ALIVE", 0.5)
    monkeypatch.setattr(MastodonChannel, "sweep", timedelta(seconds=0.5))
    monkeypatch.setattr(settings, "RAPPORT_HELD_SECONDS", 0)


@contextmanager
def working(*loops: Callable[[threading.Event], None]) -> Iterator[None]:
    """The worker's loops, as ``rapport up`` runs them."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=loop, args=(stop,)) for loop in loops or (worker.line, worker.leaving, worker.keep)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)


def connected(cast: Cast, base: str, token: str) -> Source:
    Term.objects.create(workspace=cast.acme, kind="handle", text="@brand")
    source = Source(workspace=cast.acme, kind="mastodon", name="Mastodon")
    source.keep_settings({"server": base, "token": token})
    source.save()
    Source.objects.filter(pk=cast.source.pk).delete()
    return source


def soon(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)
    return found


def stored(text: str) -> Message | None:
    return Message.objects.filter(text__contains=text).first()


def test_a_mention_is_on_the_desk_and_our_answer_is_seen_there(committed: str, peer: Mock) -> None:
    cast, alice = make_cast(), peer.account("alice")
    source = connected(cast, peer.base, "tok-brand")
    word = f"press {time.time_ns()}"
    with working():
        soon(lambda: Source.objects.get(pk=source.pk).cursor)
        said = alice.post(f"@brand my {word} leaks, what can I do?", spoiler_text="Plumbing", visibility="unlisted")
        message = soon(lambda: stored(word))
        conversation = soon(
            lambda: Conversation.objects.filter(pk=message.conversation_id, state="needs_answer").first()
        )
        assert message.external_id == said["uri"]
        enclosing.put(conversation, [("seal.png", PICTURE)], by=cast.bea)
        [picture] = enclosing.drafted(conversation, cast.bea)
        enclosing.describe(conversation, {picture.pk: "A new seal, grün"}, by=cast.bea)
        answer = replying.reply(conversation, "We send a new seal today.", by=cast.bea)
        (seen,) = soon(lambda: alice.replies(said["id"]))
        assert [one["description"] for one in seen["media_attachments"]] == ["A new seal, grün"]
        assert "@alice We send a new seal today." in seen["content"]
        assert (seen["visibility"], seen["spoiler_text"], seen["account"]["acct"]) == ("unlisted", "Plumbing", "brand")
        soon(lambda: Outgoing.objects.filter(pk=answer.pk, state="sent").exists())
        assert any(one["status"]["id"] == seen["id"] for one in alice.notifications())
        alice.edit(said["id"], f"@brand my {word} is fine again")
        soon(lambda: stored(f"my {word} is fine again"))
        alice.delete(said["id"])
        soon(lambda: Message.objects.get(pk=message.pk).deleted_at)
    there = Message.objects.filter(conversation=conversation)
    assert sorted(there.values_list("ours", flat=True)) == [False, True], "our answer and its echo are one"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_private_is_answered_in_private(committed: str, peer: Mock) -> None:
    cast, alice = make_cast(), peer.account("alice")
    connected(cast, peer.base, "tok-brand")
    word = f"order {time.time_ns()}"
    with working():
        said = alice.post(f"@brand where is my {word}?", visibility="direct")
        message = soon(lambda: stored(word))
        assert not message.public
        conversation = Conversation.objects.get(pk=message.conversation_id)
        replying.reply(conversation, "It comes on Friday.", by=cast.bea)
        (seen,) = soon(lambda: alice.replies(said["id"]))
        assert seen["visibility"] == "direct"


def trouble(server: Fake, stack: ExitStack, n: int) -> None:
    """One of fifty ways to lose something."""
    everywhere = "/api/v[12]/(notifications|streaming/user|conversations|statuses|accounts/.*)"
    kinds: tuple[Callable[[], object], ...] = (
        server.drop,
        lambda: server.goes_wrong(everywhere, 429, times=2, x_ratelimit_reset="1"),
        lambda: server.goes_wrong(everywhere, 503, times=3),
        lambda: server.goes_wrong(everywhere, 0, times=3),
        lambda: expire(server),
        lambda: restart(server, stack),
        lambda: (server.goes_wrong("/api/v1/streaming/user", 502, times=2), server.drop()),
    )
    kinds[n % len(kinds)]()


def expire(server: Fake) -> None:
    """The token dies, and is good again a moment later (as after an outage of the server's own database)."""
    server.tokens.clear()
    server.drop()
    threading.Timer(0.4, server.tokens.add, ("good",)).start()


def restart(server: Fake, stack: ExitStack) -> None:
    port = int(server.url.rpartition(":")[2])
    stack.pop_all().close()
    time.sleep(0.1)
    stack.enter_context(fake(port, server))


def test_fifty_disconnections_refusals_and_restarts_lose_nothing(committed: str) -> None:
    cast = make_cast()
    with ExitStack() as stack:
        server = stack.enter_context(fake())
        source = connected(cast, server.url, "good")
        with working(worker.line, worker.keep):
            soon(lambda: Source.objects.get(pk=source.pk).cursor)
            for n in range(50):
                trouble(server, stack, n)
                server.says(f"ann{n % 7}@garden.example", f"@brand in the middle of trouble {n}")
                time.sleep(0.05)
                server.says("bo", f"@brand and after it {n}", visibility="direct")
                time.sleep(0.15)
            soon(lambda: Message.objects.count() >= 100, 120)
            soon(lambda: Source.objects.get(pk=source.pk).standing == "connected", 60)
    wanted = {f"@brand {when} {n}" for n in range(50) for when in ("in the middle of trouble", "and after it")}
    assert sorted(Message.objects.values_list("text", flat=True)) == sorted(wanted)
    assert Arrival.objects.filter(done_at=None).count() == 0


def test_an_application_is_let_in_by_its_owner_and_gives_its_token_back(peer: Mock) -> None:
    channel, settings = MastodonChannel(), {"server": peer.base}
    back = "https://desk.example/w/acme/sources/signed-in/"
    asked = channel.authorise(settings, back, "a state")
    picked = dict(parse_qsl(urlsplit(asked.url).query)) | {"username": "brand"}
    answer = httpx.post(f"{peer.base}/oauth/authorize", data=picked, timeout=30)
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert answer.headers["location"].startswith(back) and query["state"] == "a state"
    held = settings | dict(channel.authorised(settings, asked.held, query))
    assert channel.check(held).startswith("Connected as @brand@")
    channel.revoke(held)
    with pytest.raises(ChannelError) as refused:
        channel.check(held)
    assert refused.value.reauthorise
