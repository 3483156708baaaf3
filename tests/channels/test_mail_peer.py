"""E-mail against a real server: Dovecot and an SMTP server with TLS. What a customer's own program sees is looked at."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rapport.channels.base import ChannelError, Connected, Outgoing
from rapport.channels.mail import MailChannel, channel
from rapport.core import work
from rapport.core.database import now
from rapport.inbox import enclosing, replying
from rapport.inbox import sending as _sending  # noqa: F401 - the worker's jobs
from rapport.inbox.models import Arrival, Conversation, Message, Source
from rapport.inbox.models import Outgoing as Sent
from rapport.ingest import keeper, pipeline, visiting
from rapport.ingest.keeper import Keeper
from tests.channels.test_mail import KEY, dsn
from tests.channels.test_mail import mail as written
from tests.conftest import Cast, make_cast
from tests.peers import dovecot
from tests.peers.dovecot import MailServer

pytestmark = pytest.mark.slow
CHANNEL = MailChannel()


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    try:
        with dovecot.running() as found:
            before = os.environ.get("SSL_CERT_FILE")
            os.environ["SSL_CERT_FILE"] = str(found.ca)
            yield found
            os.environ.pop("SSL_CERT_FILE")
            if before:
                os.environ["SSL_CERT_FILE"] = before
    except dovecot.Absent as absent:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(absent))


@pytest.fixture
def box(server: MailServer) -> Any:
    """Settings of a mailbox that nobody else uses."""
    name = f"box{random.randrange(10**9)}"
    return server.settings | {"user": name, "address": f"{name}@acme.test"}


def user(box: Any) -> str:
    return str(box["user"])


def fresh(box: Any, cursor: str | None) -> tuple[list[Any], str]:
    """Everything new, and the cursor after it."""
    items: list[Any] = []
    while True:
        batch = CHANNEL.fetch(box, cursor)
        items += batch.items
        cursor = batch.cursor
        assert not batch.unreadable
        if not batch.more:
            return items, str(cursor)


def test_the_live_test_says_what_it_found_or_what_is_wrong(server: MailServer, box: Any) -> None:
    assert CHANNEL.check(box) == f"Signed in as {box['address']}; 0 mails are in INBOX."
    for change, words, again in (
        ({"password": "wrong"}, "does not take our user name and password", True),
        ({"imap_port": "9"}, "could not be reached", False),
        ({"folders": "INBOX\nNowhere"}, "no folder “Nowhere”", False),
        ({"smtp_port": "9"}, "could not be reached", False),
    ):
        with pytest.raises(ChannelError, match=words) as caught:
            CHANNEL.check(box | change)
        assert caught.value.reauthorise == again, words
    assert "Signed in" in CHANNEL.check(box | {"imap_line": "starttls", "imap_port": str(server.imap)})


def test_a_certificate_nobody_vouches_for_is_refused_before_the_password_leaves(
    server: MailServer, box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for change in ({}, {"imap_line": "starttls", "imap_port": str(server.imap)}):
        with pytest.raises(ChannelError, match=r"cannot be trusted|certificate"):
            CHANNEL.fetch(box | change, None)
    with pytest.raises(ChannelError, match="certificate"):
        CHANNEL.send(box, Outgoing(idempotency_key=KEY, text="x", author="Bea", recipient="ann@example.org"))
    assert not [one for one in server.handler.taken if b"\r\nx\r\n" in one.content]


def test_new_mail_of_all_folders_comes_once_and_what_lay_there_does_not(server: MailServer, box: Any) -> None:
    box |= {"folders": "INBOX\nOrders"}
    server.deliver(user(box), written(Message_ID="<old@x>"))
    old = next((server.folder / "mail" / user(box) / "new").iterdir())
    os.utime(old, (time.time() - 3600, time.time() - 3600))
    cursor = CHANNEL.fetch(box, None).cursor
    server.deliver(user(box), written(Message_ID="<new@x>"))
    server.deliver(user(box), written(Message_ID="<order@x>"), "Orders")
    server.deliver(user(box), written(Message_ID="<ours@x>", From="bea@acme.test"), "Sent")
    items, cursor = fresh(box, cursor)
    assert {item.envelope.external_id: item.envelope.ours for item in items} == {
        "new@x": False, "order@x": False, "ours@x": True,
    }  # fmt: skip
    assert fresh(box, cursor)[0] == []


def test_sixty_mails_come_in_batches_and_history_comes_from_a_day_on(server: MailServer, box: Any) -> None:
    cursor = CHANNEL.fetch(box, None).cursor
    for number in range(60):
        server.deliver(user(box), written(Message_ID=f"<n{number}@x>"))
    items, _ = fresh(box, cursor)
    assert sorted(item.envelope.external_id for item in items) == sorted(f"n{number}@x" for number in range(60))
    got, place, more = [], None, True
    while more:
        batch = CHANNEL.backfill(box, now() - timedelta(days=2), place)
        got += batch.items
        place, more = batch.cursor, batch.more
    assert len({item.envelope.external_id for item in got}) == 60


def test_when_numbers_are_given_anew_nothing_is_missed(server: MailServer, box: Any) -> None:
    server.deliver(user(box), written(Message_ID="<one@x>"))
    cursor = CHANNEL.fetch(box, None).cursor
    home = server.folder / "mail" / user(box)
    validity = (home / "dovecot-uidlist").read_text().partition("\n")[0]
    (home / "dovecot-uidlist").write_text(re.sub(r"V\d+", "V77", validity) + "\n")
    for file in home.glob("dovecot.index*"):
        file.unlink()
    server.deliver(user(box), written(Message_ID="<two@x>"))
    items, cursor = fresh(box, cursor)
    assert {item.envelope.external_id for item in items} == {"one@x", "two@x"}, "known ones are known by their id"
    assert '"v":77' in cursor


def test_a_mail_of_twenty_megabytes_and_broken_ones_come_through(server: MailServer, box: Any) -> None:
    cursor = CHANNEL.fetch(box, None).cursor
    server.deliver(user(box), written("x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 290_000, Message_ID="<big@x>"))
    server.deliver(user(box), b"\x00\xff no head\r\n\r\n")
    server.deliver(user(box), b"X: y\r\n" * 10_000 + written(Message_ID="<heads@x>"))
    server.deliver(user(box), dsn())
    batches, more = [], True
    while more:
        batches.append(CHANNEL.fetch(box, cursor))
        cursor, more = batches[-1].cursor, batches[-1].more
    items = [item for batch in batches for item in batch.items]
    assert {"big@x", "heads@x"} <= {item.envelope.external_id for item in items}
    assert len(items) + sum(len(batch.unreadable) for batch in batches) == 3
    assert [report.state for batch in batches for report in batch.reports] == ["bounced"]


def test_oauth_is_renewed_once_and_its_end_is_said(server: MailServer, box: Any) -> None:
    provider = server.provider
    kept: dict[str, str] = {}

    def keep(held: Any, make: Any) -> Any:
        kept.update(make(held))
        return {**held, **kept}

    settings = Connected(
        box | {"user": "support", "signs_in": "oauth", "password": "", "token_url": f"{provider.url}/token",
               "client_id": "c", "refresh_token": provider.good}, keep,
    )  # fmt: skip
    cursor = CHANNEL.fetch(settings, None).cursor
    CHANNEL.fetch(settings, cursor)
    assert provider.asked == 1, "a token that is good is used again"
    provider.expire()
    CHANNEL.fetch(settings, cursor)
    assert provider.asked == 2
    assert kept["session_refresh"] == provider.good, "kept before it was used"
    provider.good = "somebody else's"
    provider.expire()
    with pytest.raises(ChannelError, match="Sign in again") as caught:
        CHANNEL.fetch(settings, cursor)
    assert caught.value.reauthorise


def test_a_refresh_token_whose_successor_was_lost_has_a_second_chance(server: MailServer, box: Any) -> None:
    provider = server.provider
    settings = Connected(
        box | {"user": "support", "signs_in": "oauth", "password": "", "token_url": f"{provider.url}/token",
               "client_id": "c", "refresh_token": provider.good, "session_refresh": "used up, its successor was lost"}
    )  # fmt: skip
    asked = provider.asked
    assert "Signed in" in CHANNEL.check(settings)
    assert provider.asked == asked + 2 and settings["session_refresh"] == provider.good


def test_by_oauth_answers_leave_too_and_a_token_that_dies_early_is_renewed_once(server: MailServer, box: Any) -> None:
    provider, ann = server.provider, f"ann{random.randrange(10**9)}"
    settings = Connected(
        box | {"user": "support", "signs_in": "oauth", "password": "", "token_url": f"{provider.url}/token",
               "client_id": "c", "refresh_token": provider.good}
    )  # fmt: skip
    assert "Signed in" in CHANNEL.check(settings)

    def send(text: str) -> None:
        CHANNEL.send(settings, Outgoing(idempotency_key=KEY, text=text, author="Bea", recipient=f"{ann}@example.org"))

    send("one")
    asked = provider.asked
    provider.expire()
    send("two")
    assert provider.asked == asked + 1
    assert [one.get_content().split()[0] for one in server.inbox(ann)] == ["one", "two"]
    provider.good = "somebody else's"
    provider.expire()
    with pytest.raises(ChannelError, match="Sign in again") as caught:
        send("three")
    assert caught.value.reauthorise
    assert len(server.inbox(ann)) == 2


# The whole way: the customer's mailbox, our desk, and back


def connected(cast: Cast, box: Any) -> Source:
    source = Source(workspace=cast.acme, kind="mail", name="Support")
    source.keep_settings(box)
    source.save()
    return source


class Desk:
    """Keeper, line and worker, as threads of one process."""

    def __init__(self) -> None:
        self.stop, self.keeper = threading.Event(), Keeper()
        steps = (lambda: pipeline.run(), lambda: work.run_due())
        self.threads = [threading.Thread(target=self.keeper.run, args=(self.stop,))]
        self.threads += [threading.Thread(target=self._loop, args=(step,)) for step in steps]

    def _loop(self, step: Any) -> None:
        from django.db import connection

        while not self.stop.is_set():
            if not step():
                self.stop.wait(0.05)
        connection.close()

    def __enter__(self) -> Desk:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(10)


def until(look: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def test_a_customer_writes_is_answered_answers_and_it_is_one_conversation(
    committed: str, server: MailServer, box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings as ours

    monkeypatch.setattr(ours, "RAPPORT_HELD_SECONDS", 0)
    monkeypatch.setattr(channel, "BESIDE", 2.0)
    cast, ann = make_cast(), f"ann{random.randrange(10**9)}"
    source = connected(cast, box)
    with Desk():
        until(lambda: Source.objects.get(pk=source.pk).cursor)
        server.deliver(
            user(box), written("Where is my parcel?", From=f"Ann <{ann}@example.org>", Message_ID=f"<1{ann}@x>")
        )
        first = until(lambda: Message.objects.filter(external_id=f"1{ann}@x").first())
        enclosing.put(first.conversation, [("Label ü.pdf", b"%PDF-1.7 label")], by=cast.bea)
        out = replying.reply(first.conversation, "It left on Monday.", by=cast.bea)
        until(lambda: Sent.objects.get(pk=out.pk).state == "sent")
        got = until(lambda: server.inbox(ann))[0]
        assert "It left on Monday." in got.get_body(("plain",)).get_content() and got["In-Reply-To"] == f"<1{ann}@x>"
        [label] = got.iter_attachments()
        assert (label.get_filename(), label.get_content()) == ("Label ü.pdf", b"%PDF-1.7 label")
        # Her program answers to the address it was told; a provider on the way gave our mail another id.
        answer = written(
            "Thanks!\r\n\r\nOn Mon, 9 Mar 2026, Bea wrote:\r\n> It left on Monday.", From=f"{ann}@example.org",
            To=got["Reply-To"], Message_ID=f"<2{ann}@x>", In_Reply_To="<rewritten@ses.example>",
        )  # fmt: skip
        server.deliver(user(box), answer)
        second = until(lambda: Message.objects.filter(external_id=f"2{ann}@x").first())
        assert second.conversation_id == first.conversation_id
        assert (second.text, second.said_how.quoted[:10]) == ("Thanks!", "On Mon, 9 ")
        # A colleague answers from another program: seen, and ours.
        server.deliver(
            user(box),
            written("And again.", From=box["address"], Message_ID=f"<3{ann}@x>", References=f"<1{ann}@x>"),
            "Sent",
        )
        third = until(lambda: Message.objects.filter(external_id=f"3{ann}@x").first(), 90)
        assert third.ours and third.conversation_id == first.conversation_id
        # And one comes back.
        server.deliver(user(box), dsn().replace(b"m1.rapport@acme.test", f"{out.key}.rapport@acme.test".encode()))
        until(lambda: Sent.objects.get(pk=out.pk).state == "bounced")
        assert Sent.objects.get(pk=out.pk).error == "The mailbox is full."
    assert Conversation.objects.filter(source=source).count() == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_through_fifty_broken_connections_every_mail_is_on_the_desk_once(
    committed: str, server: MailServer, box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "next_visit", lambda moment, **facts: moment)
    monkeypatch.setattr(keeper, "REST", 0.05)
    source = connected(make_cast(), box)
    with Desk():
        until(lambda: Source.objects.get(pk=source.pk).cursor)
        said = broken = 0
        while broken < 50 or said < 60:
            if said < 60:
                server.deliver(user(box), written(f"Parcel {said}?", Message_ID=f"<k{said}.{user(box)}@x>"))
                said += 1
            broken += broken < 50 and server.kick(hard=broken % 20 == 0)
            time.sleep(0.03)
        until(lambda: Message.objects.filter(source=source).count() == 60, 40)
    assert Arrival.objects.filter(source=source).count() == 60


def leave() -> None:
    """Send what is due, and what was put off, at once."""
    work.Work.objects.filter(kind="outgoing.send").update(due_at="2020-01-01T00:00:00Z")
    work.run_due(only=("outgoing.send",))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("trouble", "state", "there"),
    [("cut after", "sent", 1), ("cut after, not kept", "unknown", 1), ("cut before", "unknown", 0)],
)
def test_when_the_line_dies_after_the_last_dot_it_is_looked_up_and_never_doubled(
    store: str, server: MailServer, box: Any, monkeypatch: pytest.MonkeyPatch, trouble: str, state: str, there: int
) -> None:
    monkeypatch.setattr(server.handler, "keeps", True)
    cast, ann = make_cast(), f"ann{random.randrange(10**9)}"
    talk = cast.says(
        f"{ann}@example.org", "My parcel never came. Where is it?", at=now(), source=connected(cast, box), direct=True
    )
    server.handler.troubles.append(trouble)
    out = replying.reply(talk, "It left on Monday.", by=cast.bea)
    leave()
    assert Sent.objects.get(pk=out.pk).state == "unknown"
    for _ in range(7):
        leave()
    found = Sent.objects.get(pk=out.pk)
    assert (found.state, len(server.inbox(ann))) == (state, there)
    if state == "unknown":
        assert "before you send it again" in found.error
        assert Conversation.objects.get(pk=talk.pk).state == "needs_answer", "somebody has to look"
        # Whoever knows more than we do may send it all the same; it goes under the name that it had.
        replying.retry(found, by=cast.bea, insist=True)
        leave()
        assert Sent.objects.get(pk=out.pk).state == "sent"
        assert {one["Message-ID"] for one in server.inbox(ann)} == {f"<{out.key}.rapport@acme.test>"}
        assert len(server.inbox(ann)) == there + 1


def test_what_a_server_refuses_has_not_left_and_what_nobody_knows_is_looked_up(server: MailServer, box: Any) -> None:
    ann = f"ann{random.randrange(10**9)}"
    server.handler.troubles.append("451 4.3.0 busy")
    words = Outgoing(idempotency_key=KEY, text="Hello.", author="Bea", recipient=f"{ann}@example.org")
    with pytest.raises(ChannelError, match="busy") as caught:
        CHANNEL.send(box, words)
    assert not caught.value.permanent and not caught.value.unknown
    with pytest.raises(ChannelError, match="no such mailbox") as caught:
        CHANNEL.send(box, Outgoing(idempotency_key=KEY, text="x", author="Bea", recipient="nobody@example.org"))
    assert caught.value.permanent
    with pytest.raises(ChannelError, match="cannot be asked"):
        CHANNEL.find(box, KEY)
    server.deliver(user(box), written(Message_ID=f"<{KEY}.rapport@acme.test>"), "Sent")
    found = CHANNEL.find(box, KEY)
    assert found is not None and found.external_id == f"{KEY}.rapport@acme.test"
