"""What a person waits for: bytes of a first paint, Lighthouse's marks, and the time from a key to the next conversation.

    python benchmarks/pages.py [--messages 100000] [--data FOLDER] [--json]

Invented messages take the whole line into SQLite; then ``rapport up`` serves them as a process of its own, and a real
Chromium looks: every page once with an empty cache (bytes as they go over the wire, headers and all), Lighthouse on the
inbox (as a slow phone, and as a desk), and the inbox by keyboard: j, Enter, until the next conversation is painted.
A folder named by ``--data`` is filled once and used again. Lighthouse comes from npm, once, into the cache folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

LIGHTHOUSE = "lighthouse@12"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rapport-benchmarks"
MOST_BYTES, LEAST_MARK, MOST_MS = 100_000, 95, 100
CONVERSATIONS = 60
READS = 500
"""Milliseconds that somebody looks at a conversation before the next key."""
PAGES = {
    "inbox": "", "all": "?stream=all", "conversation": "c/{conversation}/", "person": "p/{person}/",
    "search": "search/?q=router", "sources": "sources/", "health": "health/", "import": "import/",
    "members": "members/", "us": "us/",
}  # fmt: skip
PAINTED = """() => {
  window.took = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt.id !== "panes" || !pressed) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.took.push(performance.now() - since)));
  });
}"""


def fill(messages: int) -> None:
    """The workspace *Bench* with that many messages, and an owner who can sign in."""
    import desk
    import ground
    from django.core.management import call_command

    from rapport.accounts.models import Member, User
    from rapport.inbox.models import Message

    call_command("migrate", verbosity=0)
    if Message.objects.count() >= messages:
        return
    desk.fill(ground.source(), list(ground.invented(messages)))
    user = User.objects.create_user("bench@rapport.example")
    Member.objects.filter(name="Bench").update(user=user)


def visit() -> tuple[str, dict[str, Any]]:
    """A session's key for the owner, and the ids that the addresses need."""
    from django.test import Client

    from rapport.accounts.models import User
    from rapport.inbox.models import Conversation

    client = Client()
    client.force_login(User.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    row = Conversation.objects.exclude(identity=None).select_related("identity").latest("pk")
    key = client.cookies["sessionid"].value
    return key, {"conversation": row.pk, "person": row.identity.person_id, "slug": row.workspace.slug}


@contextmanager
def served(port: int = 8790) -> Iterator[str]:
    """``rapport up`` on the filled folder."""
    program = Path(sys.executable).with_name("rapport")
    process = subprocess.Popen([program, "up", "--port", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Address"):
                url = line.split()[1]
            if line.startswith(("Open this link", "Rapport is at")):
                break
        yield url
    finally:
        process.terminate()
        process.wait(20)


def wire(browser: Browser, cookie: Any, address: str) -> int:
    """Bytes over the wire until the page has loaded, with nothing cached."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    page.wait_for_timeout(300)
    context.close()
    return round(sum(sizes))


def keys(context: BrowserContext, home: str) -> list[float]:
    """From Enter to the next conversation painted, in ms: down one stream with j, and up another with k."""
    took: list[float] = []
    for stream, key in (("all", "j"), ("quiet", "k")):
        page = context.new_page()
        page.goto(f"{home}?stream={stream}")
        if key == "k":
            page.locator("[data-row]").nth(CONVERSATIONS // 2).focus()
        page.evaluate(PAINTED)
        for number in range(1, CONVERSATIONS // 2 + 1):
            page.wait_for_timeout(READS)
            page.keyboard.press(key)
            page.keyboard.press("Enter")
            page.wait_for_function("n => window.took.length >= n", arg=number, timeout=10_000)
        took += page.evaluate("window.took")
        page.close()
    return took


def lighthouse(key: str, address: str, chromium: str, *, desktop: bool) -> dict[str, Any]:
    """The marks (0 to 100) that Lighthouse gives a page, and what it found wanting."""
    program = CACHE / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(CACHE), LIGHTHOUSE]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        headers, report = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": f"sessionid={key}"}))
        command = [
            str(program), address, "--quiet", "--output=json", f"--output-path={report}", f"--extra-headers={headers}",
            "--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox",
            *(["--preset=desktop"] if desktop else []),
        ]  # fmt: skip
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": chromium}, stdout=subprocess.DEVNULL)
        said = json.loads(report.read_text())
    wanting = [
        name for name, audit in said["audits"].items()
        if audit.get("score") is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] != "informative"
    ]  # fmt: skip
    marks = {name: round(100 * category["score"]) for name, category in said["categories"].items()}
    return marks | {"wanting": wanting}


def measure(chromium: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    key, ids = visit()
    with served() as url, sync_playwright() as playwright:
        home = f"{url}/w/{ids['slug']}/"
        cookie: Any = {"name": "sessionid", "value": key, "url": url}
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        weights = {name: wire(browser, cookie, home + path.format(**ids)) for name, path in PAGES.items()}
        weights["login"] = wire(browser, cookie | {"name": "nobody"}, f"{url}/login/")
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([cookie])
        took = keys(context, home)
        browser.close()
        marks = {name: lighthouse(key, home, chromium, desktop=name == "desk") for name in ("phone", "desk")}
    return {
        "bytes": weights,
        "next_ms": {
            "p50": round(statistics.median(took), 1),
            "p95": round(statistics.quantiles(took, n=20)[-1], 1),
            "conversations": len(took),
        },
        "lighthouse": marks,
        "holds": {
            "bytes": max(weights.values()) <= MOST_BYTES,
            "next": statistics.quantiles(took, n=20)[-1] <= MOST_MS,
            "marks": all(
                mark >= LEAST_MARK for one in marks.values() for mark in (one["performance"], one["accessibility"])
            ),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--data", help="a folder to fill once and use again (default: one that is thrown away)")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium here: install it from your system's packages, then run this again.")
    if not (shutil.which("node") and shutil.which("npm")):
        raise SystemExit("Lighthouse needs Node and npm, and they are not here: install Node 20 or newer.")
    with tempfile.TemporaryDirectory(prefix="rapport-pages-") as thrown:
        os.environ["RAPPORT_DATA"] = asked.data or thrown
        os.environ["RAPPORT_SECRET_KEY"] = "a secret key that only the benchmarks know and use"
        Path(os.environ["RAPPORT_DATA"]).mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        fill(asked.messages)
        figures = {"messages": asked.messages, "filled_in_s": round(time.monotonic() - began)} | measure(chromium)
    print(json.dumps({"pages": figures}, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
