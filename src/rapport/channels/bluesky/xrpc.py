"""XRPC, as thin as it can be: one call, its answer, and every way in which it may fail as a sentence.

https://atproto.com/specs/xrpc. Who may call is the business of ``session``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from rapport import net
from rapport.channels.base import ChannelError
from rapport.channels.bluesky.fields import Row, word
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

PATIENCE = net.Patience(connect=5, read=20, total=40)
LONGEST_WAIT = timedelta(hours=1)
"""However long the network asks us to wait, it is asked again after an hour."""
STALE = frozenset({"ExpiredToken", "InvalidToken"})
UNPRIVILEGED = "Unprivileged"
"""Our own name for a token that is good, but not for this: servers call it InvalidToken ("Bad token scope"), too."""
_full: dict[tuple[str, str, str], float] = {}
_lock = threading.Lock()


class XrpcError(ChannelError):
    """The network answered, and said no: its own name for why, and the HTTP status."""

    def __init__(self, message: str, *, code: str, answered: int, **how: Any) -> None:
        super().__init__(message, **how)
        self.code = code
        self.answered = answered

    @property
    def stale(self) -> bool:
        """The token is too old, or is no longer one."""
        return self.code in STALE or (self.answered == 401 and self.code != UNPRIVILEGED)


def call(
    base: str,
    name: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    raw: tuple[str, bytes] | None = None,
    token: str = "",
    proxy: str = "",
) -> bytes:
    """The body of the answer. With ``body`` (JSON) or ``raw`` (type, bytes) it is a POST, else a GET.

    A POST that nobody answered raises ``unknown``. Raises :class:`XrpcError` for what the network refused.
    """
    _must_have_room(base, token, name)
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    headers |= {"atproto-proxy": proxy} if proxy else {}
    content = b""
    if body is not None:
        content = msgspec.json.encode(body)
        headers["content-type"] = "application/json"
    elif raw is not None:
        content = raw[1]
        headers |= {"content-type": raw[0]} if raw[0] else {}
    method = "GET" if body is None and raw is None else "POST"
    address = f"{base}/xrpc/{name}"
    if query:
        address += "?" + urlencode({key: value for key, value in query.items() if value not in (None, "")}, doseq=True)
    answer = _ask(method, address, headers, content)
    _note_room(base, token, name, answer)
    if answer.ok:
        return answer.body
    raise _refused(answer, method)


def _ask(method: str, address: str, headers: Mapping[str, str], content: bytes) -> net.Answer:
    retries = 1 if method == "GET" else 0
    try:
        return net.request(method, address, headers=headers, body=content, patience=PATIENCE, retries=retries)
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NeverLeft as error:
        raise ChannelError(error.message) from error
    except (net.Unknown, net.TooLarge) as error:
        raise ChannelError(error.message, unknown=method == "POST") from error


def _refused(answer: net.Answer, method: str) -> XrpcError:
    """What a status other than 2xx means. A failure of theirs (5xx) after a POST leaves open whether it was done."""
    said = _said(answer)
    code, words = word(said, "error"), one_line(word(said, "message"), 200).rstrip(".")
    how: dict[str, Any] = {"code": code, "answered": answer.status}
    if answer.status == 429 or code == "RateLimitExceeded":
        return XrpcError("Bluesky asks us to wait.", retry_after=_until(answer), **how)
    if answer.status >= 500 or answer.status == 408:
        message = Sentence("Bluesky has a fault of its own (%(status)s).", status=str(answer.status))
        return XrpcError(message, unknown=method == "POST", retry_after=answer.retry_after(datetime.now(UTC)), **how)
    if code in STALE and ("scope" in words.lower() or "method" in words.lower()):
        return XrpcError("This app password may not do that.", permanent=True, **(how | {"code": UNPRIVILEGED}))
    if code in STALE or answer.status == 401:
        return XrpcError("Bluesky no longer takes our login.", reauthorise=True, **how)
    if 300 <= answer.status < 400:
        return XrpcError("The server sends us elsewhere. Write its final address.", permanent=True, **how)
    message = Sentence("Bluesky refused it: %(words)s.", words=words or code or str(answer.status))
    return XrpcError(message, permanent=True, **how)


def _said(answer: net.Answer) -> Row:
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _until(answer: net.Answer) -> timedelta:
    """How long we must wait: ``ratelimit-reset`` (seconds since 1970) or ``retry-after``; a minute where it says neither."""
    reset = answer.headers.get("ratelimit-reset", "").partition(",")[0].strip()
    if reset.isdecimal() and len(reset) < 12:
        wait = timedelta(seconds=max(1.0, int(reset) - time.time()))
    else:
        wait = answer.retry_after(datetime.now(UTC)) or timedelta(minutes=1)
    return min(wait, LONGEST_WAIT)


def _note_room(base: str, token: str, name: str, answer: net.Answer) -> None:
    """Remember that this was the last call of its kind for now, where the network says so."""
    left = answer.headers.get("ratelimit-remaining", "").partition(",")[0].strip()
    if answer.status == 429 or left == "0":
        with _lock:
            if len(_full) > 1_000:
                _full.clear()
            _full[base, token[-40:], name] = time.monotonic() + _until(answer).total_seconds()


def _must_have_room(base: str, token: str, name: str) -> None:
    with _lock:
        until = _full.get((base, token[-40:], name), 0.0)
        wait = until - time.monotonic()
        if until and wait <= 0:
            del _full[base, token[-40:], name]
    if wait > 0:
        raise ChannelError("Bluesky asks us to wait.", retry_after=timedelta(seconds=wait))
