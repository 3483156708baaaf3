"""Fetching a feed politely: what is unchanged is not sent again, what has moved is followed, hosts are left in peace."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from rapport import net
from rapport.channels.base import ChannelError
from rapport.channels.syndication import MOST_BYTES
from rapport.net.sentence import Sentence

PATIENCE = net.Patience(connect=8, read=15, total=45)
GAP = 1.0
"""Seconds between two requests to one host."""
HOPS = 6
FOR_GOOD = frozenset({301, 308})
FOR_NOW = frozenset({302, 303, 307})
ACCEPT = "application/feed+json, application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"
MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})")
LONGEST_REST = 6 * 3600


@dataclass(frozen=True)
class Got:
    """What came. ``moved``: where the feed is from now on, empty where it did not move for good."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved: str = ""


class Missing(ChannelError):
    """Nothing is at this address (404)."""


class Turns:
    """Whose turn it is at each host: one request at a time, with a gap between two."""

    def __init__(self) -> None:
        self._next: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, host: str) -> None:
        with self._lock:
            now = time.monotonic()
            due = max(now, self._next.get(host, 0.0))
            self._next[host] = due + GAP
            self._next.move_to_end(host)
            while len(self._next) > 5_000:
                self._next.popitem(last=False)
        if due > now:
            time.sleep(min(due - now, 30.0))


TURNS = Turns()


def get(url: str, headers: Mapping[str, str]) -> Got:
    """What is there now, after redirects (each judged anew). Raises ChannelError."""
    moved, permanent = "", True
    for _ in range(HOPS):
        answer = _one(url, headers)
        target = answer.headers.get("location", "")
        if answer.status not in FOR_GOOD | FOR_NOW or not target:
            return _judged(Got(answer.status, answer.headers, answer.body, url, moved))
        permanent = permanent and answer.status in FOR_GOOD
        url = _joined(url, target)
        moved = url if permanent else moved
    raise ChannelError(Sentence("%(host)s sends us from one address to the next without end.", host=_host(url)))


def _one(url: str, headers: Mapping[str, str]) -> net.Answer:
    TURNS.wait(_host(url))
    try:
        named = {"accept": ACCEPT, **headers}
        return net.request("GET", url, headers=named, patience=PATIENCE, max_bytes=MOST_BYTES, redirects=0, retries=0)
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NetError as error:
        raise ChannelError(error.message) from error


def _judged(got: Got) -> Got:
    """The answer where it is a good one, or says that nothing changed, or that all is over (410)."""
    facts: dict[str, object] = {"host": _host(got.url), "status": got.status}
    if 200 <= got.status < 300 or got.status in {304, 410}:
        return got
    wish = net.Answer(got.status, got.headers, b"", got.url).retry_after(datetime.now(UTC))
    if got.status in {401, 403}:
        raise ChannelError(Sentence("%(host)s does not let us read this feed (%(status)s).", **facts), permanent=True)
    if got.status == 404:
        raise Missing(Sentence("There is no feed at this address (404 from %(host)s).", **facts), permanent=True)
    if got.status == 429:
        raise ChannelError(Sentence("%(host)s asks us to wait.", **facts), retry_after=wish)
    raise ChannelError(Sentence("%(host)s does not give the feed now (%(status)s).", **facts), retry_after=wish)


def rest(got: Got, minutes: int, now: datetime) -> int:
    """Until when (seconds since 1970) the feed asks to be left alone: by its own word, or its server's."""
    found = MAX_AGE.search(got.headers.get("cache-control", "").lower())
    seconds = max(minutes * 60, int(found[1]) if found else 0)
    return int(now.timestamp()) + min(seconds, LONGEST_REST)


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise ChannelError(Sentence("%(host)s sends us to no web address.", host=_host(url)), permanent=True) from error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "The server"
    except ValueError:
        return "The server"
