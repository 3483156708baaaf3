"""The sentences of the screens are collected from every layer, and translations keep what varies in them."""

from __future__ import annotations

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


def test_a_translation_keeps_what_varies(found: Catalog) -> None:
    for path in CATALOGUES:
        for one in update.updated(path, found):
            if one.id and one.string:
                assert not list(one.check()), f"{path.parent.parent.name}: {one.id}"
