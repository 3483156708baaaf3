"""The desk: its streams, what a row says, its pages, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.core.database import now
from rapport.inbox import working
from rapport.inbox.models import Conversation
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser

BUDGET = 11
"""Queries of a desk page, however many rows: session, user, memberships, counters, rows, and little else."""


def texts(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_says_who_what_why_and_how_late(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme my router has been broken for three weeks and nobody calls back!", name="Ann Lee")
    cast.clock.shift(timedelta(days=3))
    page = texts(bea, "/w/acme/")
    assert "Ann Lee" in page and "my router has been broken" in page
    assert 'class="clock late"' in page
    conversation = Conversation.objects.get()
    assert conversation.headline in page


def test_counts_equal_what_one_sees(cast: Cast, bea: Client) -> None:
    for number in range(3):
        cast.says(f"@ann{number}", "@acme where is my refund?", id=str(number))
    cast.says("@sun", "What a lovely morning in the park.")
    page = texts(bea, "/w/acme/")
    assert 'aria-current="page">Needs an answer <span class="count">3</span>' in page
    assert page.count("data-row") == 3
    assert texts(bea, "/w/acme/?stream=all").count("data-row") == 4


def test_an_empty_stream_says_what_to_do_next(cast: Cast, bea: Client) -> None:
    assert "Nobody is waiting for an answer." in texts(bea, "/w/acme/")
    assert "Nothing is assigned to you." in texts(bea, "/w/acme/?stream=mine")
    assert "Nobody is waiting" in texts(bea, "/w/acme/?stream=nonsense")


def test_an_empty_workspace_offers_three_doors(cast: Cast, dana: Client) -> None:
    cast.source.delete()
    page = texts(dana, "/w/acme/")
    assert "Try the demo" in page and "Import a file" in page and "Connect a webhook" in page


@pytest.mark.parametrize("stream", ["needs", "all"])
def test_pages_follow_each_other_without_a_gap(
    cast: Cast, bea: Client, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.web.streams.read.__defaults__", ("", 3))
    for number in range(7):
        cast.says(f"@ann{number}", "@acme where is my refund?", id=str(number), at=NOW - timedelta(minutes=number // 2))
    seen: list[str] = []
    path = f"/w/acme/?stream={stream}"
    for _ in range(4):
        page = texts(bea, path)
        seen += [part.split('"')[0] for part in page.split('id="row-')[1:]]
        if 'rel="next"' not in page:
            break
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "after", ["", "~", "x~y", "1~", "~1", "9" * 40 + "~1", "2026-13-45T99:00~3", "2026-01-01T00:00~3", "0~0"]
)
def test_a_place_that_nobody_gave_is_the_beginning(cast: Cast, bea: Client, after: str) -> None:
    cast.says("@ann", "@acme where is my refund?")
    for stream in ("needs", "all"):
        assert "data-row" in texts(bea, f"/w/acme/?stream={stream}&after={after}") or after == "0~0"


def test_a_page_costs_the_same_few_queries_for_one_row_and_for_fifty(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?")
    with CaptureQueriesContext(connection) as one:
        texts(bea, "/w/acme/")
    for number in range(30):
        row = cast.says(f"@bo{number}", "@acme where is my refund?", id=str(number))
        working.assign(row, cast.cem, by=cast.bea)
    with CaptureQueriesContext(connection) as many:
        texts(bea, "/w/acme/")
    assert len(many) == len(one) <= BUDGET, [query["sql"][:90] for query in many.captured_queries]


@pytest.mark.slow
def test_a_conversation_costs_the_same_for_two_turns_and_for_forty(cast: Cast, bea: Client) -> None:
    first = cast.says("@ann", "@acme where is my refund?", id="0")
    with CaptureQueriesContext(connection) as few:
        texts(bea, f"/w/acme/c/{first.pk}/")
    for number in range(1, 30):
        cast.says(
            "@ann",
            f"@acme and again, {number}: where is it?",
            id=str(number),
            reply_to="0",
            at=NOW + timedelta(minutes=number),
        )
        working.note(first, f"Note {number}", by=cast.cem)
    with CaptureQueriesContext(connection) as many:
        texts(bea, f"/w/acme/c/{first.pk}/")
    assert len(many) == len(few) <= 34, [query["sql"][:90] for query in many.captured_queries]


def test_the_stream_alone_is_a_fragment_with_one_root(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?")
    answer = bea.get("/w/acme/", headers={"HX-Request": "true", "HX-Target": "stream"})
    text = answer.content.decode().strip()
    assert text.startswith('<section id="stream"') and text.endswith("</section>") and "data-refresh-on" in text


def test_an_absolute_time_stands_beside_every_relative_one(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?", at=now() - timedelta(hours=2))
    assert 'title="10 March 2026, 07:00"' in texts(bea, "/w/acme/")


def test_words_that_were_not_sent_are_marked_in_the_stream_for_whoever_wrote_them(
    cast: Cast, bea: Client, browse: Browser
) -> None:
    row = cast.says("@ann", "@acme where is it?")
    bea.post(f"/w/acme/c/{row.pk}/draft/", {"text": "It left"})
    assert '<span class="badge">draft</span>' in bea.get("/w/acme/").content.decode()
    assert '<span class="badge">draft</span>' not in browse(cast.cem).get("/w/acme/").content.decode()


def test_a_handle_in_front_does_not_turn_an_arabic_sentence_around(cast: Cast, bea: Client) -> None:
    row = cast.says("@salma", "@acme لماذا لا يعمل الهاتف؟")
    page = bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    assert '<span class="said" dir="rtl">' in page and '<div class="words" dir="rtl">' in page
    cast.says("@ann", "@acme where is it? مرحبا")
    assert '<span class="said" dir="ltr">' in bea.get("/w/acme/").content.decode()
