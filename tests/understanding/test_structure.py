"""Frustration without a swear word: what each sign is, what is none, and how often it is right on threads written for it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.demo import story
from rapport.understanding.reading import Turn
from rapport.understanding.structure import frustration, state
from rapport.understanding.structure_words import alike, heard, is_glad, says, wishes

THREADS = Path(__file__).parent / "frustration"
BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def turns(*said: tuple[str, float, str]) -> list[Turn]:
    """(``them`` | ``us``, hours since the beginning, text)."""
    return [Turn(ours=who == "us", author="", text=text, said_at=BEGAN + timedelta(hours=at)) for who, at, text in said]


def codes(*said: tuple[str, float, str]) -> list[str]:
    return [sign.code for sign in state(turns(*said)).signs]


def of(name: str) -> list[tuple[list[Turn], int | None]]:
    found = []
    for line in (THREADS / name).read_text("utf-8").splitlines():
        row = json.loads(line)
        said = [Turn(t["from"] == "us", "", t["text"], datetime.fromisoformat(t["at"])) for t in row["turns"]]
        found.append((said, row["should_alarm_by_turn"]))
    return found


@pytest.mark.parametrize(("name", "least"), [("to_build_on.jsonl", 0.8), ("to_score.jsonl", 0.8), ("fresh.jsonl", 0.8)])
def test_the_stuck_are_seen_in_time_and_the_happy_are_left_in_peace(name: str, least: float) -> None:
    seen = [(frustration(said), by) for said, by in of(name)]
    in_time = [alarm is not None and alarm.turn <= by for alarm, by in seen if by is not None]
    false = [alarm for alarm, by in seen if by is None and alarm is not None]
    assert sum(in_time) >= least * len(in_time)
    assert len(false) <= 0.05 * sum(by is None for _, by in seen)


def test_a_question_asked_again_in_other_words_counts_where_we_answered_in_between() -> None:
    first = ("them", 0.0, "When will the engineer come to repair the telephone line?")
    again = ("them", 30.0, "On which day does the engineer repair our telephone line?")
    assert "asked_again" in codes(first, ("us", 20, "Please restart the router."), again)
    assert "asked_again" not in codes(first, ("them", 0.1, again[2]))


def test_a_wish_to_speak_is_kept_refused_or_passed_over() -> None:
    before = (("them", 0.0, "The invoice is wrong."), ("us", 30.0, "Invoices are made on the first of the month."))
    wish = ("them", 31.0, "Could somebody call me about the invoice?")
    refused = ("us", 60.0, "Unfortunately we do not offer support by phone.")
    ignored = ("us", 60.0, "You find all invoices of the last year in your account on our website.")
    kept = ("us", 60.0, "As I said when I called you this morning, the sum is corrected.")
    yes = ("us", 60.0, "Will do.")
    assert "wish_refused" in codes(*before, wish, refused)
    assert "wish_ignored" in codes(*before, wish, ignored)
    assert not {"wish_refused", "wish_ignored"} & set(codes(*before, wish, kept))
    assert not {"wish_refused", "wish_ignored"} & set(codes(*before, wish, yes))


def test_the_same_answer_twice_is_a_sign_and_a_short_yes_twice_is_none() -> None:
    answer = "You can submit a manual reading on our website at any time."
    said = (
        ("them", 0.0, "The meter is broken."),
        ("us", 1.0, answer),
        ("them", 2.0, "Who repairs it?"),
        ("us", 3.0, answer),
    )
    assert "same_answer" in codes(*said)
    short = (
        ("them", 0.0, "Thursday?"), ("us", 1.0, "Yes, booked."), ("them", 2.0, "And Friday?"), ("us", 3.0, "Yes, booked."),
    )  # fmt: skip
    assert "same_answer" not in codes(*short)


def test_a_reference_given_again_counts_and_a_date_or_a_year_does_not() -> None:
    told = ("them", 0.0, "My order is BR-20418."), ("us", 1.0, "What is your order?"), ("them", 2.0, "It is BR 20418.")
    assert "told_again" in codes(*told)
    year = ("them", 0.0, "I bought it in 2024."), ("us", 1.0, "When did you buy it?"), ("them", 2.0, "In 2024.")
    assert "told_again" not in codes(*year)


def test_waits_that_grow_count_and_a_second_wait_as_long_as_the_first_does_not() -> None:
    grow = ("them", 0.0, "Hello?"), ("us", 5, "Hm."), ("them", 6, "And?"), ("us", 60, "Hm."), ("them", 61, "And?")
    assert "slower" in codes(*grow)
    same = ("them", 0.0, "Hello?"), ("us", 50, "Hm."), ("them", 51, "And?"), ("us", 101, "Hm."), ("them", 102, "And?")
    assert "slower" not in codes(*same)


def test_gladness_settles_what_was_and_a_thanks_that_resigns_does_not() -> None:
    assert is_glad(heard(Turn(False, "", "That worked, perfect!")))
    assert is_glad(heard(Turn(False, "", "Thank you!")))
    assert not is_glad(heard(Turn(False, "", "I see. Thank you.")))


def test_names_in_a_farewell_and_words_of_the_mail_before_are_no_matter() -> None:
    one = heard(Turn(False, "", "Dear Sir,\n\nthe kettle leaks.\n\nKind regards,\nHelen Brightwater"))
    two = heard(Turn(False, "", "Dear Sir,\n\nmy invoice is missing.\n\nKind regards,\nHelen Brightwater"))
    assert not alike(one.whole, two.whole, 0.16)
    quoted = heard(Turn(False, "", "My invoice is missing.\n> the kettle leaks\n> the kettle leaks"))
    assert not alike(one.whole, quoted.whole, 0.16)


def test_people_beside_do_not_raise_an_alarm_about_who_began() -> None:
    said = [
        Turn(i % 2 == 1, "" if i % 2 else f"@person{i}", "Where is my parcel, still nothing, as I wrote before?", BEGAN)
        for i in range(12)
    ]
    assert frustration(said) is None


def test_a_colleague_who_says_that_nobody_is_stuck_holds_until_new_signs() -> None:
    said, by = of("to_build_on.jsonl")[0]
    assert by is not None and state(said).since
    assert not state(said, said[-1].said_at).since
    half = said[: by + 1]
    assert half[-1].said_at is not None
    assert state(said, half[-1].said_at).weight < state(said).weight


def test_every_word_that_shows_a_sign_stands_where_it_says() -> None:
    for name in ("to_build_on.jsonl", "fresh.jsonl"):
        for said, _ in of(name):
            for sign in state(said).signs:
                assert 0 <= sign.turn < len(said) and sign.before < len(said)
                if sign.start >= 0:
                    assert said[sign.turn].text[sign.start : sign.end].strip()


def test_a_telephone_that_is_spoken_of_is_no_wish() -> None:
    assert wishes(heard(Turn(False, "", "I see a green one with a telephone."))) is None
    assert wishes(heard(Turn(False, "", "You can reach me on 020 7946 0018.")))


def test_in_the_demo_world_three_are_stuck_and_a_patient_lesson_of_forty_turns_is_not() -> None:
    now = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
    talks: dict[str, list[Turn]] = {}
    for one in story.world():
        for network in story.NETWORKS:
            for item in sorted(story.history(one, network, now), key=lambda item: item.envelope.said_at or now):
                e = item.envelope
                turn = Turn(bool(e.ours), "" if e.ours else e.author.address, e.text, e.said_at)
                talks.setdefault(e.thread or e.reply_to or e.external_id, []).append(turn)
    assert {name for name, said in talks.items() if frustration(said)} == {"ann", "marta", "vale"}
    assert len(talks["kamala"]) > 30


def test_what_is_said_in_one_go_repeats_nothing() -> None:
    first = (
        ("them", 0.0, "Can you look at the standby list for flight 1445?"),
        ("us", 0.1, "You are on the upgrade list."),
    )
    more = ("them", 0.2, "It is the standby list."), ("them", 0.25, "The standby list for 1445 is gone from the page.")
    assert codes(*first, *more).count("same_matter") <= 1 and "told_again" not in codes(*first, *more)


CHAOS = st.text(max_size=400) | st.sampled_from(
    ["", "?", "🙂" * 50, "\x00\ud800", "a\u0301" * 300, "> " * 200, "שלום?" * 20]
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), CHAOS, st.none() | st.integers(0, 10**7)), max_size=20))
def test_whatever_is_said_it_answers_and_twice_the_same(rows: list[tuple[bool, str, int | None]]) -> None:
    said = [Turn(o, "", t, None if s is None else BEGAN + timedelta(seconds=s)) for o, t, s in rows]
    assert frustration(said) == frustration(said)
    found = state(said)
    assert found.weight >= 0 and found.effort.contacts <= len(said)
    alarm = frustration(said)
    assert alarm is None or 1 <= alarm.turn <= len(said)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12))
def test_an_alarm_is_what_the_turns_up_to_it_say(upto: int) -> None:
    said, _ = of("to_build_on.jsonl")[1]
    first = frustration(said)
    early = frustration(said[:upto])
    assert first is not None
    assert (early is None) == (upto < first.turn)


@pytest.mark.slow
def test_a_great_thread_of_long_mails_costs_no_more_than_its_newest_turns() -> None:
    def spent(count: int) -> float:
        great = [Turn(i % 2 == 1, "", "Wann kommt denn nun der Techniker? " * 3_000, BEGAN) for i in range(count)]
        began = time.perf_counter()
        state(great)
        return time.perf_counter() - began

    spent(10)
    assert spent(600) < 4 * max(spent(60), 0.02)


def test_cues_are_found_in_the_languages_they_were_written_for() -> None:
    wishes = ["Could you call me?", "Rufen Sie mich bitte an.", "Pouvez-vous me rappeler ?", "¿Podrían llamarme?",
              "Potete chiamarmi?", "Podem ligar-me?", "Kan iemand mij bellen?"]  # fmt: skip
    for text in wishes:
        assert says("WISHES", heard(Turn(False, "", text))), text
