"""A conversation on the screen: both sides, why, hostile words, notes, what is on its way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser

HOSTILE = '<script>alert(1)</script> <img src=x onerror="alert(2)"> {{ 7 * 7 }} \u202egnirts'


def shown(client: Client, conversation: Conversation, query: str = "") -> str:
    answer = client.get(f"/w/acme/c/{conversation.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_both_sides_stand_in_order_and_ours_is_named_by_its_member(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is my refund?", name="Ann Lee")
    replying.answered_there(conversation, "It left us this morning.", by=cast.bea)
    page = shown(bea, conversation)
    turns = page[page.index('id="turns"') : page.index('class="work"')]
    assert turns.index("refund") < turns.index("It left us this morning.")
    assert '<strong dir="auto">Ann Lee</strong>' in turns and '<strong dir="auto">Bea</strong>' in turns


def test_why_lists_the_reasons_in_words_with_their_evidence_marked(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme my router has been broken for three weeks and nobody calls back!")
    page = shown(bea, conversation)
    decision = Message.objects.get().decision
    assert decision is not None
    evidence = next(reason.evidence for reason in decision.value.reasons if reason.start >= 0)
    assert f"<mark>{evidence}" in page or f"<mark>{evidence[:4]}" in page
    assert "decided by Rapport" in page and "Not right?" in page


def test_a_correction_holds_at_once_is_kept_and_says_so(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is my refund?")
    message = Message.objects.get()
    answer = bea.post(f"/w/acme/m/{message.pk}/correction/", {"needs": "no", "row": "9"}, follow=True)
    page = answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.state == "quiet"
    assert "kept as an example" in page and "decided by you" in page and "you say it needs none" in page
    assert message.decision.row == 9 and message.decision.by == cast.bea


def test_a_correction_is_told_to_colleagues_as_a_colleagues(cast: Cast, browse: Browser) -> None:
    conversation = cast.says("@ann", "@acme where is my refund?")
    browse(cast.bea).post(f"/w/acme/m/{Message.objects.get().pk}/correction/", {"needs": "no"})
    page = browse(cast.cem).get(f"/w/acme/c/{conversation.pk}/").content.decode()
    assert "decided by Bea" in page and "a colleague says it needs none" in page and "you say" not in page


def test_words_from_strangers_are_shown_and_never_run(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann" + HOSTILE[:40], f"@acme {HOSTILE} where is it?", name=HOSTILE[:60], subject=HOSTILE)
    for path in (f"/w/acme/c/{conversation.pk}/", "/w/acme/", "/w/acme/?stream=all", "/w/acme/search/?q=alert"):
        page = bea.get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "{{ 7 * 7 }}" in page or "alert" in page
        assert ">49<" not in page


def test_a_link_is_offered_only_to_the_web(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is it?", url="https://social.example/1")
    assert 'href="https://social.example/1"' in shown(bea, conversation)
    Message.objects.update(url="javascript:alert(1)")
    assert "javascript:" not in shown(bea, conversation)


def test_a_deleted_message_is_a_tombstone(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme words to forget", id="1", version="v1")
    cast.says("@ann", "", id="1", version="v2", deleted=True)
    page = shown(bea, conversation)
    turns = page[page.index('id="turns"') :]
    assert "deleted by its writer" in turns and "words to forget" not in turns


def test_notes_stand_apart_and_are_never_sent(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is it?")
    working.note(conversation, "Line fault, see the order", by=cast.cem)
    page = shown(bea, conversation)
    assert "Line fault, see the order" in page and "note, only for us" in page


@pytest.mark.slow
def test_a_long_conversation_comes_in_pages(cast: Cast, bea: Client) -> None:
    first = cast.says("@ann", "@acme message number 0?", id="0")
    for number in range(1, 130):
        Message.objects.create(
            workspace=cast.acme, conversation=first, source=cast.source, network="social", external_id=f"n{number}",
            key=number.to_bytes(16, "big"), text=f"message number {number}.", said_at=NOW + timedelta(minutes=number),
            identity=first.identity,
        )  # fmt: skip
    page = shown(bea, first)
    assert "message number 129." in page and "message number 29." not in page
    earlier = page.split('class="more"><a href="')[1].split('"')[0].replace("&amp;", "&")
    older = bea.get(earlier).content.decode()
    assert "message number 29." in older and "message number 30." not in older
    assert shown(bea, first, "?before=999999999") and shown(bea, first, "?before=x")


def test_a_failed_answer_shows_its_error_and_sends_again(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is it?")
    outgoing = replying.reply(conversation, "On its way", by=cast.bea)
    Outgoing.objects.update(state="failed", error="The receiver refused it (410).")
    page = shown(bea, conversation)
    assert "The receiver refused it (410)." in page and "Send again" in page
    assert bea.post(f"/w/acme/o/{outgoing.pk}/retry/").status_code == 303
    outgoing.refresh_from_db()
    assert outgoing.state == "queued"
    Outgoing.objects.update(state="unknown", error="Nobody answered in time.")
    page = shown(bea, conversation)
    assert "Look it up again" in page and "Send anyway" in page


def test_an_answer_that_waits_for_the_one_before_it_says_so_and_can_still_be_taken_back(
    cast: Cast, bea: Client
) -> None:
    fake = FakeChannel()
    fake.will_send("limited")
    with registry.also(fake):
        conversation = cast.says("@ann", "@acme where is it?")
        for text in ("It is on its way.", "It comes tomorrow."):
            replying.reply(conversation, text, by=cast.bea)
        cast.clock.shift(timedelta(seconds=11))
        work.run_due()
        page = shown(bea, conversation)
    first, second = (part.split("</article>")[0] for part in page.split('class="turn ours leaving')[1:])
    waits = "It leaves after the answer before it."
    assert "The fake asks us to wait." in first and waits not in first
    assert waits in second and ">Undo<" in second


def test_the_person_comes_with_their_own_words_and_other_conversations(cast: Cast, bea: Client) -> None:
    other = cast.says("@ann", "@acme is the shop open on Sunday?", at=NOW - timedelta(days=2))
    conversation = cast.says("@ann", "@acme my bakery has no phone", name="Ann Lee")
    page = shown(bea, conversation)
    pane = page[page.index('id="person"') :]
    assert "is the shop open on Sunday?" in pane and f"/c/{other.pk}/" in pane and "@ann" in pane
    assert "my bakery has no phone" not in pane, "it stands beside the pane already"


def test_only_the_turns_or_only_the_panes_when_an_element_asks(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme where is it?")
    path = f"/w/acme/c/{conversation.pk}/"
    turns = bea.get(path, headers={"HX-Request": "true", "HX-Target": "turns"}).content.decode().strip()
    panes = bea.get(path, headers={"HX-Request": "true", "HX-Target": "panes"}).content.decode()
    assert turns.startswith('<div id="turns"') and "composer" not in turns
    assert '<div id="panes"' in panes and 'hx-swap-oob="true"' in panes and "<html" not in panes


def test_a_reply_form_sent_twice_is_one_answer(cast: Cast, bea: Client) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    page = bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    for _ in range(2):
        answer = bea.post(f"/w/acme/c/{row.pk}/reply/", {"text": "Tomorrow.", "do": "send", "once": once, "seen": "0"})
        assert answer.status_code == 303
    assert Outgoing.objects.count() == 1 and not Draft.objects.exists()


def mark_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_colleagues_answer_is_shown_above_the_kept_draft_and_the_next_send_goes(
    cast: Cast, bea: Client, browse: Browser
) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    path = f"/w/acme/c/{row.pk}/"
    seen = mark_on(bea.get(path).content.decode())
    browse(cast.cem).post(f"{path}reply/", {"text": "It left on Monday.", "do": "send", "seen": seen})
    for headers in ({}, {"HX-Request": "true", "HX-Target": "panes"}):
        answer = bea.post(f"{path}reply/", {"text": "Tomorrow, I think.", "seen": seen}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422 and "Cem answered while you were writing" in page
        assert page.index("It left on Monday.") < page.index("Tomorrow, I think.")
        assert "fresh-turn" in page.split("It left on Monday.")[0]
    assert mark_on(page) != seen
    assert bea.post(f"{path}reply/", {"text": "Tomorrow, I think.", "seen": mark_on(page)}).status_code == 303
    assert Outgoing.objects.filter(by=cast.bea).count() == 1


def test_a_preview_or_a_refused_answer_is_not_yet_having_seen_it(cast: Cast, bea: Client, browse: Browser) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    path = f"/w/acme/c/{row.pk}/"
    seen = mark_on(bea.get(path).content.decode())
    browse(cast.cem).post(f"{path}reply/", {"text": "It left on Monday.", "do": "send", "seen": seen})
    previewed = bea.post(f"{path}reply/", {"text": "Tomorrow.", "do": "preview", "seen": seen}).content.decode()
    too_long = bea.post(f"{path}reply/", {"text": "x" * 300, "do": "send", "seen": seen}).content.decode()
    assert mark_on(previewed) == mark_on(too_long) == seen
    assert "while you were writing" not in previewed + too_long


def test_words_come_first_and_who_said_them_is_fetched_after(cast: Cast, bea: Client) -> None:
    path = f"/w/acme/c/{cast.says('@ann', '@acme where is my parcel?', name='Ann Lee').pk}/"
    panes = bea.get(path, headers={"HX-Request": "true", "HX-Target": "panes"}).content.decode()
    assert "parcel" in panes and 'hx-trigger="load delay:50ms"' in panes and "Known as" not in panes
    person = bea.get(path, headers={"HX-Request": "true", "HX-Target": "person"}).content.decode()
    assert "Known as" in person and "<html" not in person and 'hx-trigger="load delay:50ms"' not in person
    assert "Known as" in bea.get(path).content.decode()  # without JavaScript it is all there


def test_the_head_says_who_settled_it_and_nothing_where_only_the_reading_did(cast: Cast, browse: Browser) -> None:
    settled = cast.says("@ann", "@acme where is my refund?", id="1")
    quiet = cast.says("@bo", "Lovely weather in town today", id="2")
    working.settle(settled, by=cast.cem)
    page = shown(browse(cast.bea), settled)
    assert "settled by Cem" in page[: page.index('id="turns"')]
    assert "decided so" not in shown(browse(cast.bea), quiet)
    working.reopen(settled, by=cast.bea)
    assert "settled by Cem" not in shown(browse(cast.bea), settled)


def test_in_a_thread_of_many_the_person_beside_is_whom_an_answer_reaches(cast: Cast, bea: Client) -> None:
    row = cast.says("@ann", "@acme where is my refund?", id="1", name="Ann Lee")
    alone = shown(bea, row)
    assert "Also in this conversation" not in alone and "and 1 more" not in alone
    cast.says(
        "@bo", "@acme same here, where is mine?", id="2", reply_to="1", name="Bo Diaz", at=NOW + timedelta(hours=1)
    )
    page = shown(bea, row)
    beside = page[page.index('id="person"') :]
    assert "Bo Diaz" in beside[: beside.index("</h2>")] and "and 1 more" in page
    also = beside[beside.index("Also in this conversation") :]
    assert "Ann Lee" in also[: also.index("</p>")]
    fragment = bea.get(f"/w/acme/c/{row.pk}/", headers={"HX-Request": "true", "HX-Target": "person"}).content.decode()
    assert "Bo Diaz" in fragment[: fragment.index("</h2>")]


def test_what_a_matter_is_about_stands_quietly_under_it(cast: Cast, bea: Client) -> None:
    conversation = cast.says("@ann", "@acme my blue kettle arrived broken, I paid £49.99 for it")
    page = " ".join(shown(bea, conversation).split())
    about = page[page.index("About:") :][:300]
    assert "blue kettle" in about and "£49.99" in about and "broken or damaged" in about
    plain = cast.says("@bob", "@acme good morning everyone!", id="9")
    assert "About:" not in shown(bea, plain)
