"""Fifty conversations in a real browser, and no hand leaves the keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import callback, deliver
from tests.journeys.test_first_day import come_in

pytestmark = pytest.mark.slow
FIFTY = 50


def title(page: Page) -> str:
    return page.locator("#conversation-title").inner_text()


def onward(page: Page, was: str) -> None:
    """The next one has opened by itself; behind the last there is rest."""
    opened = page.locator("#conversation-title").filter(has_not_text=re.compile(f"^\\s*{re.escape(was)}\\s*$"))
    expect(opened.or_(page.get_by_text("That was the last one here."))).to_be_visible()


def decide(page: Page, *keys: str) -> str:
    """Press keys that end a matter; the next one opens. Whose matter it was."""
    was = title(page)
    for key in keys:
        page.keyboard.press(key)
    onward(page, was)
    return was


def reply(page: Page, words: str) -> None:
    was = title(page)
    page.keyboard.press("r")
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    onward(page, was)


def note(page: Page, words: str) -> None:
    page.keyboard.press("n")
    expect(page.locator("textarea:focus")).to_have_count(1)
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".turn.note").last).to_contain_text(words)
    page.keyboard.press("Escape")


def counted(page: Page) -> dict[str, int]:
    """What stands on the tabs."""
    words = page.locator("#stream .streams a").all_inner_texts()
    return {found.group(1): int(found.group(2)) for text in words if (found := re.match(r"(.+?)\s+(\d+)$", text))}


def test_fifty_conversations_are_triaged_by_keyboard_alone_and_the_counts_are_right(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page, server = browser.new_page(), start(tmp_path)
    with callback() as company:
        come_in(page, server)
        home = page.url
        page.get_by_role("link", name="Connect a webhook").click()
        page.locator("input[type=url]").fill(company.url)
        page.get_by_role("button", name="Connect", exact=True).click()
        address, company.secret = page.locator("#address").inner_text(), page.locator("#secret-1").inner_text()
        for n in range(FIFTY):
            said = deliver(
                address, company.secret, id=f"m{n}", author={"id": f"p{n}@lee.test", "name": f"Person {n}"},
                text=f"When does my router number {n} arrive? Nobody told me.",
            )  # fmt: skip
            assert said.status_code == 202
        page.goto(home)
        expect(page.locator("#stream .streams a").first).to_contain_text(str(FIFTY))

        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator("#conversation-title")).to_be_visible()
        for turn in range(FIFTY):
            match turn % 5:
                case 0:
                    decide(page, "e")
                case 1:
                    decide(page, "q", "6")
                case 2:
                    decide(page, "s", "3")
                case 3:
                    if turn == 13:
                        note(page, "The van was seen in her street.")
                    reply(page, f"Your router number {turn} comes on Monday, by van {turn}.")
                case 4:  # a slip, taken back, and decided otherwise
                    slip = decide(page, "e")
                    page.keyboard.press("z")
                    expect(page.locator("#conversation-title")).to_have_text(slip)
                    decide(page, "q", "1")
        expect(page.get_by_text("Nobody is waiting for an answer.").first).to_be_visible()
        expect(page.locator("#stream .streams a").first).to_contain_text("0")
        page.keyboard.press("g")
        page.keyboard.press("i")
        page.wait_for_url(home)
        assert counted(page) == {
            "Needs an answer": 0, "Mine": 0, "Waiting": 10, "Answered": 20, "No answer needed": 20, "All": FIFTY
        }  # fmt: skip
