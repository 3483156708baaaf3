"""Two doors, one human: joined in a real browser, undone from the toast, joined by hand and taken apart again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import command
from tests.journeys.test_first_day import come_in

pytestmark = pytest.mark.slow
CARDS = "\n".join(
    [
        "BEGIN:VCARD", "VERSION:3.0", "FN:Ann Lee", "EMAIL:ann@lee.test", "END:VCARD",
        "BEGIN:VCARD", "VERSION:3.0", "FN:Ann Lee", "TEL:+43 1 5550123", "END:VCARD",
        "BEGIN:VCARD", "VERSION:3.0", "FN:Bo Diaz", "EMAIL:bo@diaz.test", "END:VCARD",
    ]
)  # fmt: skip


def test_joined_undone_joined_by_hand_and_taken_apart(tmp_path: Path, browser: BrowserContext, start: Start) -> None:
    page = browser.new_page()
    (tmp_path / "book.vcf").write_text(CARDS + "\n")
    server = start(tmp_path / "data")
    come_in(page, server)
    slug = server.url + "/w/" + page.url.split("/w/")[1].split("/")[0]
    done = command(tmp_path / "data", "import", "--yes", str(tmp_path / "book.vcf"))
    assert done.returncode == 0, done.stdout + done.stderr

    page.goto(f"{slug}/people/")
    expect(page.get_by_role("link", name="Ann Lee")).to_have_count(2)
    page.get_by_role("link", name="Same person? 1 pair to look at").click()
    expect(page.get_by_text("the same name")).to_be_visible()
    page.get_by_role("button", name="Join them").click()
    expect(page.get_by_text("They are one person now.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They are two persons again.")).to_be_visible()
    page.goto(f"{slug}/people/")
    expect(page.get_by_role("link", name="Ann Lee")).to_have_count(2)

    page.get_by_role("link", name="Bo Diaz").click()
    page.get_by_role("link", name="Join with somebody else").click()
    page.get_by_label("Who is the other?").fill("ann@lee")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Ann Lee").click()
    expect(page.get_by_text("1 address joins, 0 conversations.")).to_be_visible()
    page.get_by_label("How do you know?").fill("They told me.")
    page.get_by_role("button", name="Join them").click()
    expect(page.get_by_text("They told me.")).to_be_visible()
    expect(page.get_by_text("ann@lee.test").first).to_be_visible()
    page.get_by_role("button", name="Take apart").click()
    expect(page.get_by_text("They are two persons again.")).to_be_visible()
    expect(page.get_by_text("ann@lee.test")).to_have_count(0)
