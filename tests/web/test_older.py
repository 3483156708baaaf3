"""Bringing older messages along, as a manager sees it: chosen when connecting, watched, steered; nobody else may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.core import work
from rapport.core.models import Work
from rapport.inbox.models import Conversation, Message, Source
from rapport.ingest import bringing
from tests.conftest import Cast
from tests.ingest.test_bringing import PastChannel, days, said
from tests.web.conftest import Browser


@pytest.fixture
def past(cast: Cast) -> Iterator[PastChannel]:
    channel = PastChannel(past=[(said("1", days(20)), said("2", days(2))), (said("3", days(3)),)])
    with registry.also(channel):
        yield channel


def run() -> None:
    while work.run_due(only=(bringing.KIND,)):
        pass


def test_it_is_chosen_when_connecting_and_its_page_tells_of_it(cast: Cast, past: PastChannel, dana: Client) -> None:
    form = dana.get("/w/acme/sources/new/fake/").content.decode()
    assert 'name="horizon"' in form and '<option value="7" selected>' in form
    page = dana.post("/w/acme/sources/new/fake/", {"name": "Bird", "token": "t", "horizon": "30"}).content.decode()
    job = Work.objects.get(kind="backfill")
    assert f"/w/acme/imports/{job.pk}/" in page and "The last 30 days" in page
    run()
    told = dana.get(f"/w/acme/imports/{job.pk}/").content.decode()
    assert "Done" in told and "read, not owed" in told and "is%3Aquiet" in told
    assert Message.objects.filter(history=True).count() == 3
    source = Source.objects.get(name="Bird")
    shown = dana.get(f"/w/acme/sources/{source.pk}/").content.decode()
    assert "3 messages read" in shown and "Bring them along" in shown
    old = Conversation.objects.get(thread="1")
    assert "read, not owed" in dana.get(f"/w/acme/c/{old.pk}/").content.decode()
    assert "Bird" in dana.get("/w/acme/import/").content.decode()


def test_nothing_may_be_chosen_and_nonsense_connects_nothing(cast: Cast, past: PastChannel, dana: Client) -> None:
    answer = dana.post("/w/acme/sources/new/fake/", {"name": "Bird", "token": "t", "horizon": "ever"})
    assert answer.status_code == 422 and not Source.objects.filter(name="Bird").exists()
    dana.post("/w/acme/sources/new/fake/", {"name": "Bird", "token": "t", "horizon": "none"})
    dana.post("/w/acme/sources/new/fake/", {"name": "Bee", "token": "t"})
    assert Source.objects.filter(name__in=["Bird", "Bee"]).count() == 2
    assert not Work.objects.filter(kind="backfill").exists()


def test_it_is_asked_for_later_paused_resumed_and_ended(
    cast: Cast, past: PastChannel, dana: Client, browse: Browser
) -> None:
    there = f"/w/acme/sources/{cast.source.pk}/history/"
    assert browse(cast.bea).post(there, {"horizon": "7"}).status_code in {403, 404}
    assert browse(cast.dot).post(there, {"horizon": "7"}).status_code == 404
    assert not Work.objects.filter(kind="backfill").exists()
    page = dana.post(there, {"horizon": "365"})["Location"]
    for verb, state in (("pause", "Paused"), ("resume", "Waiting"), ("end", "Done")):
        dana.post(f"{page}{verb}/")
        assert state in dana.get(page).content.decode()
    dana.post(there, {"horizon": "all"})
    run()
    job = Work.objects.filter(kind="backfill").latest("pk")
    dana.post(f"/w/acme/imports/{job.pk}/cancellation/")
    run()
    assert not Message.objects.exists() and Source.objects.filter(pk=cast.source.pk).exists()
