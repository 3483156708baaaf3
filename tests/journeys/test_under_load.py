"""What many tabs and slow strangers may not do: hold up the one who works."""

from __future__ import annotations

import socket
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import command

pytestmark = pytest.mark.slow


def test_eight_tabs_the_eighth_loads_and_hears_an_arrival(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    server = start(tmp_path, "demo")
    first = browser.new_page()
    first.goto(server.link)
    first.get_by_role("button", name="Enter the demo").click()
    first.wait_for_url("**/w/acme/**")
    desk = first.url
    tabs = [first] + [browser.new_page() for _ in range(7)]
    for tab in tabs[1:]:
        tab.goto(desk)
    eighth = tabs[-1]
    expect(eighth.get_by_text("Hanna Brandt").first).to_be_visible()
    first.get_by_text("Theo Marsh").first.click()
    first.locator("#composer-text").fill("Thank you, I will tell Aleem.")
    first.get_by_role("button", name="Send").click()
    expect(eighth.locator("[data-row]").filter(has_text="Theo Marsh")).to_have_count(0, timeout=15_000)


def test_two_hundred_half_open_posts_do_not_hold_up_the_inbox(
    tmp_path: Path, browser: BrowserContext, start: Start
) -> None:
    server = start(tmp_path, "demo")
    page = browser.new_page()
    page.goto(server.link)
    page.get_by_role("button", name="Enter the demo").click()
    page.wait_for_url("**/w/acme/**")
    desk = page.url
    where = urlsplit(server.url)
    half = b"POST /login/ HTTP/1.1\r\nHost: %s\r\nContent-Length: 5000\r\n\r\nx" % where.netloc.encode()
    strangers = []

    try:
        for _ in range(200):
            stranger = socket.create_connection((where.hostname, where.port), timeout=5)
            stranger.sendall(half)
            strangers.append(stranger)
        times = []
        for _ in range(10):
            began = time.perf_counter()
            assert browser.request.get(desk).status == 200
            times.append(time.perf_counter() - began)
        assert statistics.median(times) <= 0.1, times
    finally:
        for stranger in strangers:
            stranger.close()


def test_the_commands_say_plainly_what_is_wrong(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for words, sentence in (
        (("import", str(tmp_path / "none.csv")), "does not exist"),
        (("evaluate", "nonsense", __file__), "There is no task"),
        (("nonsense",), "No such command"),
        (("sample", "5"), "There are no messages"),
        (("link", "nowhere"), "There is no owner in nowhere"),
    ):
        done = command(data, *words)
        assert done.returncode != 0 and sentence in done.stderr and "Traceback" not in done.stderr, (words, done.stderr)
    done = command(data, "check", RAPPORT_PORT="http")
    assert done.returncode != 0 and "RAPPORT_PORT must be a number" in done.stderr
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    done = command(data, "import", str(picture), "--yes")
    assert done.returncode != 0 and "picture" in done.stderr and "Traceback" not in done.stderr
