"""The word lists are readable, and each of their lines can be met in a text."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pytest

from rapport.understanding import lexicon
from rapport.understanding.tokens import cut


def phrases(language: str) -> list[str]:
    files = [f"lexicons/{language}.txt"] + [
        f"lexicons/{more}/{language}.txt" for more in ("safety", "topics") if language != "any"
    ]
    files += [f"lexicons/valence/{language}.txt"] if language in lexicon.STEMS else []
    listed: list[str] = []
    for name in files:
        section = ""
        for line in map(
            str.strip, resources.files("rapport.understanding").joinpath(name).read_text("utf-8").splitlines()
        ):
            if line.startswith("[") and line.endswith("]"):
                section = line[1:]
            elif line and not line.startswith("# ") and not section.startswith("w."):
                listed += [phrase.partition(" = ")[0].strip() for phrase in line.split(" | ")]
    return listed


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_every_phrase_of_a_list_is_found_where_it_is_said(language: str) -> None:
    plain = [phrase for phrase in phrases(language) if not set("*<") & set(phrase) or phrase.startswith("<3")]
    missed = [phrase for phrase in plain if not lexicon.find(cut(phrase), language) and not silent(phrase, language)]
    assert missed == []


def silent(phrase: str, language: str) -> bool:
    """A phrase that is there to silence what it contains is never found itself."""
    return cut(phrase).line.strip() in silencers(language)


@cache
def silencers(language: str) -> frozenset[str]:
    return frozenset(key.strip() for key, entry in lexicon.entries(language) if entry.section == "null")


def test_no_sign_is_cut_into_pieces() -> None:
    assert [sign for sign in phrases("any") if len(cut(sign).words) != 1] == []


def test_a_silencing_phrase_silences_what_it_contains_and_no_more() -> None:
    assert [hit.section for hit in lexicon.find(cut("no problem"), "en") if hit.section == "i.complaint"] == []
    assert [hit.section for hit in lexicon.find(cut("a problem"), "en") if hit.section == "i.complaint"] == [
        "i.complaint"
    ]
