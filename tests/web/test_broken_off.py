"""What breaks off in the middle: two tabs, a session that ends, a form sent twice. Nothing lost, nothing doubled."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.inbox import checking, waking
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from rapport.inbox.snoozing import snooze
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_verbs import post, undo_in

PASSWORD = "four plain words together"


@pytest.fixture
def ann(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my refund?", name="Ann Lee")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_of_two_tabs_that_decide_differently_the_first_holds_and_the_second_is_told(
    ann: Conversation, bea: Client
) -> None:
    path = f"/w/acme/c/{ann.pk}/"
    shown = hidden(bea.get(path).content.decode(), "state")  # both tabs show the same
    post(bea, f"{path}settlement/", state=shown)
    page = post(bea, f"{path}silence/", why="joke", state=shown)
    ann.refresh_from_db()
    assert ann.state == "settled" and "You have done something else here in another tab: look at it again." in page
    page = post(bea, f"{path}reopening/", state=hidden(bea.get(path).content.decode(), "state"))
    assert "Back on the desk." in page  # whoever has looked again decides


def test_a_session_that_ends_mid_draft_loses_nothing_and_login_leads_back(ann: Conversation, cast: Cast) -> None:
    user = User.objects.create_user("eve@acme.test", PASSWORD)
    cast.bea.user = user
    cast.bea.save()
    path = f"/w/acme/c/{ann.pk}/"
    browser = Client()
    browser.post("/login/", {"login": user.email, "password": PASSWORD})
    browser.post(f"{path}draft/", {"text": "Dear Ann, it left"})
    browser.logout()
    over_htmx = browser.post(f"{path}draft/", {"text": "Dear Ann, it left us"}, headers={"HX-Request": "true"})
    assert over_htmx.status_code == 401 and b"what you typed stays here" in over_htmx.content
    answer = browser.post(f"{path}reply/", {"text": "Dear Ann, it left us today."})
    assert answer["Location"] == f"/login/?next=%2Fw%2Facme%2Fc%2F{ann.pk}%2F"
    form = browser.get(answer["Location"]).content.decode()
    after = browser.post(
        "/login/", {"login": user.email, "password": PASSWORD, "next": hidden(form, "next")}, follow=True
    )
    assert after.redirect_chain[-1][0] == path and "Dear Ann, it left</textarea>" in after.content.decode()
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("came_from", "leads"),
    [
        ("http://testserver/w/acme/c/1/?stream=all", "%2Fw%2Facme%2Fc%2F1%2F%3Fstream%3Dall"),
        ("https://evil.example/w/acme/", "%2Fw%2Facme%2F"),
        ("", "%2Fw%2Facme%2F"),
    ],
)
def test_after_a_form_without_a_session_login_leads_to_a_page_of_ours(cast: Cast, came_from: str, leads: str) -> None:
    answer = Client().post("/w/acme/members/", {"name": "x"}, headers={"Referer": came_from} if came_from else {})
    assert answer["Location"] == f"/login/?next={leads}"


def test_a_form_that_arrived_twice_is_one_answer(ann: Conversation, bea: Client) -> None:
    path = f"/w/acme/c/{ann.pk}/"
    page = bea.get(path).content.decode()
    form = {"text": "It left us today.", "once": hidden(page, "once"), "seen": hidden(page, "seen")}
    for _ in range(2):  # the connection broke before the first answer was heard
        assert bea.post(f"{path}reply/", form).status_code == 303
    assert Outgoing.objects.count() == 1


def test_a_second_withdrawal_is_calm(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/reply/", text="It left us today.")
    undo = undo_in(page)
    assert "Taken back" in post(bea, undo)
    Draft.objects.update(text="It leaves us today, at noon.")
    again = post(bea, undo)
    assert "It was taken back already." in again and "It leaves us today, at noon.</textarea>" in again


def test_what_was_kept_as_answered_there_can_be_taken_back(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/reply/", text="I called her.", do="there")
    ann.refresh_from_db()
    assert ann.state != "needs_answer" and ann.message_count == 2
    page = post(bea, undo_in(page))
    ann.refresh_from_db()
    assert "Undone." in page and "I called her.</textarea>" in page
    assert (ann.state, ann.message_count, ann.last_ours) == ("needs_answer", 1, False)
    assert not Message.objects.filter(ours=True).exists() and not checking.miscounted()


def test_after_their_next_word_what_was_answered_there_stays(ann: Conversation, cast: Cast, bea: Client) -> None:
    undo = undo_in(post(bea, f"/w/acme/c/{ann.pk}/reply/", text="I called her.", do="there"))
    cast.says("@ann", "@acme nobody called!", reply_to=ann.messages.first().external_id)  # type: ignore[union-attr]
    assert "A message has come since" in post(bea, undo)
    assert Message.objects.filter(ours=True).count() == 1


def test_a_wake_that_was_killed_in_between_happens_once_with_the_next_worker(
    ann: Conversation, cast: Cast, browse: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = snooze(ann, "2026-03-11T09:00", by=cast.bea)
    assert event
    cast.clock.shift(3 * 86_400)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("rapport.core.counters.bump", killed)
        with pytest.raises(KeyboardInterrupt):
            waking.wake()
    ann.refresh_from_db()
    assert ann.state == "snoozed"
    assert waking.wake() == 1 and waking.wake() == 0
    assert 'class="count">1<' in browse(cast.bea).get("/w/acme/").content.decode() and not checking.miscounted()
