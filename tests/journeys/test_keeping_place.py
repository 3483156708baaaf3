"""Nothing that a hurried hand or a bad line does loses one's place or one's words."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import callback, deliver
from tests.journeys.test_first_day import come_in

pytestmark = pytest.mark.slow
WHO = ("Ann Lee", "Bo Diaz", "Cleo Park", "Dirk Noll")


@pytest.fixture
def desk(tmp_path: Path, browser: BrowserContext, start: Start) -> Iterator[Page]:
    """Four people who ask, and Dana at her desk."""
    server, page = start(tmp_path), browser.new_page()
    with callback() as company:
        come_in(page, server)
        home = page.url
        page.get_by_role("link", name="Connect a webhook").click()
        page.get_by_label("A name for it").fill("Contact form")
        page.locator("input[type=url]").fill(company.url)
        page.get_by_role("button", name="Connect", exact=True).click()
        address, company.secret = page.locator("#address").inner_text(), page.locator("#secret-1").inner_text()
        for number, name in enumerate(WHO):
            author = {"id": f"{name.split()[0].lower()}@mail.test", "name": name}
            said = deliver(address, company.secret, id=str(number), author=author, text=f"Where is parcel {number}?")
            assert said.status_code == 202
        page.goto(home)
        expect(page.locator("[data-row]")).to_have_count(len(WHO))
        yield page


def title(page: Page) -> str:
    return page.locator("#conversation-title").inner_text()


def test_of_two_rows_clicked_one_after_the_other_the_last_one_opens(desk: Page) -> None:
    first, second = desk.locator("[data-row]").nth(0), desk.locator("[data-row]").nth(2)
    slow = first.get_attribute("hx-get") or ""

    def late(route: Route) -> None:
        time.sleep(1.5)
        route.continue_()

    desk.route(re.compile(re.escape(slow) + "$"), late)
    wanted = second.locator(".who").inner_text()
    first.click()
    second.click()
    expect(desk.locator("#conversation-title")).to_have_text(wanted)
    desk.wait_for_timeout(2500)
    assert title(desk) == wanted and desk.url.endswith(second.get_attribute("hx-get") or "?")


def test_back_shows_the_stream_and_forward_the_conversation(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-conversation]")).to_be_visible()
    opened = title(desk)
    desk.go_back()
    expect(desk.locator("[data-conversation]")).to_have_count(0)
    expect(desk.locator("[data-row]")).to_have_count(len(WHO))
    desk.go_forward()
    expect(desk.locator("#conversation-title")).to_have_text(opened)


def test_u_takes_back_one_after_the_other_also_when_no_toast_is_left(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-conversation]")).to_be_visible()
    done = []
    for _ in range(2):
        done.append(title(desk))
        desk.keyboard.press("e")
        expect(desk.locator("#conversation-title")).not_to_have_text(done[-1])
    desk.evaluate("document.querySelectorAll('[data-toast]').forEach((one) => one.remove())")
    for name in reversed(done):
        desk.keyboard.press("u")
        expect(desk.locator("#conversation-title")).to_have_text(name)
    expect(desk.locator("[data-row]")).to_have_count(len(WHO))
    desk.keyboard.press("u")
    expect(desk.locator("#toasts")).to_contain_text("There is nothing of the last hour to take back.")
    assert title(desk) == done[0]


def test_an_undo_that_is_pressed_before_the_verb_is_through_is_not_swallowed(desk: Page) -> None:
    desk.route("**/settlement/", lambda route: (time.sleep(0.6), route.continue_())[1])
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-conversation]")).to_be_visible()
    slip = title(desk)
    desk.keyboard.press("e")
    desk.keyboard.press("u")
    expect(desk.locator("#toasts")).to_contain_text("Undone.")
    expect(desk.locator("#conversation-title")).to_have_text(slip)
    expect(desk.locator("[data-row]")).to_have_count(len(WHO))


def test_a_verb_is_for_the_chosen_rows_and_enter_tags(desk: Page) -> None:
    for key in "jxjx":
        desk.keyboard.press(key)
    expect(desk.locator("[data-chosen]")).to_have_text("2 chosen")
    desk.keyboard.press("t")
    expect(desk.locator("#bulk-tag")).to_be_focused()
    desk.keyboard.type("look later")
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("Tagged: 2 conversations.")
    expect(desk.locator(".row .tag")).to_have_count(2)
    expect(desk.locator("[data-row]")).to_have_count(len(WHO))
    for key in "jxjx":
        desk.keyboard.press(key)
    desk.keyboard.press("e")
    expect(desk.locator("#toasts")).to_contain_text("Settled: 2 conversations.")
    expect(desk.locator("[data-row]")).to_have_count(len(WHO) - 2)


def test_what_is_typed_without_a_network_is_there_again(desk: Page, browser: BrowserContext) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.locator("#composer-text").fill("It left us")
    expect(desk.locator("#draft-kept")).to_have_text("Draft saved")
    browser.set_offline(True)
    desk.locator("#composer-text").press_sequentially(" today, at noon.")
    expect(desk.locator("#draft-kept")).to_have_text("Not saved yet: no connection")
    expect(desk.locator(".offline-bar")).to_be_visible()
    browser.set_offline(False)
    expect(desk.locator("#draft-kept")).to_have_text("Draft saved")
    expect(desk.locator(".offline-bar")).to_be_hidden()
    desk.reload()
    expect(desk.locator("#composer-text")).to_have_value("It left us today, at noon.")
    expect(desk.locator(".row .badge")).to_have_text("draft")


def test_words_that_never_reached_the_server_survive_a_reload(desk: Page, browser: BrowserContext) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    box = desk.locator("#composer-text")
    expect(box).to_be_visible()
    desk.route("**/draft/", lambda route: route.abort())
    box.fill("Typed into a dead line")
    expect(desk.locator("#draft-kept")).to_have_text("Not saved yet: no connection")
    desk.unroute("**/draft/")
    desk.reload()
    expect(desk.locator("#composer-text")).to_have_value("Typed into a dead line")
    expect(desk.locator("#draft-kept")).to_have_text("Draft saved")


def test_a_note_half_written_waits_in_its_field_while_other_rows_are_read(desk: Page) -> None:
    note = desk.locator("#note-text")
    for key in ("j", "Enter"):
        desk.keyboard.press(key)
    expect(desk.locator("[data-conversation]")).to_be_visible()
    begun = title(desk)
    desk.keyboard.press("n")
    expect(note).to_be_focused()
    desk.keyboard.type("Call her at")
    desk.keyboard.press("Escape")
    desk.locator("[data-row]").nth(2).click()
    expect(desk.locator("#conversation-title")).not_to_have_text(begun)
    expect(note).to_have_value("")
    desk.locator("[data-row]").nth(0).click()
    expect(desk.locator("#conversation-title")).to_have_text(begun)
    expect(note).to_have_value("Call her at")
    desk.reload()
    desk.keyboard.press("n")
    desk.keyboard.type(" four")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#turns .note")).to_contain_text("Call her at four")
    expect(note).to_have_value("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("u")
    expect(note).to_be_focused()
    expect(note).to_have_value("Call her at four")
    note.fill("Call her at five")
    desk.reload()
    expect(note).to_have_value("Call her at five")


def test_a_time_that_is_over_is_refused_where_it_was_chosen(desk: Page) -> None:
    for key in ("j", "Enter"):
        desk.keyboard.press(key)
    expect(desk.locator("[data-conversation]")).to_be_visible()
    desk.keyboard.press("s")
    desk.locator("#snooze-until").fill("2020-01-01T09:00")
    desk.get_by_role("button", name="Snooze until then").click()
    expect(desk.locator("#snooze-refusal")).to_be_visible()
    expect(desk.locator("#snooze-until")).to_have_value("2020-01-01T09:00")
    expect(desk.locator("#snooze-until")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.keyboard.type(" ")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".verbs [role=alert]")).to_have_text("Write the note first.")
