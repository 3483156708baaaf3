"""How soon what is said on a network stands on the desk: from before it is said there until the message is stored here.

    python benchmarks/latency.py [--channel bluesky …] [--times 20] [--json]

A real ``rapport up`` on a temporary folder, connected to the network's real servers on this machine; p50 and p95 in
milliseconds. What is polled waits for the next look, so its channel says how often that is (``every``).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.journeys import servers

CONNECT = """
import json, sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from rapport.accounts import founding
from rapport.inbox import connecting
given = json.load(sys.stdin)
owner = founding.found("Bench", owner_name="Bench")
source, _ = connecting.connect(owner.workspace, given["kind"], "Bench", given["settings"], by=owner)
print(source.token)
"""
KEY = "a secret key that only the benchmarks know and use"


@dataclass(frozen=True)
class Place:
    """One network, running: the channel and its settings, and how somebody says something there (its id comes back)."""

    kind: str
    settings: Mapping[str, str]
    say: Callable[[int], str]
    pause: float = 1.0
    """Seconds between two, at most: as long as it takes to look again, where it is polled."""
    begin: Callable[[str, str], None] | None = None
    """What those who speak there must know first: Rapport's address, and the token of the source."""


@contextlib.contextmanager
def bluesky() -> Iterator[Place]:
    """An account that is mentioned: polled."""
    from tests.peers.bluesky.network import network

    with network() as peer:
        ann, us = peer.account("ann"), peer.account("brand")
        settings = {"handle": us.handle, "app_password": us.app_password(), "service": peer.pds}
        yield Place("bluesky", settings, lambda n: ann.mention(us, f"@{us.handle} number {n}?")["uri"], 6.0)


@contextlib.contextmanager
def bluesky_posts() -> Iterator[Place]:
    """A topic that is spoken of: listened to, through an emulated Jetstream over the real server's own stream."""
    from tests.peers.bluesky.firehose import jetstream
    from tests.peers.bluesky.network import network

    with network(full=False) as peer, jetstream(peer.pds) as stream:
        ann = peer.account("ann")
        ann.post("somebody speaks")
        settings = {"topics": "kettle", "stream": stream.url}
        yield Place("bluesky_posts", settings, lambda n: ann.post(f"My kettle leaks, day {n}")["uri"])


@contextlib.contextmanager
def mail() -> Iterator[Place]:
    """A mailbox on a real IMAP server, which says by IDLE that something came (it waits half a second itself)."""
    from tests.peers import dovecot

    with dovecot.running() as server:
        os.environ["SSL_CERT_FILE"] = str(server.ca)

        def say(number: int) -> str:
            name = f"bench-{number}-{time.time_ns()}@example.org"
            words = (
                f"From: ann@example.org\r\nMessage-ID: <{name}>\r\nSubject: Parcel\r\n\r\nWhere is parcel {number}?\r\n"
            )
            server.deliver("support", words.encode())
            return name

        yield Place("mail", server.settings, say)


@contextlib.contextmanager
def mastodon() -> Iterator[Place]:
    """An account that is mentioned: listened to."""
    from tests.peers.mastodon.server import mock

    with mock() as peer:
        alice = peer.account("alice")
        settings = {"server": peer.base, "token": "tok-brand"}
        yield Place("mastodon", settings, lambda n: str(alice.post(f"@brand number {n}?")["uri"]))


@contextlib.contextmanager
def chat() -> Iterator[Place]:
    """A visitor of a web chat, in one talk."""
    line, talk = httpx.Client(timeout=20), {"token": ""}

    def begin(url: str, token: str) -> None:
        talk["at"] = f"{url}/chat/{token}/"
        talk["stamp"] = line.get(talk["at"]).text.split('name="stamp" value="')[1].split('"')[0]

    def say(number: int) -> str:
        said = {"text": f"Where is parcel {number}?", "once": f"once-{time.time_ns()}", "page": "https://shop.test/a"}
        answer = line.post(f"{talk['at']}say/", data=said | {name: talk[name] for name in ("token", "stamp")})
        talk["token"] = answer.raise_for_status().json()["token"]
        return str(answer.json()["id"])

    with line:
        yield Place("chat", {"title": "Talk to us", "origins": "https://shop.test"}, say, begin=begin)


@contextlib.contextmanager
def feeds() -> Iterator[Place]:
    """A blog whose hub tells of each entry (WebSub). Without a hub, a feed is asked every fifteen minutes."""
    from tests.peers.feeds import site

    with site() as there:
        feed = f"{there.url}/feed"

        def body(*items: str) -> bytes:
            hub = f'<atom:link rel="hub" href="{there.url}/hub"/><atom:link rel="self" href="{feed}"/>'
            head = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>{hub}'
            return f"{head}{''.join(items)}</channel></rss>".encode()

        def begin(url: str, token: str) -> None:
            while not there.subscriptions:
                time.sleep(0.1)
            there.prove(there.subscriptions[0]).raise_for_status()

        def say(number: int) -> str:
            name = f"bench-{time.time_ns()}"
            new = body(
                f"<item><guid>{name}</guid><title>Kettle</title><description>It leaks, {number}</description></item>"
            )
            asked = there.subscriptions[0]
            signed = there.signed(asked, new)
            httpx.post(asked["hub.callback"], content=new, headers=signed, timeout=20).raise_for_status()
            return f"{feed} {name}"

        there.pages["/feed"] = (200, {}, body())
        yield Place("feeds", {"url": feed}, say, begin=begin)


CHANNELS: dict[str, Callable[[], AbstractContextManager[Place]]] = {
    "bluesky": bluesky,
    "mail": mail,
    "bluesky_posts": bluesky_posts,
    "mastodon": mastodon,
    "chat": chat,
    "feeds": feeds,
}


def measured(place: Place, times: int) -> list[float]:
    """Milliseconds of each."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        here = servers.environment(data, RAPPORT_SECRET_KEY=KEY, DJANGO_SETTINGS_MODULE="rapport.config.settings")
        given = json.dumps({"kind": place.kind, "settings": dict(place.settings)})
        connected = [sys.executable, "-c", CONNECT]
        token = subprocess.run(connected, env=here, input=given, text=True, check=True, stdout=subprocess.PIPE).stdout
        with servers.rapport(data, RAPPORT_SECRET_KEY=KEY) as running:
            if place.begin is not None:
                place.begin(running.url, token.strip())
            desk = sqlite3.connect(f"file:{data / 'rapport.sqlite3'}?mode=ro", uri=True)
            _wait(desk, place.say(0))
            found = []
            for number in range(1, times + 1):
                time.sleep(random.uniform(0.0, place.pause))  # not in step with whoever polls
                began = time.perf_counter()
                _wait(desk, place.say(number))
                found.append((time.perf_counter() - began) * 1000)
            desk.close()
    return found


def _wait(desk: sqlite3.Connection, external_id: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while desk.execute("SELECT 1 FROM inbox_message WHERE external_id = ?", [external_id]).fetchone() is None:
        if time.monotonic() > until:
            raise SystemExit(f"{external_id} did not come within {seconds:.0f} s")
        time.sleep(0.005)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", action="store_true", help="one object")
    ask.add_argument("--times", type=int, default=20)
    ask.add_argument("--channel", action="append", choices=sorted(CHANNELS))
    given = ask.parse_args()
    os.environ["RAPPORT_ALLOW_LOOPBACK"] = "1"
    figures = {}
    for name in given.channel or CHANNELS:
        with CHANNELS[name]() as place:
            times = sorted(measured(place, given.times))
        figures[name] = {
            "times": len(times),
            "p50_ms": round(statistics.median(times)),
            "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))]),
        }
        if not given.json:
            print(f"{name:16} {figures[name]}", flush=True)
    if given.json:
        print(json.dumps({"latency": figures}))


if __name__ == "__main__":
    main()
