"""The web chat in real browsers: on hostile pages, live both ways, through dead networks and restarts, in two tabs."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.hosts import HOSTS, Site, site
from tests.journeys.servers import Rapport
from tests.journeys.test_axe import AXE
from tests.journeys.test_first_day import come_in
from tests.net import relays

pytestmark = pytest.mark.slow
WORDS = "Do you deliver on Sunday?"


@pytest.fixture
def shop() -> Iterator[Site]:
    with site() as there:
        yield there


@pytest.fixture
def ann(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser; a chat sets no cookie in it."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    yield context
    assert context.cookies() == []
    context.close()


def connect(page: Page, server: Rapport, shop: Site, **fields: str) -> str:
    """A chat that this website may show; the desk's own address."""
    come_in(page, server)
    home = page.url
    page.goto(f"{home}sources/new/chat/")
    page.locator("[name=origins]").fill(shop.url)
    for name, words in fields.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_role("button", name="Connect", exact=True).click()
    shop.line = page.locator("#snippet").inner_text()
    return home


def talk(page: Page) -> FrameLocator:
    return page.frame_locator("rapport-chat iframe")


def open_chat(page: Page) -> FrameLocator:
    page.get_by_role("button", name=re.compile("^Chat")).click()
    expect(talk(page).get_by_label("Your message")).to_be_visible(timeout=30_000)
    return talk(page)


def send(frame: FrameLocator, words: str) -> None:
    frame.get_by_label("Your message").fill(words)
    frame.get_by_role("button", name="Send").click()


def turn(frame: FrameLocator, words: str, state: str = "") -> None:
    """This stands in the talk, once, in this state."""
    found = frame.locator(".turn", has_text=words)
    expect(found).to_have_count(1, timeout=40_000)
    if state:
        expect(found.locator("small")).to_contain_text(state, timeout=40_000)


def stands(page: Page, home: str, words: str) -> None:
    """The conversation with these words is open on the desk."""
    page.goto(f"{home}?stream=all")
    page.get_by_text(words).first.click()
    expect(page.locator("#turns")).to_contain_text(words)


def answer(page: Page, words: str) -> None:
    page.locator("#composer-text").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text("Undo")


def test_hostile_pages_do_not_reach_it(
    tmp_path: Path, browser: BrowserContext, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = browser.new_page()
    server = start(tmp_path)
    connect(desk, server, shop)
    strict = f"default-src 'none'; script-src {server.url}; frame-src {server.url}; require-trusted-types-for 'script'"
    for name in [*HOSTS, "strict"]:
        shop.policy = strict if name == "strict" else ""
        page = ann.new_page()
        page.goto(f"{shop.url}/{'plain' if name == 'strict' else name}")
        if name in {"written", "replaced"}:
            page.wait_for_timeout(1_200)
        if name == "framed":
            inner = page.frame_locator("iframe").first
            inner.get_by_role("button", name="Chat").click()
            frame = inner.frame_locator("rapport-chat iframe")
        else:
            frame = open_chat(page)
        send(frame, f"{WORDS} ({name})")
        turn(frame, f"({name})", "sent" if name == "framed" else "")
        turn(frame, f"({name})", "delivered")
        if name == "plain":
            box = page.locator("rapport-chat iframe").bounding_box()
            assert box and box["width"] == 400 and box["x"] + box["width"] == 1440 - 16
        ann.clear_cookies()
        page.evaluate("localStorage.clear()")
        page.close()


def test_where_it_may_not_be_shown_it_opens_in_a_tab_of_its_own(
    tmp_path: Path, browser: BrowserContext, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = browser.new_page()
    server = start(tmp_path)
    connect(desk, server, shop)
    shop.policy = f"default-src 'none'; script-src {server.url}"
    page = ann.new_page()
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text))
    page.goto(f"{shop.url}/plain")
    page.get_by_role("button", name="Chat").click()
    page.wait_for_timeout(500)
    with ann.expect_page() as popup:
        page.get_by_role("button", name="Chat").click()
    popup.value.get_by_label("Your message").fill(WORDS)
    popup.value.get_by_role("button", name="Send").click()
    expect(popup.value.locator(".turn", has_text=WORDS)).to_contain_text("delivered")
    assert any("frame-src" in line for line in told)


def test_a_talk_is_live_both_ways_and_nothing_is_kept_before_it_begins(
    tmp_path: Path, browser: BrowserContext, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = browser.new_page()
    server = start(tmp_path)
    home = connect(desk, server, shop)
    page = ann.new_page()
    page.goto(f"{shop.url}/plain")
    frame = open_chat(page)
    kept = "[location.origin, ...Object.keys(localStorage)]"
    assert [len(one.evaluate(kept)) for one in page.frames] == [1, 1]
    send(frame, WORDS)
    turn(frame, WORDS, "delivered")
    stands(desk, home, WORDS)
    expect(desk.locator("[data-presence-line]")).to_contain_text("is here now", timeout=40_000)
    turn(frame, WORDS, "read")
    desk.locator("#composer-text").press_sequentially("Yes, on Sunday, too.", delay=20)
    expect(frame.locator("#typing")).to_contain_text("is typing")
    answer(desk, "Yes, on Sunday, too.")
    turn(frame, "Yes, on Sunday, too.")
    page.get_by_role("button", name=re.compile("^Chat")).click()  # shut
    stands(desk, home, "Yes, on Sunday, too.")
    answer(desk, "And on Monday.")
    expect(page.get_by_role("button", name=re.compile("^Chat"))).to_contain_text("1", timeout=40_000)
    page.goto(f"{shop.url}/quirks")  # another page of the shop: she is told there, too
    expect(page.get_by_role("button", name=re.compile("^Chat"))).to_contain_text("1", timeout=40_000)
    frame = open_chat(page)
    for words in (WORDS, "Yes, on Sunday, too.", "And on Monday."):
        turn(frame, words)
    frame.get_by_text("If you leave before we answer").click()
    frame.get_by_role("button", name="Forget it here").click()
    expect(frame.locator(".turn.own")).to_have_count(0)
    assert [len(one.evaluate(kept)) for one in page.frames] == [1, 1]


def test_what_is_written_without_a_network_or_a_server_leaves_once(
    tmp_path: Path, chromium: Browser, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = chromium.new_page()  # it may complain: its server is killed
    server = start(tmp_path / "data")
    home = connect(desk, server, shop)
    page = ann.new_page()
    page.goto(f"{shop.url}/plain")
    frame = open_chat(page)
    ann.set_offline(True)
    send(frame, "Written in a tunnel.")
    turn(frame, "Written in a tunnel.", "waiting")
    expect(frame.locator("#note")).to_contain_text("leave by themselves")
    ann.set_offline(False)
    turn(frame, "Written in a tunnel.", "delivered")
    server.kill()
    send(frame, "Written while the server was down.")
    turn(frame, "Written while the server was down.", "waiting")
    desk.wait_for_timeout(500)
    again = start(tmp_path / "data")
    assert again.url == server.url
    turn(frame, "Written while the server was down.", "delivered")
    page.reload()
    frame = open_chat(page)
    for words in ("Written in a tunnel.", "Written while the server was down."):
        turn(frame, words)
    stands(desk, home, "Written while the server was down.")
    for words in ("Written in a tunnel.", "Written while the server was down."):
        expect(desk.locator("#turns .turn", has_text=words)).to_have_count(1)
    again.process.send_signal(signal.SIGTERM)
    desk.close()


def test_two_tabs_are_one_talk(
    tmp_path: Path, browser: BrowserContext, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = browser.new_page()
    server = start(tmp_path)
    home = connect(desk, server, shop)
    pages = [ann.new_page(), ann.new_page()]
    for page in pages:
        page.goto(f"{shop.url}/plain")
    one, two = (open_chat(page) for page in pages)
    send(one, "From the first tab.")
    turn(one, "From the first tab.", "delivered")
    send(two, "From the second tab.")
    for frame in (one, two):
        turn(frame, "From the first tab.", "delivered")
        turn(frame, "From the second tab.", "delivered")
    stands(desk, home, "From the second tab.")
    answer(desk, "One answer for both.")
    for frame in (one, two):
        turn(frame, "One answer for both.")
    stands(desk, home, "One answer for both.")
    expect(desk.locator("#turns .turn")).to_have_count(3)


def test_who_leaves_gets_a_letter_and_goes_on_from_its_link(
    tmp_path: Path, browser: BrowserContext, ann: BrowserContext, start: Start, shop: Site
) -> None:
    desk = browser.new_page()
    with relays.relay() as there:
        server = start(tmp_path, RAPPORT_SMTP_URL=there.url)
        home = connect(desk, server, shop, sender="desk@acme.test")
        page = ann.new_page()
        page.goto(f"{shop.url}/plain")
        frame = open_chat(page)
        frame.locator("#files").set_input_files(
            {"name": "box.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(20)}
        )
        send(frame, WORDS)
        turn(frame, WORDS, "delivered")
        frame.get_by_text("If you leave before we answer").click()
        frame.get_by_label("Your e-mail").fill("ann@lee.test")
        frame.get_by_role("button", name="Write to me there").click()
        expect(frame.locator("#note")).to_contain_text("ann@lee.test")
        page.close()
        stands(desk, home, WORDS)
        expect(desk.locator("#composer-where")).to_contain_text("has left. Your answer goes to ann@lee.test")
        expect(desk.get_by_alt_text("Picture: box.png")).to_have_count(1)
        answer(desk, "Yes, on Sunday, too.")
        for _ in range(100):
            if there.taken:
                break
            desk.wait_for_timeout(200)
    [(_, [recipient], raw)] = there.taken
    words = raw.decode().replace("=\r\n", "")
    assert recipient == "ann@lee.test" and "Yes, on Sunday, too." in words
    private = ann.new_page()
    private.goto(next(line for line in words.splitlines() if "/p/" in line))
    private.get_by_label("Write again").fill("Wonderful.")
    private.get_by_role("button", name="Send").click()
    stands(desk, home, "Wonderful.")
    expect(desk.locator("#turns")).to_contain_text(WORDS)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_keyboard_suffices(
    tmp_path: Path,
    browser: BrowserContext,
    chromium: Browser,
    start: Start,
    shop: Site,
    width: int,
    height: int,
    scheme: str,
) -> None:
    desk = browser.new_page()
    server = start(tmp_path)
    connect(desk, server, shop)
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{shop.url}/plain")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = talk(page)
    expect(frame.get_by_label("Your message")).to_be_focused()
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    turn(frame, WORDS, "delivered")
    frame.get_by_text("If you leave before we answer").click()
    inside = page.frames[1]
    inside.evaluate(AXE)
    found = inside.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['target']}" for one in found] == []
    assert not inside.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    if width == 390:
        box = page.locator("rapport-chat iframe").bounding_box()
        assert box and (box["width"], box["height"]) == (390, 844)
    page.keyboard.press("Escape")
    expect(page.locator("rapport-chat iframe")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "RAPPORT-CHAT"
    context.close()
