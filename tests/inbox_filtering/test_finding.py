"""What a filter finds, in both engines: of messages, conversations, people and orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.core.database import now
from rapport.inbox import tagging, working
from rapport.inbox.filtering import reading
from rapport.inbox.filtering.conditions import Sight
from rapport.inbox.filtering.parse import parse
from rapport.inbox.models import Conversation, Message
from rapport.people import merging
from rapport.people.models import Order
from tests.conftest import NOW, Cast


def sight(cast: Cast) -> Sight:
    return Sight(cast.bea, now(), UTC)


def buys(cast: Cast, talk: Conversation, number: str, *, delivered: datetime | None = None, **more: object) -> Order:
    assert talk.identity is not None
    return Order.objects.create(
        workspace=talk.workspace,
        person=talk.identity.person,
        shop="shop",
        number=number,
        key=number.encode().ljust(16),
        delivered_at=delivered,
        **more,
    )


def conversations(cast: Cast, words: str) -> set[str]:
    """Who began the conversations that are found."""
    return {str(row.identity) for row in reading.conversations(parse(words).filter, sight(cast)).rows}


@pytest.fixture
def town(cast: Cast) -> Cast:
    """Ann complains, Bo praises in German, Cy asks on another day, and Dot's workspace says the same words."""
    ann = cast.says("@ann", "@acme my kettle broke, where is my refund?", id="1", name="Ann Lee")
    cast.says("@bo", "@acme vielen Dank, der Kessel ist wunderbar, ich liebe ihn!", id="2", name="Bo Berg")
    cy = cast.says("@cy", "@acme do you ship the kettle to Norway? https://x.test", id="3", at=NOW - timedelta(days=9))
    working.assign(ann, cast.bea, by=cast.bea)
    working.note(cy, "Ask the warehouse", by=cast.bea)
    working.settle(cy, by=cast.bea)
    tagging.tag(ann, "Hot kettle", by=cast.bea)
    buys(cast, ann, "A-77", delivered=NOW - timedelta(days=3), status="delivered", text="Copper kettle")
    buys(cast, cy, "C-1", placed_at=NOW - timedelta(days=40), status="open", text="Tea pot")
    return cast


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kettle", {"Ann Lee", "@cy"}),
        ('"my kettle"', {"Ann Lee"}),
        ("kettle -refund", {"@cy"}),
        ("refund OR wunderbar", {"Ann Lee", "Bo Berg"}),
        ("from:ann", {"Ann Lee"}),
        ("from:@bo", {"Bo Berg"}),
        ('from:"Bo Ber"', {"Bo Berg"}),
        ("-from:ann", {"Bo Berg", "@cy"}),
        ("from:zoe", set()),
        ("is:open", {"Ann Lee", "Bo Berg"}),
        ("is:answered", {"@cy"}),
        ("is:mine", {"Ann Lee"}),
        ("is:unassigned", {"Bo Berg", "@cy"}),
        ("assigned:bea", {"Ann Lee"}),
        ("assigned:me", {"Ann Lee"}),
        ("assigned:nobody is:open", {"Bo Berg"}),
        ("is:public", {"Ann Lee", "Bo Berg", "@cy"}),
        ("is:private OR is:mine", {"Ann Lee"}),
        ("is:praise", {"Bo Berg"}),
        ("is:snoozed", set()),
        ("is:ours", set()),
        ("lang:de", {"Bo Berg"}),
        ("has:note", {"@cy"}),
        ("-has:note", {"Ann Lee", "Bo Berg"}),
        ("has:link", {"@cy"}),
        ('tag:"hot KETTLE"', {"Ann Lee"}),
        ("-tag:#vip is:open", {"Ann Lee", "Bo Berg"}),
        ("has:tag", {"Ann Lee"}),
        ("has:draft", set()),
        ("has:answer", set()),
        ("has:rating", set()),
        ("has:promise", set()),
        ("has:order", {"Ann Lee", "@cy"}),
        ("to:us kettle", {"Ann Lee", "@cy"}),
        ("to:social", {"Ann Lee", "Bo Berg", "@cy"}),
        ("channel:social", {"Ann Lee", "Bo Berg", "@cy"}),
        ("channel:mail", set()),
        ("after:7d", {"Ann Lee", "Bo Berg"}),
        ("before:7d", {"@cy"}),
        ("on:2026-03-01", {"@cy"}),
        ("after:today", {"Ann Lee", "Bo Berg"}),
        ("order:a-77", {"Ann Lee"}),
        ("order:open", {"@cy"}),
        ("bought:kettle", {"Ann Lee"}),
        ("-bought:kettle is:answered", {"@cy"}),
        ("delivered:<7d", {"Ann Lee"}),
        ("delivered:>7d", set()),
        ("placed:>30d", {"@cy"}),
        ("within:7d-of-delivery", {"Ann Lee"}),
        ("within:7d-after-delivery", {"Ann Lee"}),
        ("within:7d-before-delivery", set()),
        ("within:2d-of-delivery", set()),
        ("refund is:answered OR within:7d-of-delivery", {"Ann Lee"}),
    ],
)
def test_the_table(town: Cast, words: str, found: set[str]) -> None:
    assert not parse(words).mistakes
    assert conversations(town, words) == found


def test_all_that_is_asked_of_messages_holds_of_one_message(cast: Cast) -> None:
    cast.says("@ann", "@acme the lamp flickers", id="1")
    cast.says("@ann", "@acme the vase too?", id="2", reply_to="1")
    assert conversations(cast, "lamp vase") == set()
    assert conversations(cast, "lamp") == conversations(cast, "vase") == {"@ann"}
    assert conversations(cast, "vase -lamp") == set()
    found = reading.messages(parse("-lamp").filter, sight(cast)).rows
    assert [row.external_id for row in found] == ["2"]


def test_people_and_orders_are_found_by_their_own_words(town: Cast) -> None:
    def people(words: str) -> set[str]:
        return {str(row) for row in reading.people(parse(words).filter, sight(town)).rows}

    def orders(words: str) -> set[str]:
        return {row.number for row in reading.orders(parse(words).filter, sight(town)).rows}

    assert people("ann") == people("lee") == people("bought:kettle") == {"Ann Lee"}
    assert people("from:bo lang:de") == people("is:praise") == {"Bo Berg"}
    assert people("from:bo lang:en") == set()
    assert orders("kettle") == orders("ann") == orders("order:A-77") == orders("from:ann") == {"A-77"}
    assert orders("within:7d-of-delivery") == orders("is:mine") == {"A-77"}
    assert orders("-within:7d-of-delivery") == {"C-1"}
    assert orders("within:1d-after-delivery") == set()


def test_whoever_was_merged_is_one_human_with_all_their_orders(town: Cast) -> None:
    talk = Conversation.objects.get(identity__name="Bo Berg")
    cy = Conversation.objects.get(identity__address="@cy")
    assert talk.identity and cy.identity
    assert conversations(town, "order:c-1 lang:de") == set()
    merging.merge(talk.identity.person, cy.identity.person, by=town.bea)
    assert conversations(town, "order:c-1 lang:de") == {"Bo Berg"}
    found = {str(row) for row in reading.people(parse("order:c-1").filter, sight(town)).rows}
    assert found == {"Bo Berg"} == {str(row) for row in reading.people(parse("cy").filter, sight(town)).rows}
    assert [row.number for row in reading.orders(parse("from:berg").filter, sight(town)).rows] == ["C-1"]
    assert [row.number for row in reading.orders(parse("lang:de").filter, sight(town)).rows] == ["C-1"]


def test_a_stranger_finds_nothing_of_ours(town: Cast) -> None:
    dot = Sight(town.dot, now(), UTC)
    for words in ("kettle", "from:ann", "", "is:open", "within:7d-of-delivery", "-zebra"):
        filter = parse(words).filter
        for find in (reading.messages, reading.conversations, reading.people, reading.orders):
            assert find(filter, dot).rows == [], (words, find)


@pytest.mark.parametrize("find", [reading.messages, reading.conversations, reading.people, reading.orders])
@pytest.mark.parametrize("words", ["", "kettle", "-zebra", "from:a", "is:open"])
def test_pages_follow_each_other_newest_first_without_a_gap(cast: Cast, find: object, words: str) -> None:
    for number in range(7):
        row = cast.says(f"@ann{number}", "@acme kettle?", id=str(number), at=NOW - timedelta(minutes=9 - number // 2))
        buys(cast, row, f"kettle {number}")
    seen: list[int] = []
    after = ""
    for _ in range(9):
        page = find(parse(words).filter, sight(cast), after, 2)  # type: ignore[operator]
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break
    expected = 0 if find is reading.people and words in {"kettle"} else 7
    assert len(seen) == len(set(seen)) == expected
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("after", ["x", "0", "9" * 40, "~", "2026-13-45T99:00~3", "2026-01-01T00:00~3", "-1"])
def test_a_place_that_nobody_gave_is_the_beginning(cast: Cast, after: str) -> None:
    cast.says("@ann", "@acme kettle?")
    for find in (reading.messages, reading.conversations, reading.people):
        assert find(parse("from:ann").filter, sight(cast), after).rows, find


def test_what_nobody_finds_in_thousands_is_looked_for_further_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STRETCHES", (2, 3))
    for number in range(8):
        text = "@acme the old vase?" if not number else "@acme a kettle?"
        cast.says(f"@ann{number}", text, id=str(number), at=NOW - timedelta(minutes=9 - number))
    for find in (reading.messages, reading.conversations):
        first = find(parse("-kettle").filter, sight(cast))
        assert not first.rows and first.after and not first.full
        then = find(parse("-kettle").filter, sight(cast), first.after)
        assert len(then.rows) == 1 and not then.after


def test_a_count_is_what_one_sees(town: Cast) -> None:
    assert reading.count(parse("kettle").filter, sight(town)) == (2, False)
    assert reading.count(parse("kettle").filter, sight(town), most=1) == (1, True)
    assert reading.count(parse("").filter, sight(town)) == (Conversation.objects.count(), False)


def test_a_word_that_many_messages_hold_finds_the_same(town: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FEW", 0)
    assert conversations(town, "kettle") == {"Ann Lee", "@cy"}
    assert conversations(town, "kettle from:ann") == {"Ann Lee"}
    assert len(reading.messages(parse("kettle").filter, sight(town)).rows) == Message.objects.count() - 1


def test_people_who_wrote_so_are_looked_for_in_stretches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STRETCHES", (1, 2))
    for number in range(5):
        cast.says(f"@ann{number}", "@acme see https://x.test" if not number else "@acme a kettle", id=str(number))
    first = reading.people(parse("has:link").filter, sight(cast))
    assert not first.full and not first.rows
    then = reading.people(parse("has:link").filter, sight(cast), first.after)
    assert [str(row) for row in then.rows] == ["@ann0"] and not then.after
