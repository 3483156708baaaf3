"""One verb on many conversations: chosen by their boxes, or all that match; done at once or by the worker; one undo."""

from __future__ import annotations

import re

from django.test import Client

from rapport.core import work
from rapport.inbox import bulk, tagging, working
from rapport.inbox.models import Conversation, Tag
from tests.conftest import Cast
from tests.web.conftest import Browser


def some(cast: Cast, many: int) -> list[Conversation]:
    return [cast.says(f"@ann{n}", "@acme where is my refund?", id=str(n)) for n in range(many)]


def act(client: Client, rows: list[Conversation], verb: str, **more: str) -> str:
    fields = {"c": [str(row.pk) for row in rows], "verb": verb, "stream": "needs", **more}
    return client.post("/w/acme/bulk/", fields, follow=True).content.decode()


def undo(client: Client, page: str) -> str:
    found = re.search(r'action="(/w/acme/bulk/\w+/undo/)"', page)
    assert found
    return client.post(found[1], follow=True).content.decode()


def states() -> list[str]:
    return list(Conversation.objects.order_by("pk").values_list("state", flat=True))


def test_the_chosen_ones_are_settled_and_come_back_together(cast: Cast, bea: Client) -> None:
    rows = some(cast, 4)
    page = act(bea, rows[:3], "settle")
    assert "Settled: 3 conversations." in page and page.count("data-row") == 1
    assert 'Answered <span class="count">3</span>' in page
    page = undo(bea, page)
    assert "Undone for 3 conversations." in page and page.count("data-row") == 4
    assert 'Answered <span class="count">0</span>' in page


def test_what_somebody_touched_since_stays(cast: Cast, bea: Client) -> None:
    rows = some(cast, 3)
    page = act(bea, rows, "silence", why="spam")
    assert states() == ["quiet"] * 3
    working.reopen(rows[0], by=cast.cem)
    cast.says("@ann1", "@acme hello? where is it?", id="x", reply_to="1")
    page = undo(bea, page)
    assert "Undone for 1 conversation." in page and "2 stay: something has happened there since." in page
    assert "There is nothing to undo" not in page


def test_assigning_says_only_what_changed(cast: Cast, bea: Client) -> None:
    rows = some(cast, 2)
    working.assign(rows[0], cast.cem, by=cast.bea)
    page = act(bea, rows, "assign", to=str(cast.cem.pk))
    assert "Assigned: 1 conversation." in page
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {cast.cem.pk}
    assert "Nothing had to be changed." in act(bea, rows, "assign", to=str(cast.cem.pk))


def test_refusals_are_sentences_and_change_nothing(cast: Cast, bea: Client, browse: Browser) -> None:
    rows = some(cast, 1)
    assert "Choose conversations first" in act(bea, [], "settle")
    assert "Choose why no answer is needed." in act(bea, rows, "silence", why="because")
    assert "Choose what to do" in act(bea, rows, "burn")
    assert "Only somebody who answers" in act(bea, rows, "assign", to=str(cast.olga.pk))
    assert "Only somebody who answers" in act(bea, rows, "assign", to=str(cast.dot.pk))
    assert browse(cast.olga).post("/w/acme/bulk/", {"c": [rows[0].pk], "verb": "settle"}).status_code == 403
    assert states() == ["needs_answer"]


def test_a_stranger_changes_nothing_of_ours(cast: Cast, browse: Browser, bea: Client) -> None:
    rows = some(cast, 2)
    dot = browse(cast.dot)
    answer = dot.post("/w/elsewhere/bulk/", {"c": [row.pk for row in rows], "verb": "settle"}, follow=True)
    assert "Nothing had to be changed." in answer.content.decode()
    assert states() == ["needs_answer"] * 2
    page = act(bea, rows, "settle")
    found = re.search(r"/w/acme/bulk/(\w+)/undo/", page)
    assert found
    dot.post(f"/w/elsewhere/bulk/{found[1]}/undo/")
    browse(cast.cem).post(f"/w/acme/bulk/{found[1]}/undo/")
    assert states() == ["settled"] * 2


def test_all_that_match_are_done_by_the_worker_with_progress_and_one_undo(
    cast: Cast, bea: Client, browse: Browser, monkeypatch: object
) -> None:
    bulk_at_once, bulk_batch = bulk.AT_ONCE, bulk.BATCH
    bulk.AT_ONCE, bulk.BATCH = 2, 2
    try:
        some(cast, 5)
        answer = bea.post("/w/acme/bulk/", {"every": "1", "verb": "settle", "stream": "needs"})
        path = answer["Location"]
        assert "0 of 5 looked at" in bea.get(path).content.decode() and states() == ["needs_answer"] * 5
        assert browse(cast.cem).get(path).status_code == 404
        work.run_due(only=("bulk",))
        page = bea.get(path).content.decode()
        assert "5 of 5 looked at, 5 changed." in page and states() == ["settled"] * 5
        assert "Undone for 5 conversations." in undo(bea, page)
        assert states() == ["needs_answer"] * 5
    finally:
        bulk.AT_ONCE, bulk.BATCH = bulk_at_once, bulk_batch


def test_without_script_the_boxes_belong_to_the_form(cast: Cast, bea: Client, browse: Browser) -> None:
    some(cast, 1)
    page = bea.get("/w/acme/").content.decode()
    assert '<form id="bulk"' in page and 'form="bulk" name="c"' in page
    assert 'form="bulk"' not in browse(cast.olga).get("/w/acme/").content.decode()


def test_many_are_tagged_and_the_tags_come_off_together(cast: Cast, bea: Client) -> None:
    rows = some(cast, 3)
    tagging.tag(rows[0], "Hose", by=cast.bea)
    page = act(bea, rows, "tag", tag="#hose")
    assert "Tagged: 2 conversations." in page and page.count('<span class="tag" dir="auto">Hose</span>') == 3
    page = undo(bea, page)
    assert "Undone for 2 conversations." in page and page.count('<span class="tag" dir="auto">Hose</span>') == 1
    assert "Write a word for the tag." in act(bea, rows, "tag", tag=" # ")
    assert Tag.objects.count() == 1


def test_one_that_bears_all_it_can_does_not_hold_up_the_others(cast: Cast, bea: Client) -> None:
    rows = some(cast, 2)
    for n in range(tagging.MOST):
        tagging.tag(rows[0], f"word {n}", by=cast.bea)
    page = act(bea, rows, "tag", tag="late")
    assert "Tagged: 1 conversation." in page
    assert [row.tags.filter(name="late").exists() for row in rows] == [False, True]


def test_many_are_snoozed_until_one_time_and_come_back_together(cast: Cast, bea: Client) -> None:
    rows = some(cast, 3)
    page = act(bea, rows[:2], "snooze", until="hour")
    assert "Snoozed: 2 conversations." in page and page.count("data-row") == 1
    untils = set(Conversation.objects.exclude(snoozed_until=None).values_list("snoozed_until", flat=True))
    assert len(untils) == 1
    assert undo(bea, page).count("data-row") == 3
    assert "Choose a time that is still to come." in act(bea, rows, "snooze", until="2020-01-01T09:00")
    assert states() == ["needs_answer"] * 3
