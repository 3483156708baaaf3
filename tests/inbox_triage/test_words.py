"""Reasons in an agent's words: every code has some, and a row has one headline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rapport
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.words import WORDS, explain, headline
from rapport.understanding import Post, Turn, Us, read
from rapport.understanding.flags import FLAGS
from rapport.understanding.intents import INTENTS
from rapport.understanding.reader import SHOWN


def test_every_code_that_can_be_given_has_words() -> None:
    given = {f"row.{row}" for row in range(1, 17)} | {f"flag.{flag}" for flag in FLAGS}
    given |= {INTENTS[section] for section in SHOWN}
    source = Path(rapport.__file__).parent
    for module in (
        "understanding/addressed.py",
        "understanding/reader.py",
        "inbox/triage/decide.py",
        "inbox/triage/table.py",
    ):
        text = (source / module).read_text("utf-8")
        given |= set(re.findall(r'Reason\("([a-z_.]+)"', text)) | set(re.findall(r'_span\("([a-z_.]+)"', text))
    assert given <= WORDS.keys()


def test_a_code_of_another_time_is_still_readable() -> None:
    assert explain("old.reason_code") == "old reason code"


@pytest.mark.parametrize(
    ("text", "before", "word"),
    [
        ("@acme I am leaving, cancel my account", (), "leaving"),
        ("@acme your crew was amazing, best flight ever", (), "praise"),
        ("@acme the app keeps crashing", (), "complaint to us"),
        ("@acme Monday", (), "unsure"),
        ("@acme my husband died and you write to him", (), "bereavement"),
        (
            "@acme so where is my blue parcel ordered on Monday?",
            (Turn(ours=False, author="ann", text="@acme where is my blue parcel ordered on Monday?"),),
            "asked twice",
        ),
    ],
)
def test_the_one_word_of_the_stream(text: str, before: tuple[Turn, ...], word: str) -> None:
    (reading,) = read([Post(text=text, before=before)], Us(handles=("acme",)))
    assert headline(decide(Facts(text=text, reading=reading, before=before))) == word
