"""What stands there, and what a server merely seems to say: an answer is believed only if it names what was asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from rapport.channels.base import ChannelError, Manner, Outgoing
from rapport.channels.bluesky import answering
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError

NONSENSE = b'{"notifications": 7, "posts": {}, "feed": null'
KEY = "5e1f" * 8


@dataclass
class Server:
    """A server behind something that answers in its place: ``says`` to what is written, ``shows`` to what is read."""

    did: str = "did:plc:us"
    there: dict[str, Any] = field(default_factory=dict)
    writes: bool = True
    says: bytes | None = None
    shows: bytes | None = None

    def post(self, name: str, body: Any) -> bytes:
        if name.endswith("deleteRecord"):
            if self.writes:
                self.there.pop(self.uri(body["rkey"]), None)
            return b"{}"
        rows = body.get("writes") or [{"rkey": body["rkey"], "value": body["record"]}]
        if self.writes:
            self.there |= {self.uri(one["rkey"]): one["value"] for one in rows}
        named = [{"uri": self.uri(one["rkey"]), "cid": "c"} for one in rows]
        said = {"results": named} if "writes" in body else named[0]
        return self.says if self.says is not None else json.dumps(said).encode()

    def get(self, name: str, **asked: str) -> bytes:
        uri = self.uri(asked["rkey"])
        if self.shows is not None:
            return self.shows
        if uri not in self.there:
            raise XrpcError("It is not there.", code="RecordNotFound", answered=400, permanent=True)
        return json.dumps({"uri": uri, "cid": "c", "value": self.there[uri]}).encode()

    def uri(self, rkey: str) -> str:
        return f"at://{self.did}/app.bsky.feed.post/{rkey}"


def send(server: Server, text: str = "It comes on Friday.") -> Any:
    outgoing = Outgoing(idempotency_key=KEY, text=text, author="Bea", how=Manner(split=True))
    return answering.send(cast(Session, server), outgoing)


@pytest.mark.parametrize("text", ["It comes on Friday.", "A long word of thanks. " * 30], ids=["one", "several"])
@pytest.mark.parametrize("says", [None, NONSENSE, b"", b"<html>Welcome to the hotel</html>", b'{"uri": "at://x/y/z"}'])
def test_what_was_written_is_there_whatever_the_answer_looks_like(text: str, says: bytes | None) -> None:
    server = Server(says=says)
    handle = send(server, text)
    assert [handle.external_id, *handle.further] == list(server.there)


@pytest.mark.parametrize("text", ["It comes on Friday.", "A long word of thanks. " * 30], ids=["one", "several"])
@pytest.mark.parametrize("says", [NONSENSE, b"", b"[]", b'{"uri": "at://x/y/z"}'])
def test_what_never_came_there_is_not_called_sent(text: str, says: bytes) -> None:
    server = Server(writes=False, says=says)
    with pytest.raises(ChannelError) as caught:
        send(server, text)
    assert caught.value.unknown and not caught.value.permanent
    assert answering.find(cast(Session, server), KEY) is None
    server.writes, server.says = True, None
    assert send(server, text).external_id in server.there


@pytest.mark.parametrize("shows", [NONSENSE, b"", b'{"uri": "at://did:plc:us/app.bsky.feed.post/another"}'])
def test_a_look_up_that_says_nothing_of_it_proves_nothing(shows: bytes) -> None:
    with pytest.raises(ChannelError) as caught:
        answering.find(cast(Session, Server(shows=shows)), KEY)
    assert not caught.value.permanent
    with pytest.raises(ChannelError) as doubt:
        send(Server(writes=False, says=NONSENSE, shows=shows))
    assert doubt.value.unknown


def test_what_still_stands_there_is_not_called_taken_back() -> None:
    server = Server()
    uri = send(server).external_id
    server.writes = False
    with pytest.raises(ChannelError) as caught:
        answering.unsend(cast(Session, server), uri)
    assert not caught.value.permanent
    server.writes = True
    answering.unsend(cast(Session, server), uri)
    assert not server.there


def test_what_is_there_already_and_cannot_be_looked_up_now_stays_unknown() -> None:
    server = Server()

    def refuses(name: str, body: Any) -> bytes:
        raise XrpcError("Bluesky refused it.", code="InvalidSwap", answered=400, permanent=True)

    handle = send(server)
    server.post = refuses  # type: ignore[method-assign]
    assert send(server) == handle
    server.shows = NONSENSE
    with pytest.raises(ChannelError) as caught:
        send(server)
    assert caught.value.unknown and not caught.value.permanent
