"""A visitor's page of the chat, as its script acts, and what the tests of it need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from rapport.core import work
from rapport.inbox import connecting, replying
from rapport.inbox.models import Conversation, Message, Source
from tests.conftest import Cast
from tests.web.visitors import hidden, sort_in

SHOP = "https://shop.test"
OPEN = {"title": "Talk to Acme", "origins": SHOP, "files": "1"}


@dataclass
class Page:
    """One visitor's page of the chat, as its script acts."""

    cast: Cast
    source: Source
    address: str = "198.51.100.7"
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    token: str = ""
    stamp: str = ""
    visitor: str = ""
    after: int = 0

    @property
    def path(self) -> str:
        return f"/chat/{self.source.token}/"

    def open(self) -> HttpResponse:
        answer = self.client.get(self.path, REMOTE_ADDR=self.address)
        if answer.status_code == 200:
            self.stamp = hidden(answer, "stamp")
        return answer

    def post(self, what: str, **more: Any) -> HttpResponse:
        headers = more.pop("headers", {"Origin": "http://testserver"})
        fields = {"token": self.token, "visitor": self.visitor, "tab": "tab-1"} | more
        return self.client.post(f"{self.path}{what}/", fields, REMOTE_ADDR=self.address, headers=headers)

    def send(self, text: str, once: str = "", **more: Any) -> HttpResponse:
        if not self.stamp:
            self.open()
            self.cast.clock.shift(timedelta(seconds=5))
        once = once or f"once-{abs(hash(text))}"
        return self.post("say", **({"text": text, "once": once, "stamp": self.stamp, "page": f"{SHOP}/a?b=c"} | more))

    def says(self, text: str, **more: Any) -> dict[str, Any]:
        """Write, and let it be sorted in."""
        answer = self.send(text, **more)
        assert answer.status_code == 202, answer.content
        self.token = answer.json()["token"]
        sort_in()
        return dict(answer.json())

    def look(self, degree: str = "viewing", read: int = 0) -> dict[str, Any]:
        answer = self.post("look", after=self.after, degree=degree, read=read)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


def open_chat(cast: Cast, **settings: str) -> Source:
    source, _ = connecting.connect(cast.acme, "chat", "Chat", OPEN | settings, by=cast.dana)
    return source


def talk(page: Page) -> Conversation:
    return Conversation.objects.select_related("source", "identity").get(source=page.source)


def answered(page: Page, text: str = "Yes, on Sunday, too.") -> Message:
    """Bea answers, and the answer leaves."""
    replying.reply(talk(page), text, by=page.cast.bea)
    page.cast.clock.shift(timedelta(seconds=4))
    work.run_due()
    return Message.objects.get(ours=True, text=text)
