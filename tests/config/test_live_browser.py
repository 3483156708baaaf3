"""live.js in a real browser: one connection for many tabs, a new leader, what was missed, the end of a login."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from rapport.config import asgi
from rapport.core.live import Hub, position, publish
from rapport.core.tickets import ticket

pytestmark = pytest.mark.slow

KEY = "a key for tests only"
SCRIPT = Path(asgi.__file__).parents[1] / "web" / "static" / "rapport" / "live.js"
NOTES = """
window.hints = []; window.refreshed = 0;
document.addEventListener("rapport:hint", (event) => hints.push(event.detail), true);
document.querySelector("#stream").addEventListener("refresh", () => refreshed++);
"""
PAGE = """<!doctype html><title>t</title><body data-live-ticket="/ticket" data-live-seen="{seen}">
<ul id="stream" data-refresh-on="arrived turned case:7"></ul>
<script src="/notes.js"></script><script src="/live.js"></script>"""


class Desk:
    """Pages for the browser. ``welcome`` is whether its login still holds."""

    def __init__(self) -> None:
        self.welcome = True
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path, status, kind = environ["PATH_INFO"], "200 OK", "text/html"
        if path == "/ticket":
            self.asked += 1
            status, kind = ("200 OK" if self.welcome else "404 Not Found"), "application/json"
            body = json.dumps({"ticket": ticket(1, 1, KEY, time.time())})
        elif path.endswith(".js"):
            kind, body = "text/javascript", SCRIPT.read_text() if path == "/live.js" else NOTES
        else:
            body = PAGE.format(seen=position(1))
        policy = ("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'")
        start_response(status, [("Content-Type", kind), policy])
        return [body.encode()]


@pytest.fixture(autouse=True)
def closed(chromium: Browser) -> Iterator[None]:
    """What a test opened is closed after it: others look through the same browser."""
    yield
    for context in chromium.contexts:
        context.close()


def names(tab: Page) -> list[str]:
    return [hint["name"] for hint in tab.evaluate("hints")]


def until(tab: Page, what: str) -> None:
    """Playwright's own waiting would need eval in the page, which its policy forbids."""
    due = time.monotonic() + 8
    while not tab.evaluate(what) and time.monotonic() < due:
        tab.wait_for_timeout(50)
    assert tab.evaluate(what), f"{what}: {tab.evaluate('[hints, refreshed]')}"


def clients(hub: Hub) -> int:
    return len(hub.rooms[1].clients) if 1 in hub.rooms else 0


def cut(hub: Hub) -> None:
    """Break every stream, as a network does."""
    assert hub._loop
    for client in list(hub.rooms[1].clients):
        hub._loop.call_soon_threadsafe(client.abort)


def wait(what: Callable[[], bool]) -> None:
    due = time.monotonic() + 8
    while not what() and time.monotonic() < due:
        time.sleep(0.02)
    assert what()


def test_eight_tabs_hear_over_one_connection_and_a_new_leader_takes_over(start: Any, chromium: Browser) -> None:
    hub = Hub(lambda workspace, member: True, KEY)
    site = start(pages=Desk(), hub=hub)
    context = chromium.new_context()
    tabs = [context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(f"http://127.0.0.1:{site.port}/")
    wait(lambda: clients(hub) == 1)
    publish(1, {"name": "arrived", "conversation": 5})
    for tab in tabs:
        until(tab, "hints.some((hint) => hint.name === 'arrived' && hint.conversation === 5 && hint.id > 0)")
        until(tab, "refreshed === 1")
    assert clients(hub) == 1
    tabs[0].close()
    publish(1, "turned")
    for tab in tabs[1:]:
        until(tab, "hints.some((hint) => hint.name === 'turned')")
        assert names(tab) == ["arrived", "turned"]
    assert clients(hub) == 1
    context.close()


def test_hints_that_come_together_ask_once_and_others_not_at_all(start: Any, chromium: Browser) -> None:
    hub = Hub(lambda workspace, member: True, KEY)
    site = start(pages=Desk(), hub=hub)
    tab = chromium.new_page()
    tab.goto(f"http://127.0.0.1:{site.port}/")
    wait(lambda: clients(hub) == 1)
    for _ in range(5):
        publish(1, "arrived")
    publish(1, "elsewhere")
    until(tab, "hints.length === 6 && refreshed === 1")
    publish(1, {"name": "case", "subject": 8})
    until(tab, "hints.length === 7")
    tab.wait_for_timeout(500)
    assert tab.evaluate("refreshed") == 1
    publish(1, {"name": "case", "subject": 7})
    until(tab, "refreshed === 2")
    tab.close()


def test_a_broken_stream_resumes_and_a_lost_memory_asks_anew(start: Any, chromium: Browser) -> None:
    hub, desk = Hub(lambda workspace, member: True, KEY), Desk()
    site = start(pages=desk, hub=hub)
    tab = chromium.new_page()
    tab.goto(f"http://127.0.0.1:{site.port}/")
    wait(lambda: clients(hub) == 1)
    publish(1, "arrived")
    until(tab, "hints.length === 1")
    cut(hub)
    wait(lambda: clients(hub) == 0)
    publish(1, "turned")
    until(tab, "hints.length === 2")
    assert names(tab) == ["arrived", "turned"]
    hub.rooms[1].last += 1000
    cut(hub)
    until(tab, "hints.some((hint) => hint.name === 'resync')")
    until(tab, "refreshed > 1")
    tab.close()


def test_a_login_that_ended_is_not_asked_again(start: Any, chromium: Browser) -> None:
    hub, desk = Hub(lambda workspace, member: True, KEY), Desk()
    desk.welcome = False
    site = start(pages=desk, hub=hub)
    tab = chromium.new_page()
    tab.goto(f"http://127.0.0.1:{site.port}/")
    wait(lambda: desk.asked == 1)
    tab.wait_for_timeout(2500)
    assert desk.asked == 1
    assert names(tab) == []
    tab.close()


def test_without_locks_the_page_asks_by_the_clock(start: Any, chromium: Browser) -> None:
    hub = Hub(lambda workspace, member: True, KEY)
    site = start(pages=Desk(), hub=hub)
    context = chromium.new_context()
    context.add_init_script("delete Navigator.prototype.locks")
    tab = context.new_page()
    tab.clock.install()
    tab.goto(f"http://127.0.0.1:{site.port}/")
    tab.clock.run_for(15_500)
    until(tab, "refreshed === 1")
    assert names(tab) == ["resync"]
    assert clients(hub) == 0
    context.close()
