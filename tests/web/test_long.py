"""A conversation of ten thousand messages: it opens at a page's price, and a link to an old message opens there."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.core.hashing import key
from rapport.inbox import working
from rapport.inbox.models import Conversation, Message
from tests.conftest import NOW, Cast

MANY = 700
"""Where it is a question of order only; the price is asked for with ten thousand."""
BUDGET = 35
"""One more than a short one's: the questions that wait inside may stand further up."""
BYTES = 400_000
"""Of one page's HTML before compression: a hundred messages with their reasons, and the desk around them."""


@pytest.fixture
def long(cast: Cast) -> Conversation:
    return talk(cast, MANY)


def talk(cast: Cast, many: int) -> Conversation:
    """Ann and we, so many times, a minute apart."""
    row = cast.says("@ann", "@acme where is my refund?", id="first", at=NOW - timedelta(days=30), name="Ann Lee")
    first = row.messages.get()
    Message.objects.bulk_create(
        [
            Message(
                workspace=cast.acme,
                conversation=row,
                source=cast.source,
                identity=None if n % 2 else first.identity,
                network="social",
                external_id=f"x{n}",
                key=key("social", f"x{n}"),
                text=f"word number {n} of many",
                ours=bool(n % 2),
                addressed="nearby",
                said_at=first.said_at + timedelta(minutes=n),
                arrived_at=NOW,
            )
            for n in range(1, many)
        ],
        batch_size=1_000,
    )
    Conversation.objects.filter(pk=row.pk).update(message_count=many)
    row.refresh_from_db()
    return row


def the(row: Conversation, n: int) -> int:
    return row.messages.get(external_id=f"x{n}").pk


def shown(client: Client, path: str) -> list[int]:
    page = client.get(path).content.decode()
    turns = page.split('id="turns"')[1].split('class="work"')[0]
    return [int(n) for n in re.findall(r"word number (\d+) of many", turns)]


@pytest.mark.slow
def test_ten_thousand_open_for_the_price_of_a_page_at_the_newest_and_at_an_old_one(cast: Cast, bea: Client) -> None:
    many = 10_000
    row = talk(cast, many)
    newest, old = f"/w/acme/c/{row.pk}/", f"/w/acme/c/{row.pk}/?from={the(row, 5_000)}"
    bea.get(newest)  # the templates are read
    for path, here, price in ((newest, range(many - 100, many), BUDGET), (old, range(4_980, 5_080), BUDGET + 5)):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            answer = bea.get(path)
        assert time.perf_counter() - began < 2
        assert len(asked) <= price and len(answer.content) < BYTES
        assert shown(bea, path) == list(here)


def test_a_link_to_an_old_message_opens_at_it_with_what_was_said_around_it(long: Conversation, bea: Client) -> None:
    old = the(long, 500)
    path = f"/w/acme/c/{long.pk}/?from={old}"
    page = bea.get(path).content.decode()
    assert shown(bea, path) == list(range(480, 580)) and f'id="m{old}"' in page
    assert "Later messages" in page and "Earlier messages" in page
    assert f"from={old}" in page.split('id="turns"')[1].split(">")[0]  # what fetches itself stays where one reads


def test_from_there_one_reads_on_in_both_directions_without_a_gap(long: Conversation, bea: Client) -> None:
    start = f"/w/acme/c/{long.pk}/?from={the(long, 550)}"
    page = bea.get(start).content.decode()
    later = re.search(r"from=(\d+)#m", page)
    earlier = re.search(r"before=(\d+)", page.split("Earlier messages")[0].rsplit("<p", 1)[1])
    assert later and earlier
    here = shown(bea, start)
    after = shown(bea, f"/w/acme/c/{long.pk}/?from={later[1]}")
    before = shown(bea, f"/w/acme/c/{long.pk}/?before={earlier[1]}")
    assert sorted({*before, *here, *after}) == list(range(before[0], after[-1] + 1))
    assert here[-1] in after and after[-1] == MANY - 1 and before[-1] == here[0] - 1
    last = bea.get(f"/w/acme/c/{long.pk}/?from={later[1]}").content.decode()
    assert "Later messages" not in last


def test_the_first_message_of_all_has_nothing_before_it(long: Conversation, bea: Client) -> None:
    first = long.messages.get(external_id="first").pk
    page = bea.get(f"/w/acme/c/{long.pk}/?from={first}").content.decode()
    assert f'id="m{first}"' in page
    assert "Earlier messages" not in page and "Later messages" in page


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 40, "999999999"])
def test_a_message_that_is_not_here_asks_nothing(long: Conversation, bea: Client, asked: str) -> None:
    assert shown(bea, f"/w/acme/c/{long.pk}/?from={asked}")[-1] == MANY - 1


def test_a_message_of_another_conversation_opens_nothing_of_it(long: Conversation, cast: Cast, bea: Client) -> None:
    other = cast.says("@bo", "@acme a secret of Bo's").messages.get()
    path = f"/w/acme/c/{long.pk}/?from={other.pk}"
    assert shown(bea, path)[-1] == MANY - 1
    assert "a secret of Bo" not in bea.get(path).content.decode().split('id="turns"')[1].split('class="work"')[0]


def test_a_note_stands_where_it_was_written_and_nowhere_else(long: Conversation, cast: Cast, bea: Client) -> None:
    note = working.note(long, "Call her at four", by=cast.cem)
    type(note).objects.update(at=long.messages.get(external_id="x500").said_at + timedelta(seconds=30))
    assert "Call her at four" in bea.get(f"/w/acme/c/{long.pk}/?from={the(long, 500)}").content.decode()
    assert "Call her at four" not in bea.get(f"/w/acme/c/{long.pk}/").content.decode().split('id="turns"')[1]


def test_the_links_of_a_person_lead_to_the_very_message(cast: Cast, bea: Client) -> None:
    row = cast.says("@ann", "@acme I am furious, my refund never came!", name="Ann Lee")
    message = row.messages.select_related("identity").get()
    page = bea.get(f"/w/acme/p/{message.identity.person_id}/").content.decode()
    assert f"from={message.pk}#m{message.pk}" in page


def test_whoever_reads_an_old_part_and_answers_is_told_what_came_since(long: Conversation, bea: Client) -> None:
    page = bea.get(f"/w/acme/c/{long.pk}/?from={the(long, 500)}").content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    answer = bea.post(f"/w/acme/c/{long.pk}/reply/", {"text": "It left us today.", "seen": seen[1]})
    assert answer.status_code == 422 and "your draft is kept" in answer.content.decode()
