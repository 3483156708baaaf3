"""The filter language: whatever is typed gives a filter or a sentence, and a filter can be written down again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.core.folding import fold
from rapport.inbox.filtering import moments
from rapport.inbox.filtering.operators import HAS, IS, OPERATORS
from rapport.inbox.filtering.parse import MOST_CLAUSES, MOST_LETTERS, parse
from rapport.inbox.filtering.values import Clause, Filter
from rapport.inbox.filtering.write import write

FREE = some.text(some.characters(exclude_categories=["C", "Z"], exclude_characters='"“”„‟«»'), min_size=1, max_size=9)
VALUES = {
    "is": some.sampled_from(IS),
    "has": some.sampled_from(HAS),
    "about": some.sampled_from(["us", "rival", "nothing"]),
    "lang": some.sampled_from(["de", "pt-br", "yue"]),
    "within": some.sampled_from(["7d-of-delivery", "2w-after-order", "36h-before-delivery"]),
    "placed": some.sampled_from(["<7d", ">1y", "2026-03", "yesterday"]),
    "delivered": some.sampled_from(["<7d", ">1y", "2026-03-31", "2w"]),
} | dict.fromkeys(("before", "after", "on"), some.sampled_from(["7d", "today", "yesterday", "2026", "2026-02-28"]))
WORDS = some.lists(FREE, min_size=1, max_size=3).map(" ".join)
CLAUSES = some.one_of(
    some.builds(Clause, some.just(""), WORDS.filter(lambda w: any(c.isalnum() for c in fold(w))), some.booleans()),
    some.sampled_from(sorted(OPERATORS)).flatmap(
        lambda key: some.builds(Clause, some.just(key), VALUES.get(key, WORDS), some.booleans())
    ),
)
FILTERS = some.lists(some.lists(CLAUSES, min_size=1, max_size=3, unique=True).map(tuple), max_size=5, unique=True).map(
    lambda groups: Filter(tuple(groups))
)


@pytest.mark.slow
@given(FILTERS)
def test_what_is_written_down_is_read_again_as_it_was(filter: Filter) -> None:
    words = write(filter)
    if len(words) <= MOST_LETTERS:
        assert parse(words).filter == filter
        assert not parse(words).mistakes


@given(some.one_of(some.text(), some.text('abfromishas:"-OR <>7dw”', max_size=60)))
def test_whatever_is_typed_is_understood_or_said_in_a_sentence(text: str) -> None:
    parsed = parse(text)
    for mistake in parsed.mistakes:
        sentence = mistake.sentence % mistake.facts
        assert sentence.endswith(".") and 0 <= mistake.start <= mistake.end
    assert parse(write(parsed.filter)).filter == parsed.filter
    if not parsed.filter and not parsed.mistakes:
        assert not any(sign.isalnum() for sign in fold(text))


@pytest.mark.parametrize(
    ("typed", "understood", "said"),
    [
        ('from:ann "lost bag" -refund', 'from:ann "lost bag" -refund', ""),
        ("FROM:Ann Is:Open", "from:Ann is:open", ""),
        ("“lost bag”", '"lost bag"', ""),
        ("refund OR money is:late", "refund OR money is:late", ""),
        ("form:ann refund", "refund", "There is no “form:” here. Did you mean “from:”?"),
        ("is:lost refund", "refund", "“lost” is nothing that “is:” knows. It knows open,"),
        ("after:2026-02-30 x", "x", "“2026-02-30” is no day here."),
        ("within:7-delivery x", "x", "Write it as within:7d-of-delivery"),
        ("lang:german x", "x", "no code of a language"),
        ("from: ", "", "After “from:” something is missing."),
        ("OR refund", "refund", "something is missing before it"),
        ("refund OR", "refund", "something is missing after it"),
        ('"lost bag', '"lost bag"', "A quotation mark is open"),
        ("!!! refund", "refund", "“!!!” holds no letter or digit"),
        ("https://acme.test/a 12:30", '"https://acme.test/a" "12:30"', ""),
        ("x" * 200, "", "holds 120 letters"),
        (" ".join(f"w{n}" for n in range(MOST_CLAUSES + 3)), " ".join(f"w{n}" for n in range(MOST_CLAUSES)), "20 cond"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_holds(typed: str, understood: str, said: str) -> None:
    parsed = parse(typed)
    assert write(parsed.filter) == understood
    sentences = " ".join(mistake.sentence % mistake.facts for mistake in parsed.mistakes)
    assert said in sentences and bool(said) == bool(sentences)


def test_a_mistake_knows_its_place() -> None:
    typed = "refund form:ann late"
    (mistake,) = parse(typed).mistakes
    assert typed[mistake.start : mistake.end] == "form:ann"


def test_a_day_begins_where_the_reader_lives() -> None:
    now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    kyiv = ZoneInfo("Europe/Kyiv")
    assert moments.span("today", now, UTC)[0] == datetime(2026, 3, 10, tzinfo=UTC)
    assert moments.span("today", now, kyiv)[0] == datetime(2026, 3, 11, tzinfo=kyiv)
    assert moments.span("yesterday", now, kyiv)[1] == datetime(2026, 3, 11, tzinfo=kyiv)
    assert moments.span("2025-12", now, UTC) == (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert moments.span("7d", now, UTC) == (now - timedelta(days=7), now)
    assert moments.span("9999y", now, UTC)[0].year == 1970
