"""Views: a kept filter is a stream of the desk, for oneself or for all; saved searches are at hand when one searches."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.inbox import viewing
from rapport.inbox.models import View
from tests.conftest import Cast
from tests.web.conftest import Browser


def text(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def keep(client: Client, name: str, words: str, **more: str) -> str:
    answer = client.post("/w/acme/views/", {"name": name, "words": words, **more}, follow=True)
    return answer.content.decode()


def strip(client: Client) -> str:
    return text(client, "/w/acme/views/?stream=all", **{"HX-Request": "true", "HX-Target": "views"})


def test_a_view_is_a_stream_and_its_count_is_what_one_sees(cast: Cast, bea: Client) -> None:
    for number in range(3):
        cast.says(f"@ann{number}", "@acme where is my refund?", id=str(number))
    cast.says("@bo", "@acme where is my kettle?", id="9")
    page = keep(bea, "Refunds", "refund is:open", on_desk="1")
    assert "Kept: Refunds." in page and 'aria-current="page" dir="auto">Refunds' in page
    assert page.count("data-row") == 3 and "kettle" not in page
    assert 'Refunds <span class="count">3</span>' in strip(bea)
    id = View.objects.get().pk
    assert text(bea, f"/w/acme/?view={id}").count("data-row") == text(bea, f"/w/acme/?stream=view-{id}").count(
        "data-row"
    )


def test_a_conversation_opened_from_a_view_stays_in_it_and_done_goes_to_the_next(cast: Cast, bea: Client) -> None:
    rows = [cast.says(f"@ann{number}", "@acme where is my refund?", id=str(number)) for number in range(3)]
    view = viewing.keep("Refunds", "refund is:open", by=cast.bea)
    page = text(bea, f"/w/acme/c/{rows[1].pk}/?stream=view-{view.pk}")
    assert "Refunds · Acme" in page and f'name="stream" value="view-{view.pk}"' in page
    answer = bea.post(f"/w/acme/c/{rows[1].pk}/silence/", {"why": "other", "stream": f"view-{view.pk}"})
    assert answer["Location"] == f"/w/acme/c/{rows[0].pk}/?stream=view-{view.pk}"
    answer = bea.post(f"/w/acme/c/{rows[0].pk}/silence/", {"why": "other", "stream": f"view-{view.pk}"})
    assert answer["Location"] == f"/w/acme/?stream=view-{view.pk}&done=1"
    bea.post(f"/w/acme/c/{rows[2].pk}/silence/", {"why": "other", "stream": f"view-{view.pk}"})
    assert "Nothing fits this view now." in text(bea, answer["Location"])


@pytest.mark.slow
def test_pages_of_a_view_follow_each_other(cast: Cast, bea: Client) -> None:
    for number in range(52):
        cast.says(f"@ann{number}", "@acme where is my refund?", id=str(number))
    view = viewing.keep("Refunds", "refund", by=cast.bea)
    first = text(bea, f"/w/acme/?view={view.pk}")
    assert first.count("data-row") == 50
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    assert text(bea, onward[1].replace("&amp;", "&")).count("data-row") == 2


def test_ones_own_is_for_oneself_and_a_shared_one_for_all(cast: Cast, bea: Client, browse: Browser) -> None:
    keep(bea, "Only mine", "is:mine", on_desk="1")
    keep(bea, "For all", "is:late", on_desk="1", shared="1")
    cem, dot = browse(cast.cem), browse(cast.dot)
    assert "Only mine" in strip(bea) and "For all" in strip(bea)
    assert "Only mine" not in strip(cem) and "For all" in strip(cem)
    mine, shared = View.objects.order_by("pk")
    assert "This view is gone" in text(cem, f"/w/acme/?view={mine.pk}")
    assert cem.post(f"/w/acme/views/{mine.pk}/removal/").status_code == 404
    page = cem.post(f"/w/acme/views/{shared.pk}/removal/", follow=True).content.decode()
    assert "Only whoever made this view" in page and "For all" in strip(cem)
    for act in ("", "move/", "removal/", "return/"):
        assert dot.post(f"/w/elsewhere/views/{shared.pk}/{act}").status_code == 404
    assert "For all" not in text(dot, "/w/elsewhere/views/")
    browse(cast.dana).post(f"/w/acme/views/{shared.pk}/removal/")
    assert "For all" not in strip(bea)


def test_an_observer_keeps_for_herself_and_shares_nothing(cast: Cast, browse: Browser) -> None:
    olga = browse(cast.olga)
    assert "Kept: Late" in keep(olga, "Late", "is:late", on_desk="1")
    assert "sharing one takes another role" in keep(olga, "Late", "is:late", shared="1")


def test_a_view_is_changed_moved_removed_and_brought_back(cast: Cast, bea: Client) -> None:
    keep(bea, "One", "is:late", on_desk="1")
    keep(bea, "Two", "is:open", on_desk="1")
    one, two = View.objects.order_by("pk")
    bea.post(f"/w/acme/views/{one.pk}/", {"name": "First", "words": "is:late   from:ann", "on_desk": "1"})
    one.refresh_from_db()
    assert (one.name, one.words, one.shared) == ("First", "is:late from:ann", False)
    bea.post(f"/w/acme/views/{two.pk}/move/", {"to": "up"})
    assert strip(bea).index("Two") < strip(bea).index("First")
    page = bea.post(f"/w/acme/views/{one.pk}/removal/", follow=True).content.decode()
    undo = re.search(r'action="(/w/acme/views/\d+/return/)"', page)
    assert undo and "First" not in strip(bea)
    bea.post(undo[1])
    assert "First" in strip(bea)


def test_what_is_not_understood_is_said_and_nothing_is_lost(cast: Cast, bea: Client) -> None:
    answer = bea.post("/w/acme/views/", {"name": "Late ones", "words": "is:latte"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "nothing that “is:” knows" in page
    assert 'value="Late ones"' in page and 'value="is:latte"' in page
    assert "Give the view a name." in keep(bea, "  ", "is:late")
    assert "Write what the view shall hold" in keep(bea, "Empty", "")
    assert not View.objects.exists()


def test_a_saved_search_is_at_hand_when_one_searches(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?")
    assert "Keep this search" in text(bea, "/w/acme/search/?q=refund")
    keep(bea, "Money", "refund")
    page = text(bea, "/w/acme/search/")
    assert "Money" in page and 'href="/w/acme/search/?q=refund"' in page
    assert "Money" not in strip(bea)
