"""WebSub: a hub that offers it tells us at once. Asked for, proved, signed, and renewed before the lease ends.

https://www.w3.org/TR/websub/. The hub must reach us from outside, so nothing is asked for where our own address is
unknown. Polling goes on: a hub is only the faster way, and what it does not tell comes all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin

import msgspec

from rapport import net
from rapport.channels.base import ChannelError, Settings, address_of, renewed
from rapport.channels.envelopes import web_address
from rapport.channels.feeds.fetching import Got
from rapport.channels.syndication import Feed

KEPT = "session_websub"
LEASE = timedelta(days=10)
BEFORE = timedelta(days=1)
"""How long before its end a lease is renewed, and after how long a hub that did not answer is asked again."""
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
HEADER = re.compile(r"<([^<>]{1,2000})>\s*;([^<]{0,400})")


class Subscription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked of which hub. Times in seconds since 1970; ``until`` is the end of the lease, 0 before it began."""

    hub: str = ""
    topic: str = ""
    secret: str = ""
    asked: int = 0
    until: int = 0
    refused: bool = False


def state(settings: Settings) -> Subscription:
    """What is kept of the subscription; an empty one where there is none."""
    try:
        return msgspec.json.decode(settings.get(KEPT, "") or "{}", type=Subscription)
    except (msgspec.DecodeError, UnicodeError):
        return Subscription()


def offered(feed: Feed, got: Got) -> tuple[str, str]:
    """(hub, topic) as the feed says them, or its headers; empty where there is no hub."""
    links: dict[str, str] = {}
    for target, rest in HEADER.findall(got.headers.get("link", "")):
        for rel in re.findall(r"rel\s*=\s*\"?([\w\s-]{1,60})", rest):
            for one in rel.split():
                links.setdefault(one.lower(), target)
    hub = web_address(urljoin(got.url, links.get("hub", "") or feed.hub)) if links.get("hub") or feed.hub else ""
    return hub, web_address(urljoin(got.url, links.get("self", "") or feed.self or got.url)) or got.url


def due(known: Subscription, hub: str, topic: str, now: datetime) -> bool:
    """Is there something to ask: a new hub, a lease that ends soon, or one that never answered?"""
    if not hub:
        return False
    moment, soon = int(now.timestamp()), int(BEFORE.total_seconds())
    if (known.hub, known.topic) != (hub, topic):
        return True
    return moment - known.asked > soon and known.until - moment < soon


def subscribe(settings: Settings, feed: Feed, got: Got, now: datetime) -> None:
    """Ask the hub to tell us, where one is offered and it is time. What goes wrong here stops nothing: polling goes on."""
    hub, topic = offered(feed, got)
    address = address_of(settings)
    if not address or not due(state(settings), hub, topic, now):
        return
    asked = Subscription(hub=hub, topic=topic, secret=secrets.token_urlsafe(32), asked=int(now.timestamp()))
    # Kept first: the hub may prove it before it has answered.
    renewed(settings, lambda held: {KEPT: msgspec.json.encode(asked).decode()})
    words = {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": address,
        "hub.secret": asked.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        net.request(
            "POST", hub, headers=headers, body=urlencode(words).encode(), redirects=0, retries=0, max_bytes=64_000
        )
    except net.NetError:
        return


def verify(settings: Settings, query: Mapping[str, str], now: datetime) -> str:
    """The challenge that a hub wants back (section 5.3), where this is what we asked for. Raises ChannelError."""
    known, mode = state(settings), query.get("hub.mode", "")
    challenge = query.get("hub.challenge", "")
    mine = bool(known.topic) and query.get("hub.topic", "") == known.topic
    if mode == "denied" and mine:
        denied = msgspec.structs.replace(known, refused=True, until=0)
        renewed(settings, lambda held: {KEPT: msgspec.json.encode(denied).decode()})
        return ""
    if mode != "subscribe" or not mine or not challenge or len(challenge) > 2_000:
        raise ChannelError("This was not asked for.", permanent=True, status=404)
    lease = query.get("hub.lease_seconds", "")
    seconds = min(int(lease), 90 * 86_400) if lease.isdecimal() and lease.isascii() and len(lease) < 12 else 86_400
    proved = msgspec.structs.replace(known, until=int(now.timestamp()) + seconds, refused=False)
    renewed(settings, lambda held: {KEPT: msgspec.json.encode(proved).decode()})
    return challenge


def must_be_signed(settings: Settings, headers: Mapping[str, str], body: bytes) -> None:
    """By the hub, with the secret that it got from us (section 7.1). Raises ChannelError with status 403."""
    known = state(settings)
    method, _, signature = headers.get("x-hub-signature", "").partition("=")
    if not known.secret or not known.until:
        raise ChannelError("Nothing was subscribed to at this address.", permanent=True, status=404)
    if method not in METHODS or not signature.isascii():
        raise ChannelError("The delivery is not signed.", permanent=True, status=403)
    wanted = hmac.new(known.secret.encode(), body, getattr(hashlib, method)).hexdigest()
    if not hmac.compare_digest(wanted, signature.strip().lower()):
        raise ChannelError(
            "The signature is not that of the secret which this hub was given.", permanent=True, status=403
        )
