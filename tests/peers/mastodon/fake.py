"""A Mastodon server of our own, in memory: faithful where the mock is not, and as unkind as a test wants it.

It blocks, filters, deletes, hides and edits as Mastodon does; it can ignore what relatives ignore (``min_id``,
idempotency keys), speak under a strange version, drop its streams, lose answers, refuse, and ask to wait.
"""

from __future__ import annotations

import contextlib
import html
import json
import queue
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.peers.mastodon.oauth import OAuth

Row = dict[str, Any]
ME = "900"


@dataclass
class Fault:
    """The next request to a path that matches goes wrong: with a status, or (0) by hanging up after taking it."""

    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"error":"This went wrong"}'
    method: str = ""
    late: float = 0.0
    """Seconds after which it is answered, and then as it should be."""


@dataclass(eq=False)
class Ear:
    """One open stream: of the account, or of a hashtag."""

    tag: str = ""
    waiting: queue.Queue[bytes | None] = field(default_factory=queue.Queue)


@dataclass
class Fake:
    """Our account is ``brand``; others speak through :meth:`says`. Ids are strings in the order of time."""

    version: str = "4.3.2"
    tokens: set[str] = field(default_factory=lambda: {"good"})
    characters: int = 500
    streams: bool = True
    honours_keys: bool = True
    honours_min_id: bool = True
    grouped_only: bool = False
    bulk: bool = True
    url: str = ""
    statuses: dict[str, Row] = field(default_factory=dict)
    notifications: list[Row] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    filtered: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, Row]] = field(default_factory=list)
    """(Idempotency-Key, what was sent) of every post that was taken."""
    uploads: list[bytes] = field(default_factory=list)
    not_ready: int = 0
    """How often an upload says that it is not ready yet."""
    ears: list[Ear] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last: int = 1000
    oauth: OAuth = field(init=False)

    def __post_init__(self) -> None:
        self.oauth = OAuth(self.tokens)

    def account(self, acct: str) -> Row:
        id = ME if acct == "brand" else str(1 + sum(map(ord, acct)))
        return {
            "id": id,
            "username": acct.partition("@")[0],
            "acct": acct,
            "display_name": acct.title(),
            "url": f"{self.url}/@{acct}",
        }

    def says(
        self, acct: str, text: str, *, to: str = "", visibility: str = "public", notify: bool = True, **more: Any
    ) -> Row:
        """Somebody writes; whoever is tagged as ``@brand`` is us. The status."""
        with self.lock:
            self._last += 1
            id, host = str(self._last), acct.partition("@")[2] or urlsplit(self.url).netloc
            parent = self.statuses.get(to, {})
            tagged = re.findall(r"@([\w.]+(?:@[\w.:-]+)?)", text)
            row: Row = {
                "id": id, "uri": f"https://{host}/users/{acct.partition('@')[0]}/statuses/{id}",
                "url": f"https://{host}/@{acct}/{id}", "account": self.account(acct),
                "content": f"<p>{html.escape(text)}</p>",
                "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "edited_at": None, "visibility": visibility, "spoiler_text": "", "in_reply_to_id": to or None,
                "in_reply_to_account_id": parent.get("account", {}).get("id"), "media_attachments": [], "poll": None,
                "mentions": [{**self.account(name), "acct": name} for name in dict.fromkeys(tagged)], **more,
            }  # fmt: skip
            self.statuses[id] = row
            if acct != "brand" and notify and any(one["id"] == ME for one in row["mentions"]):
                self.notify("mention", row)
            elif acct == "brand":
                self.tell("update", row)
            return row

    def notify(self, kind: str, status: Row | None, *, by: Row | None = None) -> None:
        account = by or (status or {}).get("account") or self.account("dan")
        self._last += 1
        row = {"id": str(self._last), "type": kind, "account": account, "status": status,
               "created_at": datetime.now(UTC).isoformat()}  # fmt: skip
        self.notifications.append(row)
        if account["id"] not in self.blocked | self.filtered:
            self.tell("notification", row)

    def edits(self, id: str, text: str) -> None:
        moment = (datetime.now(UTC) + timedelta(milliseconds=len(text))).isoformat()
        self.statuses[id] |= {"content": f"<p>{text}</p>", "edited_at": moment}
        self.tell("status.update", self.statuses[id])

    def deletes(self, id: str, *, silently: bool = False) -> None:
        """Gone for everybody, its notifications too; the stream says so, unless something lost it."""
        self.statuses.pop(id)
        self.notifications = [one for one in self.notifications if (one["status"] or {}).get("id") != id]
        if not silently:
            self.tell("delete", id)

    def tell(self, event: str, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        for ear in list(self.ears):
            if not ear.tag or (event == "update" and f"#{ear.tag}" in text.casefold()):
                ear.waiting.put(f"event: {event}\ndata: {text}\n\n".encode())

    def drop(self) -> None:
        """Every stream ends at once."""
        for ear in list(self.ears):
            ear.waiting.put(None)

    def goes_wrong(self, path: str, status: int, *, times: int = 1, method: str = "", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults += [Fault(path, status, named, method=method) for _ in range(times)]

    def page(self, rows: list[Row], asked: dict[str, list[str]]) -> list[Row]:
        """Newest first; ``min_id`` gives those just above it, ``max_id`` those below."""
        limit = min(int(asked.get("limit", ["20"])[0]), 40)
        rows = sorted(rows, key=lambda row: int(row["id"]), reverse=True)
        if below := asked.get("max_id"):
            rows = [row for row in rows if int(row["id"]) < int(below[0])]
        if (above := asked.get("min_id")) and self.honours_min_id:
            known = int(above[0]) if above[0].isdecimal() else 0
            rows = [row for row in rows if int(row["id"]) > known]
            return rows[-limit:]
        return rows[:limit]


@contextlib.contextmanager
def fake(port: int = 0, of: Fake | None = None, **how: Any) -> Iterator[Fake]:
    """The fake on a free port (or ``port``); ``of`` is one that ran before and keeps what it knows."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]
    there = of or Fake(**how)
    there.url = f"http://127.0.0.1:{server.server_port}"
    server.fake = there  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        there.drop()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words: Any) -> None:
        """Says nothing."""

    def _any(self) -> None:
        fake: Fake = self.server.fake  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with fake.lock:
            fake.asked.append(f"{self.command} {self.path}")
            fault = next((one for one in fake.faults if re.fullmatch(one.path, parts.path)
                          and one.method in {"", self.command}), None)  # fmt: skip
            if fault is not None:
                fake.faults.remove(fault)
        if fault is not None and fault.late:
            time.sleep(fault.late)
            fault = None
        if fault is not None and fault.status:
            self._say(fault.status, fault.body, fault.headers)
            return
        fake.oauth.url = fake.url
        if (said := fake.oauth.answer(self.command, parts.path, parts.query, body)) is not None:
            self._say(said[0], said[2], said[1])
            return
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in fake.tokens:
            self._say(401, b'{"error":"The access token was revoked"}')
            return
        if parts.path.startswith("/api/v1/streaming"):
            self._stream(fake)
            return
        with fake.lock:
            status, answer = _Answers(fake, self.headers.get("idempotency-key", "")).to(
                self.command, unquote(parts.path), parse_qs(parts.query), body
            )
        if fault is not None:  # taken, and the answer is lost
            self.close_connection = True
            self.connection.close()
            return
        self._say(status, json.dumps(answer).encode())

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _stream(self, fake: Fake) -> None:
        if not fake.streams:
            self._say(404, b'{"error":"Record not found"}')
            return
        ear = Ear(parse_qs(urlsplit(self.path).query).get("tag", [""])[0])
        fake.ears.append(ear)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(b":)\n\n")
            while (said := _heard(ear)) is not None:
                self.wfile.write(said)
        with contextlib.suppress(ValueError):
            fake.ears.remove(ear)


def _heard(ear: Ear) -> bytes | None:
    try:
        return ear.waiting.get(timeout=1.0)
    except queue.Empty:
        return b":thump\n\n"


@dataclass
class _Answers:
    fake: Fake
    key: str

    def to(self, method: str, path: str, asked: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        name = path.removeprefix("/api/")
        if found := re.fullmatch(r"v1/statuses/([^/]+)(?:/(\w+))?", name):
            return self.status(method, found[1], found[2] or "", body)
        plain = f"{method} {name}"
        answers = {
            "GET v1/accounts/verify_credentials": lambda: self.fake.account("brand"),
            "GET v2/instance": self.instance,
            "GET v1/notifications": lambda: self.notifications(asked),
            "GET v2/notifications": lambda: self.groups(asked),
            "GET v2/notifications/policy": lambda: {"summary": {"pending_requests_count": len(self.fake.filtered)}},
            "GET v1/blocks": lambda: [{"id": id} for id in self.fake.blocked],
            f"GET v1/accounts/{ME}/statuses": lambda: self.fake.page(self.by(ME), asked),
            "GET v1/conversations": lambda: self.conversations(asked),
            "GET v1/statuses": lambda: [self.fake.statuses[id] for id in asked["id[]"] if id in self.fake.statuses],
            "GET v2/search": lambda: {"statuses": self.search(asked["q"][0])},
            "POST v1/statuses": lambda: self.post(json.loads(body)),
            "POST v2/media": lambda: self.upload(body),
        }
        missing = (plain == "GET v1/notifications" and self.fake.grouped_only) or (
            plain == "GET v1/statuses" and not self.fake.bulk
        )
        if method == "GET" and (tag := re.fullmatch(r"v1/timelines/tag/(\w+)", name)):
            return 200, self.fake.page([one for one in self.open() if f"#{tag[1]}" in one["content"].casefold()], asked)
        if method == "GET" and name == "v1/timelines/public":
            return 200, self.fake.page(self.open(), asked)
        if name.startswith("v1/media/"):
            self.fake.not_ready -= 1
            return (206 if self.fake.not_ready > 0 else 200), {"id": name.rpartition("/")[2]}
        if plain not in answers or missing:
            return 404, {"error": "Record not found"}
        answer = answers[plain]()
        return answer if isinstance(answer, tuple) else (200, answer)

    def instance(self) -> Row:
        limits = {"max_characters": self.fake.characters, "characters_reserved_per_url": 23, "max_media_attachments": 4}
        media = {"supported_mime_types": ["image/png", "image/jpeg"], "image_size_limit": 100_000}
        return {"domain": urlsplit(self.fake.url).netloc, "version": self.fake.version,
                "configuration": {"statuses": limits, "media_attachments": media}}  # fmt: skip

    def by(self, id: str) -> list[Row]:
        return [one for one in self.fake.statuses.values() if one["account"]["id"] == id]

    def open(self) -> list[Row]:
        return [one for one in self.fake.statuses.values() if one["visibility"] == "public"]

    def notifications(self, asked: dict[str, list[str]]) -> list[Row]:
        hidden = set(self.fake.blocked)
        if asked.get("include_filtered") != ["true"]:
            hidden |= self.fake.filtered
        return self.fake.page([one for one in self.fake.notifications if one["account"]["id"] not in hidden], asked)

    def groups(self, asked: dict[str, list[str]]) -> Row:
        rows = self.notifications(asked)
        groups = [{"group_key": f"ungrouped-{one['id']}", "type": one["type"], "most_recent_notification_id": one["id"],
                   "status_id": (one["status"] or {}).get("id")} for one in rows]  # fmt: skip
        statuses = [one["status"] for one in rows if one["status"]]
        return {"accounts": [one["account"] for one in rows], "statuses": statuses, "notification_groups": groups}

    def conversations(self, asked: dict[str, list[str]]) -> list[Row]:
        direct = [one for one in self.fake.statuses.values() if one["visibility"] == "direct"]
        return [{"id": "c1", "last_status": one} for one in self.fake.page(direct, asked)]

    def search(self, uri: str) -> list[Row]:
        return [one for one in self.fake.statuses.values() if uri in {one["uri"], one["url"]}]

    def status(self, method: str, id: str, what: str, body: bytes) -> tuple[int, Any]:
        fake = self.fake
        there = fake.statuses.get(id)
        if there is None:
            return 404, {"error": "Record not found"}
        if method == "DELETE":
            fake.deletes(id)
        elif method == "PUT":
            fake.edits(id, json.loads(body)["status"])
        elif method == "POST" and what in {"favourite", "unfavourite"}:
            there["favourited"] = what == "favourite"
        elif what == "context":
            above, at = [], there
            while at := fake.statuses.get(at["in_reply_to_id"] or "", {}):
                above.append(at)
            return 200, {"ancestors": above[::-1], "descendants": []}
        return 200, there

    def post(self, what: Row) -> Row | tuple[int, Row]:
        fake = self.fake
        if fake.honours_keys and self.key in fake.keys:
            return fake.statuses[fake.keys[self.key]]
        if what.get("in_reply_to_id") and what["in_reply_to_id"] not in fake.statuses:
            return 404, {"error": "Record not found"}
        if len(what["status"]) > fake.characters + 400:
            return 422, {"error": f"Validation failed: Text character limit of {fake.characters} exceeded"}
        more = {"spoiler_text": what.get("spoiler_text", ""), "media_attachments": [{"id": id, "type": "image"}
                for id in what.get("media_ids", ())]}  # fmt: skip
        row = fake.says(
            "brand", what["status"], to=what.get("in_reply_to_id", ""), visibility=what["visibility"], **more
        )
        fake.keys[self.key] = row["id"]
        fake.posted.append((self.key, what))
        return row

    def upload(self, body: bytes) -> tuple[int, Row]:
        self.fake.uploads.append(body)
        return (202 if self.fake.not_ready > 0 else 200), {"id": f"m{len(self.fake.uploads)}"}


def wait_for(look: Any, seconds: float = 30.0) -> Any:
    """What ``look`` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.03)
    return found
