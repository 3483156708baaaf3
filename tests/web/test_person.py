"""The page of a person: their own words first, every address, one line of time."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Message
from rapport.people.models import Identity, Person
from tests.conftest import NOW, Cast


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
    assert "question number 44" in page and "question number 01" not in page and "Earlier" in page
    onward = page[page.index("before=") :].split('"')[0]
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
