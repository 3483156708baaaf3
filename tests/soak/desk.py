"""Those who work at the desk, over HTTP as a browser does: they answer, repair what needs new credentials, and import."""

from __future__ import annotations

import html
import re
import threading
import time
from collections.abc import Mapping

import httpx

from tests.soak.house import House

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CHOSEN = re.compile(r'<select[^>]* name="(map-\w+)"[^>]*>(.*?)</select>', re.DOTALL)
PASSWORD = "seven kind herons wade"


class Away(Exception):
    """Rapport did not come back within the time that a person would wait."""


class Agent:
    """One browser. Every step is tried again while Rapport is away; a form sent twice is one answer."""

    def __init__(self, house: House, like: Agent | None = None) -> None:
        self.house = house
        self.client = httpx.Client(follow_redirects=True, timeout=30, cookies=like.client.cookies if like else None)

    def log_in(self) -> None:
        page = self.client.get(self.house.link).text
        given = {"csrfmiddlewaretoken": _found(TOKEN, page), "email": "dana@acme.test", "password": PASSWORD}
        self.client.post(self.house.link, data=given).raise_for_status()

    def answer(self, talk: int, text: str, over: threading.Event) -> bool:
        """Answer a conversation, until Rapport has taken it. False where it was refused."""
        way, once, wait = f"c/{talk}/", "", time.monotonic() + 300
        while time.monotonic() < wait and not over.is_set():
            try:
                page = self.get(way)
                if 'id="composer"' not in page:
                    return False
                begin = page.index('id="composer"')
                form = dict(FIELD.findall(page[begin : page.index("</form>", begin)]))
                once = once or form["once"]
                sent = form | {"csrfmiddlewaretoken": _found(TOKEN, page), "once": once, "text": text, "do": "send"}
                said = self.client.post(self.at(f"{way}reply/"), data=sent)
                if said.status_code == 422 and 'name="sure"' in said.text:
                    said = self.client.post(self.at(f"{way}reply/"), data=sent | {"sure": "1"})
                if said.status_code == 200:
                    return True
            except (httpx.HTTPError, ValueError):
                time.sleep(0.4)
        return False

    def repair(self, name: str, settings: Mapping[str, str]) -> None:
        """Give a source its new credentials."""
        self._form(f"sources/{self.house.sources[name]['id']}/", dict(settings) | {"name": name})

    def look_now(self, name: str) -> None:
        """Close a source's door and open it: it is looked at at once."""
        way = f"sources/{self.house.sources[name]['id']}/"
        self._form(f"{way}pause/", {}, of=way)
        self._form(f"{way}resume/", {}, of=way)

    def bring(self, name: str, content: bytes) -> None:
        """Import a file, as it is guessed."""
        token = self._token("import/")
        shown = self.client.post(
            self.at("import/"), data={"csrfmiddlewaretoken": token, "us": "@acme"},
            files={"file": (name, content, "application/octet-stream")},
        )  # fmt: skip
        shown.raise_for_status()
        chosen = {}
        for field, options in CHOSEN.findall(shown.text):
            picked = re.search(r'value="([^"]*)" selected', options)
            chosen[field] = html.unescape(picked[1]) if picked else ""
        begun = self.client.post(str(shown.url), data=chosen | {"csrfmiddlewaretoken": _found(TOKEN, shown.text)})
        begun.raise_for_status()

    def get(self, way: str) -> str:
        page = self.client.get(self.at(way))
        page.raise_for_status()
        return page.text

    def at(self, way: str) -> str:
        return f"{self.house.url}/w/{self.house.slug}/{way}"

    def _token(self, way: str) -> str:
        return _found(TOKEN, self.get(way))

    def _form(self, way: str, fields: Mapping[str, str], of: str = "") -> None:
        """Fill in a form until it is taken."""
        due = time.monotonic() + 300
        while time.monotonic() < due:
            try:
                token = self._token(of or way)
                self.client.post(self.at(way), data=dict(fields) | {"csrfmiddlewaretoken": token}).raise_for_status()
                return
            except (httpx.HTTPError, ValueError):
                time.sleep(0.5)
        raise Away(way)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError("This is not the page that it should be.")
    return html.unescape(found[1])
