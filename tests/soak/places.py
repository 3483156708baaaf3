"""A place where people speak to us: what every one of them can be asked to do, and the networks among them."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.peers.bluesky.firehose import Jetstream, jetstream
from tests.peers.bluesky.network import Account, Network
from tests.peers.faults import Way, way_to
from tests.peers.mastodon.fake import Fake, Fault, fake
from tests.soak.ledger import OURS

if TYPE_CHECKING:
    from tests.soak.desk import Agent
    from tests.soak.house import House

Trouble = Callable[[], object]


class Place:
    """One source of Rapport, seen from the other side. ``pace``: seconds between two messages, on average."""

    name = ""
    kind = ""
    pace = 2.0
    answered = 0.5
    """The share of its messages that an agent answers."""

    def settings(self) -> Mapping[str, str]:
        """How Rapport connects to it, with credentials that are good now."""
        raise NotImplementedError

    def begin(self, house: House) -> None:
        """Rapport runs, and has connected it."""

    def say(self, mark: str) -> float:
        """Somebody says something with this mark; the moment at which it was said."""
        raise NotImplementedError

    def heard(self) -> Counter[str]:
        """How often each of our answers is there, by its mark, as their own client sees it."""
        return Counter()

    def troubles(self) -> dict[str, Trouble]:
        """What can be done to it."""
        return {}

    def pending(self) -> int:
        """How many troubles wait for somebody to meet them."""
        return 0

    def mend(self, desk: Agent) -> None:
        """What a person at the desk does for it now and then."""

    def calm(self) -> None:
        """From now on all is well there."""


class Bluesky(Place):
    """An account on Bluesky's own servers that is mentioned; a way with faults lies between."""

    name = kind = "bluesky"

    def __init__(self, network: Network, way: Way, *, ours_alone: bool) -> None:
        self.network, self.way, self.ours_alone = network, way, ours_alone
        self.us = network.account("brand")
        self.people = [network.account(name) for name in ("ann", "bo", "cem")]
        self.password = self.us.app_password()
        self.sleeping: threading.Timer | None = None

    def settings(self) -> Mapping[str, str]:
        return {"handle": self.us.handle, "app_password": self.password, "service": self.way.url}

    def say(self, mark: str) -> float:
        began = time.time()
        who = self.people[int(mark.rpartition("-")[2]) % len(self.people)]
        who.mention(self.us, f"@{self.us.handle} where is my parcel? ({mark})")
        return began

    def heard(self) -> Counter[str]:
        """In our repository, where a double would lie; and only what those it answers were told of."""
        told = Counter[str]()
        for one in self.people:
            told.update(mark for text in _replies(one, self.us.did) for mark in OURS.findall(text))
        written = Counter(mark for text in _written(self.us) for mark in OURS.findall(text))
        return Counter({mark: n for mark, n in written.items() if told[mark]})

    def troubles(self) -> dict[str, Trouble]:
        ways: dict[str, Trouble] = {
            what: lambda what=what: self.way.will(what)  # type: ignore[misc]
            for what in ("cut before", "429", "503", "expired", "nonsense", "slow", "half")
        }
        ways |= {f"{what} a post": lambda what=what: self.way.will(what, at="putRecord")
                 for what in ("cut before", "cut after", "500 after", "429")}  # fmt: skip
        ways["away for 2 s"] = self._away
        if self.ours_alone:
            ways["asleep for 2 s"] = self._sleep
        return ways

    def pending(self) -> int:
        return len(self.way.faults)

    def _away(self) -> None:
        self.way.away = True
        threading.Timer(2.0, setattr, (self.way, "away", False)).start()

    def _sleep(self) -> None:
        """Its servers take connections, and say nothing."""
        self.network.process.send_signal(signal.SIGSTOP)
        self.sleeping = threading.Timer(2.0, self.network.process.send_signal, (signal.SIGCONT,))
        self.sleeping.start()

    def calm(self) -> None:
        self.way.faults.clear()


def _replies(who: Account, us: str) -> Iterator[str]:
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = who.ask("GET", "app.bsky.notification.listNotifications", limit=100, **more)
        yield from (one["record"]["text"] for one in page["notifications"] if one["author"]["did"] == us)
        if not (cursor := page.get("cursor", "")):
            return


def _written(who: Account) -> Iterator[str]:
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        collection = "app.bsky.feed.post"
        page = who.ask("GET", "com.atproto.repo.listRecords", repo=who.did, collection=collection, limit=100, **more)
        yield from (one["value"]["text"] for one in page["records"])
        if not (cursor := page.get("cursor", "")):
            return


class Posts(Place):
    """A topic on all of Bluesky, listened to through a Jetstream over the same servers' own stream."""

    name, kind = "bluesky_posts", "bluesky_posts"
    answered = 0.0

    def __init__(self, network: Network, stream: Jetstream) -> None:
        self.stream = stream
        self.ann = network.account("ann")
        self.ann.post("somebody speaks")

    def settings(self) -> Mapping[str, str]:
        return {"topics": "kettle", "stream": self.stream.url}

    def say(self, mark: str) -> float:
        began = time.time()
        self.ann.post("a walk by the river")
        self.ann.post(f"My kettle leaks, what can I do? ({mark})")
        return began

    def troubles(self) -> dict[str, Trouble]:
        return {"dropped": self.stream.drop}


class Mastodon(Place):
    """An account on a Mastodon server of our own, as unkind as they get; it is ended and started again, too."""

    name = kind = "mastodon"
    EVERYWHERE = "/api/v[12]/(notifications|streaming/user|conversations|statuses|accounts/.*)"

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.there: Fake = self.stack.enter_context(fake())
        self.token, self.count = "good", 0

    def settings(self) -> Mapping[str, str]:
        return {"server": self.there.url, "token": self.token}

    def say(self, mark: str) -> float:
        number = int(mark.rpartition("-")[2])
        began = time.time()
        visibility = "direct" if number % 4 == 0 else "public"
        self.there.says(f"ann{number % 7}@garden.example", f"@brand where is it? ({mark})", visibility=visibility)
        return began

    def heard(self) -> Counter[str]:
        with self.there.lock:
            ours = [row["content"] for row in self.there.statuses.values() if row["account"]["acct"] == "brand"]
        return Counter(mark for text in ours for mark in OURS.findall(text))

    def troubles(self) -> dict[str, Trouble]:
        there, post = self.there, "/api/v1/statuses"
        return {
            "streams dropped": there.drop,
            "429": lambda: there.goes_wrong(self.EVERYWHERE, 429, x_ratelimit_reset="1"),
            "503": lambda: there.goes_wrong(self.EVERYWHERE, 503, times=2),
            "cut": lambda: there.goes_wrong(self.EVERYWHERE, 0, times=2),
            "half": lambda: there.faults.append(Fault(self.EVERYWHERE, 200, body=b'[{"id":"1","acc')),
            "slow": lambda: there.faults.append(Fault(self.EVERYWHERE, 200, late=2.0)),
            "cut after a post": lambda: there.goes_wrong(post, 0, method="POST"),
            "500 for a post": lambda: there.goes_wrong(post, 500, method="POST"),
            "429 for a post": lambda: there.goes_wrong(post, 429, method="POST", x_ratelimit_reset="1"),
            "token taken back": self._expire,
            "restarted": self._restart,
        }

    def pending(self) -> int:
        return len(self.there.faults)

    def _expire(self) -> None:
        """From now on another token is the good one: somebody has to give it to Rapport."""
        self.count += 1
        self.token = f"good-{self.count}"
        self.there.tokens = {self.token}
        self.there.drop()

    def _restart(self) -> None:
        port = int(self.there.url.rpartition(":")[2])
        self.stack.close()
        time.sleep(1.0)
        self.stack.enter_context(fake(port, self.there))

    def calm(self) -> None:
        self.there.faults.clear()


@contextmanager
def networks(network: Network, *, ours_alone: bool) -> Iterator[list[Place]]:
    """Bluesky, all of its posts, and Mastodon."""
    with way_to(network.pds) as way, jetstream(network.pds) as stream, ExitStack() as stack:
        mastodon = Mastodon()
        stack.callback(mastodon.stack.close)
        yield [Bluesky(network, way, ours_alone=ours_alone), Posts(network, stream), mastodon]


def marked(pattern: re.Pattern[str], texts: list[str]) -> Counter[str]:
    return Counter(mark for text in texts for mark in pattern.findall(text))
