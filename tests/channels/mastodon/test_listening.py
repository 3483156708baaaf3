"""Streams of Mastodon: what is said is heard at once, and what a stream loses comes all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from rapport.channels.base import ChannelError
from rapport.channels.mastodon import listening
from tests.channels.mastodon.desk import Desk
from tests.peers.mastodon.fake import Fake, wait_for


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
        assert time.monotonic() - began < 10.0
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
        assert time.monotonic() - began < 4.0
