"""What one began or took back is not lost, and is said: notes, drafts, times, tags, and who is whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.core import work
from rapport.inbox import tagging, undoing, unwinding
from rapport.inbox.models import Conversation, Note, Tag
from rapport.people.models import Apart, Identity
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_bulk import act
from tests.web.test_bulk import undo as undo_many
from tests.web.test_verbs import post, undo_in


@pytest.fixture
def ann(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my refund?", name="Ann Lee", id="1")


def field(page: str, id: str) -> str:
    """What stands in the text field of this id."""
    found = re.search(rf'<textarea id="{id}".*?>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def menu(page: str, id: str) -> str:
    """The menu in which the field of this id stands, with its opening tag."""
    before, after = page.split(f'id="{id}"', 1)
    return "<details" + before.rsplit("<details", 1)[1] + after.split("</details>")[0]


@pytest.mark.parametrize("way", ["toast", "key"])
def test_a_note_taken_back_says_so_and_gives_its_words_back(ann: Conversation, bea: Client, way: str) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/note/", text="Call her at four")
    page = post(bea, undo_in(page) if way == "toast" else "/w/acme/undo/")
    assert "Note taken back. Your words stand in its field again." in page
    assert field(page, "note-text") == "Call her at four" and " open>" in menu(page, "note-text").splitlines()[0]
    assert "Undone" not in page and "took a note back" in page
    assert 'id="more-verbs" checked' in page  # on a phone the field lies behind it


def test_a_question_taken_back_gives_its_words_back_with_whom_it_asked(
    ann: Conversation, cast: Cast, bea: Client
) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/question/", text="Is it lost?", to=str(cast.cem.pk))
    page = post(bea, undo_in(page))
    assert "Question taken back. Your words stand in its field again." in page
    assert field(page, "question-text") == "Is it lost?" and field(page, "note-text") == ""
    assert f'<option value="{cast.cem.pk}" selected>Cem</option>' in page


def test_what_somebody_else_took_back_is_shown_to_nobody(ann: Conversation, cast: Cast, browse: Browser) -> None:
    cem = browse(cast.cem)
    post(cem, undo_in(post(cem, f"/w/acme/c/{ann.pk}/note/", text="Call her at four")))
    address = f"/w/acme/c/{ann.pk}/?noted={Note.objects.get().pk}"
    assert "Call her at four" in cem.get(address).content.decode()
    assert "Call her at four" not in browse(cast.bea).get(address).content.decode()
    post(cem, f"/w/acme/c/{ann.pk}/note/", text="It stands")
    assert undoing.taken_back(ann, Note.objects.get(text="It stands").pk, by=cast.cem) is None


def test_a_refused_question_keeps_whom_it_asks(ann: Conversation, cast: Cast, bea: Client) -> None:
    answer = bea.post(f"/w/acme/c/{ann.pk}/question/", {"text": " ", "to": str(cast.cem.pk)})
    assert answer.status_code == 422 and f'value="{cast.cem.pk}" selected' in answer.content.decode()


def test_a_past_snooze_time_is_refused_in_its_menu_and_kept(ann: Conversation, bea: Client) -> None:
    answer = bea.post(f"/w/acme/c/{ann.pk}/snoozing/", {"until": "2020-01-01T09:00"})
    inside = menu(answer.content.decode(), "snooze-until")
    assert answer.status_code == 422 and " open>" in inside.splitlines()[0]
    assert 'id="snooze-refusal">Choose a time that is still to come.' in inside and 'value="2020-01-01T09:00"' in inside
    ann.refresh_from_db()
    assert ann.state == "needs_answer"


def test_whoever_goes_on_with_a_draft_unsent_hears_that_it_is_kept(ann: Conversation, bea: Client) -> None:
    bea.post(f"/w/acme/c/{ann.pk}/draft/", {"text": "Dear Ann"})
    page = post(bea, f"/w/acme/c/{ann.pk}/settlement/")
    assert "Settled. Your draft is kept." in page
    bea.post(f"/w/acme/c/{ann.pk}/draft/", {"text": ""})
    post(bea, f"/w/acme/c/{ann.pk}/reopening/")
    assert "Your draft is kept" not in post(bea, f"/w/acme/c/{ann.pk}/settlement/")


def test_a_word_made_a_tag_by_a_slip_goes_with_its_undo_unless_somebody_else_took_it_up(
    ann: Conversation, cast: Cast, bea: Client
) -> None:
    other = cast.says("@bo", "@acme where is my parcel?")
    post(bea, undo_in(post(bea, f"/w/acme/c/{ann.pk}/tag/", tag="monday")))
    assert not Tag.objects.exists()
    page = post(bea, f"/w/acme/c/{ann.pk}/tag/", tag="monday")
    tagging.tag(other, "monday", by=cast.cem)
    post(bea, undo_in(page))
    assert Tag.objects.get().name == "monday"


def test_an_old_tag_stays_when_putting_it_on_is_undone(ann: Conversation, cast: Cast, bea: Client) -> None:
    tagging.tag(ann, "hose", by=cast.bea)
    tagging.untag(ann, Tag.objects.get(), by=cast.bea)
    post(bea, undo_in(post(bea, f"/w/acme/c/{ann.pk}/tag/", tag="hose")))
    assert Tag.objects.get().name == "hose"
    for _ in range(2):
        unwinding.unwind(by=cast.bea)  # the tag is on again, then it was never made
    assert not Tag.objects.exists()


def test_a_new_tag_on_many_goes_with_their_undo(ann: Conversation, cast: Cast, bea: Client) -> None:
    rows = [ann, cast.says("@bo", "@acme where is my parcel?")]
    assert "Undone for 2 conversations." in undo_many(bea, act(bea, rows, "tag", tag="monday"))
    assert not Tag.objects.exists()


def test_a_mention_seen_under_mentions_is_seen_at_the_bell(ann: Conversation, cast: Cast, browse: Browser) -> None:
    bea, cem = browse(cast.bea), browse(cast.cem)
    post(bea, f"/w/acme/c/{ann.pk}/note/", text="@Cem please look")
    work.run_due()
    bell = "/w/acme/notices/bell/"
    assert "Notices: 1 unread" in cem.get(bell).content.decode()
    browse(cast.bea).get("/w/acme/mentions/")  # hers, not his
    cem.get("/w/acme/mentions/", headers={"HX-Request": "true", "HX-Target": "mentions-mark"})  # the mark alone
    assert "Notices: 1 unread" in cem.get(bell).content.decode()
    page = cem.get("/w/acme/mentions/").content.decode()
    assert "unread" not in cem.get(bell).content.decode()
    assert "Notices: 1 unread" not in page and "Mentions: 1 unread" in page


def test_two_namesakes_are_told_apart_and_said_to_be_two_where_they_are_compared(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?", name="Ann Lee", id="1")
    cast.says("@annlee", "@acme where is my parcel?", name="Ann Lee")
    one, two = (Identity.objects.get(address=name).person for name in ("@ann", "@annlee"))
    page = bea.get(f"/w/acme/p/{one.pk}/merge/?with={two.pk}").content.decode()
    assert "those of <bdi>Ann Lee (@ann)</bdi>" in page
    assert 'value="part"' in page and "Not the same" in page
    page = post(bea, f"/w/acme/p/{one.pk}/merge/", **{"with": str(two.pk), "do": "part"})
    assert "They are kept apart, and are not suggested again." in page
    assert {Apart.objects.get().one, Apart.objects.get().other} == {one, two}
