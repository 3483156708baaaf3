"""Ann without a login: she opens a form as a browser does, fills it in, and follows the link she is given."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from rapport.inbox import connecting
from rapport.inbox.models import Source
from rapport.ingest import pipeline
from tests.conftest import Cast

FORM = {"title": "Write to Acme", "ask_name": "1", "ask_email": "1", "ask_subject": "1"}
KIND = "application/x-www-form-urlencoded"


def open_form(cast: Cast, **settings: str) -> Source:
    """A form of Acme's."""
    source, _ = connecting.connect(cast.acme, "form", "Form", FORM | settings, by=cast.dana)
    return source


@dataclass
class Visitor:
    """Somebody at a form."""

    cast: Cast
    source: Source
    address: str = "198.51.100.7"
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    @property
    def path(self) -> str:
        return f"/f/{self.source.token}/"

    def get(self, path: str = "") -> HttpResponse:
        return self.client.get(path or self.path, REMOTE_ADDR=self.address)

    def post(self, path: str, **fields: str) -> HttpResponse:
        body = urlencode(fields, errors="replace")
        return self.client.post(path, body, content_type=KIND, REMOTE_ADDR=self.address)

    def send(self, text: str, *, after: float = 30, **fields: str) -> HttpResponse:
        """Open the form, think for ``after`` seconds, send it."""
        stamp = hidden(self.get(), "stamp")
        self.cast.clock.shift(timedelta(seconds=after))
        return self.post(self.path, stamp=stamp, text=text, **fields)

    def write(self, text: str, **fields: str) -> str:
        """Send it, let it be sorted in, and return the path of the private page."""
        answer = self.send(text, **fields)
        assert answer.status_code == 200, answer.content.decode()
        sort_in()
        return link(answer)


def hidden(answer: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


def link(answer: HttpResponse) -> str:
    """The path of the private page that a thank-you page names."""
    found = re.search(r'href="http://testserver(/p/[^"]+)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


def sort_in() -> None:
    while pipeline.run():
        pass
