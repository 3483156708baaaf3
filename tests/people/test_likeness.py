"""Likeness: what makes a careful colleague look, what settles it, and what speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.core.hashing import key
from rapport.people import traits
from rapport.people.likeness import ENOUGH, Address, Known, signs, weight


def known(name: str, *addresses: tuple[str, str], first: int = 1, **more: object) -> Known:
    made = tuple(Address(first + place, network, address, name) for place, (network, address) in enumerate(addresses))
    return Known(name, made, **more)  # type: ignore[arg-type]


def codes(one: Known, two: Known, **more: int) -> set[str]:
    return {sign.code for sign in signs(one, two, **more)}


ANN = known("Ann Lee", ("mail", "ann@lee.example"), ("social", "@ann_lee"))


@pytest.mark.parametrize(
    ("other", "code", "enough"),
    [
        (known("Ann Lee", ("form", "Ann@Lee.example"), first=9), "same_mail", True),
        (known("Annie", ("chat", "annlee"), first=9), "same_handle", False),
        (known("A. Lee", ("chat", "ann-lee"), first=9), "similar_name", True),
        (known("Ann Lee", ("chat", "7"), first=9), "same_name", True),
        (known("Lee, Ann", ("chat", "7"), first=9), "same_name", True),
        (known("somebody", ("chat", "x"), cites={key("mail", "ann@lee.example"): 5}), "wrote_mail", True),
        (known("Bo Diaz", ("chat", "bo"), first=9), "", False),
    ],
)
def test_what_speaks_for_it(other: Known, code: str, enough: bool) -> None:
    found = signs(ANN, other)
    assert (code in {sign.code for sign in found}) if code else not found
    assert (weight(found) >= ENOUGH) == enough


def test_an_order_that_somebody_names_and_another_placed() -> None:
    bought = known("Ann Lee", ("mail", "ann@lee.example"), orders={b"o" * 16: 3})
    wrote = known("annie", ("social", "@annie"), first=9, cites={b"o" * 16: 7})
    [sign] = signs(bought, wrote)
    assert (sign.code, sign.order, sign.message) == ("wrote_order", 3, 7)


def test_a_family_with_one_mailbox_is_not_one_human() -> None:
    bo = known("Bo Lee", ("form", "ann@lee.example"), first=9)
    assert codes(ANN, bo) == {"same_mail", "household"} and weight(signs(ANN, bo)) < ENOUGH


def test_other_names_on_one_address_make_it_weaker() -> None:
    other = known("Bo Diaz", ("form", "ann@lee.example"), first=9)
    assert "other_names" in codes(ANN, other) and weight(signs(ANN, other)) < 3


def test_who_answers_another_is_somebody_else() -> None:
    one, two = (known("Ann Lee", ("social", name), talks=frozenset({4})) for name in ("@a1", "@b2"))
    assert codes(one, two) == {"same_name", "spoke_together"} and weight(signs(one, two)) < ENOUGH


def test_a_common_name_says_little() -> None:
    namesake = known("Ann Lee", ("chat", "7"), first=9)
    assert weight(signs(ANN, namesake, namesakes=9)) < ENOUGH <= weight(signs(ANN, namesake, namesakes=2))
    at_work = known("Ann Lee", ("chat", "7"), organisation="Acme Mail", first=9)
    assert "same_organisation" in codes(known("Ann Lee", ("x", "1"), organisation="ACME mail"), at_work, namesakes=9)


def test_a_name_in_letters_that_only_look_the_same_is_a_warning() -> None:
    imitation = known("Аnn Lее", ("chat", "7"), first=9)  # Cyrillic А, е
    assert codes(ANN, imitation) == {"lookalike_name"} and weight(signs(ANN, imitation)) < 0


def test_names_of_nothing_meet_nobody() -> None:
    for name in ("", "🦊🦊", "   ", "x" * 300):
        assert weight(signs(known(name, ("a", "7")), known(name, ("b", "8")))) < ENOUGH


def test_a_handle_that_everybody_has_says_nothing() -> None:
    assert traits.handle("info") == traits.handle("@bob") == traits.handle("12345") == ""
    assert traits.handle("@Ann_Lee@agora.example") == traits.handle("ann.lee.bsky.social") == "annlee"


def test_telephones_with_and_without_their_country() -> None:
    [(kind, one)] = traits.traits("phone", "+43 1 555 01 23 45", "")
    [(_, two)] = traits.traits("sms", "01/555 01 23 45", "")
    assert kind == "phone" and one == two


def test_what_somebody_writes_down() -> None:
    text = "It is order A-1042 (or #77341), mail me at Ann@Lee.example or call +43 1 5550123."
    assert set(traits.cited(text)) == {("cites", key("mail", "ann@lee.example")), ("cites", key("phone", "315550123"))}
    assert "A-1042" in traits.numbers(text) and "77341" in traits.numbers(text)


WORDS = st.text(max_size=40)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=5), WORDS)
def test_whatever_people_are_called(rows: list[tuple[str, str, str]], text: str) -> None:
    some = Known(rows[0][2] if rows else "", tuple(Address(n, *row) for n, row in enumerate(rows)))
    found = signs(some, ANN)
    assert weight(found) == pytest.approx(weight(signs(ANN, some)))
    list(traits.cited(text)), traits.numbers(text)


def test_two_hundred_addresses_each_are_compared_at_once() -> None:
    many = [known("Ann Lee", *(("n", f"{side}{n}@x.example") for n in range(200))) for side in "ab"]
    assert codes(*many) == {"same_name"}
