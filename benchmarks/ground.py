"""The ground of the benchmarks: each engine with the product's own settings and durability, and invented messages."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("RAPPORT_DATA", tempfile.mkdtemp(prefix="rapport-bench-"))
os.environ.setdefault("RAPPORT_SECRET_KEY", "a secret key that only the benchmarks know and use")
os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.config.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from rapport.accounts import founding  # noqa: E402
from rapport.channels.base import Author, Envelope, Item  # noqa: E402
from rapport.inbox.models import Source, Term  # noqa: E402

ENGINES = ("sqlite", "postgresql")
_WORDS = (
    "router parcel invoice line phone order shop town again since monday morning week nobody call answer "
    "please the a and but with from for my your this that works broken late early green blue garden "
    "coffee train window letter when where why how is are was were it we you they here there still really "
    "quite happy sad cold warm slow quick "
).split()


@contextmanager
def engine(name: str) -> Iterator[str]:
    """An empty, migrated database of the named engine as the default one."""
    import dj_database_url
    from tests import postgresql

    base = dict(connections.settings["default"])
    if name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
            _use(base | {"NAME": str(Path(folder) / "bench.sqlite3")})
            yield name
            connections["default"].close()
    else:
        with postgresql.database(durable=True) as url:
            _use(base | {"OPTIONS": {}} | dj_database_url.parse(url))
            yield name
            connections["default"].close()
    _use(base, migrate=False)


def _use(settings: dict[str, Any], *, migrate: bool = True) -> None:
    connections["default"].close()
    connections.settings["default"] = settings
    connections["default"] = connections.create_connection("default")
    if migrate:
        call_command("migrate", verbosity=0)


def source() -> Source:
    """An empty workspace that knows its own handle."""
    call_command("flush", verbosity=0, interactive=False)
    workspace = founding.found("Bench", owner_name="Bench").workspace
    Term.objects.create(workspace=workspace, kind="handle", text="@acme")
    return Source.objects.create(workspace=workspace, kind="webhook", name="bench")


def invented(count: int, seed: int = 7) -> Iterator[Item]:
    """Messages of about 160 characters by some hundreds of people, a third of them replies, half of them to us."""
    dice = random.Random(seed)
    moment = datetime.now(UTC) - timedelta(days=2)
    for number in range(count):
        words = " ".join(dice.choices(_WORDS, k=28))
        text = f"{'@acme ' if dice.random() < 0.5 else ''}{words}{dice.choice('.?!')}"
        reply_to = f"m{dice.randrange(number)}" if number and dice.random() < 0.33 else ""
        author = Author(f"@person{int(dice.paretovariate(0.6)) % 5000}")
        said_at = moment + timedelta(seconds=number)
        envelope = Envelope(
            network="bench", external_id=f"m{number}", author=author, text=text, said_at=said_at, reply_to=reply_to
        )
        yield Item(envelope, text.encode())
