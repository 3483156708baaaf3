"""The page that takes the memory out: a job, a file for who asked, for a day; and the page that forgets a person."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from rapport.core import work
from rapport.core.models import Event, Work
from rapport.inbox import working
from rapport.inbox.models import Message, Outgoing
from rapport.ingest import exports
from rapport.people.models import Identity, Person
from tests.conftest import Cast
from tests.web.conftest import Browser

HERE = "/w/acme/memory/"


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    yield
    for left in exports.folder().glob("*") if exports.folder().is_dir() else ():
        left.unlink()


def done() -> None:
    while work.run_due(5, only=("export", "forget")):
        pass


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def records(answer: HttpResponse) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(body(answer)).splitlines()]


def test_a_workspace_is_written_by_the_worker_and_fetched_by_who_asked(cast: Cast, dana: Client) -> None:
    cast.says("@ann", "@acme where is my parcel?")
    there = dana.post(HERE, {"what": "workspace"})["Location"]
    assert "Waiting for the worker" in dana.get(there).content.decode()
    assert dana.get(f"{there}file/").status_code == 404  # not yet
    assert dana.post(HERE, {"what": "workspace"})["Location"] == there  # asked twice, one job
    done()
    page = dana.get(there).content.decode()
    assert "Download acme.jsonl.gz" in page and "Only you can fetch it" in page
    answer = dana.get(f"{there}file/")
    assert 'filename="acme.jsonl.gz"' in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"
    kinds = {str(record["record"]) for record in records(answer)}
    assert {"message", "person", "event"} <= kinds
    told = Event.objects.filter(verb__startswith="export.").order_by("pk")
    assert [(event.verb, event.by_id) for event in told] == [
        ("export.started", cast.dana.pk), ("export.fetched", cast.dana.pk),
    ]  # fmt: skip


def test_a_stream_a_person_and_a_spreadsheet(cast: Cast, dana: Client) -> None:
    cast.says("@ann", "@acme where is my parcel?")
    cast.says("@bo", "@acme you charged me twice, my card says so")
    person = dana.post(HERE, {"what": "person", "person": "ann"})["Location"]
    table = dana.post(HERE, {"what": "stream", "stream": "needs", "form": "csv"})["Location"]
    done()
    said = gzip.decompress(body(dana.get(f"{person}file/"))).decode()
    assert "parcel" in said and "charged" not in said
    sheet = body(dana.get(f"{table}file/")).decode("utf-8-sig")
    assert sheet.startswith("id,") and "charged" in sheet
    answer = dana.post(HERE, {"what": "person", "person": "@nobody"})
    assert answer.status_code == 422 and "nobody" in answer.content.decode()


def test_nobody_else_gets_it_not_even_another_manager_and_not_after_a_day(
    cast: Cast, dana: Client, bea: Client, browse: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = dana.post(HERE, {"what": "workspace"})["Location"]
    done()
    assert bea.get(HERE).status_code == 403 and bea.get(f"{there}file/").status_code == 403
    type(cast.cem).objects.filter(pk=cast.cem.pk).update(role="manager")
    cem = browse(cast.cem)
    assert cem.get(f"{there}file/").status_code == 404 and "acme.jsonl.gz" not in cem.get(HERE).content.decode()
    assert browse(cast.dot).get(there).status_code == 404
    cast.clock.shift(exports.KEPT + 1)
    page = dana.get(there).content.decode()
    assert "no longer here" in page and dana.get(f"{there}file/").status_code == 404
    type(cast.dana).objects.filter(pk=cast.dana.pk).update(role="agent")
    assert dana.get(there).status_code == 403


def test_whoever_lost_their_role_before_the_worker_came_gets_nothing(cast: Cast, dana: Client) -> None:
    dana.post(HERE, {"what": "workspace"})
    type(cast.dana).objects.filter(pk=cast.dana.pk).update(role="agent")
    done()
    assert "may not have it" in Work.objects.get(kind="export").error
    assert not exports.folder().is_dir() or not list(exports.folder().iterdir())


def test_forgetting_shows_what_would_go_asks_for_the_name_and_proves_it(cast: Cast, dana: Client) -> None:
    conversation = cast.says("@ann", "@acme where is my parcel 41872?", name="Ann Lee")
    cast.says("@bo", "@acme you charged me twice")
    working.note(conversation, "She is kind.", by=cast.bea)
    person = conversation.identity.person
    waiting = dana.post(HERE, {"what": "workspace"})["Location"]
    done()
    here = dana.post(f"{HERE}forget/", {"whom": "@ann"})["Location"]
    assert "Nothing is changed by that" in dana.get(here).content.decode()
    dana.post(f"{here}look/")
    assert "being searched" in dana.get(here).content.decode()
    done()
    page = dana.get(here).content.decode()
    assert "What would go" in page and "notes about them" in page and "Ann Lee" in page
    answer = dana.post(f"{here}confirmation/", {"word": "Anne"})
    assert answer.status_code == 422 and "Nothing has been changed" in answer.content.decode()
    done()
    assert Message.objects.filter(text__contains="41872").exists()
    cast.clock.shift(2 * 3600)  # what was counted long ago is counted again
    assert "What would go" not in dana.get(here).content.decode()
    dana.post(f"{here}confirmation/", {"word": "ann lee"})
    done()
    assert Message.objects.filter(text__contains="41872").exists()
    dana.post(f"{here}look/")
    done()
    dana.post(f"{here}confirmation/", {"word": " ann lee "})
    done()
    page = dana.get(here).content.decode()
    assert "The proof" in page and "in rows" in page and "Ann Lee" not in page and "@ann" not in page
    assert not Message.objects.filter(text__contains="41872").exists()
    assert Message.objects.filter(text__contains="charged").exists()
    assert Person.objects.get(pk=person.pk).name == ""
    assert Event.objects.get(verb="person.forgotten").by_id == cast.dana.pk
    assert "no longer here" in dana.get(waiting).content.decode()  # the export that held them went, too


def test_nothing_is_forgotten_without_having_been_shown_and_only_by_who_manages(
    cast: Cast, dana: Client, bea: Client
) -> None:
    person = cast.says("@ann", "@acme hello, where is it?").identity.person
    here = f"/w/acme/p/{person.pk}/forgetting/"
    dana.post(f"{here}confirmation/", {"word": "@ann"})
    done()
    assert Identity.objects.filter(address="@ann").exists() and not Work.objects.filter(kind="forget").exists()
    assert bea.get(here).status_code == 403 and bea.post(f"{here}look/").status_code == 403
    assert "Forget them" not in bea.get(f"/w/acme/p/{person.pk}/").content.decode()
    assert "Forget them" in dana.get(f"/w/acme/p/{person.pk}/").content.decode()


def test_while_an_answer_leaves_forgetting_waits_and_says_so(cast: Cast, dana: Client) -> None:
    conversation = cast.says("@ann", "@acme hello, where is it?")
    Outgoing.objects.create(workspace=cast.acme, conversation=conversation, by=cast.bea, text="Soon", state="sending")
    here = f"/w/acme/p/{conversation.identity.person.pk}/forgetting/"
    dana.post(f"{here}look/")
    done()
    dana.post(f"{here}confirmation/", {"word": "@ann"})
    done()
    assert "being sent at this moment" in dana.get(here).content.decode()
    assert Identity.objects.filter(address="@ann").exists()
