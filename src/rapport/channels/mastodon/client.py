"""A Mastodon server, as far as Rapport asks it: the few calls, and what its refusals mean in a sentence."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import msgspec

from rapport import net
from rapport.channels.base import ChannelError, Settings
from rapport.channels.loose import Row, word
from rapport.channels.mastodon import parse
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

PATIENCE = net.Patience(connect=8, read=20, total=40)
UPLOADING = net.Patience(connect=8, read=60, total=180)
Fields = Sequence[tuple[str, str]]
NAME = re.compile(r"[\w-][\w.-]*(?::\d{1,5})?")
AGAIN = Sentence("Give a new access token; what is here stays.")


@dataclass(frozen=True)
class Page:
    """The rows of a list with their bytes, as the server orders them (the newest first)."""

    rows: tuple[tuple[Row, bytes], ...]
    body: bytes = b""


class Calm:
    """Until when a server has asked us to be quiet, by server and token: shared by all that speak there."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}
        self._lock = threading.Lock()

    def heed(self, who: int, seconds: float) -> None:
        with self._lock:
            now = time.monotonic()
            self._until = {key: until for key, until in self._until.items() if until > now}
            self._until[who] = max(self._until.get(who, 0.0), now + seconds)

    def left(self, who: int) -> float:
        """Seconds still to wait."""
        with self._lock:
            return self._until.get(who, 0.0) - time.monotonic()


CALM = Calm()


def base_of(settings: Settings) -> str:
    """The server's address, from however people write it. Raises a permanent ChannelError."""
    written = settings.get("server", "").strip().rstrip("/")
    # people write their own handle, too: @brand@social.example
    host = written if "://" in written else f"https://{written.rpartition('@')[2]}"
    scheme, _, rest = host.partition("://")
    name = rest.partition("/")[0]
    if scheme not in {"https", "http"} or not NAME.fullmatch(name):
        raise ChannelError("Write the address of your server, such as mastodon.social.", permanent=True)
    return f"{scheme}://{name.lower()}"


class Server:
    """One account on one server. Every method raises ChannelError and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self.base = base_of(settings)
        self.token = settings.get("token", "").strip()
        self.key = hash((self.base, self.token))
        if not self.token:
            raise ChannelError(
                Sentence("There is no access token. %(again)s", again=AGAIN), permanent=True, reauthorise=True
            )

    @property
    def host(self) -> str:
        return self.base.partition("://")[2]

    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def get(self, path: str, fields: Fields = ()) -> net.Answer:
        """A GET that may be repeated."""
        return self.ask("GET", f"{path}?{urlencode(list(fields))}" if fields else path)

    def row(self, path: str, fields: Fields = ()) -> Row:
        """The object there."""
        try:
            return parse.row(self.get(path, fields).body)
        except ValueError as error:
            raise self._strange() from error

    def page(self, path: str, fields: Fields = ()) -> Page:
        """The list there."""
        body = self.get(path, fields).body
        try:
            return Page(tuple(parse.rows(body)), body)
        except ValueError as error:
            raise self._strange() from error

    def send(self, method: str, path: str, what: object, key: str = "") -> Row:
        """What changes something there, once: whoever calls decides about a second time."""
        body = msgspec.json.encode(what) if what is not None else b""
        headers = {"content-type": "application/json"} if body else {}
        if key:
            headers["idempotency-key"] = key
        answer = self.ask(method, path, body=body, headers=headers)
        try:
            return parse.row(answer.body)
        except ValueError as error:
            raise ChannelError(self._strange().message, unknown=method == "POST") from error

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        patience: net.Patience = PATIENCE,
    ) -> net.Answer:
        """One request and its good answer."""
        self._wait()
        reads = method == "GET"
        try:
            answer = net.request(
                method,
                f"{self.base}{path}",
                headers={"accept": "application/json", **self.bearer(), **(headers or {})},
                body=body,
                patience=patience,
                redirects=0,
                retries=0,
            )
        except net.Refused as error:
            raise ChannelError(error.message, permanent=True) from error
        except net.NeverLeft as error:
            raise ChannelError(error.message) from error
        except (net.Unknown, net.TooLarge) as error:
            raise ChannelError(error.message, unknown=not reads) from error
        if answer.status != 429:
            self._heed(answer)
        if answer.ok:
            return answer
        raise self.refused(answer.status, answer, reads=reads)

    def refused(self, status: int, answer: net.Answer | None = None, *, reads: bool = True) -> ChannelError:
        """What a status other than 2xx means, in a sentence."""
        why = _reason(answer) if answer else ""
        facts: dict[str, object] = {"host": self.host, "why": why, "status": status}
        if status == 401:
            said = Sentence("%(host)s does not accept the access token%(why)s. %(again)s", again=AGAIN, **facts)
            return ChannelError(said, permanent=True, reauthorise=True)
        if status == 403:
            said = Sentence("%(host)s does not let us do this%(why)s. %(again)s", again=AGAIN, **facts)
            return ChannelError(said, permanent=True, reauthorise="scope" in why or "login" in why)
        if status in {404, 410}:
            return Gone(Sentence("%(host)s has this no longer (%(status)s).", **facts), permanent=True)
        if status == 429:
            wait = self._limited(answer)
            return ChannelError(Sentence("%(host)s asks us to wait.", **facts), retry_after=wait)
        if 300 <= status < 400:
            said = Sentence("%(host)s sends us elsewhere (%(status)s). Write the server's own address.", **facts)
            return ChannelError(said, permanent=True)
        if status == 408 or status >= 500:
            wish = answer.retry_after(datetime.now(UTC)) if answer else None
            said = Sentence("%(host)s has a fault of its own (%(status)s)%(why)s.", **facts)
            return ChannelError(said, unknown=not reads, retry_after=wish)
        return ChannelError(Sentence("%(host)s refused it (%(status)s)%(why)s.", **facts), permanent=True)

    def _strange(self) -> ChannelError:
        return ChannelError(Sentence("%(host)s does not answer as a Mastodon server does.", host=self.host))

    def _wait(self) -> None:
        """Nothing leaves while the server wants to be left alone: it would only ask for longer."""
        if (left := CALM.left(self.key)) > 0:
            said = Sentence("%(host)s asks us to wait.", host=self.host)
            raise ChannelError(said, retry_after=timedelta(seconds=round(left) + 1))

    def _heed(self, answer: net.Answer) -> None:
        """The last request that the server still answers has been answered: the next one waits for its hour."""
        if answer.headers.get("x-ratelimit-remaining", "").strip() == "0":
            CALM.heed(self.key, self._reset(answer).total_seconds())

    def _limited(self, answer: net.Answer | None) -> timedelta:
        wait = timedelta(minutes=1)
        if answer is not None:
            wait = answer.retry_after(datetime.now(UTC)) or self._reset(answer)
        CALM.heed(self.key, wait.total_seconds())
        return wait

    @staticmethod
    def _reset(answer: net.Answer) -> timedelta:
        """When the server begins to count anew (a time; some relatives write seconds), within an hour."""
        written = answer.headers.get("x-ratelimit-reset", "")
        now = datetime.now(UTC)
        if written.isdecimal() and len(written) < 12:
            number = int(written)
            wait = timedelta(seconds=number if number < 10**8 else number - now.timestamp())
        else:
            moment = parse.moment(written)
            wait = moment - now if moment else timedelta(minutes=1)
        return min(max(wait, timedelta(seconds=1)), timedelta(hours=1))


class Gone(ChannelError):
    """It is not there, or not any more, or not for us (404, 410)."""


def segment(id: str) -> str:
    """An id as one part of a path, whatever a stranger put into it."""
    return quote(id, safe="") or "-"


def _reason(answer: net.Answer) -> str:
    """The server's own sentence, shortened."""
    try:
        said = word(parse.row(answer.body), "error")
    except ValueError:
        return ""
    words = one_line(said, 200).rstrip(".")
    return f": {words}" if words else ""
