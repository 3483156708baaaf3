"""The account of a soak: whatever is lost, doubled or untruly told is found, and nothing else is."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.soak import ledger
from tests.soak.ledger import Facts, Out


def fine() -> Facts:
    """Three messages: one answered and seen, one whose answer failed and says so, one unknown that is there."""
    marks = ["mail-1", "mail-2", "mail-3"]
    return Facts(
        said=dict.fromkeys(marks, 10.0), known={"mail-1": 11.0, "mail-2": 12.0, "mail-3": 19.0}, stored=Counter(marks),
        given=set(marks), heard=Counter({"mail-1": 1, "mail-3": 1}),
        out=[Out("mail-1", "sent"), Out("mail-2", "failed", "Refused."), Out("mail-3", "unknown", "Look there.")],
    )  # fmt: skip


def test_what_is_as_it_must_be_is_not_complained_of() -> None:
    assert ledger.wrong(fine()) == []
    assert ledger.unsettled(fine()) == []


def test_what_has_not_come_to_its_end_is_named() -> None:
    facts = fine()
    facts.said["mail-4"] = 12.0
    facts.out[1] = Out("mail-2", "queued", "Busy.")
    del facts.heard["mail-1"]
    waits = ["mail-4 not stored", "answer to mail-2 queued", "answer to mail-1 not seen"]
    assert ledger.unsettled(facts) == waits


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda facts: facts.stored.pop("mail-2"), "mail-2 was said and is not on the desk."),
        (lambda facts: facts.stored.update(["mail-2"]), "mail-2 is on the desk 2 times."),
        (lambda facts: facts.stored.update(["chat-9"]), "chat-9 is on the desk and nobody said it."),
        (lambda facts: facts.heard.update(["mail-1"]), "The answer to mail-1 (sent) is seen there 2 times."),
        (lambda facts: facts.heard.update(["mail-3"]), "The answer to mail-3 (unknown) is seen there 2 times."),
        (lambda facts: facts.heard.pop("mail-1"), "The answer to mail-1 is sent, and is not seen there."),
        (lambda facts: facts.heard.update(["mail-2"]), "The answer to mail-2 is shown as failed, and is seen there."),
        (lambda facts: facts.heard.update(["mail-7"]), "An answer to mail-7 is seen there that nobody gave."),
        (lambda facts: facts.out.append(Out("mail-1", "sent")), "The answer to mail-1 is in the outbox 2 times."),
        (lambda facts: facts.out.pop(1), "The answer to mail-2 is in the outbox 0 times."),
        (
            lambda facts: facts.out.__setitem__(0, Out("mail-1", "queued", "Busy.")),
            "The answer to mail-1 is still queued at the end (Busy.).",
        ),
        (
            lambda facts: facts.out.__setitem__(2, Out("mail-3", "unknown")),
            "The answer to mail-3 is unknown without a sentence.",
        ),
    ],
)
def test_whatever_is_lost_doubled_or_untrue_is_found(change: object, sentence: str) -> None:
    facts = fine()
    change(facts)  # type: ignore[operator]
    assert ledger.wrong(facts) == [sentence]


def test_the_table_counts_each_place_for_itself() -> None:
    facts = fine()
    facts.troubles.update(["mail: cut", "mail: cut", "chat: cut"])
    head, mail, chat = ledger.table(facts, ["mail", "chat"])
    assert dict(zip(head, mail, strict=True)) == {
        "channel": "mail", "in": "3", "stored": "3", "answered": "3", "seen there": "2", "failed": "1", "unknown": "1",
        "p50 s": "2.0", "p95 s": "9.0", "troubles": "2",
    }  # fmt: skip
    assert chat[-1] == "1"


def test_only_what_a_process_goes_on_taking_is_growth() -> None:
    steady = [(float(at), 100_000 if at < 20 else 200_000) for at in range(300)]
    leaking = [(float(at), 100_000 + at * 1_000) for at in range(300)]
    found = ledger.growth({1: steady, 2: leaking, 3: steady[:50]})
    assert [(life, early == late) for life, _, early, late in found] == [(1, True), (2, False)]
