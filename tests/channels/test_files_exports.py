"""Other systems' own exports, in small files of the same shape: what was said, by whom, to whom, in which thread."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.base import Card, ChannelError, Envelope, Remark
from rapport.channels.files.exports import EXPORTS
from tests.channels.history import Read, jsonl, packed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACME = "https://social.example/users/acme"


def note(number: int, content: str, **more: Any) -> dict[str, Any]:
    id = f"{ACME}/statuses/{number}"
    said = {"id": id, "type": "Note", "attributedTo": ACME, "content": content, "published": "2026-03-01T12:00:00Z",
            "to": [PUBLIC], "cc": [f"{ACME}/followers"], "url": f"https://social.example/@acme/{number}"}  # fmt: skip
    return {"id": f"{id}/activity", "type": "Create", "actor": ACME, "object": said | more}


OUTBOX = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": "outbox.json",
    "type": "OrderedCollection",
    "totalItems": 5,
    "orderedItems": [
        note(1, "<p>We open at 9.<br>See you &amp; your dog</p>", conversation="tag:social.example,2026:1"),
        note(2, "<p>Only for you</p>", to=["https://else.example/users/ann"], cc=[], inReplyTo="https://else.example/9",
             tag=[{"type": "Mention", "name": "@ann@else.example", "href": "https://else.example/users/ann"}]),
        note(3, "<p>To friends</p>", to=[f"{ACME}/followers"], cc=[], summary="Sensitive"),
        {"id": f"{ACME}/statuses/4/activity", "type": "Announce", "actor": ACME, "object": "https://else.example/5"},
        {"id": f"{ACME}#delete", "type": "Delete", "actor": ACME,
         "object": {"id": f"{ACME}/statuses/1", "type": "Tombstone"}},
    ],
}  # fmt: skip
ACTOR = {"id": ACME, "type": "Person", "preferredUsername": "acme", "name": "Acme Ltd"}


def envelopes(body: bytes, **more: Any) -> list[Envelope]:
    return [item.envelope for item in Read(body, **more).items]


def test_an_outbox_is_read_as_a_whole_document_or_line_by_line() -> None:
    whole = Read(json.dumps(OUTBOX, indent=1).encode())
    assert whole.reading.guess.form == "activitystreams"
    assert whole.reading.passed == 1, "a boost is nothing that anybody said"
    lines = Read(packed(jsonl(OUTBOX["orderedItems"])))
    assert [item.envelope for item in lines.items] == [item.envelope for item in whole.items]
    first, second, third, gone = (item.envelope for item in whole.items)
    assert (first.network, first.external_id) == ("mastodon", f"{ACME}/statuses/1")
    assert (first.author.address, first.text) == ("acme@social.example", "We open at 9.\nSee you & your dog")
    assert (first.thread, first.said_at) == ("tag:social.example,2026:1", datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert (first.public, first.direct) == (True, False)
    assert (second.reply_to, second.public, second.direct) == ("https://else.example/9", False, True)
    assert second.mentions == ("ann@else.example",)
    assert (third.public, third.direct, third.text) == (False, False, "Sensitive\n\nTo friends")
    assert (gone.deleted, gone.external_id, gone.text) == (True, first.external_id, "")


DID = "did:plc:abcdefghijklmnopqrstuvwx"
AT = f"at://{DID}/app.bsky.feed.post/"


def commit(operation: str, key: str, **more: Any) -> dict[str, Any]:
    words = {"rev": f"r{key}", "operation": operation, "collection": "app.bsky.feed.post", "rkey": key}
    return {"did": DID, "time_us": 1772366400000000, "kind": "commit", "commit": words | more}


def test_a_bluesky_repository_with_edits_and_deletions() -> None:
    words = {"$type": "app.bsky.feed.post", "text": "@acme.example is it open?", "createdAt": "2026-03-01T11:59:59.1Z"}
    reply = {"root": {"uri": f"{AT}root", "cid": "c"}, "parent": {"uri": f"{AT}parent", "cid": "c"}}
    read = Read(jsonl([
        {"did": DID, "time_us": 1, "kind": "identity", "identity": {"did": DID, "handle": "ann.example"}},
        commit("create", "k1", cid="cid-1", record=words | {"reply": reply}),
        commit("update", "k1", cid="cid-2", record=words | {"text": "never mind"}),
        commit("delete", "k1"),
        {"did": DID, "time_us": 1, "kind": "commit", "commit": {"collection": "app.bsky.feed.like", "rkey": "x"}},
        commit("create", ""),
    ]))  # fmt: skip
    assert read.reading.guess.form == "jetstream"
    first, second, gone = (item.envelope for item in read.items)
    assert (first.external_id, first.version, first.author.name) == (f"{AT}k1", "cid-1", "ann.example")
    assert (first.author.address, first.reply_to, first.thread) == (DID, f"{AT}parent", f"{AT}root")
    assert first.mentions == ("acme.example",)
    assert (second.version, second.text) == ("cid-2", "never mind")
    assert gone.deleted and gone.version == "deleted:rk1"
    assert read.cards == [Card(name="ann.example", addresses=(("bluesky", DID),))]
    assert (read.reading.passed, read.reasons) == (1, [("line 6", "The commit has no rkey.")])


def tweet(id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"tweet": {"id_str": id, "full_text": text, "created_at": "Sun Mar 01 12:00:00 +0000 2026"} | more}


def js(name: str, rows: list[dict[str, Any]]) -> bytes:
    return f"window.YTD.{name}.part0 = {json.dumps(rows, indent=2)}".encode()


TWEETS = [
    tweet("10", "We&#39;re open &amp; well https://t.co/a",
          entities={"urls": [{"url": "https://t.co/a", "expanded_url": "https://acme.example/"}]}),
    tweet("11", "@ann it left us", in_reply_to_status_id_str="9",
          entities={"user_mentions": [{"screen_name": "ann"}]}),
    tweet("12", "RT @ann: lovely"),
]  # fmt: skip


def test_the_posts_of_an_x_archive() -> None:
    read = Read(js("tweets", TWEETS))
    assert (read.reading.guess.form, read.reading.passed) == ("tweets", 1)
    first, second = (item.envelope for item in read.items)
    assert first.text == "We're open & well https://acme.example/"
    assert (first.network, first.ours, first.said_at) == ("x", True, datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert (second.reply_to, second.mentions) == ("9", ("ann",))
    with pytest.raises(ChannelError, match=r"import its tweets\.js"):
        Read(js("like", [{"like": {"tweetId": "1", "fullText": "x"}}]))


def test_reviews_have_stars_and_our_answers() -> None:
    name = "accounts/1/locations/2/reviews/3"
    review = {"name": name, "reviewer": {"displayName": "Kim"}, "starRating": "TWO", "comment": "Cold soup, slow waiter",
              "createTime": "2026-02-01T10:00:00.5Z", "updateTime": "2026-02-02T10:00:00Z",
              "reviewReply": {"comment": "We are sorry.", "updateTime": "2026-02-03T10:00:00Z"}}  # fmt: skip
    silent = {"reviewer": {"displayName": "Kim"}, "starRating": "FIVE", "createTime": "2026-02-05T10:00:00Z"}
    broken = silent | {"starRating": "LOTS"}
    read = Read(json.dumps({"reviews": [review, silent, broken]}).encode())
    theirs, ours, other = (item.envelope for item in read.items)
    assert (theirs.rating, theirs.author.name, theirs.version) == (2, "Kim", "2026-02-02T10:00:00Z")
    assert (ours.ours, ours.reply_to, ours.text, ours.rating) == (True, name, "We are sorry.", None)
    assert (other.rating, other.text) == (5, "")
    assert other.author.address != theirs.author.address, "two people may have one name"
    assert read.reasons == [("reviews 3", "'LOTS' is no number of stars.")]


TICKET = {
    "id": 7, "subject": "Broken lamp", "requester_id": 100, "assignee_id": 200, "created_at": "2026-02-01T10:00:00Z",
    "requester": {"id": 100, "name": "Ann", "email": "Ann@Example.org", "role": "end-user"},
    "assignee": {"id": 200, "name": "Bea", "email": "bea@acme.example", "role": "agent"},
    "comments": [
        {"id": 1, "author_id": 100, "body": "It broke.", "public": True, "created_at": "2026-02-01T10:00:00Z"},
        {"id": 2, "author_id": 200, "body": "Third this week", "public": False, "created_at": "2026-02-01T11:00:00Z"},
        {"id": 3, "author_id": 200, "html_body": "<p>A new one is on its way.</p>", "public": True,
         "created_at": "2026-02-01T12:00:00Z"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("body", [jsonl([TICKET]), json.dumps({"tickets": [TICKET]}, indent=1).encode()])
def test_a_zendesk_ticket_is_its_people_its_comments_and_its_notes(body: bytes) -> None:
    read = Read(body)
    assert read.reading.guess.form == "zendesk"
    assert read.cards == [Card(name="Ann", addresses=(("zendesk", "100"), ("email", "ann@example.org")))]
    theirs, ours = (item.envelope for item in read.items)
    assert (theirs.author.address, theirs.author.name, theirs.ours, theirs.thread) == ("100", "Ann", False, "ticket-7")
    assert (ours.ours, ours.text, ours.assignee, ours.subject) == (
        True, "A new one is on its way.", "bea@acme.example", "Broken lamp",
    )  # fmt: skip
    assert (ours.direct, ours.public) == (True, False)
    assert read.remarks == [
        Remark(network="zendesk", external_id="comment-2", thread="ticket-7", author="Bea", text="Third this week",
               at=datetime(2026, 2, 1, 11, tzinfo=UTC))
    ]  # fmt: skip
    assert not read.reasons


def test_zendesk_users_tell_who_is_who() -> None:
    users = [
        {"id": 1, "name": "Ann", "role": "end-user", "phone": "+49 30 123456"},
        {"id": 2, "name": "B", "role": "agent"},
    ]
    ticket = {"id": 8, "requester_id": 1, "description": "Hello?", "created_at": "2026-02-01T10:00:00Z"}
    read = Read(json.dumps({"users": users, "tickets": [ticket]}).encode(), {"map": "network=old-desk"})
    assert read.cards == [Card(name="Ann", addresses=(("old-desk", "1"), ("phone", "+4930123456")))]
    assert [(e.network, e.external_id, e.author.name, e.ours) for e in (i.envelope for i in read.items)] == [
        ("old-desk", "comment-ticket-8", "Ann", False)
    ]


def test_a_chatwoot_conversation() -> None:
    contact = {"id": 5, "name": "Ann", "email": "ann@example.org", "phone_number": None}
    messages = [
        {"id": 1, "content": "Is it in stock?", "message_type": 0, "created_at": 1772366400, "private": False},
        {"id": 2, "content": "assigned to Bea", "message_type": 2, "created_at": 1772366401},
        {"id": 3, "content": "She is a dealer", "message_type": "outgoing", "private": True, "created_at": 1772366402,
         "sender": {"id": 9, "name": "Bea"}},
        {"id": 4, "content": "Yes!", "message_type": 1, "created_at": 1772366460, "sender": {"id": 9, "name": "Bea"},
         "content_attributes": {"in_reply_to": 1}},
    ]  # fmt: skip
    row = {"id": 77, "meta": {"sender": contact, "assignee": {"name": "Bea"}}, "messages": messages}
    read = Read(json.dumps({"data": {"meta": {"count": 1}, "payload": [row]}}).encode())
    assert read.reading.guess.form == "chatwoot"
    assert read.cards == [Card(name="Ann", addresses=(("chatwoot", "contact-5"), ("email", "ann@example.org")))]
    theirs, ours = (item.envelope for item in read.items)
    assert (theirs.author.address, theirs.thread, theirs.ours) == ("contact-5", "conversation-77", False)
    assert (ours.author.name, ours.ours, ours.reply_to, ours.assignee) == ("Bea", True, "message-1", "Bea")
    assert [(one.author, one.text) for one in read.remarks] == [("Bea", "She is a dealer")]
    assert read.reading.passed == 1


def test_a_reading_of_an_export_goes_on_where_it_stopped() -> None:
    tickets = [TICKET | {"id": n, "comments": [c | {"id": n * 10 + c["id"]} for c in TICKET["comments"]]}
               for n in range(400)]  # fmt: skip
    body = json.dumps({"tickets": tickets}).encode()
    whole = Read(body)
    assert len(whole.batches) > 1
    rest = Read(body, cursor=whole.batches[0].cursor)
    assert rest.items == whole.items[len(whole.batches[0].items) :]
    assert rest.remarks == whole.remarks[len(whole.batches[0].remarks) :]


def test_a_document_that_is_cut_off_gives_what_was_there_and_says_so() -> None:
    body = json.dumps(OUTBOX).encode()
    read = Read(body[: len(body) - 60])
    assert len(read.items) == 3
    assert read.reasons == [("orderedItems 5", "The document ends early: what comes after is missing.")]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("2026-01-01T00:00:00Z"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(
        ["id", "type", "object", "actor", "content", "to", "cc", "tag", "name", "did", "kind", "commit", "rkey",
         "collection",
         "record", "reply", "parent", "root", "facets", "features", "tweet", "id_str", "full_text", "created_at", "entities",
         "urls", "starRating", "reviewer", "reviewReply", "comments", "requester_id", "author_id", "public", "body",
         "messages", "message_type", "sender", "meta", "private", "role", "published", "time_us", "createTime"]
    ), inner, max_size=5), max_leaves=14,
)  # fmt: skip


@pytest.mark.slow
@given(st.sampled_from(sorted(EXPORTS)), st.lists(ANY, max_size=4))
@settings(deadline=None, max_examples=300)
def test_any_records_are_read_or_refused_with_a_sentence(form: str, rows: list[Any]) -> None:
    body = json.dumps(rows).encode()
    try:
        read = Read(body, {"form": form})
    except ChannelError as error:
        assert error.message.endswith(".")
        return
    assert all(one.reason.endswith((".", "…")) and one.position for one in read.unreadable)
    made = len(read.items) + len(read.unreadable) + len(read.cards) + len(read.remarks) + read.reading.passed
    assert read.reading.position.pieces == made
