"""A real browser. It fails a journey on a console error, a page error or a report of the Content-Security-Policy."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.journeys.servers import Rapport, rapport
from tests.once import once

Start = Callable[..., Rapport]


@pytest.fixture
def start(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a Rapport on a data folder; it is stopped after the browser has closed.

    An empty folder is given what the product would make there first, a database or the demo world, as it was made
    once in this run; ``fresh`` lets the product make it.
    """

    def plant(path: Path) -> None:
        with rapport(path, "demo"):
            """It is stopped as soon as it is ready."""

    def begin(data: Path, verb: str = "up", *, fresh: bool = False, **more: str) -> Rapport:
        if not fresh and not (data / "rapport.sqlite3").exists() and "RAPPORT_DATABASE_URL" not in more:
            data.mkdir(parents=True, exist_ok=True)
            if verb == "demo":
                shutil.copytree(once(tmp_path_factory, "planted", plant), data, dirs_exist_ok=True)
            else:
                shutil.copy(migrated, data / "rapport.sqlite3")
        return running.enter_context(rapport(data, verb, **more))

    with contextlib.ExitStack() as running:
        yield begin


@contextlib.contextmanager
def watched(chromium: Browser, **how: Any) -> Iterator[BrowserContext]:
    """One person's browser: pages opened in it share cookies. Complaints of any page fail the test at its end."""
    context = chromium.new_context(**how)
    context.set_default_timeout(15_000)
    complaints: list[str] = []
    # The browser says so of every form that is shown again with its refusal; and htmx, and it, of a line that is cut.
    known = ("422 (Unprocessable Entity)", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "htmx:sendError",
             "htmx:sendAbort", "htmx:afterRequest")  # fmt: skip

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: hear(page, line) if line.type == "error" else None)

    def hear(page: Page, line: ConsoleMessage) -> None:
        if not any(one in line.text for one in known):
            complaints.append(f"{page.url}: {line.text}")

    context.on("page", watch)
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def browser(chromium: Browser, start: Start) -> Iterator[BrowserContext]:
    with watched(chromium, viewport={"width": 1440, "height": 900}) as context:
        yield context
