"""The contact form in real browsers: a visitor writes, the desk hears it, she reads the answer and writes again."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import until
from tests.journeys.test_first_day import come_in
from tests.net import relays

pytestmark = pytest.mark.slow
THINKING = 2_500
"""Milliseconds: who is quicker is asked once more."""


@pytest.fixture
def ann(chromium: Browser) -> Iterator[Page]:
    """A visitor's browser: a phone, no login, and no JavaScript at all."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    assert context.cookies() == [], "a visitor gets no cookie"
    context.close()


def connect(page: Page, server_url: str, **fields: str) -> str:
    """A new form; its address."""
    slug = page.url.split("/w/")[1].split("/")[0]
    page.goto(f"{server_url}/w/{slug}/sources/new/form/")
    page.get_by_label("A name for it").fill("Website")
    for label, words in fields.items():
        page.locator(f"[name={label}]").fill(words)
    page.get_by_role("button", name="Connect", exact=True).click()
    address = page.locator("#address").inner_text()
    page.get_by_role("link", name="To the inbox").click()
    return address


def write(ann: Page, words: str, **fields: str) -> None:
    for label, said in fields.items():
        ann.locator(f"[name={label}]").fill(said)
    ann.get_by_label("Your message").fill(words)
    ann.wait_for_timeout(THINKING)
    ann.get_by_role("button", name="Send").click()


def answer(page: Page, words: str) -> None:
    """In the conversation that is open."""
    page.locator("#composer-text").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text("Undo")


def test_a_visitor_writes_is_answered_and_writes_again(
    tmp_path: Path, browser: BrowserContext, ann: Page, start: Start
) -> None:
    page = browser.new_page()
    server = start(tmp_path)
    come_in(page, server)
    ann.goto(connect(page, server.url))
    write(ann, "When does my router arrive?", name="Ann Lee")
    link = ann.locator("#link").inner_text()

    expect(page.get_by_text("Ann Lee").first).to_be_visible()  # live, without a reload
    page.get_by_text("Ann Lee").first.click()
    expect(page.locator("#composer-where")).to_contain_text("Ann Lee left no e-mail address")
    answer(page, "It arrives tomorrow.")

    ann.goto(link)
    expect(ann.locator("main")).to_contain_text("When does my router arrive?")

    def answered() -> bool:
        ann.reload()
        return "It arrives tomorrow." in ann.locator("main").inner_text()

    until(answered, 25, every=1)
    ann.get_by_label("Write again").fill("And who brings it?")
    ann.get_by_role("button", name="Send").click()
    ann.get_by_role("link", name="Back to the conversation").click()

    desk = page.url.split("/w/")[1].split("/")[0]
    page.goto(f"{server.url}/w/{desk}/")
    expect(page.get_by_text("And who brings it?").first).to_be_visible()
    page.get_by_text("And who brings it?").first.click()
    turns = page.locator("#turns")
    for words in ("When does my router arrive?", "It arrives tomorrow.", "And who brings it?"):
        expect(turns).to_contain_text(words)
    page.goto(f"{server.url}/w/{desk}/?stream=all")
    expect(page.locator("#stream .row")).to_have_count(1)


def test_with_a_mail_server_the_answer_goes_by_mail(
    tmp_path: Path, browser: BrowserContext, ann: Page, start: Start
) -> None:
    page = browser.new_page()
    with relays.relay() as there:
        server = start(tmp_path, RAPPORT_SMTP_URL=there.url)
        come_in(page, server)
        ann.goto(connect(page, server.url, sender="desk@acme.test"))
        write(ann, "When does my router arrive?", name="Ann Lee", email="ann@lee.test")
        expect(ann.locator("main")).to_contain_text("ann@lee.test")
        expect(page.get_by_text("Ann Lee").first).to_be_visible()
        page.get_by_text("Ann Lee").first.click()
        expect(page.locator("#composer-where")).to_contain_text("by e-mail, from desk@acme.test")
        answer(page, "It arrives tomorrow.")
        until(lambda: there.taken, 25)
    [(_, [recipient], raw)] = there.taken
    words = raw.decode().replace("=\r\n", "")
    assert recipient == "ann@lee.test" and "It arrives tomorrow." in words
    link = next(line for line in words.splitlines() if "/p/" in line)
    ann.goto(link)
    expect(ann.locator("main")).to_contain_text("It arrives tomorrow.")


def test_a_website_shows_the_form_where_it_may_and_nowhere_else(
    tmp_path: Path, chromium: Browser, browser: BrowserContext, start: Start
) -> None:
    page = browser.new_page()
    server = start(tmp_path / "data")
    come_in(page, server)
    site = tmp_path / "site"
    site.mkdir()
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{web.server_port}"
        address = connect(page, server.url, origins=here)
        (site / "index.html").write_text(
            f'<title>x</title><h1>Acme</h1><script src="{address}embed.js" async></script>'
        )
        (site / "button.html").write_text(
            f'<title>x</title><script src="{address}embed.js" data-button="Write to us" async></script>'
        )
        visitor = chromium.new_page()
        visitor.goto(f"{here}/")
        frame = visitor.frame_locator("iframe")
        frame.get_by_label("Your message").fill("From inside a website?")
        visitor.wait_for_timeout(THINKING)
        frame.get_by_role("button", name="Send").click()
        expect(frame.locator("main")).to_contain_text("Your private page")
        with visitor.expect_popup() as popup:
            frame.get_by_role("link", name="Open your private page").click()
        expect(popup.value.locator("main")).to_contain_text("From inside a website?", timeout=15_000)
        visitor.goto(f"{here}/button.html")
        visitor.get_by_role("button", name="Write to us").click()
        expect(visitor.frame_locator("iframe").get_by_label("Your message")).to_be_visible()
        visitor.goto(f"http://localhost:{web.server_port}/")  # another origin: not named
        visitor.wait_for_timeout(1_000)
        assert all("Your message" not in shown.content() for shown in visitor.frames[1:])
        assert visitor.context.cookies() == []
        visitor.close()
        web.shutdown()
