"""Start the peer and speak to it as somebody else's client would: accounts, posts, notifications, blocks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests import postgresql
from tests.peers import node, redis
from tests.peers.ports import free

HERE = Path(__file__).parent
PROOF = "better-sqlite3/build/Release/better_sqlite3.node"


def missing(*, full: bool = True) -> str:
    """What this machine lacks to run it, in a sentence; empty where it lacks nothing."""
    wanted = ("node", "npm", *(("redis-server",) if full else ()))
    absent = [name for name in wanted if shutil.which(name) is None]
    return f"Bluesky's servers need {' and '.join(absent)} on this machine." if absent else ""


@dataclass
class Network:
    """The running peer."""

    pds: str
    plc: str
    process: subprocess.Popen[str]
    full: bool = True
    """It has an AppView."""

    def account(self, name: str) -> Account:
        """A new account, called ``name`` and something that makes it new, once the AppView knows it, too."""
        handle = f"{name[:8]}{uuid.uuid4().hex[:6]}.test"
        made = call(
            self.pds,
            "POST",
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{handle}@example.com", "password": "a long password"},
        )
        account = Account(self.pds, handle, made["did"], made["accessJwt"])
        if self.full:
            eventually(lambda: account.ask("GET", "app.bsky.actor.getProfile", actor=account.did))
        return account


@dataclass
class Account:
    """Somebody else's client, as plain as it can be: what it sees is what the network says."""

    pds: str
    handle: str
    did: str
    token: str
    password: str = "a long password"
    said: list[str] = field(default_factory=list)

    def ask(self, method: str, name: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        return call(self.pds, method, name, body, token=self.token, **query)

    def post(self, text: str, *, facets: list[Any] | None = None, reply: Any = None, **more: Any) -> dict[str, str]:
        """A post; the answer has its uri and cid."""
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": datetime.now(UTC).isoformat(), **more}
        record |= {"facets": facets} if facets else {}
        record |= {"reply": reply} if reply else {}
        made = self.create("app.bsky.feed.post", record)
        self.said.append(made["uri"])
        return made

    def app_password(self, *, privileged: bool = False) -> str:
        """A new app password; a privileged one may read direct messages."""
        body = {"name": uuid.uuid4().hex, "privileged": privileged}
        return str(self.ask("POST", "com.atproto.server.createAppPassword", body)["password"])

    def mention(self, whom: Account, text: str, **more: Any) -> dict[str, str]:
        """A post that tags somebody: ``text`` has their handle, with the sign."""
        start = len(text[: text.index(f"@{whom.handle}")].encode())
        index = {"byteStart": start, "byteEnd": start + len(whom.handle) + 1}
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": whom.did}
        return self.post(text, facets=[{"index": index, "features": [feature]}], **more)

    def create(self, collection: str, record: Mapping[str, Any]) -> dict[str, str]:
        body = {"repo": self.did, "collection": collection, "record": record}
        return dict(self.ask("POST", "com.atproto.repo.createRecord", body))

    def delete(self, uri: str) -> None:
        collection, key = uri.split("/")[3:5]
        body = {"repo": self.did, "collection": collection, "rkey": key}
        self.ask("POST", "com.atproto.repo.deleteRecord", body)

    def block(self, whom: Account) -> dict[str, str]:
        record = {"$type": "app.bsky.graph.block", "subject": whom.did, "createdAt": datetime.now(UTC).isoformat()}
        return self.create("app.bsky.graph.block", record)

    def notifications(self) -> list[dict[str, Any]]:
        return list(self.ask("GET", "app.bsky.notification.listNotifications", limit=100)["notifications"])

    def thread(self, uri: str) -> dict[str, Any]:
        return dict(self.ask("GET", "app.bsky.feed.getPostThread", uri=uri, depth=10, parentHeight=20)["thread"])


class Refusal(Exception):
    """The peer said no: its status and its own word for it."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status, self.error = status, error


def call(
    base: str, method: str, name: str, body: Mapping[str, Any] | None = None, *, token: str = "", **query: Any
) -> Any:
    """One XRPC call over plain httpx, apart from the product's own client."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    words = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in query.items())
    address = f"{base}/xrpc/{name}" + (f"?{words}" if words else "")
    answer = httpx.request(method, address, json=body, headers=headers, timeout=60)
    if answer.is_success:
        return answer.json() if answer.content else {}
    said = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    raise Refusal(answer.status_code, said.get("error", ""), said.get("message", ""))


@contextlib.contextmanager
def network(*, full: bool = True, limits: bool = False) -> Iterator[Network]:
    """The peer, from its start to its end. ``limits``: with the rate limits of the real network."""
    folder = node.modules(HERE, PROOF)
    ports = free(5)
    more = {"MODULES": str(folder), "PORTS": ",".join(map(str, ports)), "LOG_ENABLED": "false"}
    with contextlib.ExitStack() as stack:
        if full:
            more |= {"DB_POSTGRES_URL": stack.enter_context(postgresql.database())}
            more |= {"REDIS_HOST": stack.enter_context(redis.server())}
        command = ["node", str(HERE / "peer.mjs"), "full" if full else "pds", "limits" if limits else ""]
        process = subprocess.Popen(
            command, env=os.environ | more, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        stack.callback(_end, process)
        ready = _ready(process)
        yield Network(ready["pds"], ready["plc"], process, full)


def _ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it says when it is ready; then whatever it says is read and dropped, or it would block."""
    assert process.stdout is not None
    words: list[str] = []
    alarm = threading.Timer(300, process.kill)
    alarm.start()
    for line in process.stdout:
        words.append(line)
        if line.startswith('{"ready"'):
            alarm.cancel()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return dict(json.loads(line))
    alarm.cancel()
    raise RuntimeError(f"Bluesky's servers did not start: {''.join(words)[-2000:]}")


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def eventually(look: Any, *, seconds: float = 60.0) -> Any:
    """What ``look`` gives as soon as it gives something; it is asked again while it gives nothing, or is refused: the
    AppView knows a post only some time after the server took it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found, refused = look(), None
        except Refusal as refusal:
            found, refused = None, refusal
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing came within {seconds} s") from refused
        time.sleep(0.05)
