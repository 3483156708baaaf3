"""The disk is full, the database is gone, the process is killed: nothing is blamed, nothing is lost, all goes on later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.channels.webhook import signing
from rapport.core import work
from rapport.core.database import now
from rapport.core.models import Work
from rapport.core.trouble import trouble
from rapport.inbox.models import Arrival, Message, Source
from rapport.ingest import accepting, demo, pipeline
from tests.conftest import NOW, Cast, make_cast


@contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite may not grow; PostgreSQL is made to say what it says on a full disk."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # pages that earlier tests left free would be room
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 4294967294")
        return
    import psycopg.errors

    def full(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("could not extend file: No space left on device") from psycopg.errors.DiskFull()

    with monkeypatch.context() as patch:
        patch.setattr("rapport.ingest.sql.insert", full)
        yield


def _history(cast: Cast, count: int) -> Batch:
    text = "@acme where is it? " * 60
    rows = (
        Envelope(network="social", external_id=f"m{n}", author=Author(f"@p{n}"), text=text, said_at=NOW)
        for n in range(count)
    )
    return Batch(items=tuple(Item(row, b"x") for row in rows))


@pytest.mark.slow
def test_a_full_disk_is_no_envelopes_fault(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    accepting.accept(cast.source, _history(cast, 200))
    with no_room(monkeypatch):
        with pytest.raises(DatabaseError) as full:
            while pipeline.run():
                pass
        assert trouble(full.value)
    waiting = Arrival.objects.filter(done_at=None)
    assert waiting.exists() and not waiting.exclude(attempts=0, poison_at=None).exists()
    waiting.update(lease_until=now() - timedelta(seconds=1))  # fifteen seconds later
    while pipeline.run():
        pass
    assert Message.objects.count() == 200


def test_a_job_is_not_blamed_for_the_databases_trouble(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(row: work.Claimed) -> None:
        with no_room(monkeypatch):
            accepting.accept(cast.source, _history(cast, 200))

    cast = make_cast()
    monkeypatch.setitem(work._jobs, "full", full)
    work.put("full", {})
    with pytest.raises(DatabaseError):
        work.run_due()
    assert Work.objects.values_list("attempts", "error").get() == (0, "")


def test_a_stranger_is_asked_to_come_again_when_there_is_no_room(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    source = Source(workspace=cast.acme, kind="webhook", name="Shop")
    source.keep_settings({"secret": "s" * 32})
    source.save()
    body = json.dumps(
        {"messages": [{"id": n, "author": "ann", "text": "where is it? " * 90} for n in range(100)]}
    ).encode()
    headers = signing.headers("s" * 32, now(), body)
    with no_room(monkeypatch):
        answer = Client().post(f"/in/{source.token}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 503 and answer["Retry-After"] == "60" and not Arrival.objects.exists()
    answer = Client().post(f"/in/{source.token}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 202 and Arrival.objects.count() == 100


@pytest.mark.slow
def test_a_demo_world_is_there_whole_or_not_at_all(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planted: list[int] = []
    run = pipeline.run

    def killed(**more: Any) -> int:
        planted.append(run(**more))
        if len(planted) > 2:
            raise KeyboardInterrupt
        return planted[-1]

    monkeypatch.setattr(pipeline, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        demo.plant()
    monkeypatch.undo()
    assert not Source.objects.exists() and not Message.objects.exists()
    visitor = demo.plant()
    assert Message.objects.filter(workspace=visitor.workspace).count() > 55
    assert Message.objects.filter(ours=True).exclude(by=None).exists()


@pytest.mark.parametrize("error", [ValueError("x"), OperationalError("deadlock"), DatabaseError("x")])
def test_what_is_no_trouble_of_the_database_is_none(error: Exception) -> None:
    assert trouble(error) == ""
