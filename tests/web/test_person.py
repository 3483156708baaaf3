"""The page of a person: their own words first, every address, one line of time."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.core import work
from rapport.core.models import Event
from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Fact, Message, Promise
from rapport.people.models import Identity, Person
from tests.conftest import NOW, Cast


def sort_in() -> None:
    """The worker does what is due."""
    while work.run_due():
        pass


def path(conversation: Conversation) -> str:
    assert conversation.identity is not None
    return f"/w/acme/p/{conversation.identity.person_id}/"


def test_own_words_stand_first_with_their_source_and_date(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme third week without a router and nobody calls back", name="Ann Lee")
    page = bea.get(path(talk)).content.decode()
    assert page.index("own-words") < page.index("Known as")
    assert "third week without a router" in page[page.index("own-words") :]
    assert "10 March 2026" in page and f"#m{Message.objects.get().pk}" in page


def test_the_timeline_is_paged_and_its_kinds_can_be_chosen(cast: Cast, bea: Client) -> None:
    for n in range(45):
        talk = cast.says(
            "@ann", f"@acme question number {n:02}?", id=f"q{n}", at=NOW + timedelta(minutes=n), thread="t"
        )
    working.note(talk, "She asked twice for a call.", by=cast.bea)
    page = bea.get(path(talk)).content.decode()
    line = page[page.index('id="timeline"') :]
    assert "question number 44" in line and "question number 01" not in line and "Earlier" in line
    onward = line[line.index("before=") :].split('"')[0]
    earlier = bea.get(f"{path(talk)}?{onward}").content.decode()
    assert "question number 01" in earlier and "Back to the newest" in earlier
    notes = bea.get(f"{path(talk)}?kind=note").content.decode()
    told = notes[notes.index('id="timeline"') :]
    assert "asked twice" in told and "question number" not in told


def test_somebody_who_never_wrote_has_a_page(cast: Cast, bea: Client) -> None:
    nobody = Person.objects.create(workspace=cast.acme, name="Noor")
    page = bea.get(f"/w/acme/p/{nobody.pk}/").content.decode()
    assert "Noor" in page and "They have not written yet." in page and "Nothing has happened yet" in page


def test_two_hundred_addresses_are_folded_and_all_there(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme hello there, where is it?")
    person = talk.identity.person
    for n in range(200):
        Identity.objects.create(
            workspace=cast.acme, person=person, network="mail", address=f"ann{n}@x.test", key=n.to_bytes(16, "big")
        )
    page = bea.get(path(talk)).content.decode()
    assert "ann199@x.test" in page and "189 more" in page


def test_a_strange_mark_in_the_address_shows_the_newest(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme where is it?")
    for wrong in ("x", "~~", "2026-13-40~note~1", "2026-03-10~message~-1", "%00"):
        assert "where is it?" in bea.get(f"{path(talk)}?before={wrong}&kind=nothing").content.decode()


def test_what_was_deleted_shows_no_words(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme words nobody shall keep", id="a1")
    cast.says("@ann", "", id="a1", version="gone", deleted=True)
    page = bea.get(path(talk)).content.decode()
    assert "Deleted by its writer." in page and "nobody shall keep" not in page


def test_dot_gets_not_found(cast: Cast, browse) -> None:  # type: ignore[no-untyped-def]
    talk = cast.says("@ann", "@acme where is it?")
    replying.save_draft(talk, "soon", by=cast.bea)
    assert browse(cast.dot).get(path(talk)).status_code == 404
    assert browse(cast.dot).get(path(talk).replace("/acme/", "/elsewhere/")).status_code == 404


def test_with_two_messages_there_is_no_line_to_draw_and_with_three_there_is(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme my router is broken and nobody calls back, this is awful!", id="1", at=NOW)
    cast.says("@ann", "@acme still nothing, I am angry", id="2", reply_to="1", at=NOW)
    few = bea.get(path(talk)).content.decode()
    assert "Not enough to draw" in few and '<svg class="feeling-line' not in few
    replying.answered_there(talk, "I am sorry. I send you a new one today.", by=cast.bea)
    cast.clock.shift(timedelta(hours=1))
    cast.says("@ann", "@acme thank you so much, that is wonderful!", id="3", reply_to="1", at=NOW + timedelta(hours=1))
    page = bea.get(path(talk)).content.decode()
    picture = page[page.index("feeling-line") : page.index("As a table")]
    assert picture.count("<a href=") >= 3 and "feeling-low" in picture and "feeling-high" in picture
    assert "better, after Bea answered" in " ".join(picture.split())
    assert "style=" not in picture and "#m" in picture


def test_a_person_corrects_a_feeling_it_holds_is_shown_and_can_be_taken_back(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme well, that went just great.", id="1")
    message = Message.objects.get()
    answer = bea.post(f"/w/acme/m/{message.pk}/feeling/", {"felt": "negative.anger"}, follow=True)
    page = answer.content.decode()
    assert "anger (a colleague says)" in " ".join(page.split()) and "kept as an example" in page
    undo = page[page.index("/w/acme/feelings/") :].split('"')[0]
    page = bea.post(undo, follow=True).content.decode()
    assert "a colleague says" not in page
    assert "anger" not in str(list(Event.objects.exclude(verb="message.felt").values_list("facts", flat=True)))
    for wrong in ("", "furious", "negative.rage", "positive.\x00"):
        assert (
            "Choose how it was felt."
            in bea.post(f"/w/acme/m/{message.pk}/feeling/", {"felt": wrong}, follow=True).content.decode()
        )
    assert talk.pk


def test_a_note_about_somebody_stands_on_the_timeline_and_can_be_undone(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme where is it?", name="Ann Lee")
    page = bea.post(f"{path(talk)}note/", {"text": "Asked three times for a call."}, follow=True).content.decode()
    assert "Asked three times for a call." in page[page.index('id="timeline"') :]
    undo = page[page.index("/w/acme/notes/") :].split('"')[0]
    page = bea.post(undo, follow=True).content.decode()
    assert "Asked three times" not in page


def test_a_verdict_is_refused_with_a_proposal_and_the_words_are_kept(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme where is it?", name="Ann Lee")
    answer = bea.post(f"{path(talk)}note/", {"text": "Ann is difficult"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "What did they do or say?" in page
        and "asked three times for a call" in page
        and "Ann is difficult</textarea>" in page
    )
    on_desk = bea.post(f"/w/acme/c/{talk.pk}/note/", {"text": "Ann is difficult"})
    assert on_desk.status_code == 422 and "What did they do or say?" in on_desk.content.decode()
    for fine in ("A difficult migration, it took two days.", "She said: “you are idiots”."):
        assert bea.post(f"{path(talk)}note/", {"text": fine}).status_code == 303


def test_facts_stand_with_source_date_and_a_button_and_a_removed_one_stays_away(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme I love the A380, flew it twice.", id="1", name="Ann Lee")
    sort_in()
    page = bea.get(path(talk)).content.decode()
    told = page[page.index("facts-title") :]
    assert "I love the A380" in told and "10 March 2026" in told and "Remove" in told and "100 % current" in told
    fact = Fact.objects.get()
    page = bea.post(f"/w/acme/facts/{fact.pk}/", {"do": "remove"}, follow=True).content.decode()
    assert "not proposed again" in page and "facts-title" not in page
    cast.says("@ann", "@acme as I said, I love the A380!", id="2")
    sort_in()
    assert "facts-title" not in bea.get(path(talk)).content.decode()
    bea.post(f"/w/acme/facts/{fact.pk}/?do=restore")
    assert "facts-title" in bea.get(path(talk)).content.decode()


def test_promises_of_either_side_are_listed_and_ticked(cast: Cast, bea: Client) -> None:
    talk = cast.says("@ann", "@acme where is it? I will send you a photo tomorrow.", id="1", name="Ann Lee")
    replying.answered_there(talk, "We will call you by Friday.", by=cast.bea)
    sort_in()
    page = " ".join(bea.get(path(talk)).content.decode().split())
    side = page[page.index("promises-title") :]
    assert 'We owe</strong> <q dir="auto">We will call you by Friday' in side and "by Fri 13 March" in side
    assert 'They owe</strong> <q dir="auto">I will send you a photo tomorrow' in side
    ours = Promise.objects.get(who="us")
    page = bea.post(f"/w/acme/promises/{ours.pk}/", {"do": "keep"}, follow=True).content.decode()
    assert "Not kept after all" in page
    cast.clock.shift(timedelta(days=5))
    assert 'class="clock late"' not in bea.get(path(talk)).content.decode()
    bea.post(f"/w/acme/promises/{ours.pk}/", {"do": "reopen"})
    assert 'class="clock late"' in bea.get(path(talk)).content.decode()
