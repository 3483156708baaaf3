"""Mastodon is read, against a server that is faithful where others are not, and unkind in every way we know of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.channels.base import ChannelError
from rapport.channels.mastodon import MastodonChannel, client
from tests.channels.mastodon.desk import Desk
from tests.peers.mastodon.fake import Fake, Fault


def test_who_we_are_is_said_when_it_is_tried(server: Fake) -> None:
    desk = Desk(server)
    assert desk.channel.known_as(desk.settings) == ()
    assert desk.channel.check(desk.settings).startswith("Connected as @brand@127.0.0.1:")
    asked = len(server.asked)
    assert desk.channel.known_as(desk.settings) == (f"brand@{server.url.removeprefix('http://')}", "brand")
    assert len(server.asked) == asked
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
        (401, {}, "does not accept the access token", {"permanent": True, "reauthorise": True}),
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


def test_what_came_before_the_trouble_is_kept(server: Fake) -> None:
    desk = Desk(server)
    server.says("ann", "@brand hello")
    server.goes_wrong("/api/v1/conversations", 503, times=2)
    batch = desk.channel.fetch(desk.settings, None)
    assert ([item.envelope.text for item in batch.items], batch.more) == (["@brand hello"], True)
    with pytest.raises(ChannelError, match="fault of its own"):
        desk.channel.fetch(desk.settings, batch.cursor)


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
