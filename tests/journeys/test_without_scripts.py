"""With JavaScript off: everything somebody does with a conversation and with people, by plain pages and forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Start, watched
from tests.journeys.test_demo import enter

pytestmark = pytest.mark.slow


@pytest.fixture
def plain(chromium: Browser, start: Start) -> Iterator[BrowserContext]:
    with watched(chromium, viewport={"width": 1440, "height": 900}, java_script_enabled=False) as context:
        yield context


def undone(page: Page) -> None:
    page.locator("#toasts [data-undo] button").first.click()
    expect(page.locator("#conversation")).to_be_visible()


def menu(page: Page, name: str) -> None:
    page.locator(".verbs summary").get_by_text(name, exact=True).click()


def test_a_conversation_is_read_and_every_verb_is_a_form(tmp_path: Path, plain: BrowserContext, start: Start) -> None:
    page = plain.new_page()
    enter(page, start(tmp_path, "demo"))
    desk = page.url
    shown = page.locator("[data-row] .said").first.inner_text()
    said = shown.partition(": ")[2] or shown  # who spoke stands before it, where that is not whose row it is
    row = page.locator("[data-row]").first
    who = row.locator(".who").inner_text()
    row.click()
    expect(page.locator("#conversation-title")).to_have_text(who)
    expect(page.locator("#turns")).to_contain_text(said[:30])
    talk = page.url

    page.locator("#composer-text").fill("Somebody competent comes tomorrow at nine.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview-text]")).to_contain_text("tomorrow at nine")
    page.locator("[data-send]").click()
    undone(page)
    expect(page.locator("#composer-text")).to_have_value("Somebody competent comes tomorrow at nine.")

    menu(page, "Note")
    page.locator("#note-text").fill("The cellar has two doors.")
    page.get_by_role("button", name="Keep the note").click()
    page.goto(talk)
    expect(page.locator("#turns")).to_contain_text("The cellar has two doors.")

    menu(page, "Assign")
    page.locator(".verbs [name=to]").filter(has_text="(you)").first.click()
    page.goto(talk)
    expect(page.locator(".conversation-head")).to_contain_text("with ")

    menu(page, "Tag")
    page.locator("#tag-name").fill("cellar")
    page.get_by_role("button", name="Tag it").click()
    page.goto(talk)
    expect(page.locator(".tags")).to_contain_text("cellar")

    menu(page, "Snooze")
    page.locator(".verbs [name=until]").first.click()
    undone(page)
    page.goto(talk)
    expect(page.locator(".conversation-head")).to_contain_text("eeds an answer")

    page.get_by_role("button", name="Done", exact=True).click()
    page.goto(f"{talk}?stream=all")
    expect(page.locator(".conversation-head")).to_contain_text("Answered")
    page.get_by_role("button", name="Reopen").click()

    page.goto(desk)
    for n in range(2):
        page.locator("[data-pick]").nth(n).check(force=True)
    page.locator("#bulk").get_by_role("button", name="Settle").click()
    expect(page.locator("#toasts")).to_contain_text("Settled: 2 conversations.")
    page.locator("#toasts [data-undo] button").first.click()
    expect(page.locator("#toasts")).to_contain_text("Undone for 2 conversations.")


def test_people_are_found_read_and_joined(tmp_path: Path, plain: BrowserContext, start: Start) -> None:
    page = plain.new_page()
    enter(page, start(tmp_path, "demo"))
    desk = page.url
    page.locator("#finder").fill("from:grace")
    page.locator("#finder").press("Enter")
    expect(page.locator(".hits li").first).to_contain_text("Grace")
    page.goto(f"{desk}people/?q=Grace")
    page.locator(".found-people, .people, table").get_by_role("link", name="Grace Holloway").first.click()
    expect(page.locator("h1")).to_have_text("Grace Holloway")
    person = page.url
    page.locator("textarea[name=text]").first.fill("Her husband Thomas died in October.")
    page.get_by_role("button", name="Keep the note").first.click()
    expect(page.locator("main")).to_contain_text("Her husband Thomas died in October.")

    page.goto(person)
    page.get_by_role("link", name="Join with somebody else").click()
    page.get_by_label("Who is the other?").fill("Rolf")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Rolf Steiger").click()
    page.get_by_label("How do you know?").fill("They told me.")
    page.get_by_role("button", name="Join them").click()
    expect(page.locator("main")).to_contain_text("They told me.")
    page.get_by_role("button", name="Take apart").click()
    expect(page.get_by_text("They are two persons again.")).to_be_visible()
    page.goto(f"{desk}notices/")
    expect(page.get_by_role("heading", name="Notices")).to_be_visible()
    page.get_by_role("link", name="Choose what you are told").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#toasts")).to_contain_text("Kept.")
