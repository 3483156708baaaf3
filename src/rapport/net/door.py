"""``request``: every HTTP request Rapport makes. Bounded in time and size, redirects re-checked, retries only if safe.

httpx reads the addresses, its engine httpcore speaks the wire through our :class:`Passage`. Each request has its own
connection and no cookie jar: two sources never share anything.
"""

from __future__ import annotations

import functools
import os
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from rapport.net import unpack, watching
from rapport.net.errors import NetError, NeverLeft, Refused, TooLarge, Unknown
from rapport.net.passage import Passage

Record = Callable[[str, str, int | None, timedelta], None]
"""Called once per attempt and hop with (method, URL without secrets, status or None, how long it took)."""

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
METHODS = REPEATABLE | {"POST", "PATCH"}
BUSY = frozenset({429, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# All that may follow a redirect to another origin: whatever else the caller says may be a credential.
HARMLESS = frozenset({"accept", "accept-language", "if-modified-since", "if-none-match", "user-agent"})
MAX_BYTES = 5 * 1024 * 1024
LONGEST_WAIT = 10.0


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for each read or write, and for one whole attempt."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0


@dataclass(frozen=True)
class Answer:
    """What the other side said. Header names are in lower case; ``body`` is unpacked; ``url`` is where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def retry_after(self, now: datetime) -> timedelta | None:
        """The other side's wish (RFC 9110 section 10.2.3: seconds or a date), between nothing and a day."""
        value = self.headers.get("retry-after", "").strip()
        try:
            wait = timedelta(seconds=int(value)) if value.isdecimal() else _as_utc(parsedate_to_datetime(value)) - now
        except (ValueError, OverflowError):
            return None
        return min(max(wait, timedelta()), timedelta(days=1))


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    patience: Patience = Patience(),
    max_bytes: int = MAX_BYTES,
    redirects: int = 5,
    retries: int = 2,
    allow_loopback: bool | None = None,
    record: Record | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """One request and its answer, whatever its status (304 and 404 are answers too).

    Only GET and HEAD follow redirects; to another origin they take no header that could be a credential. Repeated, with
    jitter and Retry-After honoured up to ten seconds, are methods that may be (RFC 9110) and requests that carry an
    ``Idempotency-Key``. ``allow_loopback=None`` asks the environment (RAPPORT_ALLOW_LOOPBACK=1).

    Raises :class:`Refused`, :class:`NeverLeft`, :class:`Unknown`, :class:`TooLarge`.
    """
    if allow_loopback is None:
        allow_loopback = os.environ.get("RAPPORT_ALLOW_LOOPBACK") == "1"
    first = Hop(method.upper(), address_of(url), dict(headers or {}), body)
    way = _Way(patience, max_bytes, redirects, allow_loopback, record)
    keyed = any(name.lower() == "idempotency-key" for name in first.headers)
    attempts = 1 + (retries if first.method in REPEATABLE or keyed else 0)
    return _try(first, way, attempts, sleep)


@dataclass(frozen=True)
class Hop:
    """One request of what may become several, when it is sent elsewhere."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Way:
    patience: Patience
    max_bytes: int
    redirects: int
    allow_loopback: bool
    record: Record | None


def address_of(url: str | httpx.URL) -> httpx.URL:
    """What we may ask for, without its fragment. Raises :class:`Refused`."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Refused("This is not a web address.") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise Refused("A web address must begin with http:// or https:// and name a server.")
    if address.userinfo:
        raise Refused("A web address must not carry a user name or password: they would end up in logs.")
    return address.copy_with(fragment=None)


def _try(first: Hop, way: _Way, attempts: int, sleep: Callable[[float], None]) -> Answer:
    in_doubt: Unknown | None = None
    for attempt in range(1, attempts + 1):
        wait = random.uniform(0.5, 1.5) * 0.5 * 2 ** (attempt - 1)
        try:
            answer = _follow(first, way)
        except TooLarge:
            raise
        except NetError as error:
            in_doubt = error if isinstance(error, Unknown) else in_doubt
            if attempt == attempts or isinstance(error, Refused):
                # An earlier attempt may have been taken: that the last one never left proves nothing.
                raise in_doubt or error from error
        else:
            wish = answer.retry_after(datetime.now(UTC))
            wait = max(wait, wish.total_seconds()) if wish is not None else wait
            if answer.status not in BUSY or attempt == attempts or wait > LONGEST_WAIT:
                return answer
        sleep(wait)
    raise AssertionError("the last attempt either answers or raises")


def _follow(hop: Hop, way: _Way) -> Answer:
    if hop.method not in METHODS:
        raise Refused(f"{hop.method[:20]!r} is not something Rapport sends.")
    passage = Passage(time.monotonic() + way.patience.total, allow_loopback=way.allow_loopback)
    for _ in range(way.redirects + 1):
        answer = _recorded(hop, way, passage)
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not target or hop.method not in {"GET", "HEAD"} or not way.redirects:
            return answer
        hop = _redirected(hop, target)
    raise Refused(f"{hop.url.host} sends us from one address to the next without end.")


def _redirected(hop: Hop, target: str) -> Hop:
    try:
        joined = hop.url.join(target)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Refused(f"{hop.url.host} sends us to something that is not a web address.") from error
    url = address_of(joined)
    same = (url.scheme, url.host, url.port) == (hop.url.scheme, hop.url.host, hop.url.port)
    headers = {name: value for name, value in hop.headers.items() if same or name.lower() in HARMLESS}
    return Hop(hop.method, url, headers, b"")


def _recorded(hop: Hop, way: _Way, passage: Passage) -> Answer:
    watching.tell(hop.method, str(hop.url))
    began = time.monotonic()
    status: int | None = None
    try:
        answer = _exchange(hop, way, passage)
        status = answer.status
        return answer
    except TooLarge as error:
        status = error.status
        raise
    finally:
        if way.record is not None:
            way.record(hop.method, without_secrets(hop.url), status, timedelta(seconds=time.monotonic() - began))


def _exchange(hop: Hop, way: _Way, passage: Passage) -> Answer:
    host = hop.url.host
    patience = way.patience
    timeouts = {"connect": patience.connect, "read": patience.read, "write": patience.read, "pool": patience.connect}
    passage.left = False
    try:
        with (
            httpcore.ConnectionPool(trust(), max_connections=1, network_backend=passage) as pool,
            pool.stream(
                hop.method,
                wire(hop.url),
                headers=headers_of(hop),
                content=hop.body,
                extensions={"timeout": timeouts},
            ) as response,
        ):
            return _answer(hop, way, response)
    except httpcore.LocalProtocolError as error:
        raise Refused("The request has a header that cannot be sent.") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        if passage.left:
            raise Unknown(
                f"{host} was sent the request, but {why(error)}; whether it was taken cannot be said."
            ) from error
        raise NeverLeft(f"{host} could not be reached: {why(error)}.") from error


def _answer(hop: Hop, way: _Way, response: httpcore.Response) -> Answer:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    encoding = "" if hop.method == "HEAD" else headers.get("content-encoding", "").strip().lower()
    try:
        body = unpack.read(response.iter_stream(), encoding, way.max_bytes)
    except unpack.Overflow as error:
        size = f"{way.max_bytes / 1_000_000:.1f} MB" if way.max_bytes >= 100_000 else f"{way.max_bytes} bytes"
        raise TooLarge(f"{hop.url.host} answered with more than {size}.", response.status) from error
    except ValueError as error:
        raise Unknown(f"{hop.url.host} answered {response.status}, but unreadably: {error}.") from error
    return Answer(response.status, headers, body, str(hop.url))


def headers_of(hop: Hop) -> list[tuple[bytes, bytes]]:
    """Our own headers where the caller gave none, then the caller's. Raises :class:`Refused`."""
    given = {name.lower() for name in hop.headers}
    own = {"Host": hop.url.netloc.decode("ascii"), "User-Agent": "Rapport", "Accept-Encoding": "gzip"}
    pairs = [(name, value) for name, value in own.items() if name.lower() not in given] + list(hop.headers.items())
    try:
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in pairs]
    except UnicodeEncodeError as error:
        raise Refused("The request has a header that cannot be sent.") from error


def wire(url: httpx.URL) -> httpcore.URL:
    """The address as the engine takes it."""
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def why(error: Exception) -> str:
    """What stood in the way, in a few words."""
    if isinstance(error, httpcore.TimeoutException):
        return "it took too long"
    if "CERTIFICATE" in str(error).upper():
        return "its certificate cannot be trusted"
    return "the connection broke" if not isinstance(error, httpcore.ConnectError) else "the connection failed"


def without_secrets(url: httpx.URL) -> str:
    """The address for a log: no query, and no long segment, since tokens travel in both."""
    path = "/".join(part if len(part) <= 24 else f"{part[:4]}…" for part in url.path.split("/"))
    return f"{url.scheme}://{url.netloc.decode('ascii')}{path}{'?…' if url.query else ''}"


def _as_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@functools.cache
def trust() -> ssl.SSLContext:
    """The certificates that are believed."""
    return httpx.create_ssl_context()
