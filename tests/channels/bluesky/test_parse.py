"""From the network's bytes to envelopes: the recorded shapes, and whatever else a server may send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rapport.channels.bluesky
from rapport.channels.base import Batch
from rapport.channels.bluesky import hearing, parse, searching, talking
from rapport.channels.bluesky.cursor import Basket, Cursor
from rapport.channels.bluesky.fields import part, row, rows
from rapport.channels.bluesky.jetstream import Ear
from rapport.channels.bluesky.topics import Topics
from tests.channels.test_contract import must_be_valid

FIXTURES = Path(rapport.channels.bluesky.__path__[0]) / "fixtures"
US, ANN, CEM = (
    "did:plc:acmeacmeacmeacmeacmeacme",
    "did:plc:annannannannannannannann",
    "did:plc:cemcemcemcemcemcemcemcem",
)
quick = settings(deadline=None, max_examples=200)


def recorded(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def uri(did: str, key: str) -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def test_notifications_with_words_come_in_and_likes_do_not() -> None:
    basket = Basket([], [])
    times = [hearing._take(raw, US, basket) for raw in rows(recorded("notifications.json"), "notifications")]
    assert times[0] == "2026-03-10T08:59:41.000Z"
    quote, reply, mention = [item.envelope for item in basket.items]
    assert mention.text == (
        "Grüße 👋🏽 @acme.example.com der Versand ist kaputt: https://shop.example.org/status/4711 #versand"
    )
    assert mention.mentions == (US, "acme.example.com")
    assert (mention.author.address, mention.author.name) == (ANN, "Ann Lee")
    assert mention.said_at == datetime(2026, 3, 10, 8, 58, tzinfo=UTC)
    assert mention.url == f"https://bsky.app/profile/{ANN}/post/3mmmmmmmmmm27"
    assert (mention.direct, mention.reply_to, mention.public, mention.ours) == (False, "", True, False)
    assert (reply.direct, reply.reply_to, reply.thread) == (True, uri(US, "3maaaaaaaaa22"), uri(US, "3maaaaaaaaa22"))
    assert (quote.direct, quote.reply_to) == (True, "")
    assert quote.text == f"Never again.\nhttps://bsky.app/profile/{US}/post/3maaaaaaaaa22"
    assert quote.author.name == "cem.example.com"
    must_be_valid(Batch(items=tuple(basket.items)))
    assert all(json.loads(item.raw)["uri"] == item.envelope.external_id for item in basket.items)


def test_the_time_is_the_earlier_of_written_and_seen() -> None:
    record = {"text": "x", "createdAt": "2030-01-01T00:00:00Z"}
    seen = datetime(2026, 3, 10, tzinfo=UTC)
    assert parse.post(uri(ANN, "3m"), "c", record, US, did=ANN, indexed=seen).said_at == seen
    record["createdAt"] = "1969-01-01T00:00:00+25:00"
    assert parse.post(uri(ANN, "3m"), "c", record, US, did=ANN, indexed=seen).said_at == seen


def test_what_was_said_above_is_read_up_to_what_is_gone() -> None:
    above = [item.envelope for item in parse.ancestors(part(row(recorded("thread.json")), "thread"), US)]
    assert [one.text for one in above] == ["Ask @acme.example.com", "Does anybody know why my parcel is late?"]


def test_a_card_counts_as_words_and_what_a_block_hides_stays_hidden() -> None:
    basket = Basket([], [])
    searching._take(recorded("search.json"), US, basket)
    assert [item.envelope.text for item in basket.items][-1] == "Acme in the news\nhttps://news.example.org/acme"
    assert all("dotdot" not in item.envelope.author.address for item in basket.items)


def test_pictures_come_with_what_they_show_though_nothing_is_said() -> None:
    basket = Basket([], [])
    searching._take(recorded("search.json"), US, basket)
    picture = basket.items[0].envelope
    assert picture.text == ""
    assert [(one.kind, one.alt, one.url) for one in picture.media] == [
        ("image", "A box, crushed on one side", "https://cdn.example.com/img/feed_fullsize/plain/x@jpeg")
    ]
    record = part(row(rows(recorded("search.json"), "posts")[0]), "record")
    heard = parse.post(picture.external_id, "c", record, US, did=ANN)
    assert heard.media[0].url.startswith(f"https://cdn.bsky.app/img/feed_fullsize/plain/{ANN}/bafkrei")
    assert heard.language == "en"


def test_a_direct_message_is_private_said_to_us_or_by_us_or_taken_back() -> None:
    whole = row(recorded("talk.json"))
    convo, logs = part(whole, "convo"), whole["logs"]
    first, ours, gone = [parse.message(msgspec.json.encode(log["message"]), convo, US).envelope for log in logs[1:]]
    assert (first.text, first.author.name, first.author.address) == ("My order 4711 never came.", "Ann Lee", ANN)
    assert (first.public, first.direct, first.ours, first.thread) == (False, True, False, "chat:3mconvoconvo2")
    assert (ours.ours, ours.direct) == (True, False)
    assert (gone.deleted, gone.external_id) == (True, first.external_id)


def listened(*topics: str, us: str = "", frames: bytes = b"") -> Ear:
    ear = Ear(Topics(topics), us)
    for line in (frames or recorded("jetstream.jsonl")).splitlines():
        ear.hear(line)
    return ear


def test_the_stream_is_matched_by_whole_words_and_the_rest_is_counted() -> None:
    ear = listened("acme", "nothing at all")
    assert [item.envelope.text for item in ear.items] == [
        "Grüße 👋🏽 @acme.example.com der Versand ist kaputt: https://shop.example.org/status/4711 #versand",
        "My kettle leaks #acme",
        "My kettle leaks again #acme",
        "Acme has blocked me",
        "Acme, hello",
    ]
    assert ear.passed == 1  # the acmeist poets
    assert [item.envelope.external_id for item in ear.gone] == [uri(CEM, "3mkkkkkkkkk24")]
    assert ear.time_us == 1773132000000009
    must_be_valid(Batch(items=tuple(ear.items + ear.gone)))
    versions = {item.envelope.version for item in ear.items if item.envelope.external_id == uri(CEM, "3mkkkkkkkkk23")}
    assert len(versions) == 1  # the fixture's update kept the record's hash; a real one changes it


def test_with_an_account_who_speaks_to_it_is_heard_and_a_block_shuts_out_until_it_ends() -> None:
    ear = listened("acme", us=US)
    assert [item.envelope.text.partition(":")[0] for item in ear.items] == [
        "Grüße 👋🏽 @acme.example.com der Versand ist kaputt",
        "My kettle leaks #acme",
        "My kettle leaks again #acme",
        "Acme, hello",
    ]
    assert ear.shut == {}


def test_a_block_by_the_other_side_shuts_out_as_well() -> None:
    block = {"$type": "app.bsky.graph.block", "subject": US}
    commit = {"operation": "create", "collection": "app.bsky.graph.block", "rkey": "3mz", "record": block}
    frame = json.dumps({"did": CEM, "time_us": 1, "kind": "commit", "commit": commit}).encode()
    ear = listened("acme", us=US, frames=frame + b"\n" + recorded("jetstream.jsonl"))
    assert [item.envelope.author.address for item in ear.items] == [ANN, CEM]
    assert ear.items[1].envelope.text == "Acme, hello"


def test_a_deletion_of_what_was_found_is_surely_ours() -> None:
    lines = recorded("jetstream.jsonl").splitlines()
    gone = lines[4].replace(b"3mkkkkkkkkk24", b"3mkkkkkkkkk23")
    ear = listened("acme", frames=b"\n".join([lines[1], gone]))
    assert [item.envelope.deleted for item in ear.items] == [False, True]
    assert ear.gone == []


def test_a_topic_is_found_in_a_link_a_card_and_what_a_picture_shows() -> None:
    def heard(**record: Any) -> int:
        commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3m", "cid": "c", "record": record}
        frame = {"did": ANN, "time_us": 2, "kind": "commit", "commit": commit}
        return len(listened("acme.example", frames=json.dumps(frame).encode()).items)

    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.example/x"}
    assert heard(text="see this", facets=[{"index": {"byteStart": 0, "byteEnd": 3}, "features": [link]}])
    assert heard(
        text="x", embed={"external": {"uri": "https://b.example", "title": "At ACME.example", "description": ""}}
    )
    assert heard(text="x", embed={"media": {"external": {"uri": "https://acme.example"}}})
    assert heard(text="x", tags=["acme.example", 7])
    assert not heard(text="pacme.example")


PIECES = (
    [json.dumps(one).encode() for one in json.loads(recorded("notifications.json"))["notifications"]]
    + [json.dumps(one).encode() for one in json.loads(recorded("search.json"))["posts"]]
    + recorded("jetstream.jsonl").splitlines()
    + [json.dumps(log["message"]).encode() for log in json.loads(recorded("talk.json"))["logs"][1:]]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800\x00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def damaged(draw: Any) -> bytes:
    """A recorded piece with a hole, a stranger in it, or a field of another kind."""
    piece = draw(st.sampled_from(PIECES))
    if draw(st.booleans()):
        cut, extra = draw(st.integers(0, len(piece))), draw(st.binary(max_size=8))
        return bytes(piece[:cut] + extra + piece[cut + draw(st.integers(0, 20)) :])
    whole = json.loads(piece)
    place: Any = whole
    for _ in range(draw(st.integers(0, 4))):
        inner = [key for key, value in _entries(place) if isinstance(value, dict | list) and value]
        if not inner:
            break
        place = place[draw(st.sampled_from(inner))]
    if place:
        place[draw(st.sampled_from([key for key, _ in _entries(place)]))] = draw(JUNK)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def _entries(place: Any) -> list[tuple[Any, Any]]:
    return list(place.items()) if isinstance(place, dict) else list(enumerate(place))


@pytest.mark.slow
@quick
@given(damaged())
def test_whatever_a_server_sends_is_an_envelope_or_kept_as_unreadable(piece: bytes) -> None:
    ear = listened("acme", "kettle", us=US, frames=b"") if not piece else Ear(Topics(["acme", "kettle"]), US)
    ear.hear(piece)
    basket = Basket([], [])
    hearing._take(msgspec.Raw(piece), US, basket)
    if not basket.items and not basket.unreadable:
        assert row(piece).get("reason") not in hearing.SPOKEN
    try:
        basket.items.append(parse.message(piece, {"id": "t", "members": [{"did": ANN}]}, US))
    except ValueError as error:
        basket.unreadable.append(parse.unreadable("direct messages", error, piece))
    for batch in (
        Batch(tuple(ear.items + ear.gone), tuple(ear.unreadable)),
        Batch(tuple(basket.items), tuple(basket.unreadable)),
    ):
        must_be_valid(batch)


@quick
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_a_cursor_of_another_age_begins_anew(raw: bytes) -> None:
    assert isinstance(Cursor.read(raw.decode("utf-8", "replace")), Cursor)
    cursor = Cursor(heard="2026", recent=[("a", "b")], found={"x": "y"})
    assert Cursor.read(cursor.written()) == cursor


def test_a_list_that_is_none_ends_in_a_sentence() -> None:
    for raw in (b"", b"{}", b'{"notifications": 7}', b"[" * 5000):
        with pytest.raises(talking.ChannelError):
            hearing._page(raw)
