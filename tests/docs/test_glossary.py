"""The glossary says what the code does: states, streams, the table that decides, clocks, states of an answer."""

from __future__ import annotations

import re

from django.conf import settings

from rapport.inbox.models import STREAMS, Outgoing, State
from rapport.inbox.triage import clocks
from rapport.inbox.triage import table as decision
from rapport.inbox.triage.words import WORDS
from tests.docs.texts import section, table

PAGE = "docs/glossary.md"


def test_the_states_of_a_conversation() -> None:
    rows = {code: label for code, label, _ in table(section(PAGE, "States of a conversation"))}
    assert rows == dict(State.choices)


def test_the_streams() -> None:
    rows = {code: label for code, label, *_ in table(section(PAGE, "Streams"))}
    assert rows == STREAMS


def test_the_states_of_an_answer() -> None:
    rows = {code: label for code, label, _ in table(section(PAGE, "States of an answer"))}
    assert rows == dict(Outgoing.State.choices)


def test_the_rows_of_the_decision_and_what_they_need() -> None:
    rows = table(section(PAGE, "Does it need an answer?"))
    assert {int(row): needs for row, _, needs, *_ in rows} == decision.NEEDS
    assert all(then and why for *_, then, why in rows)
    assert all(f"row.{row}" in WORDS for row, *_ in rows)


def test_the_precedence() -> None:
    said = re.search(r"^Precedence: (.+)\.$", section(PAGE, "Does it need an answer?"), re.MULTILINE)
    assert said
    assert tuple(map(int, said[1].split(", "))) == decision.PRECEDENCE


def test_the_clocks() -> None:
    words = section(PAGE, "Clocks")
    assert {int(urgency): f"{settings.RAPPORT_DUE_HOURS[int(urgency)]} h" for urgency, _ in table(words)} == {
        int(urgency): due for urgency, due in table(words)
    }
    assert len(table(words)) == len(settings.RAPPORT_DUE_HOURS)
    assert clocks.HISTORY.days == 7
    assert "older than seven days" in words


def test_the_undo_window() -> None:
    assert settings.RAPPORT_HELD_SECONDS == 10
    assert "for ten seconds" in section(PAGE, "States of an answer")
