"""Against Bluesky's own servers: what somebody says there comes here, and what we say is seen there by their client."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from rapport.channels.base import Batch, ChannelError, Connected, Envelope, File, Manner, Outgoing
from rapport.channels.bluesky import compose, hearing, session, tid, xrpc
from rapport.channels.bluesky.channel import SELDOM, BlueskyChannel
from tests.peers.bluesky.network import Account, Network, eventually, network
from tests.peers.faults import way_to

pytestmark = pytest.mark.slow
channel = BlueskyChannel()


def brand(peer: Network) -> tuple[Account, Connected]:
    """A new account on the peer, and the settings by which Rapport speaks for it."""
    account = peer.account("brand")
    values = {"handle": account.handle, "app_password": account.app_password(), "service": peer.pds}
    return account, Connected(values)


class Reader:
    """Fetches as the keeper does, and remembers how far it has come."""

    def __init__(self, settings: Connected) -> None:
        self.settings = settings
        self.cursor: str | None = None
        self.got: dict[tuple[str, str], Envelope] = {}
        self.reports: list[str] = []

    def fetch(self) -> Batch:
        batch = channel.fetch(self.settings, self.cursor)
        self.cursor = batch.cursor
        self.got |= {(one.envelope.external_id, one.envelope.version): one.envelope for one in batch.items}
        self.reports += [report.external_id for report in batch.reports]
        assert not batch.unreadable
        return batch

    def of(self, uri: str) -> list[Envelope]:
        return [envelope for (id, _), envelope in self.got.items() if id == uri]

    def until(self, uri: str, *, deleted: bool = False) -> Envelope:
        """Fetch until this post is there (or gone)."""

        def look() -> list[Envelope]:
            self.fetch()
            return [one for one in self.of(uri) if one.deleted == deleted]

        return eventually(look)[0]


def answer(text: str, to: str, key: str = "", **how: object) -> Outgoing:
    return Outgoing(
        idempotency_key=key or f"key {time.time_ns()}", text=text, author="Bea", in_reply_to=to, how=Manner(**how)
    )


def test_a_mention_comes_in_and_our_answer_is_seen_there(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    assert us.handle in channel.check(settings)
    post = ann.mention(us, f"Grüße 👋🏽 @{us.handle} der Versand ist kaputt", langs=["de"])
    reader = Reader(settings)
    envelope = reader.until(post["uri"])
    assert (envelope.author.address, envelope.author.name) == (ann.did, ann.handle)
    assert envelope.text == f"Grüße 👋🏽 @{us.handle} der Versand ist kaputt"
    assert us.did in envelope.mentions
    assert (envelope.version, envelope.ours, envelope.public) == (post["cid"], False, True)
    assert envelope.said_at is not None
    assert abs(envelope.said_at - datetime.now(UTC)) < timedelta(minutes=1)

    words = f"Danke @{ann.handle} 👍🏽, siehe https://example.org/hilfe?x=ä #versand"
    handle = channel.send(settings, answer(words, post["uri"], language="de"))
    seen = eventually(lambda: [one for one in ann.notifications() if one["author"]["did"] == us.did])[0]
    assert seen["uri"] == handle.external_id
    assert seen["record"]["text"] == words
    assert seen["record"]["langs"] == ["de"]
    assert seen["record"]["reply"]["root"] == {"uri": post["uri"], "cid": post["cid"]}
    raw = words.encode()
    cut = [raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in seen["record"]["facets"]]
    assert cut == [f"@{ann.handle}", "https://example.org/hilfe?x=ä", "#versand"]
    assert seen["record"]["facets"][0]["features"][0]["did"] == ann.did
    assert [reply["post"]["uri"] for reply in ann.thread(post["uri"])["replies"]] == [handle.external_id]


def test_a_reply_deep_in_a_thread_brings_what_was_said_above_it_and_is_answered_in_its_place(peer: Network) -> None:
    ann, cem, (us, settings) = peer.account("ann"), peer.account("cem"), brand(peer)
    root = ann.post("Does anybody know why my parcel is late?")
    middle = cem.post("Ask them", reply={"root": _ref(root), "parent": _ref(root)})
    deep = ann.mention(us, f"@{us.handle} well?", reply={"root": _ref(root), "parent": _ref(middle)})
    reader = Reader(settings)
    reader.until(deep["uri"])
    assert {root["uri"], middle["uri"], deep["uri"]} <= {id for id, _ in reader.got}
    assert reader.of(middle["uri"])[0].reply_to == root["uri"]
    assert reader.of(deep["uri"])[0].thread == root["uri"]
    handle = channel.send(settings, answer("On its way.", deep["uri"]))
    seen = eventually(lambda: [one for one in ann.notifications() if one["uri"] == handle.external_id])[0]
    assert seen["record"]["reply"] == {"root": _ref(root), "parent": _ref(deep)}


def _ref(made: dict[str, str]) -> dict[str, str]:
    return {"uri": made["uri"], "cid": made["cid"]}


def test_what_is_deleted_or_edited_there_is_so_here_and_is_said_before_one_answers(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    gone, edited = ann.mention(us, f"@{us.handle} one"), ann.mention(us, f"@{us.handle} two")
    reader = Reader(settings)
    reader.until(gone["uri"])
    reader.until(edited["uri"])
    assert channel.target(settings, gone["uri"], gone["cid"]).state == "there"
    ann.delete(gone["uri"])
    record = {**ann.thread(edited["uri"])["post"]["record"], "text": f"@{us.handle} two, better"}
    body = {"repo": ann.did, "collection": compose.POST, "rkey": edited["uri"].split("/")[-1], "record": record}
    ann.ask("POST", "com.atproto.repo.putRecord", body)
    eventually(lambda: channel.target(settings, gone["uri"], gone["cid"]).state == "gone")
    assert reader.until(gone["uri"], deleted=True).text == ""
    with pytest.raises(ChannelError, match="was deleted on Bluesky") as caught:
        channel.send(settings, answer("Too late.", gone["uri"]))
    assert caught.value.permanent
    if eventually(lambda: channel.target(settings, edited["uri"], edited["cid"]).state == "edited"):
        eventually(lambda: reader.fetch() and len(reader.of(edited["uri"])) == 2)
        assert {one.text for one in reader.of(edited["uri"])} == {f"@{us.handle} two", f"@{us.handle} two, better"}


def test_a_block_on_either_side_is_respected_and_buries_nothing(peer: Network) -> None:
    ann, cem, (us, settings) = peer.account("ann"), peer.account("cem"), brand(peer)
    by_ann, by_cem = ann.mention(us, f"@{us.handle} one"), cem.mention(us, f"@{us.handle} two")
    reader = Reader(settings)
    reader.until(by_ann["uri"])
    reader.until(by_cem["uri"])
    us.block(ann)
    cem.block(us)
    for made in (by_ann, by_cem):
        eventually(lambda made=made: us.thread(made["uri"])["$type"].endswith("#blockedPost"))
        with pytest.raises(ChannelError, match="has blocked the other") as caught:
            channel.send(settings, answer("Hello?", made["uri"]))
        assert caught.value.permanent
        assert channel.target(settings, made["uri"], made["cid"]).state == "there"
    ann.mention(us, f"@{us.handle} and another thing")
    for _ in range(SELDOM + 1):
        reader.fetch()
    assert len(reader.got) == 2
    assert not any(envelope.deleted for envelope in reader.got.values())


def test_what_is_quoted_liked_or_found_comes_in_if_it_has_words(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    ours = us.post("We have a new kettle.")
    ann.create("app.bsky.feed.like", {"subject": _ref(ours), "createdAt": datetime.now(UTC).isoformat()})
    quote = ann.post("Never again.", embed={"$type": "app.bsky.embed.record", "record": _ref(ours)})
    word = f"kettle{time.time_ns()}"
    found = ann.post(f"My {word} leaks")
    reader = Reader(Connected({**settings, "searches": f"{word}\nnothing that anybody says"}))
    envelope = reader.until(quote["uri"])
    assert envelope.direct
    assert envelope.text == f"Never again.\nhttps://bsky.app/profile/{us.did}/post/{ours['uri'].split('/')[-1]}"
    assert reader.until(found["uri"]).text == f"My {word} leaks"
    assert len([one for one in reader.got.values() if not one.ours]) == 2


def test_an_answer_written_elsewhere_under_the_account_comes_in_as_ours(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    post = ann.mention(us, f"@{us.handle} where is it?")
    elsewhere = us.post("It left yesterday.", reply={"root": _ref(post), "parent": _ref(post)})
    envelope = Reader(settings).until(elsewhere["uri"])
    assert (envelope.ours, envelope.reply_to) == (True, post["uri"])


def test_a_long_answer_leaves_as_a_thread_or_not_at_all_and_can_be_taken_back(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    post = ann.mention(us, f"@{us.handle} tell me everything")
    text = " ".join(f"Sentence number {n} says something else again." for n in range(20))
    with pytest.raises(ChannelError, match="at most 300 fit"):
        channel.send(settings, answer(text, post["uri"]))
    handle = channel.send(settings, answer(text, post["uri"], "a thread", split=True))
    said = eventually(lambda: len(found := spoken(ann, post["uri"])) == 4 and found)
    assert " ".join(said) == text
    assert channel.send(settings, answer(text, post["uri"], "a thread", split=True)) == handle
    assert len(records(us)) == 4
    channel.unsend(settings, handle.external_id)
    assert records(us) == []
    channel.unsend(settings, handle.external_id)  # what is gone is gone


def spoken(reader: Account, root: str) -> list[str]:
    """What stands below a post, one under the other, as somebody else's client shows it."""
    said, place = [], (reader.thread(root)["replies"] or [None])[0]
    while place:
        said.append(place["post"]["record"]["text"])
        assert place["post"]["record"]["reply"]["root"]["uri"] == root
        place = (place.get("replies") or [None])[0]
    return said


def records(account: Account, collection: str = compose.POST) -> list[str]:
    """What the account's repository really holds."""
    answer = account.ask("GET", "com.atproto.repo.listRecords", repo=account.did, collection=collection, limit=100)
    return [one["uri"] for one in answer["records"]]


def test_the_same_answer_twice_is_one_post_and_is_found_by_its_key(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    post = ann.mention(us, f"@{us.handle} hello")
    assert channel.find(settings, "key 7") is None
    first = channel.send(settings, answer("Hello Ann!", post["uri"], "key 7"))
    time.sleep(0.01)
    assert channel.send(settings, answer("Hello Ann!", post["uri"], "key 7")) == first
    assert channel.send(settings, answer("Something else", post["uri"], "key 7")) == first
    assert channel.find(settings, "key 7") == first
    assert records(us) == [f"at://{us.did}/app.bsky.feed.post/{tid.tid('key 7')}"]


def test_a_like_is_one_like_and_can_be_taken_back(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    post = ann.post("Nice kettle")
    for _ in range(2):
        channel.react(settings, post["uri"], "like")
    eventually(lambda: ann.thread(post["uri"])["post"]["likeCount"] == 1)
    assert len(records(us, "app.bsky.feed.like")) == 1
    for _ in range(2):
        channel.react(settings, post["uri"], "like", on=False)
    assert records(us, "app.bsky.feed.like") == []


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def test_pictures_go_out_with_what_they_show(peer: Network) -> None:
    ann, (us, settings) = peer.account("ann"), brand(peer)
    post = ann.mention(us, f"@{us.handle} which one?")
    eventually(lambda: ann.thread(post["uri"])["post"])
    picture = File(name="kettle.png", type="image/png", content=PICTURE, alt="A red kettle, grün 👍🏽")
    handle = channel.send(settings, answer("This one.", post["uri"], files=(picture,)))
    seen = eventually(lambda: ann.thread(post["uri"])["replies"])[0]["post"]
    assert seen["uri"] == handle.external_id
    assert seen["embed"]["images"][0]["alt"] == "A red kettle, grün 👍🏽"
    assert seen["embed"]["images"][0]["aspectRatio"] == {"width": 1, "height": 1}
    long = " ".join(f"Sentence number {n} says something else again." for n in range(10))
    channel.send(settings, answer(long, post["uri"], "pictures in a thread", files=(picture,), split=True))
    assert len(records(us)) == 3
    pdf = File(name="a.pdf", type="application/pdf", content=b"%PDF")
    for wrong, why in (((picture,) * 5, "At most 4 files"), ((pdf,), "here only PNG, JPEG, GIF, WEBP can")):
        with pytest.raises(ChannelError, match=why):
            channel.send(settings, answer("No.", post["uri"], files=wrong))
    large = File(name="large.png", type="image/png", content=bytes(1_000_001))
    with pytest.raises(ChannelError, match=r"large\.png is too large to go along: at most 1 MB fit"):
        channel.send(settings, answer("No.", post["uri"], files=(large,)))
    assert len(records(us)) == 3


def test_a_login_is_renewed_once_kept_and_made_anew_when_all_is_lost(peer: Network) -> None:
    us, settings = brand(peer)
    channel.fetch(settings, None)
    first = settings["session_access"]
    assert settings["session_did"] == us.did
    stale = Connected({**settings, "session_access": "x.e30.x"})
    channel.fetch(stale, None)
    assert stale["session_access"] not in {"x.e30.x", ""}
    assert stale["session_refresh"] != settings["session_refresh"]
    lost = Connected({**settings, "session_access": first[:-3] + "abc", "session_refresh": "x.e30.x"})
    channel.fetch(lost, None)
    assert lost["session_did"] == us.did
    wrong = Connected({**settings, "session_access": "", "session_refresh": "", "app_password": "not this one"})
    with pytest.raises(ChannelError, match="does not take this handle with this app password") as caught:
        channel.fetch(wrong, None)
    assert caught.value.reauthorise
    assert caught.value.permanent
    with pytest.raises(ChannelError, match="does not take this handle"):
        channel.check(Connected({"handle": "nobody.test", "app_password": "x", "service": peer.pds}))


def test_the_real_limits_are_kept_nothing_is_asked_until_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty logins of one account in five minutes, as the network itself counts them."""
    monkeypatch.setattr(xrpc, "_full", {})
    with network(full=False, limits=True) as there, way_to(there.pds) as way:
        us = there.account("brand")
        settings = {"handle": us.handle, "app_password": us.app_password(), "service": way.url}
        taken = 0
        with pytest.raises(ChannelError, match="asks us to wait") as caught:
            while taken < 40:
                session.log_in(settings)
                taken += 1
        assert taken == 30 == len(way.asked)
        for _ in range(3):
            with pytest.raises(ChannelError, match="asks us to wait") as caught:
                session.log_in(settings)
            assert not caught.value.permanent and not caught.value.reauthorise
            assert caught.value.retry_after
            assert timedelta() < caught.value.retry_after <= timedelta(minutes=5, seconds=5)
        assert len(way.asked) == 30, "the last one that was answered said that it was the last"


def test_history_is_brought_page_by_page(peer: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "PAGE", 5)
    ann, (us, settings) = peer.account("ann"), brand(peer)
    posts = [ann.mention(us, f"@{us.handle} number {n}")["uri"] for n in range(22)]
    eventually(lambda: len(us.notifications()) == 22)
    first = ann.thread(posts[0])["post"]
    ref = {"uri": first["uri"], "cid": first["cid"]}
    ours = us.post("Answered in the app.", reply={"root": ref, "parent": ref})["uri"]

    def own() -> set[str]:
        return {one["post"]["uri"] for one in us.ask("GET", "app.bsky.feed.getAuthorFeed", actor=us.did)["feed"]}

    eventually(lambda: ours in own())
    got: set[str] = set()
    cursor, rounds = None, 0
    while True:
        batch = channel.backfill(settings, datetime.now(UTC) - timedelta(days=30), cursor)
        got |= {item.envelope.external_id for item in batch.items}
        cursor, rounds = batch.cursor, rounds + 1
        if not batch.more:
            break
    assert got == {*posts, ours}, "whom we answered elsewhere is not taken to wait"
    assert 5 <= rounds < 9
    reader = Reader(settings)
    while reader.fetch().more:
        pass
    assert {id for id, _ in reader.got} == {*posts, ours}
