"""A day on a phone, by thumb: from the stream into a conversation, to the person and back, answered, undone, done,
found by search, and many at once. Nothing scrolls sideways, nothing stands under the bar, every verb is in reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.conftest import Start, watched
from tests.journeys.test_demo import enter

pytestmark = pytest.mark.slow
WIDTH, HEIGHT = 390, 844


@pytest.fixture
def phone(chromium: Browser, start: Start) -> Iterator[BrowserContext]:
    size = {"width": WIDTH, "height": HEIGHT}
    with watched(chromium, viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2) as context:
        yield context


def in_reach(page: Page, *verbs: Locator) -> None:
    """The page is as wide as the phone; each verb is on the screen, large enough for a thumb, under nothing else."""
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, f"{page.url} scrolls sideways"
    for verb in verbs:
        box = verb.bounding_box()
        assert box, f"{page.url}: {verb} is not there"
        assert box["x"] >= 0 and box["x"] + box["width"] <= WIDTH and 0 <= box["y"] <= HEIGHT - box["height"], (
            verb,
            box,
        )
        assert min(box["width"], box["height"]) >= 24, (verb, box)  # WCAG 2.2, 2.5.8
        verb.tap(trial=True)  # fails where something else lies over it


def test_a_day_by_thumb(tmp_path: Path, phone: BrowserContext, start: Start) -> None:
    page = phone.new_page()
    enter(page, start(tmp_path, "demo"))
    desk = page.url
    page.get_by_role("button", name="Close the guide").tap()
    rows = page.locator("[data-row]")
    in_reach(page, rows.first, page.locator("#bell"), page.locator("#finder"))
    who = rows.first.locator(".who").inner_text()

    rows.first.tap()
    title = page.locator("#conversation-title")
    expect(title).to_have_text(who)
    verbs = page.locator(".verbs")
    in_reach(page, verbs.get_by_text("Done"), verbs.get_by_text("No answer needed"), verbs.get_by_text("More"))
    name, bar = title.bounding_box(), page.locator(".topbar").bounding_box()
    assert name and bar and (bar["y"] + bar["height"] <= name["y"] + 1 or bar["y"] + bar["height"] <= 0)

    page.locator(".to-person").tap()
    expect(page.locator("#person-title")).to_be_visible()
    expect(page.locator("#composer-text")).to_be_hidden()
    in_reach(page)
    page.locator("#person > .back").tap()
    expect(page.locator("#composer-text")).to_be_visible()

    page.locator("#composer-text").tap()
    page.locator("#composer-text").fill("Somebody competent comes tomorrow at nine, and stays until it works.")
    in_reach(page, page.locator("[data-send]"))
    page.locator("[data-send]").tap()
    undo = page.locator("#toasts [data-undo] button").first
    in_reach(page, undo)
    undo.tap()
    expect(page.locator("#composer-text")).to_have_value(
        "Somebody competent comes tomorrow at nine, and stays until it works."
    )
    expect(title).to_have_text(who)

    verbs.get_by_text("Done").tap()
    expect(title).not_to_have_text(who)  # the next one stands there
    in_reach(page, verbs.get_by_text("Done"))
    page.locator(".conversation-head .back").tap()
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(page.locator(".rows .who").get_by_text(who, exact=True)).to_have_count(0)

    page.locator("#finder").tap()
    page.locator("#finder").fill("router")
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_be_visible()
    in_reach(page, page.locator(".hits a").first)

    page.goto(desk)
    first, second = page.locator("[data-pick]").nth(0), page.locator("[data-pick]").nth(1)
    in_reach(page, page.locator(".pick").nth(0), page.locator(".pick").nth(1))
    first.tap()
    second.tap()
    settle = page.locator("#bulk").get_by_role("button", name="Settle")
    expect(page.locator("[data-chosen]")).to_contain_text("2")
    in_reach(page, settle)
    settle.tap()
    expect(page.locator("#toasts")).to_contain_text("Settled: 2 conversations.")
    page.locator("#toasts [data-undo] button").first.tap()
    expect(page.locator("#toasts")).to_contain_text("Undone for 2 conversations.")
    in_reach(page)
