"""Makes the pictures in docs/pictures anew: ``make docs``.

It starts the real thing twice, each time in a temporary folder (the demo world, and an empty installation), logs in by
the link that Rapport prints, and looks at the pages in a real browser. Needs Chromium; needs no network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parent / "pictures"
DESK, PHONE, WIDE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}, {"width": 2560, "height": 1080}
LARGEST = 300_000
"""Bytes that one picture may have, so that the repository stays light."""
PATIENCE = 60.0
"""Seconds in which Rapport must have printed its link."""
TABLE = """author,text,date
@lena,"@acme the new router works, thank you!",2026-03-02 09:14
@omar,@acme is the shop in Mill Street open on Sunday?,2026-03-02 10:02
@iris,"@acme third letter, and still no refund",2026-03-02 11:40
"""


@contextmanager
def rapport(command: str) -> Iterator[str]:
    """A running ``rapport up`` or ``rapport demo`` in a folder of its own; yields the link that logs in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    with tempfile.TemporaryDirectory(prefix="rapport-pictures-") as folder:
        program = Path(sys.executable).with_name("rapport")
        process = subprocess.Popen(  # noqa: S603 - our own command
            [program, command, "--port", "8740"],
            cwd=folder,
            env=kept | {"RAPPORT_DATA": str(Path(folder) / "data"), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _link(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def _link(process: subprocess.Popen[str]) -> str:
    """The last word of the last line that is printed."""
    assert process.stdout is not None  # noqa: S101 - for the type: it was asked for
    due = time.monotonic() + PATIENCE
    for line in process.stdout:
        if "/welcome/" in line:
            return line.split()[-1]
        if time.monotonic() > due:
            break
    raise SystemExit("Rapport printed no link: run `rapport demo` by hand and read what it says.")


def enter(page: Page, link: str) -> None:
    """Through the one-time link: the demo's needs a click, a first owner's an e-mail address and a password."""
    page.goto(link)
    if page.locator("[name=email]").count():
        page.fill("[name=email]", "dana@acme.example")
        page.fill("[name=name]", "Dana")
        page.fill("[name=password]", "seven green garden chairs")
    page.click("main button")
    page.wait_for_url("**/w/**")


def shoot(page: Page, name: str) -> None:
    """One picture, when the page has settled."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(400)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path.name} has {size:,} bytes; at most {LARGEST:,} are kept.")
    sys.stdout.write(f"{path.name:<24} {size:>8,} bytes\n")


def opened(page: Page, home: str, name: str, stream: str = "all") -> str:
    """The address of a person's newest conversation."""
    page.goto(f"{home}?stream={stream}")
    row = page.locator("[data-row]").filter(has_text=name)
    return home.split("/w/")[0] + str(row.first.get_attribute("href"))


def demo_pictures(browser: Browser, link: str) -> None:
    """What somebody sees in the demo world."""
    context = browser.new_context(viewport=DESK, color_scheme="light")
    page = context.new_page()
    enter(page, link)
    home = page.url
    talk, from_the_right = opened(page, home, "Ann Lee", "needs"), opened(page, home, "سلمى")
    for name, address in (
        ("inbox", home),
        ("conversation", talk),
        ("person", talk),
        ("search", f"{home}search/?q=router"),
        ("sources", f"{home}sources/"),
        ("health", f"{home}health/"),
        ("components", f"{home}components/"),
    ):
        page.goto(address)
        if name == "conversation":
            page.locator("details.why > summary").last.click()
        if name == "person":
            page.locator("#person-title a").click()
        shoot(page, name)
    _import_preview(page, home)
    form, private = _form(page, home)
    state = context.storage_state()
    context.close()
    for name, address, size, scheme in (
        ("dark", talk, DESK, "dark"),
        ("wide", talk, WIDE, "light"),
        ("phone-stream", home, PHONE, "light"),
        ("phone-conversation", talk, PHONE, "light"),
        ("phone-person", f"{talk.split('?')[0]}#person", PHONE, "light"),
        ("right-to-left", from_the_right, DESK, "light"),
        ("form", form, PHONE, "light"),
        ("private", private, PHONE, "light"),
    ):
        context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=state)
        page = context.new_page()
        page.goto(address)
        if name == "right-to-left":  # as it stands in a language that is written so
            page.evaluate("document.documentElement.dir = 'rtl'")
        shoot(page, name)
        context.close()


def _form(page: Page, home: str) -> tuple[str, str]:
    """A contact form's address, and that of the private page of somebody who wrote through it."""
    page.goto(f"{home}sources/new/form/")
    page.locator("main form button.primary").click()
    address = page.locator("#address").inner_text()
    page.goto(address)
    page.fill("[name=name]", "Ann Lee")
    page.fill("textarea", "Is the shop in Mill Street open on Sunday? I would come with the old router.")
    page.wait_for_timeout(2500)  # nobody writes faster
    page.get_by_role("button", name="Send").click()
    link = page.locator("#link").inner_text()
    page.goto(link)
    while not page.locator(".talk").count():  # until the line has taken it
        page.wait_for_timeout(1000)
        page.goto(link)
    return address, link


def _import_preview(page: Page, home: str) -> None:
    page.goto(f"{home}import/")
    upload = {"name": "posts.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.set_input_files("[type=file]", files=[upload])
    page.fill("[name=us]", "@acme")
    page.click("main button")
    page.wait_for_url("**/import/*/")
    shoot(page, "import")


def empty_picture(browser: Browser, link: str) -> None:
    """What the first owner of a new installation sees."""
    context = browser.new_context(viewport=DESK, color_scheme="light")
    page = context.new_page()
    enter(page, link)
    shoot(page, "empty")
    context.close()


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("There is no Chromium here: install it from your system's packages, then run this again.")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with rapport("demo") as link:
            demo_pictures(browser, link)
        with rapport("up") as link:
            empty_picture(browser, link)
        browser.close()


if __name__ == "__main__":
    main()
