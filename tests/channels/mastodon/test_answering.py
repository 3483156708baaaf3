"""Answers on Mastodon: to all who were spoken to, seen by nobody else, once; and what a server makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.channels.base import ChannelError, File, Manner
from rapport.channels.mastodon import answering
from tests.channels.mastodon.desk import Desk, out
from tests.peers.mastodon.fake import ME, Fake


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
    assert (limit.size, limit.unit, limit.link, limit.short_handles) == (100, "graphemes", 23, True)


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
    with pytest.raises(ChannelError, match="a cannot go along: here only"):
        desk.send("x", said, how=Manner(files=(File(name="a", type="application/zip", content=b"x"),)))
    with pytest.raises(ChannelError, match=r"a is too large to go along: at most 0\.1 MB fit"):
        desk.send("x", said, how=Manner(files=(File(name="a", type="image/png", content=b"x" * 100_001),)))
    with pytest.raises(ChannelError, match="At most 4 files"):
        desk.send("x", said, how=Manner(files=(seal,) * 5))


def test_our_words_can_be_changed_liked_and_taken_back(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand it leaks")
    handle = desk.send("We lok.", said)
    mine = next(one for one in server.statuses.values() if one["account"]["id"] == ME)
    assert desk.channel.edit(desk.settings, handle.external_id, "We look.").external_id == handle.external_id
    assert mine["content"] == "<p>@ann We look.</p>", "whoever was tagged stays tagged"
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


def test_who_goes_on_in_private_takes_only_the_one_who_spoke(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand @bo@garden.example it leaks, and so does his")
    handle = desk.send("Your address?", said, public=False, recipient="ann", how=Manner(visibility="direct"))
    mine = next(one for one in server.statuses.values() if one["uri"] == handle.external_id)
    assert (mine["visibility"], mine["in_reply_to_id"]) == ("direct", said["id"])
    assert mine["content"] == "<p>@ann Your address?</p>", "whoever reads along is not taken into what is private"
    with pytest.raises(ChannelError, match="take out @bo@garden"):
        desk.send("And @bo@garden.example?", said, key="k-2", public=False, how=Manner(visibility="direct"))


def test_the_preview_is_what_is_posted(server: Fake) -> None:
    desk = Desk(server)
    said = server.says("ann", "@brand @bo@garden.example it leaks", visibility="unlisted")
    desk.poll()
    manner = Manner(visibility="unlisted", participants=("bo@garden.example",), language="en")
    answer = out("See https://acme.example/leaks, please. #kettle", said, recipient="ann", how=manner)
    shown = desk.channel.show(desk.settings, answer)
    posted = desk.channel.send(desk.settings, answer)
    mine = next(one for one in server.statuses.values() if one["uri"] == posted.external_id)
    [part] = shown.parts
    assert mine["content"] == f"<p>{part.text}</p>"
    assert (shown.visibility, shown.language, mine["visibility"]) == ("unlisted", "en", "unlisted")
    assert [part.text[start:end] for start, end in part.marks] == [
        "@ann",
        "@bo@garden.example",
        "https://acme.example/leaks",
        "#kettle",
    ]
