"""The demo while somebody watches: a stranger writes, is answered, and answers; and the first minute by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import Rapport

pytestmark = pytest.mark.slow


def enter(page: Page, server: Rapport) -> None:
    page.goto(server.link)
    page.get_by_role("button", name="Enter the demo").click()
    page.wait_for_url("**/w/acme/**")


@pytest.mark.long
def test_somebody_writes_while_one_watches_and_answers_what_one_says(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    enter(page, start(tmp_path, "demo"))
    expect(page.locator("body")).not_to_contain_text("Milo Kerr")
    page.wait_for_timeout(20_000)
    page.goto(page.url)  # a page that is opened anew is no reason to wait longer
    expect(page.get_by_text("Milo Kerr").or_(page.locator("[data-arrived]:visible")).first).to_be_visible(
        timeout=60_000
    )
    page.goto(page.url)
    page.locator("[data-row]").filter(has_text="Milo Kerr").click()
    page.locator("#composer-text").fill("It is, from ten to four. What kind of charger does she need?")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Pause arrivals").click()
    expect(page.get_by_role("button", name="Let messages arrive")).to_be_visible()
    page.goto(f"{page.url.split('/w/acme/')[0]}/w/acme/?stream=all")
    page.locator("[data-row]").filter(has_text="Milo Kerr").click()
    expect(page.locator("#turns")).to_contain_text("in beige", timeout=60_000)


def test_the_first_minute_goes_by_keyboard_and_never_over_the_composer(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    enter(page, start(tmp_path, "demo"))
    guide = page.locator("#guide")
    expect(guide).to_contain_text("1 of 5")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    expect(guide).to_contain_text("2 of 5")  # it goes on by itself: what it said was done
    page.locator("#guide-next").focus()
    for step in range(3, 6):
        page.keyboard.press("Enter")
        expect(guide).to_contain_text(f"{step} of 5")
        expect(page.locator("#guide-next")).to_be_focused()
        over, under = guide.bounding_box(), page.locator("#composer-text").bounding_box()
        assert over and under and over["y"] + over["height"] <= under["y"]
    page.keyboard.press("Enter")
    expect(guide).to_be_hidden()
    page.goto(page.url)
    expect(page.locator("#guide")).to_be_hidden()
    page.keyboard.press("?")
    page.get_by_role("button", name="Show the first minute again").click()
    expect(page.locator("#guide")).to_contain_text("1 of 5")
