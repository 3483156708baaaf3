"""The catalogues are what the code asks for: nothing new is missing in them, nothing gone is left, all is compiled."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from words import update

CATALOGUES = sorted(update.LOCALES.glob("*/LC_MESSAGES/django.po"))


@pytest.fixture(scope="module")
def found() -> Catalog:
    return update.collected()


def test_sentences_are_found_wherever_they_are_said(found: Catalog) -> None:
    said = {one.id if isinstance(one.id, str) else one.id[0] for one in found if one.id}
    assert {
        "Needs an answer",  # a page's dictionary
        "asked twice",  # triage, which knows no gettext
        "Ask for an e-mail address",  # a channel's declared setting
        "Write your answer first.",  # a refusal of the domain
        "Write a few words first.",  # a form for strangers
        "Skip to the content",  # a template
    } <= said


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_catalogue_is_what_make_words_makes(path: Path, found: Catalog) -> None:
    catalog = update.updated(path, found)
    assert not [one.id for one in catalog if one.id and not one.string], "translate these"
    assert update.as_po(catalog) == path.read_bytes(), "call make words"
    assert update.as_mo(catalog) == path.with_suffix(".mo").read_bytes(), "call make words"


def test_a_translation_keeps_what_varies(found: Catalog) -> None:
    for path in CATALOGUES:
        for one in update.updated(path, found):
            if one.id and one.string:
                assert not list(one.check()), f"{path.parent.parent.name}: {one.id}"
