"""Places that come to us: a company's webhook, visitors of a chat, feeds with a hub, and files that are imported."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tests.journeys.servers import Callback, deliver
from tests.peers.faults import Way
from tests.peers.feeds import Site
from tests.soak.ledger import OURS
from tests.soak.places import Place, Trouble, marked

if TYPE_CHECKING:
    from tests.soak.desk import Agent
    from tests.soak.house import House


class Webhook(Place):
    """A company's own program: what was not taken it sends again, and now and then what was."""

    name = kind = "webhook"

    def __init__(self, there: Callback, way: Way) -> None:
        self.there, self.way = there, way
        self.house: House | None = None

    def settings(self) -> Mapping[str, str]:
        return {"callback_url": f"{self.way.url}{urlsplit(self.there.url).path}", "network": "shop"}

    def begin(self, house: House) -> None:
        self.house = house
        self.there.secret = house.sources[self.name]["settings"]["secret"]

    def say(self, mark: str) -> float:
        began, number = time.time(), int(mark.rpartition("-")[2])
        said = {"id": mark, "thread": mark, "author": f"customer-{number}", "text": f"Where is my parcel? ({mark})"}
        for _ in range(2 if number % 5 == 0 else 1):
            _until_taken(lambda: self._deliver(said))
        return began

    def _deliver(self, said: Mapping[str, str]) -> bool:
        assert self.house is not None
        address = f"{self.house.url}/in/{self.house.sources[self.name]['token']}/"
        return deliver(address, self.there.secret, **said).status_code == 202

    def heard(self) -> Counter[str]:
        return Counter({mark: n for text, n in self.there.taken.items() for mark in OURS.findall(text)})

    def troubles(self) -> dict[str, Trouble]:
        return {what: lambda what=what: self.way.will(what)  # type: ignore[misc]
                for what in ("cut before", "cut after", "429", "503", "500 after", "slow", "half")}  # fmt: skip

    def pending(self) -> int:
        return len(self.way.faults)

    def calm(self) -> None:
        self.way.faults.clear()


def _until_taken(act: Any, seconds: float = 300.0) -> None:
    """A program outside waits for Rapport to come back."""
    due = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.HTTPError, OSError, KeyError, ValueError, IndexError):
            if act():
                return
        if time.monotonic() > due:
            raise TimeoutError("It was not taken.")
        time.sleep(0.4)


@dataclass
class Visitor:
    """One visitor's page of the chat: it writes, listens for hints (SSE), and asks what is new."""

    number: int
    key: str = ""
    stamp: str = ""
    after: int = 0
    turns: dict[str, str] = field(default_factory=dict)
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))
    ear: Any = None

    @property
    def headers(self) -> dict[str, str]:
        return {"x-forwarded-for": f"198.51.100.{self.number + 1}"}


class Chat(Place):
    """Visitors of a web chat, each in one talk for the whole soak. They are cut off, and come again."""

    name = kind = "chat"
    VISITORS = 6

    def __init__(self) -> None:
        self.visitors = [Visitor(number) for number in range(self.VISITORS)]
        self.house: House | None = None
        self.over = threading.Event()

    def settings(self) -> Mapping[str, str]:
        return {"title": "Talk to Acme", "origins": "https://shop.test"}

    def begin(self, house: House) -> None:
        self.house = house
        for visitor in self.visitors:
            threading.Thread(target=self._sit, args=(visitor,), daemon=True).start()

    def at(self, what: str = "") -> str:
        assert self.house is not None
        return f"{self.house.url}/chat/{self.house.sources[self.name]['token']}/{what}"

    def say(self, mark: str) -> float:
        began, number = time.time(), int(mark.rpartition("-")[2])
        _until_taken(lambda: self._say(self.visitors[number % self.VISITORS], mark))
        return began

    def _say(self, visitor: Visitor, mark: str) -> bool:
        if not visitor.key and not visitor.stamp:
            page = visitor.line.get(self.at(), headers=visitor.headers).text
            visitor.stamp = page.split('name="stamp" value="')[1].split('"')[0]
        said = {"text": f"Where is my parcel? ({mark})", "once": f"once-{mark}", "token": visitor.key,
                "stamp": visitor.stamp, "page": "https://shop.test/a"}  # fmt: skip
        answer = visitor.line.post(self.at("say/"), data=said, headers=visitor.headers)
        if answer.status_code == 202:
            visitor.key = answer.json()["token"]
        return answer.status_code == 202

    def _sit(self, visitor: Visitor) -> None:
        """Ask what is new, then listen until there is something: so again and again, whatever breaks."""
        while not self.over.is_set():
            ticket = ""
            with contextlib.suppress(httpx.HTTPError, OSError, KeyError, ValueError):
                if visitor.key:
                    ticket = self._look(visitor)
            if ticket:
                self._listen(visitor, ticket)
            self.over.wait(0.5)

    def _look(self, visitor: Visitor) -> str:
        asked = {"token": visitor.key, "after": str(visitor.after), "degree": "viewing", "tab": "tab-1"}
        answer = visitor.line.post(self.at("look/"), data=asked, headers=visitor.headers)
        if answer.status_code != 200:
            return ""
        news = answer.json()
        for turn in news["turns"]:
            visitor.after = max(visitor.after, turn["pk"])
            if turn["ours"]:
                visitor.turns[turn["id"]] = turn["text"]
        return str(news["ticket"])

    def _listen(self, visitor: Visitor, ticket: str) -> None:
        assert self.house is not None
        address = f"{self.house.url}/chat/live?ticket={ticket}"
        with (
            contextlib.suppress(httpx.HTTPError, OSError),
            httpx.stream("GET", address, headers=visitor.headers, timeout=12) as stream,
        ):
            visitor.ear = stream
            for words in stream.iter_lines():
                if words.startswith("event: hint") or self.over.is_set():
                    return

    def heard(self) -> Counter[str]:
        return marked(OURS, [text for visitor in self.visitors for text in list(visitor.turns.values())])

    def troubles(self) -> dict[str, Trouble]:
        return {"streams cut": self._cut, "half a message": self._half}

    def _cut(self) -> None:
        for visitor in self.visitors:
            with contextlib.suppress(Exception):
                visitor.ear.extensions["network_stream"].get_extra_info("socket").shutdown(2)

    def _half(self) -> None:
        """A visitor's line breaks in the middle of what they send; their page sends it again, or they have left."""
        assert self.house is not None
        where = urlsplit(self.at("say/"))
        with contextlib.suppress(OSError), socket.create_connection((where.hostname, where.port or 80), 2) as line:
            line.sendall(
                f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: 500\r\n\r\ntext=".encode()
            )


class Feed(Place):
    """A blog with a hub, which tells of most entries; what it forgets comes when somebody looks."""

    name, kind = "feeds", "feeds"
    pace = 4.0
    answered = 0.0

    def __init__(self, there: Site) -> None:
        self.there = there
        self.entries: list[str] = []
        self.house: House | None = None
        self.proved = False
        self.wrong: list[Any] = []
        there.pages["/feed"] = self._page

    def settings(self) -> Mapping[str, str]:
        return {"url": f"{self.there.url}/feed"}

    def begin(self, house: House) -> None:
        self.house = house

    def _body(self, entries: list[str]) -> bytes:
        head = f'<title>T</title><link>{self.there.url}/</link><atom:link rel="hub" href="{self.there.url}/hub"/>'
        items = "".join(
            f"<item><guid>{mark}</guid><link>{self.there.url}/{mark}</link><title>Parcel</title>"
            f"<description>Where is it? ({mark})</description></item>" for mark in reversed(entries)
        )  # fmt: skip
        rss = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{items}</channel></rss>'
        return rss.encode()

    def _page(self, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.wrong:
            return self.wrong.pop(0)
        return 200, {"content-type": "application/rss+xml"}, self._body(self.entries[-400:])

    def say(self, mark: str) -> float:
        began, number = time.time(), int(mark.rpartition("-")[2])
        self.entries.append(mark)
        if number % 4 and self._prove():
            body = self._body([mark])
            signed = Site.signed(self.there.subscriptions[-1], body)
            callback = self.there.subscriptions[-1]["hub.callback"]
            _until_taken(lambda: httpx.post(callback, content=body, headers=signed, timeout=20).status_code == 202)
        return began

    def _prove(self) -> bool:
        if not self.proved and self.there.subscriptions:
            _until_taken(lambda: self.there.prove(self.there.subscriptions[-1]).status_code == 200)
            self.proved = True
        return self.proved

    def mend(self, desk: Agent) -> None:
        desk.look_now(self.name)

    def troubles(self) -> dict[str, Trouble]:
        bomb = {"content-encoding": "gzip"}
        return {
            "503": lambda: self.wrong.append((503, {"retry-after": "1"}, b"")),
            "429": lambda: self.wrong.append((429, {"retry-after": "1"}, b"")),
            "half": lambda: self.wrong.append((200, {"content-length": "90000"}, b"<rss><channel>")),
            "nonsense": lambda: self.wrong.append((200, bomb, b"\x1f\x8b\x08 this is no gzip")),
        }

    def pending(self) -> int:
        return len(self.wrong)

    def calm(self) -> None:
        self.wrong.clear()


class Files(Place):
    """A history that somebody imports while all the rest goes on: a file of ``rows``, each row a message."""

    name, kind = "files", "files"
    answered = 0.0

    def __init__(self, rows: int, pace: float) -> None:
        self.rows, self.pace = rows, pace

    def file(self, first: int) -> bytes:
        lines = (
            {"id": f"files-{n}", "author": f"p{n % 97}", "created": f"2026-01-{1 + n % 28:02}T10:00:00Z",
             "text": f"a walk by the river with @acme (files-{n})"} for n in range(first, first + self.rows)
        )  # fmt: skip
        return "".join(json.dumps(line) + "\n" for line in lines).encode()
