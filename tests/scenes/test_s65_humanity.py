"""S65: a reply is from a named human, answers the actual words, is not the same as others today; machines say so."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.inbox.models import Conversation
from tests.conftest import NOW, Cast
from tests.scenes.stage import browser, page, seen

CANNED = "Thank you for contacting us. Your call is important to us and we value your patience."
SAME = "We had a fault in the network since this morning, it is mended now."


def sends(client: Client, talk: Conversation, text: str, **more: str) -> tuple[int, str]:
    answer = client.post(f"/w/acme/c/{talk.pk}/reply/", {"text": text, "do": "send", **more})
    return answer.status_code, seen(answer.content.decode())


def test_a_named_human_signs(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme why was I charged twice for the kettle?", id="1")
    assert "Reply as Bea" in page(browser(cast.bea), f"/w/acme/c/{talk.pk}/")


def test_an_answer_to_nothing_that_was_said_is_held_with_a_sentence_and_can_be_sent(cast: Cast) -> None:
    bea = browser(cast.bea)
    talk = cast.says("@ann", "@acme why was I charged twice for the kettle?", id="1")
    status, told = sends(bea, talk, CANNED)
    assert status == 422 and "fits every letter" in told and "charged twice for the kettle" in told
    assert CANNED in told and "Send it as it is" in told and not talk.outbox.exists()
    assert sends(bea, talk, CANNED, sure="1")[0] == 303 and talk.outbox.count() == 1


def test_the_same_words_to_a_third_person_on_one_day_are_held(cast: Cast) -> None:
    bea = browser(cast.bea)
    talks = [cast.says(f"@n{n}", f"@acme the line is dead in street {n}", id=str(n)) for n in range(4)]
    assert sends(bea, talks[0], f"Hi Ann, {SAME}")[0] == 303
    assert sends(bea, talks[1], f"Hello Bo! {SAME}")[0] == 303
    status, told = sends(bea, talks[2], f"Dear Cy, {SAME}")
    assert status == 422 and "2 others were sent these very words today" in told
    cast.clock.shift(timedelta(days=2))
    assert sends(browser(cast.bea), talks[3], f"Hi Di, {SAME}")[0] == 303


def test_an_answer_to_the_actual_words_leaves_at_once(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme why was I charged twice for the kettle?", id="1")
    good = "Thank you for your patience, Ann: the second charge for the kettle was ours, and it is back on your card."
    assert sends(browser(cast.bea), talk, good)[0] == 303
    short = cast.says("@bo", "@acme thanks!", id="2", at=NOW)
    assert sends(browser(cast.bea), short, "You are welcome!")[0] == 303


def test_what_a_machine_says_says_so_and_names_the_way_to_a_human(cast: Cast) -> None:
    from tests.web.visitors import Visitor, open_form

    visitor = Visitor(cast, open_form(cast))
    told = seen(visitor.send("Where is my kettle?").content.decode())
    assert "This page answers by itself" in told and "a person reads" in told


def test_words_that_insult_are_shown_to_the_writer_first_and_polite_ones_are_not(cast: Cast) -> None:
    bea = browser(cast.bea)
    talk = cast.says("@ann", "@acme why was I charged twice for the kettle?", id="1")
    status, told = sends(bea, talk, "Read your contract about the kettle, you idiot.")
    assert status == 422 and "“idiot” may be read as an insult" in told
    assert not talk.outbox.exists()
    status, told = sends(bea, talk, "The second charge for the kettle was ours to catch. It is refunded.")
    assert "insult" not in told and talk.outbox.count() == 1
