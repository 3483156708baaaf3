"""Whoever cannot see, or cannot use a mouse, can use every page: axe finds nothing, in both themes, wide and on a phone.

The pages are those of the table of addresses: a new one is walked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import Start
from tests.journeys.test_first_day import HISTORY, come_in

pytestmark = pytest.mark.slow
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
ELSEWHERE = {
    "live": "answers a program", "receive": "answers a program", "asset": "a file", "health": "answers a program",
    "chat_door": "a file", "attachment": "a file", "chat": "looked at in test_chat.py, with what is said in it",
    "form_embed": "a file", "account_inactive": "an error in other words", "account_set_password": "sends on",
    "import_unreadable": "a file", "push_worker": "a file", "presence": "answers a program", "bell": "part of a page",
    "notices_stop": "a link in a letter", "known_tags": "part of a page", "export_file": "a file",
    "private_file": "a file", "signed_in": "sends on", "laid_out": "a stranger's letter, in a frame",
}  # fmt: skip
"""Addresses that are no page for a person, or that nobody can stand on; everything else must be walked."""


def names(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """(name, address with its holes) of everything in the table of addresses."""
    for pattern in found:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, route)
        else:
            yield str(pattern.name), route


@dataclass
class Walk:
    """A walk over every page that links lead to, one page of each kind; ``wrong`` is what axe (and we) found."""

    context: BrowserContext
    server: str
    seen: set[str] = field(default_factory=set)
    kinds: set[tuple[str, ...]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def follow(self, *starts: str) -> None:
        page = self.context.new_page()
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            kind = self._kind(address)
            if kind is None or kind in self.kinds:
                continue
            self.kinds.add(kind)
            answer = self.context.request.get(address, max_redirects=0)
            if answer.status == 302:
                waiting.append(urljoin(address, answer.headers["location"]))
                self.seen.add(kind[0])
            if answer.ok and "text/html" in answer.headers["content-type"]:
                self.seen.add(kind[0])
                page.goto(address)
                self.look(page, "?".join(kind))
                links = re.findall(r'<a\s[^>]*?href="([^"#]*)', answer.text())
                waiting += [urljoin(address, unescape(link)) for link in links]
        page.close()

    def _kind(self, address: str) -> tuple[str, ...] | None:
        """The page's name and what it is asked by; None for what is not ours."""
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" != self.server:
            return None
        try:
            return (str(resolve(parts.path).url_name), *sorted(parse_qs(parts.query)))
        except Resolver404:
            return None

    def look(self, page: Page, name: str) -> None:
        """Axe over the page that is open, in both themes, wide and on a phone."""
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="light")
            self.wrong += [f"{name} ({size}): {one}" for one in complaints(page)]
            page.emulate_media(color_scheme="dark")
            self.wrong += [
                f"{name} ({size}, dark): {one}" for one in complaints(page, "color-contrast", "link-in-text-block")
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                self.wrong.append(f"{name} ({size}): wider than the screen")
        if page.locator("[aria-live=polite], [aria-live=assertive]").count() > 1:
            self.wrong.append(f"{name}: more than one place speaks up by itself")

    def missed(self, **holes: str) -> set[str]:
        """Pages of the table that nothing led to. Verbs (which refuse a GET) and what is ELSEWHERE are none."""
        left = set()
        for name, route in names(get_resolver().url_patterns):
            if name in self.seen or name in ELSEWHERE:
                continue
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: holes.get(hole[1], "1"), route)
            if self.context.request.get(f"{self.server}/{path}", max_redirects=0).status != 405:
                left.add(name)
        return left


def complaints(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page that is open: rule, where, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    asked: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{rule['id']}: {node['target']} {' '.join(node['failureSummary'].split())[:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.fixture
def quiet(chromium: Browser, start: Start) -> Iterator[BrowserContext]:
    """A browser that does not mind meeting a page that is not there."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.mark.long
def test_axe_finds_nothing_on_any_page_of_the_demo_world(tmp_path: Path, quiet: BrowserContext, start: Start) -> None:
    server = start(tmp_path, "demo")
    walk = Walk(quiet, server.url)
    page = quiet.new_page()
    for name, address in (
        ("login", "/login/"),
        ("spent", "/welcome/nobody/"),
        ("no form", "/f/nobody/"),
        ("nothing", "/x/"),
    ):
        page.goto(server.url + address)
        walk.look(page, name)
    page.goto(server.link)
    walk.look(page, "welcome")
    page.get_by_role("button", name="Enter the demo").click()
    page.wait_for_url("**/w/**")
    home = page.url
    talk = urljoin(home, str(page.locator("[data-row]").first.get_attribute("href")))
    walk.follow(
        home,
        talk,
        f"{home}components/",
        f"{home}search/?q=router",
        f"{server.url}/",
        f"{server.url}/logout/",
        *_imported(walk, page, home),
        *_form(walk, page, home),
        _exported(walk, page, home),
        _shop(page, home),
    )
    page.goto(f"{home}nothing/")
    walk.look(page, "not found")
    _opened(walk, page, talk)
    _many(walk, page, home)
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert walk.missed(slug=home.split("/w/")[1].strip("/"), kind="webhook") <= {
        "welcome",
        "account_login",
        "import_preview",
        "workspace_new",
    }


def _imported(walk: Walk, page: Page, home: str) -> list[str]:
    """The pages of an import: what was understood, and how far it is."""
    page.goto(f"{home}import/")
    page.set_input_files(
        "[type=file]", files=[{"name": "history.csv", "mimeType": "text/csv", "buffer": HISTORY.encode()}]
    )
    page.locator("[name=us]").fill("@acme")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/import/*/")
    walk.look(page, "preview")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/imports/*/")
    return [page.url]


def _form(walk: Walk, page: Page, home: str) -> list[str]:
    """A contact form as its visitors meet it: empty, refused, sent, and the private page behind it."""
    page.goto(f"{home}sources/new/form/")
    page.locator("main form button.primary").click()
    walk.look(page, "connected")
    address = page.locator("#address").inner_text()
    page.goto(address)
    page.locator("textarea").fill("   ")
    page.wait_for_timeout(2100)  # nobody writes faster
    page.get_by_role("button", name="Send").click()
    walk.look(page, "form refused")
    page.locator("textarea").fill("When does the shop open?")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Send").click()
    walk.look(page, "form sent")
    return [address, str(page.locator("#link").inner_text())]


def _shop(page: Page, home: str) -> str:
    """The shop of the demo, where the chat stands."""
    page.goto(f"{home}demo/")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open the shop").click()
    opened.value.wait_for_load_state()
    address = opened.value.url
    opened.value.close()
    return address


def _exported(walk: Walk, page: Page, home: str) -> str:
    """An export: asked for, and there as a file."""
    page.goto(f"{home}memory/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/exports/*/")
    page.locator("main a[href*='/file']").first.wait_for()
    return page.url


def _many(walk: Walk, page: Page, home: str) -> None:
    """One verb on more conversations than are done while one waits: how far it is, and its undo."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{home}?stream=all")
    page.locator("[data-pick]").first.check(force=True)
    page.locator("#bulk [name=every]").check()
    walk.wrong += [f"bulk: {one}" for one in complaints(page)]
    page.get_by_role("button", name="Settle").click()
    page.wait_for_url("**/bulk/*/")
    page.get_by_role("button", name="Undo all of it").wait_for()
    walk.seen.add("bulk_progress")
    walk.look(page, "bulk progress")


def _opened(walk: Walk, page: Page, talk: str) -> None:
    """What opens on a page: reasons, every menu, the help."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(talk)
    page.locator(".why > summary").last.click()
    walk.look(page, "why")
    page.set_viewport_size({"width": 1440, "height": 900})
    for menu in page.locator(".menu > summary").all():
        if menu.is_visible():
            menu.click()
            walk.wrong += [f"menu: {one}" for one in complaints(page)]
            menu.click()
    page.keyboard.press("?")
    walk.wrong += [f"help: {one}" for one in complaints(page)]


@pytest.mark.long
def test_axe_finds_nothing_in_an_empty_workspace(tmp_path: Path, quiet: BrowserContext, start: Start) -> None:
    server = start(tmp_path)
    walk = Walk(quiet, server.url)
    page = quiet.new_page()
    page.goto(server.link)
    walk.look(page, "welcome")
    come_in(page, server)
    walk.follow(page.url, f"{page.url}search/?q=router", f"{page.url}?stream=all")
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert len(walk.seen) > 8


def test_tab_leads_through_the_desk_and_out_again(tmp_path: Path, quiet: BrowserContext, start: Start) -> None:
    server = start(tmp_path, "demo")
    page = quiet.new_page()
    page.goto(server.link)
    page.get_by_role("button", name="Enter the demo").click()
    page.wait_for_url("**/w/**")
    page.goto(urljoin(page.url, str(page.locator("[data-row]").first.get_attribute("href"))))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    met = 0
    for _ in range(300):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at["end"]:
            break
        met += 1
        assert at["seen"], at
    assert at["end"] and met > 20
    page.goto(page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def reach(page: Page, wanted: str) -> None:
    """Tab until the wanted element has the focus; whatever has it on the way can be seen to have it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        assert at["seen"] or at["end"], at
        if page.locator(f":focus:is({wanted})").count():
            return
    raise AssertionError(f"{wanted} is not reached on {page.url}")


def test_by_keyboard_from_the_desk_to_the_notices_their_choice_and_back(
    tmp_path: Path, quiet: BrowserContext, start: Start
) -> None:
    server = start(tmp_path)
    page = quiet.new_page()
    come_in(page, server)
    desk = page.url
    reach(page, "#bell")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices/")
    assert page.get_by_text("Nothing to tell you.").is_visible()
    reach(page, "main a[href$='wishes/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wishes/")
    reach(page, "main .primary")
    page.keyboard.press("Enter")
    page.get_by_text("You are told like this from now on.").wait_for()
    reach(page, ".wordmark")
    page.keyboard.press("Enter")
    page.wait_for_url(desk)


AT = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return { end: at === document.body || at.className === 'skip', what: at.outerHTML.slice(0, 120),
           seen: marked && box.width > 0 && box.bottom > 0 && box.top < innerHeight };
}"""
