"""What the earlier turns say, apart from the new message's own words."""

from __future__ import annotations

import time

import pytest

from rapport.inbox.triage.sofar import SoFar, alike, signed, so_far
from rapport.understanding import Turn


def us(text: str) -> Turn:
    return Turn(ours=True, author="acme", text=text)


def them(text: str, author: str = "ann") -> Turn:
    return Turn(ours=False, author=author, text=text)


def test_a_first_message_has_no_past() -> None:
    assert so_far((), "hello") == SoFar()


def test_messages_since_our_last_word_are_unanswered() -> None:
    facts = so_far((them("one"), us("two"), them("three"), them("four")), "five")
    assert (facts.ours, facts.theirs, facts.unanswered, facts.we_spoke_last) == (1, 3, 2, False)


@pytest.mark.parametrize("ours", ["Which one is it?", "Please send us your number", "Bitte schick uns die Nummer"])
def test_what_we_asked_is_known(ours: str) -> None:
    assert so_far((them("x"), us(ours)), "12").we_asked


def test_what_we_merely_told_asks_nothing() -> None:
    assert not so_far((them("x"), us("It is on its way.")), "ok").we_asked


def test_the_same_question_in_other_words_is_asked_twice() -> None:
    before = (them("@acme where is my blue parcel, ordered on Monday?"),)
    assert so_far(before, "@acme again: where is my blue parcel ordered Monday").asked_twice
    assert not so_far(before, "@acme it has come, the box is open").asked_twice


def test_one_short_word_twice_is_no_repeated_question() -> None:
    assert not alike("ok", "ok")


def test_somebody_else_speaking_after_the_question_is_a_peer() -> None:
    assert so_far((them("how?", "ann"), them("like this", "eve")), "x").peer_answered
    assert not so_far((them("how?", "ann"), them("please?", "ann")), "x").peer_answered


@pytest.mark.parametrize(
    ("text", "initials"), [("We are on it ^KL", True), ("Sorry! -Becky", True), ("no idea", False)]
)
def test_a_service_desk_s_signature(text: str, initials: bool) -> None:
    assert signed(text) is initials


def test_only_the_last_twelve_turns_count() -> None:
    assert so_far(tuple(them(str(number)) for number in range(40)), "x").theirs == 12


def test_long_turns_cost_little() -> None:
    turns = (*(them("where is my parcel ^ab   " * 40_000) for _ in range(12)), us("sorry ^KL " * 90_000))
    began = time.perf_counter()
    assert so_far(turns, "where is my parcel? " * 50_000).we_serviced
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("I am asking for the second time: where is my parcel?", True),
        ("I've asked you twice now.", True),
        ("Still no answer from you.", True),
        ("Ich frage zum dritten Mal.", True),
        ("C'est pour la deuxième fois que je demande.", True),
        ("This is the second time my train was late.", False),
        ("Where is my parcel?", False),
    ],
)
def test_who_says_that_this_is_not_the_first_time_is_believed(text: str, again: bool) -> None:
    assert so_far((), text).asked_twice is again
