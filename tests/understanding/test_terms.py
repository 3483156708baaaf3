"""Terms are found whole, in any case, and where they stand in the text as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding.terms import Terms


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("acme", "I love ACME!", ["ACME"]),
        ("acme", "acmeology is not it", []),
        ("acme", "#Acme and @acme", ["Acme", "acme"]),
        ("@acme", "acme or @Acme?", ["@Acme"]),
        ("@acme", "@acmehelp is another", []),
        ("#acme", "acme #ACME", ["#ACME"]),
        ("New  York", "from new york to", ["new york"]),
        ("straße", "In der STRASSE und der Straße", ["STRASSE", "Straße"]),
        ("C++", "we use C++ here", ["C++"]),
        ("", "nothing", []),
    ],
)
def test_a_term_is_found_as_a_whole_word(term: str, text: str, found: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in Terms([term]).find(text)] == found


def test_spans_fit_where_folding_makes_a_text_longer() -> None:
    text = "ßßß İstanbul acme"
    (hit,) = Terms(["acme"]).find(text)
    assert text[hit.start : hit.end] == "acme"


def test_overlapping_terms_each_count() -> None:
    hits = Terms(["acme phone", "phone", "acme"]).find("my Acme Phone")
    assert sorted(hit.term for hit in hits) == ["acme", "acme phone", "phone"]


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_every_hit_is_its_term_when_both_are_folded(text: str, terms: list[str]) -> None:
    for hit in Terms(terms).find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert " ".join(hit.term.split()).casefold() in text[hit.start : hit.end].casefold()
