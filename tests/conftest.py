"""Both databases for whatever stores, and the cast: Acme, its people, its customer Ann, and Dot the stranger."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

DATA = tempfile.mkdtemp(prefix="rapport-tests-")
os.environ["RAPPORT_DATA"] = DATA
os.environ["RAPPORT_SECRET_KEY"] = "a secret key that only the tests know and use"
os.environ["RAPPORT_ALLOW_LOOPBACK"] = "1"
os.environ.pop("RAPPORT_URL", None)
os.environ.pop("RAPPORT_DATABASE_URL", None)
# The browser of the journeys keeps an event loop in this thread; the tests themselves are no asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.config.settings"

import dj_database_url  # noqa: E402
import django  # noqa: E402
import pytest  # noqa: E402
import time_machine  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from hypothesis import settings  # noqa: E402

from rapport.accounts import founding  # noqa: E402
from rapport.accounts.models import Member, Role, User, Workspace  # noqa: E402
from rapport.channels.base import Author, Batch, Envelope, Item  # noqa: E402
from rapport.inbox.models import Conversation, Source, Term  # noqa: E402
from tests import postgresql  # noqa: E402
from tests.once import once  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.peers.bluesky.network import Network

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BASE = connections.settings["default"]


def pytest_configure() -> None:
    setup_test_environment()
    # How long one example takes says more of the machine than of the code: what must be fast has a benchmark.
    settings.register_profile("rapport", deadline=None)
    settings.load_profile("rapport")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a minute or more begins first, so that nobody waits for it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _use(engine: dict[str, Any]) -> None:
    connections["default"].close()
    connections.settings["default"] = engine
    connections["default"] = connections.create_connection("default")


@pytest.fixture(scope="session")
def sqlite_settings(migrated: Path) -> dict[str, Any]:
    """A migrated SQLite database of this test process."""
    return BASE | {"NAME": str(shutil.copy(migrated, Path(DATA) / "tests.sqlite3"))}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with nothing in it, made once in a run; to be copied."""
    return once(tmp_path_factory, "migrated.sqlite3", lambda path: _migrated(BASE | {"NAME": str(path)}))


@pytest.fixture(scope="session")
def postgresql_settings() -> Iterator[dict[str, Any]]:
    """A migrated PostgreSQL database of this test process."""
    with postgresql.database() as url:
        yield _migrated(BASE | {"OPTIONS": {}} | dj_database_url.parse(url) | {"CONN_MAX_AGE": 0})
        connections["default"].close()


def _migrated(settings: dict[str, Any]) -> dict[str, Any]:
    _use(settings)
    call_command("migrate", verbosity=0)
    connections["default"].close()
    return settings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine that this run of the test uses, chosen as the default database."""
    _use(request.getfixturevalue(f"{request.param}_settings"))
    return str(request.param)


@pytest.fixture
def store(engine: str) -> Iterator[str]:
    """A database to write in, in both engines one after the other; everything is rolled back at the end."""
    with _rolled_back():
        yield engine


@contextlib.contextmanager
def _rolled_back() -> Iterator[None]:
    atomic = transaction.atomic()
    atomic.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)
        connections["default"].close()


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Callable[..., Any]:
    """``with grown(name, grow):`` is a SQLite database in which ``grow()`` has happened: once in a run, not per test."""

    def make(path: Path, grow: Callable[[], object]) -> None:
        shutil.copy(migrated, path)
        _use(BASE | {"NAME": str(path)})
        with time_machine.travel(NOW, tick=False):
            grow()
        connections["default"].close()

    @contextlib.contextmanager
    def standing(name: str, grow: Callable[[], object]) -> Iterator[None]:
        there = Path(DATA) / f"{name}.sqlite3"
        if not there.exists():
            shutil.copy(once(tmp_path_factory, there.name, lambda path: make(path, grow)), there)
        _use(BASE | {"NAME": str(there)})
        with _rolled_back():
            yield

    return standing


@pytest.fixture
def committed(engine: str) -> Iterator[str]:
    """A database in which commits are real (threads, servers, hooks after commit); emptied at the end."""
    yield engine
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    connections["default"].close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, one for all that look through it in this process: two would get in each other's way."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and nothing may be skipped here: apt-get install chromium")
        pytest.skip("Chromium is not installed: what needs a real browser is left out.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bluesky_network() -> Iterator[Network]:
    """Bluesky's own servers, with the AppView, for all that speak to them. Under CI they must be there."""
    from tests.peers.bluesky.network import missing, network

    if (why := missing()) and not os.environ.get("CI"):
        pytest.skip(why)
    with network() as running:
        yield running


@pytest.fixture
def at_nine() -> Iterator[time_machine.Traveller]:
    """It is 9:00 UTC on Tuesday, 10 March 2026, and stays so until the test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Cast:
    """Acme (company), Dana (owner), Bea and Cem (agents), Olga (observer), and Dot, who owns another workspace."""

    acme: Workspace
    dana: Member
    bea: Member
    cem: Member
    olga: Member
    elsewhere: Workspace
    dot: Member
    source: Source
    clock: Any = None

    def says(
        self,
        who: str,
        text: str,
        *,
        at: datetime = NOW,
        id: str | None = None,
        source: Source | None = None,
        **more: Any,
    ) -> Conversation:
        """Somebody writes (``who`` is an address), it goes down the whole line; returns the conversation."""
        from rapport.core.hashing import key
        from rapport.inbox.models import Message
        from rapport.ingest import accepting, pipeline

        source = source or self.source
        external_id = id or key(who, text, at.isoformat()).hex()
        envelope = Envelope(
            network="social",
            external_id=external_id,
            author=Author(who, more.pop("name", ""), more.pop("followers", "")),
            text=text,
            said_at=at,
            **more,
        )
        accepting.accept(source, Batch(items=(Item(envelope, text.encode("utf-8", "replace")),)))
        while pipeline.run():
            pass
        message = Message.objects.get(workspace=source.workspace, key=key("social", external_id))
        return Conversation.objects.get(pk=message.conversation_id)


@pytest.fixture
def cast(store: str, at_nine: time_machine.Traveller) -> Cast:
    """The people every test knows."""
    return make_cast(at_nine)


def make_cast(clock: Any = None) -> Cast:
    """Make the cast in the database in use (for tests with another lifetime than ``store``)."""
    dana = founding.found("Acme", owner_name="Dana", user=_user("dana@acme.test"))
    acme = dana.workspace
    others = {
        name: Member.objects.create(workspace=acme, user=_user(f"{name}@acme.test"), name=name.title(), role=role)
        for name, role in (("bea", Role.AGENT), ("cem", Role.AGENT), ("olga", Role.OBSERVER))
    }
    dot = founding.found("Elsewhere", owner_name="Dot", user=_user("dot@elsewhere.test"))
    for kind, text in (("handle", "@acme"), ("name", "Acme"), ("rival", "Norvik")):
        Term.objects.create(workspace=acme, kind=kind, text=text)
    source = Source.objects.create(workspace=acme, kind="fake", name="Social")
    return Cast(acme, dana, others["bea"], others["cem"], others["olga"], dot.workspace, dot, source, clock)


def find_cast(clock: Any = None) -> Cast:
    """The cast of a database in which it was made before."""
    acme, elsewhere = Workspace.objects.get(slug="acme"), Workspace.objects.get(slug="elsewhere")
    dana, bea, cem, olga = (acme.members.get(name=name) for name in ("Dana", "Bea", "Cem", "Olga"))
    return Cast(acme, dana, bea, cem, olga, elsewhere, elsewhere.members.get(), acme.sources.get(), clock)


def _user(email: str) -> User:
    return User.objects.create(email=email, password="!")
