"""Files in the composer, in a real browser: chosen, pasted and dropped, made smaller, described, taken out, sent, seen."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.journeys.conftest import Start, watched
from tests.journeys.test_demo import enter

pytestmark = pytest.mark.slow
BRING = """([field, kind, name, type, encoded]) => {
  const bag = new DataTransfer();
  bag.items.add(new File([Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0))], name, { type }));
  const how = kind === "paste" ? { clipboardData: bag } : { dataTransfer: bag };
  const made = kind === "paste" ? ClipboardEvent : DragEvent;
  document.querySelector(field).dispatchEvent(new made(kind, { ...how, bubbles: true, cancelable: true }));
}"""


def png(width: int, height: int, *, noise: bool = False) -> bytes:
    """A picture; with ``noise`` one that packs badly."""
    row = bytes((n * 89 + n * n * 7) % 256 for n in range(width * 3)) if noise else b"\xc0\x40\x20" * width
    lines = b"".join(b"\x00" + row[n % 97 :] + row[: n % 97] for n in range(height))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 0 if noise else 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def file(name: str, content: bytes, type: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": type, "buffer": content}


def bring(page: Page, kind: str, name: str, content: bytes) -> None:
    page.evaluate(BRING, ["#composer-text", kind, name, "image/png", base64.b64encode(content).decode()])


def first_talk(page: Page) -> str:
    page.locator("[data-row]").first.click()
    expect(page.locator("#composer-text")).to_be_visible()
    return page.url


def test_pictures_are_chosen_pasted_dropped_described_and_leave(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    enter(page, start(tmp_path, "demo"))
    talk = first_talk(page)
    page.locator("#composer-text").fill("It is this one.")
    page.locator("#composer-file").set_input_files([file("lid.png", png(40, 30))])
    listed = page.locator(".enclosures li")
    expect(listed).to_have_count(1)
    bring(page, "paste", "pasted.png", png(30, 30))
    expect(listed).to_have_count(2)
    bring(page, "drop", "dropped.png", png(20, 30))
    expect(listed).to_have_count(3)
    expect(page.locator("#preview .going li")).to_have_count(3)
    expect(page.locator("#preview img")).to_have_count(0)
    listed.nth(1).get_by_role("button", name="Take pasted.png out").click()
    expect(listed).to_have_count(2)
    listed.first.get_by_label("What lid.png shows").fill("A red lid")
    expect(page.locator("#preview .shows")).to_have_text("A red lid")
    expect(page.locator("#composer-text")).to_have_value("It is this one.")
    page.goto(talk)  # the draft is kept on the server
    expect(listed).to_have_count(2)
    expect(listed.first.get_by_label("What lid.png shows")).to_have_value("A red lid")
    expect(listed.first.locator("img")).to_have_js_property("naturalWidth", 40)
    page.locator("[data-send]").click()
    page.goto(talk)
    ours = page.locator("#turns .turn.ours", has_text="It is this one.")
    expect(ours.locator("img")).to_have_count(2)
    expect(ours.get_by_alt_text("A red lid")).to_have_js_property("naturalWidth", 40)


def test_a_photograph_that_is_too_large_is_made_smaller_before_it_goes(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    enter(page, start(tmp_path, "demo"))
    first_talk(page)
    big = png(2200, 1000, noise=True)
    assert len(big) > 5_000_000
    page.locator("#composer-file").set_input_files([file("photo.png", big)])
    expect(page.locator(".enclosures li")).to_contain_text("photo.jpg")
    expect(page.locator("#enclosed").get_by_role("status")).to_have_text("Made smaller, so that it fits: photo.jpg")
    expect(page.locator("#enclosed .refusal")).to_have_count(0)
    page.locator("#composer-file").set_input_files([file("notes.txt", b"Hello", "text/plain")])
    expect(page.locator("#enclosed .refusal")).to_contain_text("notes.txt cannot go along")
    expect(page.locator(".enclosures li")).to_have_count(1)


def heights(page: Page, *places: str) -> list[float]:
    return [page.locator(one).evaluate("(it) => it.getBoundingClientRect().height") for one in places]


def test_files_leave_room_for_what_is_answered(tmp_path: Path, chromium: Browser, start: Start) -> None:
    server = start(tmp_path, "demo")
    with watched(chromium, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        enter(page, server)
        talk = first_talk(page)
        page.locator("#composer-text").fill("They are these.")
        page.locator("#composer-file").set_input_files([file(f"{n}.png", png(40 + n, 30)) for n in range(5)])
        listed = page.locator(".enclosures li")
        expect(listed).to_have_count(4)
        expect(page.locator("#enclosed .refusal")).to_have_text(
            "At most 4 files go along with one message here. Left out: 4.png."
        )
        expect(page.locator("#enclosed")).to_contain_text("4 of 4")
        bring(page, "paste", "fifth.png", png(20, 20))
        expect(page.locator("#enclosed .refusal")).to_have_text("At most 4 files go along with one message here.")
        page.goto(talk)
        expect(listed).to_have_count(4)
        pane, words = heights(page, ".conversation", "#turns")
        assert words >= pane / 2, (words, pane)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(talk)
        [work] = heights(page, ".work")
        assert work <= 844 / 2, work
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, "it scrolls sideways"
        strip = page.locator(".enclosures").evaluate("(it) => [it.clientWidth, it.scrollWidth]")
        assert strip[1] > strip[0], "the row of files scrolls"
        left = [listed.nth(n).evaluate("(it) => it.offsetLeft") for n in (0, 1)]
        assert left[1] < strip[0], "the second is seen to begin: there is more"


def test_keys_work_where_no_word_is_typed_and_a_mended_answer_is_no_longer_refused(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    enter(page, start(tmp_path, "demo"))
    page.locator("[data-row]").filter(has_text="Hanna Brandt").first.click()
    page.get_by_text("In private", exact=True).click()
    expect(page.get_by_role("radio", name="In private")).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.type("r is a letter here")
    expect(page.locator("#composer-text")).to_have_value("r is a letter here")
    page.locator("#composer-text").fill("x" * 301)
    expect(page.locator("#preview .refusal")).to_have_text("The text has 301 characters; at most 300 fit.")
    page.locator("[data-send]").click()
    refusal = page.locator("#composer .refusal:visible")
    expect(refusal).to_have_text(["The text has 301 characters; at most 300 fit. Nothing was sent."])
    page.keyboard.press("Control+End")
    page.keyboard.press("Backspace")
    expect(refusal).to_have_count(0)


def test_without_scripts_files_are_added_and_sent_by_plain_forms(
    tmp_path: Path, chromium: Browser, start: Start
) -> None:
    server = start(tmp_path, "demo")
    with watched(chromium, viewport={"width": 1440, "height": 900}, java_script_enabled=False) as context:
        page = context.new_page()
        enter(page, server)
        talk = first_talk(page)
        page.locator("#composer-text").fill("It is this one.")
        page.locator("#composer-file").set_input_files([file("lid.png", png(40, 30))])
        page.get_by_role("button", name="Add", exact=True).click()
        listed = page.locator(".enclosures li")
        expect(listed).to_have_count(1)
        expect(page.locator("#composer-text")).to_have_value("It is this one.")
        listed.get_by_label("What lid.png shows").fill("A red lid")
        page.locator("#composer-file").set_input_files([file("other.png", png(20, 30))])
        page.locator("[data-send]").click()
        page.goto(talk)
        ours = page.locator("#turns .turn.ours", has_text="It is this one.")
        expect(ours.locator("img")).to_have_count(2)
        expect(ours.get_by_alt_text("A red lid")).to_have_count(1)
