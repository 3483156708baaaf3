"""A decision in the words of the person who answers: one word for the row of a stream, a short line for each reason."""

from __future__ import annotations

from typing import Final

from rapport.inbox.triage.disposition import Disposition

WORDS: Final[dict[str, str]] = {
    "row.1": "danger, law or data",
    "row.2": "bereavement, illness or hardship",
    "row.3": "question to us",
    "row.4": "complaint to us",
    "row.5": "complaint about us",
    "row.6": "wrong facts about us",
    "row.7": "asks others near our subject",
    "row.8": "praise",
    "row.9": "praise among friends",
    "row.10": "promise made to us",
    "row.11": "leaving",
    "row.12": "closing thanks",
    "row.13": "somebody else is answering",
    "row.14": "not for us",
    "row.15": "spam or bait",
    "row.16": "unsure",
    "flag.danger": "danger to somebody",
    "flag.legal": "legal threat",
    "flag.breach": "data or account breach",
    "flag.bereavement": "bereavement",
    "flag.illness": "illness",
    "flag.hardship": "hardship",
    "addressed.direct": "written to us directly",
    "addressed.handle": "tags us",
    "addressed.mention": "tags us",
    "addressed.reply": "replies to us",
    "addressed.name": "names us",
    "addressed.rival": "names a rival",
    "asked_twice": "asked twice",
    "unanswered": "still waiting for our answer",
    "answers_us": "answers what we asked",
    "question": "asks",
    "request": "asks for something",
    "complaint": "complains",
    "praise": "praises",
    "thanks": "thanks",
    "closing": "says it is done",
    "idea": "has an idea",
    "purchase_interest": "may want to buy",
    "comparing": "compares us",
    "leaving": "speaks of leaving",
    "asking_peers": "asks other people",
    "job_seeking": "looks for a job",
    "spam": "advertises",
    "joke_rant": "jokes",
    "rumour": "repeats a rumour",
    "promise": "promises something",
    "loss_or_block": "lost something, or is blocked",
    "stranded": "is stranded or locked out",
    "suspicion.trap": "fills in what people do not see",
    "suspicion.repeated": "the same words came before",
    "suspicion.links": "full of links",
    "suspicion.hurried": "written in a blink",
    "second.encoder": "like posts that your team answered",
    "second.endpoint": "a second look found this",
    "taught.yes": "your team answers such posts",
    "taught.unsure": "your team has answered some like this",
    "taught.less": "your team seldom answers such posts",
    "taught.no": "your team does not answer such posts",
    "taught.row": "your team calls such posts so",
    "suspicion.automatic": "says itself that a program sent it",
    "suspicion.generated": "written by a program",
    "suspicion.bulk": "sent to many",
    "suspicion.deaf": "from an address that nobody reads",
    "read.cut": "only the beginning was read",
}
"""Reason code → what an agent would say. Every code that ``read`` and ``decide`` give is here; a test holds it so."""


def explain(code: str) -> str:
    """A reason code in words; a code not known here (from an older model) is shown as it is, spaced."""
    return WORDS.get(code, code.replace("_", " ").replace(".", " "))


def headline(disposition: Disposition) -> str:
    """The one word for the stream's row: a sharper reason where there is one, else the row's own."""
    codes = [reason.code for reason in disposition.reasons]
    if disposition.row in (1, 2):
        return next((explain(code) for code in codes if code.startswith("flag.")), explain(f"row.{disposition.row}"))
    if disposition.row in (3, 4) and "asked_twice" in codes:
        return explain("asked_twice")
    return explain(f"row.{disposition.row}")
