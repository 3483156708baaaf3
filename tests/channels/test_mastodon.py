"""Mastodon against a server of our own that is faithful where others are not, and unkind in every way we know of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.channels.base import Batch, ChannelError, Connected, File, Manner, Outgoing
from rapport.channels.mastodon import MastodonChannel, answering, client, family, listening, polling
from tests.peers.mastodon.fake import ME, Fake, Fault, fake, wait_for


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is open, nobody remembers anything, and what is known is looked at again at once."""
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr(client, "CALM", client.Calm())
    monkeypatch.setattr(polling, "LOOK_EVERY", 0)
    monkeypatch.setattr(family, "NAMES", family.Names())


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake() as there:
        yield there


class Desk:
    """A source as the worker keeps it: settings, a cursor, and what has arrived."""

    def __init__(self, server: Fake, **more: str) -> None:
        self.channel = MastodonChannel()
        self.settings = Connected({"server": server.url, "token": "good", **more})
        self.cursor: str | None = None
        self.arrived: list[Any] = []

    def poll(self) -> list[Any]:
        """What a visit brings that had not arrived before."""
        before = len(self.arrived)
        batch = Batch(more=True)
        while batch.more:
            batch = self.channel.fetch(self.settings, self.cursor)
            assert len(batch.items) <= 500
            self.cursor = batch.cursor
            self.take(batch)
        return self.arrived[before:]

    def take(self, batch: Batch) -> None:
        for item in batch.items:
            if self._name(item.envelope) not in map(self._name, self.arrived):
                self.arrived.append(item.envelope)

    @staticmethod
    def _name(one: Any) -> tuple[str, str]:
        return one.external_id, "deleted" if one.deleted else one.version or one.text

    def send(self, text: str, to: Any, **more: Any) -> Any:
        return self.channel.send(self.settings, out(text, to, **more))


def out(text: str, to: Any, **more: Any) -> Outgoing:
    return Outgoing(idempotency_key=more.pop("key", "k-1"), text=text, author="Bea", in_reply_to=to["uri"], **more)


def test_who_we_are_is_said_when_it_is_tried(server: Fake) -> None:
    desk = Desk(server)
    assert desk.channel.check(desk.settings).startswith("Connected as @brand@127.0.0.1:")
    server.filtered = {"1", "2"}
    assert "holds back notifications of 2 people" in desk.channel.check(desk.settings)


def test_mentions_come_once_and_what_they_answer_comes_with_them(server: Fake) -> None:
    desk = Desk(server)
    root = server.says("ann@garden.example", "Does anybody know a good press?")
    reply = server.says("bo", "Yes, that of @brand, though it leaks", to=root["id"])
    server.notify("favourite", root)
    found = desk.poll()
    assert [(one.text, one.reply_to) for one in found] == [
        ("Does anybody know a good press?", ""),
        ("Yes, that of @brand, though it leaks", root["uri"]),
    ]
    assert found[1].external_id == reply["uri"]
    assert desk.poll() == []


def test_a_hundred_mentions_between_two_visits_all_come(server: Fake) -> None:
    desk = Desk(server)
    assert desk.poll() == []
    for n in range(130):
        server.says(f"ann{n}", f"@brand number {n}")
    assert [one.text for one in desk.poll()] == [f"@brand number {n}" for n in range(130)]


def test_a_server_that_ignores_min_id_loses_nothing_either(server: Fake) -> None:
    server.honours_min_id = False
    desk = Desk(server)
    server.says("ann", "@brand first")
    desk.poll()
    for n in range(95):
        server.says(f"ann{n}", f"@brand number {n}")
    assert {one.text for one in desk.poll()} == {f"@brand number {n}" for n in range(95)}
    assert desk.poll() == []


def test_a_notification_that_comes_late_under_an_old_id_is_seen(server: Fake) -> None:
    desk = Desk(server)
    for n in range(12):
        server.says(f"ann{n}", f"@brand number {n}")
    late = server.notifications.pop(-3)
    desk.poll()
    server.notifications.append(late)
    assert [one.text for one in desk.poll()] == ["@brand number 9"]


@pytest.mark.parametrize("version", ["takahe/0.11.0", "2.7.2 (compatible; Pleroma 2.6.0)", "0.17.3+git", "", "∞"])
def test_any_version_will_do(server: Fake, version: str) -> None:
    server.version = version
    server.says("ann", "@brand hello")
    desk = Desk(server)
    assert [one.text for one in desk.poll()] == ["@brand hello"]


def test_a_server_with_grouped_notifications_alone_is_read(server: Fake) -> None:
    server.grouped_only = True
    server.says("ann", "@brand hello")
    assert [one.text for one in Desk(server).poll()] == ["@brand hello"]


def test_strangers_whom_the_server_filters_reach_the_desk(server: Fake) -> None:
    server.filtered = {server.account("stranger")["id"]}
    server.says("stranger", "@brand help me")
    assert [one.text for one in Desk(server).poll()] == ["@brand help me"]


def test_whom_we_block_is_not_heard(server: Fake) -> None:
    desk = Desk(server, hashtags="#press")
    server.blocked = {server.account("troll")["id"]}
    server.says("troll", "@brand haha #press")
    server.says("ann", "A #press!", notify=False)
    assert [one.text for one in desk.poll()] == ["A #press!"]


def test_an_edit_is_a_new_version_and_a_deletion_a_tombstone_also_if_nobody_says_so(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it is broken")
    gone = server.says("bo", "@brand nonsense")
    desk.poll()
    server.edits(said["id"], "@brand it is mended")
    server.deletes(gone["id"], silently=True)
    found = desk.poll()
    assert [(one.external_id, one.text, one.deleted) for one in found] == [
        (gone["uri"], "", True),
        (said["uri"], "@brand it is mended", False),
    ] or [(one.external_id, one.text, one.deleted) for one in found] == [
        (said["uri"], "@brand it is mended", False),
        (gone["uri"], "", True),
    ]
    assert desk.poll() == []


def test_a_server_that_cannot_show_many_at_once_is_asked_one_by_one(server: Fake) -> None:
    server.bulk = False
    desk = Desk(server)
    said = [server.says(f"ann{n}", f"@brand number {n}") for n in range(12)]
    desk.poll()
    server.deletes(said[0]["id"], silently=True)
    found = [one for _ in range(3) for one in desk.poll()]
    assert [(one.external_id, one.deleted) for one in found] == [(said[0]["uri"], True)]


def test_delete_and_redraft_is_a_tombstone_and_a_new_message(server: Fake) -> None:
    desk = Desk(server)
    old = server.says("ann", "@brand teh press")
    desk.poll()
    server.deletes(old["id"])
    server.says("ann", "@brand the press")
    found = desk.poll()
    assert sorted((one.text, one.deleted) for one in found) == [("", True), ("@brand the press", False)]


def test_what_a_colleague_says_on_the_network_itself_is_ours(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand hello")
    server.says("brand", "@ann hi!", to=said["id"], visibility="direct")
    assert [(one.text, one.ours, one.reply_to) for one in desk.poll()] == [
        ("@brand hello", None, ""),
        ("@ann hi!", True, said["uri"]),
    ]


def test_hashtags_and_words_of_the_public_timeline(server: Fake) -> None:
    desk = Desk(server, hashtags="#Press, tea", public="local", words="lemon press\nAcme")
    server.says("ann", "I love my #press", notify=False)
    server.says("bo", "ACME is fine", notify=False)
    server.says("cy", "nothing to see", notify=False)
    assert sorted(one.text for one in desk.poll()) == ["ACME is fine", "I love my #press"]


def test_a_row_that_is_no_message_is_shown_and_holds_up_nothing(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand hello")
    said["content"] = ""
    server.says("bo", "@brand hello too")
    batch = desk.channel.fetch(desk.settings, None)
    assert [one.reason for one in batch.unreadable] == ["There is no text."]
    assert [item.envelope.text for item in batch.items] == ["@brand hello too"]
    assert desk.channel.fetch(desk.settings, batch.cursor).unreadable == ()


def test_a_thread_whose_beginning_is_hidden_is_no_reason_to_lose_its_end(server: Fake) -> None:
    root = server.says("ann", "secret")
    said = server.says("bo", "@brand look", to=root["id"])
    server.goes_wrong(f"/api/v1/statuses/{said['id']}/context", 404)
    assert [(one.text, one.reply_to) for one in Desk(server).poll()] == [("@brand look", "")]


# Refusals


@pytest.mark.parametrize(
    ("status", "headers", "says", "what"),
    [
        (401, {}, "does not accept our access token any more", {"permanent": True, "reauthorise": True}),
        (403, {}, "does not let us do this: This went wrong", {"permanent": True}),
        (429, {"retry_after": "17"}, "asks us to wait", {"retry_after": timedelta(seconds=17)}),
        (500, {}, "has a fault of its own (500): This went wrong", {"permanent": False, "unknown": False}),
        (302, {"location": "https://elsewhere.example/"}, "sends us elsewhere", {"permanent": True}),
    ],
)
def test_a_refusal_is_a_sentence(server: Fake, status: int, headers: Any, says: str, what: Any) -> None:
    desk = Desk(server)
    server.goes_wrong("/api/v1/notifications", status, times=2, **headers)
    with pytest.raises(ChannelError) as caught:
        desk.poll()
    assert says in caught.value.message
    for name, value in what.items():
        assert getattr(caught.value, name) == value
    assert desk.cursor is None


def test_while_a_server_wants_to_be_left_alone_nothing_is_sent_there(server: Fake) -> None:
    desk = Desk(server)
    reset = (datetime.now(UTC) + timedelta(seconds=90)).isoformat()
    server.goes_wrong("/api/v1/notifications", 429, x_ratelimit_reset=reset)
    with pytest.raises(ChannelError):
        desk.poll()
    before = len(server.asked)
    with pytest.raises(ChannelError, match="asks us to wait") as caught:
        desk.poll()
    assert len(server.asked) == before
    assert caught.value.retry_after
    assert timedelta(seconds=60) < caught.value.retry_after <= timedelta(seconds=92)


def test_the_last_request_that_is_answered_is_followed_by_silence(server: Fake) -> None:
    desk = Desk(server)
    reset = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    limits = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    server.faults.append(Fault("/api/v1/notifications", 200, limits, b"[]"))
    with pytest.raises(ChannelError, match="asks us to wait"):
        desk.poll()


def test_a_page_instead_of_an_answer_is_a_sentence(server: Fake) -> None:
    desk = Desk(server)
    server.goes_wrong("/api/v1/notifications", 200, content_type="text/html")
    server.faults[0].body = b"<html>We are down for tea"
    with pytest.raises(ChannelError, match="does not answer as a Mastodon server does"):
        desk.poll()


@pytest.mark.parametrize("server", ["", "not a server", "https://", "ftp://x.example", "a@b@c d"])
def test_what_is_no_server_is_said(server: str) -> None:
    with pytest.raises(ChannelError, match="Write the address of your server") as caught:
        MastodonChannel().validate({"server": server, "token": "t"})
    assert caught.value.permanent


@pytest.mark.parametrize(
    "written", ["social.example", "https://Social.example/", "@brand@social.example", "https://social.example/@brand"]
)
def test_a_server_is_known_however_it_is_written(written: str) -> None:
    assert client.base_of({"server": written}) == "https://social.example"


# Answers


def test_an_answer_arrives_in_the_thread_for_those_who_were_spoken_to(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann@garden.example", "@brand @bo it leaks", visibility="unlisted", spoiler_text="Plumbing")
    handle = desk.send("We send a new seal.", said)
    ((key, posted),) = server.posted
    assert (key, posted) == ("k-1", {
        "status": "@ann@garden.example @bo We send a new seal.", "visibility": "unlisted",
        "in_reply_to_id": said["id"], "spoiler_text": "Plumbing",
    })  # fmt: skip
    mine = next(one for one in server.statuses.values() if one["account"]["id"] == ME)
    assert (handle.external_id, handle.url) == (mine["uri"], mine["url"])


def test_our_answer_comes_back_as_the_same_message(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    desk.poll()
    handle = desk.send("We look.", said)
    echo = desk.poll()
    assert [(one.external_id, one.ours, one.reply_to) for one in echo] == [(handle.external_id, True, said["uri"])]


def test_a_private_answer_to_a_public_word_is_private(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    desk.send("Where do you live?", said, how=Manner(visibility="direct"))
    desk.send("And when?", said, public=False, key="k-2")
    assert [posted["visibility"] for _, posted in server.posted] == ["direct", "direct"]


@pytest.mark.parametrize("times", [1, 3])
def test_the_same_answer_twice_is_one(server: Fake, times: int) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    handles = {desk.send("We look.", said).external_id for _ in range(times)}
    assert len(handles) == len(server.posted) == 1


@pytest.mark.parametrize("honours", [True, False])
def test_an_answer_whose_fate_is_unknown_is_found_again(server: Fake, honours: bool) -> None:
    server.honours_keys = honours
    desk = Desk(server)
    said = server.says("ann@garden.example", "@brand it leaks")
    server.goes_wrong("/api/v1/statuses", 0, method="POST")
    with pytest.raises(ChannelError) as caught:
        desk.send("We look https://example.org/a & <soon>.", said)
    assert caught.value.unknown
    found = desk.channel.recognise(desk.settings, out("We look https://example.org/a & <soon>.", said))
    assert found is not None
    assert found.external_id in {one["uri"] for one in server.statuses.values()}
    assert len(server.posted) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_one_that_did_not_leave_is_not_found(server: Fake, status: int) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    server.says("brand", "@ann We look.")
    server.goes_wrong("/api/v1/statuses", status, method="POST")
    with pytest.raises(ChannelError) as caught:
        desk.send("We look.", said)
    assert caught.value.unknown
    assert desk.channel.recognise(desk.settings, out("We look.", said)) is None


def test_what_was_deleted_is_not_answered(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    server.deletes(said["id"])
    with pytest.raises(ChannelError, match="it was deleted") as caught:
        desk.send("We look.", said)
    assert caught.value.permanent
    assert not server.posted
    assert desk.channel.target(desk.settings, said["uri"], "").state == "gone"


def test_what_was_edited_meanwhile_is_shown(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann@garden.example", "@brand it leaks")
    (known,) = desk.poll()
    assert desk.channel.target(desk.settings, said["uri"], known.version).state == "there"
    server.edits(said["id"], "@brand it explodes")
    target = desk.channel.target(desk.settings, said["uri"], known.version)
    assert target.state == "edited"
    assert target.item
    assert target.item.envelope.text == "@brand it explodes"
    assert desk.channel.target(desk.settings, said["uri"], target.item.envelope.version).state == "there"


def test_what_the_server_finds_too_long_is_said_before_it_leaves(server: Fake) -> None:
    server.characters = 100
    desk = Desk(server)
    said = server.says("ann@garden.example", "@brand it leaks")
    with pytest.raises(ChannelError, match="at most 100 fit"):
        desk.send("x" * 99, said)
    assert not server.posted
    desk.send("https://example.org/" + "x" * 200 + " " + "y" * 70, said)
    assert len(server.posted) == 1
    limit = desk.channel.limit_of(desk.settings)
    assert limit
    assert (limit.size, limit.unit) == (100, "graphemes")


def test_a_picture_leaves_with_what_it_shows(server: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    server.not_ready = 3
    monkeypatch.setattr(answering, "NAP", 0.01)
    seal = File(name='se"al.png', type="image/png", content=b"\x89PNG...", alt="Where the seal sits — left")
    desk.send("Here.", said, how=Manner(files=(seal,)))
    assert b"Where the seal sits \xe2\x80\x94 left" in server.uploads[0]
    assert b"\x89PNG..." in server.uploads[0]
    assert server.posted[0][1]["media_ids"] == ["m1"]
    assert server.not_ready == 0
    with pytest.raises(ChannelError, match="does not take files of the kind application/zip"):
        desk.send("x", said, how=Manner(files=(File(name="a", type="application/zip", content=b"x"),)))
    with pytest.raises(ChannelError, match="larger than this server takes"):
        desk.send("x", said, how=Manner(files=(File(name="a", type="image/png", content=b"x" * 100_001),)))
    with pytest.raises(ChannelError, match="at most 4 files"):
        desk.send("x", said, how=Manner(files=(seal,) * 5))


def test_our_words_can_be_changed_liked_and_taken_back(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    handle = desk.send("We lok.", said)
    mine = next(one for one in server.statuses.values() if one["account"]["id"] == ME)
    assert desk.channel.edit(desk.settings, handle.external_id, "We look.").external_id == handle.external_id
    assert mine["content"] == "<p>We look.</p>"
    desk.channel.react(desk.settings, said["uri"], "like")
    assert server.statuses[said["id"]]["favourited"] is True
    desk.channel.react(desk.settings, said["uri"], "like", on=False)
    assert server.statuses[said["id"]]["favourited"] is False
    desk.channel.unsend(desk.settings, handle.external_id)
    desk.channel.unsend(desk.settings, handle.external_id)
    assert mine["id"] not in server.statuses


def test_what_was_said_before_we_came_is_fetched_as_far_back_as_wished(server: Fake) -> None:
    desk = Desk(server)
    old = server.says("ann", "@brand long ago")
    old["created_at"] = "2020-01-01T00:00:00Z"
    for n in range(100):
        server.says(f"ann{n}", f"@brand number {n}")
    cursor, texts, more = None, set(), True
    since = datetime.now(UTC) - timedelta(days=30)
    while more:
        batch = desk.channel.backfill(desk.settings, since, cursor)
        cursor, more = batch.cursor, batch.more
        texts |= {item.envelope.text for item in batch.items}
    assert texts == {f"@brand number {n}" for n in range(100)}


# Streams


class Listener:
    """A keeper in small: listens in a thread, polls whenever the stream stands, begins anew when it breaks."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.stop, self.errors, self.stood = desk, threading.Event(), list[ChannelError](), 0
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                for number, batch in enumerate(self.desk.channel.listen(self.desk.settings, None, self.stop)):
                    if number == 0:
                        self.stood += 1
                        self.desk.poll()
                    self.desk.take(batch)
            except ChannelError as error:
                self.errors.append(error)
                self.stop.wait(0.05)

    def __enter__(self) -> Listener:
        self.thread.start()
        wait_for(lambda: self.stood)
        return self

    def __exit__(self, *more: object) -> None:
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def hears(self, what: Callable[[Any], bool]) -> Any:
        return wait_for(lambda: next((one for one in self.desk.arrived if what(one)), None))


def test_what_is_said_is_heard_at_once(server: Fake) -> None:
    with Listener(Desk(server, hashtags="press")) as ear:
        wait_for(lambda: len(server.ears) == 2)
        began = time.monotonic()
        said = server.says("ann", "@brand it leaks")
        ear.hears(lambda one: one.text == "@brand it leaks")
        assert time.monotonic() - began < 1.0
        server.edits(said["id"], "@brand it is mended")
        ear.hears(lambda one: one.text == "@brand it is mended")
        server.deletes(said["id"])
        ear.hears(lambda one: one.deleted and one.external_id == said["uri"])
        server.tell("delete", "115")
        server.tell("update", server.says("bo", "the home timeline is not for us", notify=False))
        server.tell(
            "conversation", {"id": "1", "last_status": server.says("cy", "psst", visibility="direct", notify=False)}
        )
        ear.hears(lambda one: one.text == "psst")
        assert "the home timeline is not for us" not in {one.text for one in ear.desk.arrived}


def test_a_gap_of_the_stream_loses_nothing(server: Fake) -> None:
    with Listener(Desk(server)) as ear:
        for n in range(5):
            server.drop()
            server.ears.clear()
            server.says("ann", f"@brand said into the gap {n}")
            ear.hears(lambda one, n=n: one.text == f"@brand said into the gap {n}")


def test_a_server_without_streams_is_polled(server: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "UNLISTENED", 0.05)
    server.streams = False
    with Listener(Desk(server)) as ear:
        server.says("ann", "@brand hello")
        ear.hears(lambda one: one.text == "@brand hello")
        assert ear.errors == []


def test_a_token_that_dies_while_we_listen_is_said(server: Fake) -> None:
    with Listener(Desk(server)) as ear:
        server.tokens.clear()
        server.drop()
        error = wait_for(lambda: next((one for one in ear.errors if one.reauthorise), None))
        assert error.permanent


def test_it_stops_within_two_seconds(server: Fake) -> None:
    with Listener(Desk(server)) as ear:
        began = time.monotonic()
        ear.stop.set()
        ear.thread.join(5)
        assert time.monotonic() - began < 2.0
