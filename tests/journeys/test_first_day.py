"""The first day: the owner comes in, connects a webhook, a message arrives live, she answers, it is delivered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Start
from tests.journeys.servers import Rapport, callback, command, deliver, until

pytestmark = pytest.mark.slow
HISTORY = "\n".join(
    [
        "id,author,date,text",
        '1,ann,2026-01-10 09:00:00,"@acme my parcel 41872 never came, where is it?"',
        '2,bo,2026-01-10 09:05:00,"Lovely evening by the river."',
        '3,cy,2026-01-10 09:10:00,"@acme I was charged twice, please give me my money back"',
        '4,,,""',
    ]
)


def come_in(page: Page, server: Rapport) -> None:
    """The first owner follows the printed link and makes her login."""
    page.goto(server.link)
    page.get_by_label("Your name").fill("Dana")
    page.get_by_label("Your e-mail").fill("dana@acme.test")
    page.get_by_label("A password").fill("seven kind herons wade")
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/w/**")


def test_from_an_empty_workspace_to_a_delivered_answer(tmp_path: Path, browser: BrowserContext, start: Start) -> None:
    page = browser.new_page()
    server = start(tmp_path, fresh=True)
    with callback() as company:
        come_in(page, server)
        expect(page.get_by_text("Try the demo")).to_be_visible()
        page.get_by_role("link", name="Connect a webhook").click()
        page.get_by_label("A name for it").fill("Contact form")
        page.locator("input[type=url]").fill(company.url)
        page.get_by_role("button", name="Connect", exact=True).click()
        address = page.locator("#address").inner_text()
        company.secret = page.locator("#secret-1").inner_text()
        page.get_by_role("link", name="To the inbox").click()

        said = deliver(address, company.secret, id="m1", author={"id": "ann@lee.test", "name": "Ann Lee"},
                       text="When does my router arrive?")  # fmt: skip
        assert said.status_code == 202
        expect(page.get_by_text("Ann Lee").first).to_be_visible()  # live, without a reload

        page.get_by_text("Ann Lee").first.click()
        page.locator("#composer-text").fill("It arrives tomorrow.")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("body")).to_contain_text("Undo")
        until(lambda: company.got, 25)
        [answer] = company.got.values()
        assert answer["text"] == "It arrives tomorrow." and company.wrong == []

        page.goto(f"{server.url}{page.evaluate('location.pathname')}")
        slug = server.url + "/w/" + page.url.split("/w/")[1].split("/")[0]
        page.goto(f"{slug}/?stream=answered")
        page.get_by_text("Ann Lee").first.click()
        expect(page.locator("#conversation")).to_contain_text("elivered")

        replay = deliver(address, company.secret, id="m1", author="ann@lee.test", text="When does my router arrive?")
        assert replay.status_code == 202
        assert deliver(address, "wrong secret", id="m2", author="x", text="hello").status_code == 401


def test_a_held_answer_can_be_taken_back(tmp_path: Path, browser: BrowserContext, start: Start) -> None:
    page = browser.new_page()
    server = start(tmp_path, "demo")
    page.goto(server.link)
    page.get_by_role("button", name="Enter the demo").click()
    page.get_by_text("Jonas Weidner").first.click()
    page.locator("#composer-text").fill("Natürlich!")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#composer-text")).to_have_value("Natürlich!")


def test_import_by_command_then_answer_there(tmp_path: Path, browser: BrowserContext, start: Start) -> None:
    file = tmp_path / "history.csv"
    file.write_text(HISTORY)
    data = tmp_path / "data"
    done = command(data, "import", str(file), "--us", "@acme", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("3 read, 2 need an answer, 1 unreadable (")
    again = command(data, "import", str(file), "--us", "@acme", "--yes")
    assert again.stdout.splitlines()[-1].startswith("3 read, 2 need an answer, 1 unreadable (")
    page = browser.new_page()
    server = start(data)
    come_in(page, server)
    page.get_by_text("charged twice").first.click()
    expect(page.locator("#composer-cannot")).to_contain_text("Rapport cannot post there")
    page.locator("#composer-text").fill("We have given it back.")
    page.get_by_role("button", name="I answered there").click()
    expect(page.get_by_role("link", name="Needs an answer")).to_contain_text("1")


def test_import_by_upload_while_the_server_runs(tmp_path: Path, browser: BrowserContext, start: Start) -> None:
    file = tmp_path / "history.csv"
    file.write_text(HISTORY)
    page = browser.new_page()
    server = start(tmp_path / "data")
    come_in(page, server)
    page.get_by_role("link", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.locator("[name=us]").fill("@acme")
    page.locator("main form button.primary").click()
    expect(page.locator("main")).to_contain_text("parcel 41872")
    page.locator("main form button.primary").click()
    figures = page.locator("main dl")
    expect(figures).to_contain_text(re.compile(r"read\s*3\s*need an answer\s*2\s*unreadable\s*1"), timeout=20_000)
