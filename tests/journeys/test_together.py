"""Two at one desk in two real browsers: they see each other, they do not collide, and a page that slept catches up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import Callback, Rapport, callback, deliver
from tests.journeys.test_first_day import come_in

pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """Dana's page and Cem's, each in a browser of its own, and the door at which messages arrive."""

    server: Rapport
    dana: Page
    cem: Page
    address: str
    company: Callback
    complaints: list[str] = field(default_factory=list)

    def arrives(self, id: str, who: str, text: str, **more: object) -> None:
        name = who.split("@")[0].title()
        said = deliver(self.address, self.company.secret, id=id, author={"id": who, "name": name}, text=text, **more)
        assert said.status_code == 202


def enter(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your e-mail").fill(f"{name.lower()}@acme.test")
    page.get_by_label("A password").fill("seven kind herons wade")
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/w/**")


@contextlib.contextmanager
def desk(folder: Path, browser: BrowserContext, chromium: Browser, start: Start) -> Iterator[Desk]:
    server, dana = start(folder), browser.new_page()
    other = chromium.new_context(viewport={"width": 1440, "height": 900})
    other.set_default_timeout(15_000)
    cem = other.new_page()
    with callback() as company:
        come_in(dana, server)
        home = dana.url
        dana.get_by_role("link", name="Connect a webhook").click()
        dana.get_by_label("A name for it").fill("Contact form")
        dana.locator("input[type=url]").fill(company.url)
        dana.get_by_role("button", name="Connect", exact=True).click()
        address, company.secret = dana.locator("#address").inner_text(), dana.locator("#secret-1").inner_text()
        dana.goto(f"{home}members/")
        dana.get_by_label("Name", exact=True).fill("Cem")
        dana.get_by_role("button", name="Make a link").click()
        enter(cem, dana.locator("#invitation").inner_text(), "Cem")
        dana.goto(home)
        cem.goto(home)
        try:
            yield Desk(server, dana, cem, address, company)
        finally:
            other.close()


def test_two_who_answer_at_once_see_each_other_and_the_second_decides(
    tmp_path: Path, browser: BrowserContext, chromium: Browser, start: Start
) -> None:
    with desk(tmp_path, browser, chromium, start) as at:
        at.arrives("m1", "ann@lee.test", "When does my router arrive?")
        for page in (at.dana, at.cem):
            page.get_by_text("Ann").first.click()
            expect(page.locator("#composer-text")).to_be_visible()
        expect(at.dana.locator("[data-presence-line]")).to_have_text("Cem is looking at this")
        at.cem.locator("#composer-text").press_sequentially("On Monday, by the small van.")
        expect(at.dana.locator("[data-presence-line]")).to_have_text("Cem is typing")
        expect(at.dana.locator("#stream .row .here")).to_have_attribute("aria-label", "Cem is typing")
        expect(at.dana.locator("#announcer")).to_have_text("Cem is typing")
        at.dana.locator("#composer-text").fill("Some day soon, I hope.")
        expect(at.dana.locator("[data-presence-line]")).to_have_text("Cem is looking at this", timeout=9_000)

        at.cem.get_by_role("button", name="Send").click()
        expect(at.cem.get_by_text("Undo").first).to_be_visible()
        expect(at.dana.locator("#turns")).to_contain_text("On Monday, by the small van.")  # live, before she sends
        at.dana.locator("#composer-text").press("Control+Enter")
        expect(at.dana.locator("#composer-refusal")).to_contain_text("Cem answered while you were writing")
        expect(at.dana.locator("#composer-text")).to_have_value("Some day soon, I hope.")
        expect(at.dana.locator("#turns .fresh-turn")).to_have_count(1)
        assert at.company.posts <= 1
        at.dana.locator("#composer-text").press("Control+Enter")  # she has read it, and means it
        expect(at.dana.get_by_text("Undo").first).to_be_visible()

        at.cem.close()
        expect(at.dana.locator("#stream .row .here")).to_have_count(0, timeout=30_000)


def test_what_arrives_moves_nothing_that_is_read(
    tmp_path: Path, browser: BrowserContext, chromium: Browser, start: Start
) -> None:
    with desk(tmp_path, browser, chromium, start) as at:
        words = "My router blinks red.\n" * 60
        for n in range(14):
            at.arrives(f"m{n}", f"p{n}@lee.test", words if n == 0 else "When does my router arrive?")
        page = at.dana
        expect(page.locator("#stream .row")).to_have_count(14)
        page.locator("#stream .row", has_text="P0").click()
        turns = page.locator("#turns")
        expect(turns).to_contain_text("blinks red")
        turns.evaluate("turns => { turns.scrollTop = 200; }")
        page.locator("#stream [data-scroll]").evaluate("box => { box.scrollTop = 300; }")
        row = page.locator("#stream .row").nth(8)
        name, before = row.locator(".who").inner_text(), row.bounding_box()
        at.arrives("again", "p0@lee.test", "And now it is dark.", reply_to="m0")
        below = page.get_by_role("button", name="New message below")
        expect(below).to_be_visible()
        assert turns.evaluate("turns => turns.scrollTop") == 200
        expect(page.locator("#announcer")).to_contain_text("new")
        after = page.locator("#stream .row", has=page.get_by_text(name, exact=True)).bounding_box()
        assert before and after and abs(before["y"] - after["y"]) < 2
        below.click()
        expect(below).to_be_hidden()
        expect(turns.get_by_text("And now it is dark.")).to_be_in_viewport()


def looks(page: Page) -> list[str]:
    """What somebody sees of the stream: the counts, and each row's words without their age."""
    expect(page.locator("#stream .row").first).to_be_visible()
    counts = page.locator(".streams").inner_text().split()
    rows = page.locator("#stream .row").evaluate_all(
        "rows => rows.map(row => row.id + row.querySelector('.who').textContent + row.querySelector('.said').textContent)"
    )
    return [*counts, *rows]


def stop(page: Page) -> CDPSession:
    """Its scripts stand still in the middle of a step, as when the machine sleeps: no timer, no event, no farewell."""
    chrome = page.context.new_cdp_session(page)
    chrome.send("Debugger.enable")
    chrome.send("Debugger.pause")
    return chrome


def go_on(chrome: CDPSession) -> None:
    chrome.send("Debugger.resume")
    chrome.send("Debugger.disable")


@pytest.mark.parametrize("sleep", ["stopped and offline", "offline"])
def test_after_eight_hours_of_arrivals_a_tab_that_slept_equals_a_fresh_load(
    tmp_path: Path, browser: BrowserContext, chromium: Browser, start: Start, sleep: str
) -> None:
    with desk(tmp_path, browser, chromium, start) as at:
        at.arrives("m0", "p0@lee.test", "When does my router arrive?")
        page = at.cem
        expect(page.locator("#stream .row")).to_have_count(1)
        page.context.set_offline(True)
        chrome = stop(page) if sleep == "stopped and offline" else None
        began = datetime.now(UTC) - timedelta(hours=8)
        for n in range(1, 97):  # one every five minutes
            moment = (began + timedelta(minutes=5 * n)).isoformat()
            at.arrives(f"m{n}", f"p{n % 40}@lee.test", f"Where is my parcel {n}?", said_at=moment)
        expect(at.dana.locator(".streams .count").first).to_have_text("97", timeout=20_000)  # she is awake
        if chrome:
            go_on(chrome)
        assert page.locator("#stream .row").count() == 1
        page.context.set_offline(False)
        expect(page.locator(".streams .count").first).to_have_text("97", timeout=20_000)
        woken = looks(page)
        fresh = page.context.new_page()
        fresh.goto(page.url)
        assert woken == looks(fresh)

        at.arrives("last", "zoe@lee.test", "And mine?")  # and from now on it hears again
        expect(page.locator(".streams .count").first).to_have_text("98", timeout=20_000)


def test_a_leader_that_stands_still_is_taken_over_from_and_catches_up(
    tmp_path: Path, browser: BrowserContext, chromium: Browser, start: Start
) -> None:
    with desk(tmp_path, browser, chromium, start) as at:
        follower = at.cem.context.new_page()
        follower.goto(at.cem.url)
        at.arrives("m0", "p0@lee.test", "When does my router arrive?")
        for page in (at.cem, follower):
            expect(page.locator("#stream .row")).to_have_count(1)
        chrome = stop(at.cem)
        at.arrives("m1", "p1@lee.test", "And when does mine?")
        expect(follower.locator("#stream .row")).to_have_count(2, timeout=40_000)
        go_on(chrome)
        expect(at.cem.locator("#stream .row")).to_have_count(2)
