"""Listening to everybody: what is found, how far the stream was heard, and what becomes of breaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rapport.channels.base import Batch, ChannelError, Connected
from rapport.channels.bluesky import listening
from rapport.channels.bluesky.listening import BlueskyPosts
from tests.peers.bluesky.firehose import Jetstream, jetstream

ANN = "did:plc:annannannannannannannann"
channel = BlueskyPosts()


@pytest.fixture
def stream() -> Iterator[Jetstream]:
    with jetstream() as running:
        yield running


def says(stream: Jetstream, text: str, key: str, operation: str = "create") -> int:
    """Somebody posts; when, on the stream's clock."""
    commit: dict[str, Any] = {"rev": key, "operation": operation, "collection": "app.bsky.feed.post", "rkey": key}
    if operation != "delete":
        commit |= {"record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-03-10T09:00:00Z"}}
        commit |= {"cid": f"cid-{text}"}
    stream.take({"did": ANN, "kind": "commit", "commit": commit})
    return int(stream.log[-1]["time_us"])


class Listener(threading.Thread):
    """Listens as the keeper does: begins anew when the line breaks, from the last cursor."""

    def __init__(self, settings: Any, cursor: str | None = None) -> None:
        super().__init__(daemon=True)
        self.settings, self.cursor = settings, cursor
        self.over = threading.Event()
        self.batches: list[Batch] = []
        self.errors: list[str] = []
        self.breaks = 0

    def run(self) -> None:
        while not self.over.is_set():
            try:
                for batch in channel.listen(self.settings, self.cursor, self.over):
                    self.batches.append(batch)
                    self.cursor = batch.cursor or self.cursor
            except ChannelError as error:
                self.errors.append(error.message)
                self.breaks += 1
                time.sleep(0.02)

    def __enter__(self) -> Listener:
        self.start()
        self.until(lambda: self.batches)
        return self

    def __exit__(self, *args: object) -> None:
        self.over.set()
        self.join(10.0)
        assert not self.is_alive(), "it must end within two seconds"

    def until(self, look: Any) -> None:
        deadline = time.monotonic() + 60
        while not look():
            assert time.monotonic() < deadline, (self.errors, self.batches)
            time.sleep(0.01)

    def texts(self) -> list[str]:
        return [item.envelope.text for batch in self.batches for item in batch.items]

    def gone(self) -> list[str]:
        return [item.envelope.external_id for batch in self.batches for item in batch.gone]


def settings(stream: Jetstream, *topics: str) -> Connected:
    return Connected({"stream": stream.url, "topics": "\n".join(topics)})


def test_what_is_about_a_topic_comes_at_once_and_the_rest_is_counted(stream: Jetstream) -> None:
    with Listener(settings(stream, "kettle", "green tea")) as heard:
        says(stream, "My Kettle leaks", "a")
        says(stream, "kettles are many", "b")
        last = says(stream, "more green tea", "c")
        heard.until(lambda: len(heard.texts()) == 2)
        says(stream, "", "z", "delete")
        heard.until(lambda: heard.gone() == [f"at://{ANN}/app.bsky.feed.post/z"])
    assert heard.texts() == ["My Kettle leaks", "more green tea"]
    assert sum(batch.passed for batch in heard.batches) == 1
    assert heard.cursor is not None
    assert int(heard.cursor.split()[1]) >= last
    assert heard.batches[0] == Batch(cursor=heard.batches[0].cursor), "connected: whoever listens polls now"


def test_after_a_break_it_goes_on_where_it_stopped_and_nothing_is_lost(stream: Jetstream) -> None:
    said = []
    with Listener(settings(stream, "kettle")) as heard:
        for number in range(60):
            said.append(f"kettle {number}")
            says(stream, said[-1], f"k{number}")
            if number % 6 == 5:
                heard.until(stream.drop)
        heard.until(lambda: set(heard.texts()) == set(said))
    assert heard.breaks >= 5
    assert all("localhost" in error for error in heard.errors)


def test_what_was_said_while_nobody_listened_is_heard_afterwards(stream: Jetstream) -> None:
    wanted = settings(stream, "kettle")
    with Listener(wanted) as heard:
        says(stream, "kettle one", "a")
        heard.until(lambda: heard.texts() == ["kettle one"])
    says(stream, "kettle two", "b")
    with Listener(wanted, heard.cursor) as later:
        later.until(lambda: "kettle two" in later.texts())
    assert later.texts() == ["kettle one", "kettle two"], "the cursor is inclusive: what was heard last comes again"


def test_that_the_server_no_longer_had_something_is_said(stream: Jetstream) -> None:
    says(stream, "kettle", "a")
    host = stream.url.split("/")[2]
    with Listener(settings(stream, "kettle"), f"{host} 1773132000000000") as heard:
        heard.until(lambda: any(batch.unreadable for batch in heard.batches))
    reasons = [one.reason for batch in heard.batches for one in batch.unreadable]
    assert len(reasons) == 1
    assert reasons[0].startswith("The stream no longer had what was said between 10 March 08:40 and ")


def test_topics_of_its_own_come_before_the_workspaces_words_and_these_may_change(
    stream: Jetstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SIGN", 0.1)
    known = ["acme"]
    source = Connected({"stream": stream.url}, terms=lambda: tuple(known))
    with Listener(source) as heard:
        says(stream, "acme one", "a")
        heard.until(lambda: heard.texts() == ["acme one"])
        known[0] = "kettle"
        heard.until(lambda: says(stream, "kettle", f"k{time.time_ns()}") and "kettle" in heard.texts())
    assert listening.topics(Connected({"topics": "tea"}, terms=lambda: ("acme",))).words == ["tea"]


def test_the_live_test_says_what_it_found(stream: Jetstream) -> None:
    with pytest.raises(ChannelError, match="localhost could not be reached"):
        channel.check(Connected({"stream": "ws://localhost:9/subscribe", "topics": "tea"}))
    ticking = threading.Thread(target=lambda: [(says(stream, "x", f"t{n}"), time.sleep(0.02)) for n in range(30)])
    ticking.start()
    assert channel.check(settings(stream, "tea", "kettle")) == ("The stream is open. It is listened to for 2 topics.")
    assert "nothing will come in" in channel.check(Connected({"stream": stream.url}))
    ticking.join()


@pytest.mark.parametrize("address", ["https://a.example/", "wss://", "ws://[", "wss://a.example/#x", "wss://a:0/"])
def test_an_address_that_is_no_streams_is_refused_before_it_is_kept(address: str) -> None:
    with pytest.raises(ChannelError, match="written like wss://") as caught:
        channel.validate({"stream": address})
    assert caught.value.permanent


def test_half_an_account_is_refused() -> None:
    with pytest.raises(ChannelError, match="both the handle and its app password"):
        channel.validate({"handle": "acme.example.com"})
    assert "only listens" in channel.cannot_send_why({})
    assert channel.cannot_send_why({"handle": "a.example", "app_password": "x"}) == ""
