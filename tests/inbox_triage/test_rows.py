"""The sixteen rows of the decision table, each with a message it takes and a near one that it must leave."""

from __future__ import annotations

import dataclasses
from typing import get_args, get_type_hints

import pytest

from rapport.inbox.triage.decide import NEEDS, PRECEDENCE, decide
from rapport.inbox.triage.disposition import Disposition, Facts, Rules
from rapport.inbox.triage.taught import Opinion
from rapport.learning.course.lessons import Lesson
from rapport.understanding import Post, Reading, Turn, Us, read

ACME = Us(handles=("@acme",), names=("Acme",), rivals=("Zeta",), terms=("widget",))


def judged(text: str, *before: Turn, rules: Rules = Rules(), author: str = "ann") -> Disposition:  # noqa: B008
    post = Post(text=text, before=before, author=author)
    (reading,) = read([post], ACME)
    return decide(Facts(text=text, reading=reading, before=before), rules)


def us(text: str) -> Turn:
    return Turn(ours=True, author="acme", text=text)


def them(text: str, author: str = "ann") -> Turn:
    return Turn(ours=False, author=author, text=text)


@pytest.mark.parametrize(
    ("row", "text", "contrary"),
    [
        (1, "@acme the charger you sold me caught fire next to my bed", "@acme you're on fire today, great show"),
        (1, "@acme you will hear from my lawyer", "@acme a lovely show about a lawyer"),
        (1, "@acme I can see other customers' data in my account", "@acme where do I see my account data?"),
        (2, "@acme please close the account of my late husband", "@acme you are late with my order"),
        (2, "@acme my daughter is in hospital, I cannot pay today", "@acme my daughter likes the widget"),
        (3, "@acme how do I change my address?", "@acme I changed my address, thank you!"),
        (3, "@acme do you ship to Norway?", "What a lovely day in Norway"),
        (4, "@acme my order never arrived and nobody answers", "@acme my order arrived, wonderful service!"),
        (4, "@acme your app keeps crashing", "@acme your app is awesome"),
        (5, "Acme never delivered my order, the worst service", "Zeta never delivered my order"),
        (6, "I heard that they are going out of business, Acme is bankrupt", "Acme opens a shop in Oslo"),
        (7, "Has anyone used the Acme widget?", "@acme has anyone read my mail? please answer"),
        (8, "@acme your crew was amazing, best flight ever", "@acme your crew was awful, worst flight ever"),
        (9, "I love my new Acme widget, it is awesome", "@acme I love my new widget, it is awesome"),
        (10, "@acme I'll tweet about it tonight", "@acme when will you tweet about it?"),
        (11, "@acme I will never buy from you again, cancel my account", "@acme I will buy from you again"),
        (12, "@acme thank you!", "@acme thank you, but how do I open it?"),
        (14, "The sun is setting over the harbour", "@acme the sun has melted my widget, it doesn't work"),
        (15, "Click here to claim your free gift! https://x.example", "@acme I could not claim my gift, please help"),
        (16, "@acme Monday", "@acme is there a shop on Monday?"),
    ],
)
def test_each_row_takes_its_own_and_leaves_the_near_one(row: int, text: str, contrary: str) -> None:
    taken = judged(text)
    assert taken.row == row
    assert taken.needs == NEEDS[row]
    assert judged(contrary).row != row


def test_a_peer_who_answers_well_is_row_13() -> None:
    before = (them("How do I reset the Acme widget?", "dot"),)
    taken = judged("@dot have you tried to hold the button? That worked for me", *before, author="eve")
    assert (taken.row, taken.needs, taken.peer_answering) == (13, "no", True)
    assert judged("@dot lovely picture!", *before, author="eve").row == 14


def test_a_question_inside_thanks_is_a_question() -> None:
    assert judged("@acme thank you so much! One more thing, when does it open?", us("It is open now.")).row == 3


def test_thanks_after_our_answer_settles() -> None:
    taken = judged("@acme thanks, that worked!", them("@acme how do I reset it?"), us("Hold the button."))
    assert (taken.row, taken.needs, taken.settles, taken.urgency) == (12, "no", True, 0)


@pytest.mark.parametrize(
    "text", ["danke, hat geklappt!", "merci beaucoup, c'est réglé", "muchas gracias", "grazie mille", "muito obrigado"]
)
def test_thanks_settle_in_other_languages(text: str) -> None:
    assert judged(text, them("…?"), us("Hold the button.")).settles


def test_thanks_that_go_on_complaining_do_not_settle() -> None:
    assert judged("@acme thanks, but it still doesn't work", us("Hold the button.")).needs == "yes"


def test_sarcastic_thanks_for_a_dead_friend_are_row_2_and_urgent() -> None:
    taken = judged("Thanks, @acme, for suggesting I connect with my dead friend")
    assert (taken.row, taken.needs, taken.urgency) == (2, "yes", 3)


def test_an_answer_to_what_we_asked_is_on_the_desk() -> None:
    taken = judged("@acme the blue one, since Monday", us("Which widget is it, and since when?"))
    assert taken.needs == "yes"
    assert "answers_us" in [reason.code for reason in taken.reasons]


def test_a_complaint_and_praise_at_once_is_a_complaint() -> None:
    assert judged("@acme lovely people, but my order never arrived and the app doesn't work").row == 4


def test_what_lies_past_us_is_on_nobody_s_desk_even_when_it_is_sad() -> None:
    assert judged("My grandfather died last night").row == 14
    assert judged("I sue everybody, says the man in the film").needs == "no"


def test_help_unasked_may_be_switched_off() -> None:
    text = "Acme never delivered my order, the worst service"
    assert judged(text).needs == "yes"
    assert judged(text, rules=Rules(offer_help_unasked=False)).needs == "no"


def test_every_row_that_matched_is_kept_in_the_table_s_order() -> None:
    taken = judged("@acme it doesn't work, how do I get a refund?")
    rows = [int(reason.code.removeprefix("row.")) for reason in taken.reasons if reason.code.startswith("row.")]
    assert rows[:2] == [4, 3]
    assert [PRECEDENCE.index(row) for row in rows] == sorted(PRECEDENCE.index(row) for row in rows)
    assert taken.reasons[len(rows)].code not in {f"row.{row}" for row in rows}


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("@acme my charger caught fire", 3),
        ("@acme we are stranded, nowhere to sleep, your train never came", 3),
        ("@acme you charged me twice, I want a refund, still waiting", 2),
        ("@acme I am switching to Zeta, cancel my account", 2),
        ("@acme how do I reset it?", 1),
        ("@acme thank you!", 0),
        ("@acme your crew was amazing, best flight ever", 0),
    ],
)
def test_urgency(text: str, urgency: int) -> None:
    assert judged(text).urgency == urgency


def test_facts_hold_nothing_of_standing_or_looks() -> None:
    names = {field.name for kind in (Facts, Rules) for field in dataclasses.fields(kind)}
    names |= set(Post.__struct_fields__) | set(Reading.__struct_fields__)
    assert not names & {
        "followers",
        "follower_count",
        "avatar",
        "name",
        "display_name",
        "verified",
        "fame",
        "politeness",
    }


def test_not_even_what_stands_inside_of_the_facts_holds_followers() -> None:
    seen: set[type] = set()

    def inside(kind: object) -> set[str]:
        if not isinstance(kind, type):
            return set().union(*(inside(one) for one in get_args(kind)), set())
        if kind in seen or not (dataclasses.is_dataclass(kind) or hasattr(kind, "__struct_fields__")):
            return set()
        seen.add(kind)
        hints = get_type_hints(kind)
        return set(hints).union(*(inside(one) for one in hints.values()), set())

    names = inside(Facts) | inside(Post) | inside(Us) | inside(Lesson) | inside(Opinion)
    assert {Facts, Reading, Turn, Post} <= seen
    assert not [name for name in names if "follow" in name or "avatar" in name or "fame" in name]


def test_the_author_and_good_manners_change_nothing() -> None:
    plain, polite = "@acme the app doesn't open", "@acme please, kind people, the app doesn't open"
    assert judged(plain, author="famous").row == judged(plain, author="nobody").row
    assert judged(plain).needs == judged(polite).needs


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("مرحبا @acme، طلبي لم يصل بعد. هل يمكنكم المساعدة؟", {"yes"}),
        ("שלום @acme ההזמנה שלי לא הגיעה", {"yes", "unsure"}),
        ("здравствуйте @acme мой заказ не пришёл", {"yes", "unsure"}),
        ("rt @acme мой заказ не пришёл", {"no", "unsure"}),
        ("сегодня хорошая погода", {"no"}),
    ],
)
def test_a_tag_in_a_language_without_lists_reaches_the_desk(text: str, needs: set[str]) -> None:
    assert judged(text).needs in needs
