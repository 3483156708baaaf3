"""Doubting: what makes an answer less than an answer, said before it leaves. The writer may send it all the same.

Five things, each in a sentence: it smiles at somebody who told of a death, or sells to them; it has words that insult;
the same words have gone to others today; it takes up nothing
of what was said; it asks what was answered before.
"""

from __future__ import annotations

import re
from datetime import timedelta

from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.inbox.feeling import exchange
from rapport.inbox.models import Conversation, Outgoing
from rapport.people import timeline
from rapport.understanding import asking, rude, stock
from rapport.understanding.feelings import shortened

OTHERS = 2
"""So many others with the same words on one day are a pattern."""
_LOOKED_AT, _READ = 1_000, 60
_FEW = 4
"""Answers of so few words are alike by nature: "You are welcome, Ann!"."""

_LIGHT = re.compile(
    r"[\U0001f300-\U0001faff\u2600-\u27bf]|[:;]-?[)D]|\b(?:\d+ ?% off|discount|special offer|voucher|upgrade|"
    r"survey|rate us|rate our|rabatt|gutschein|umfrage|remise|sondage|descuento|encuesta|sconto|sondaggio|desconto)\b",
    re.IGNORECASE,
)
"""A smile, an offer, a survey."""


class Doubted(Refused):
    """A sentence to think about; sent again with ``sure``, the answer leaves."""


def doubt(conversation: Conversation, words: str) -> Doubted | None:
    """What is to be thought about before these words leave, if anything."""
    return (
        _grief(conversation, words)
        or _rude(words)
        or _same(conversation, words)
        or _stock(conversation, words)
        or _asked(conversation, words)
    )


def _grief(conversation: Conversation, words: str) -> Doubted | None:
    """S75: who has told of a death is met without a smile, an offer or a survey."""
    light = _LIGHT.search(words)
    if light is None:
        return None
    rows = conversation.messages.filter(ours=False, deleted_at=None).order_by("-said_at", "-id")[:_READ]
    if not any(
        "bereavement" in row.reading.data.get("flags", ())
        for row in rows.select_related("reading")
        if hasattr(row, "reading")
    ):
        return None
    return Doubted(
        "They have told of a death: “%(words)s” may hurt. Leave it out, or send it as it is.", words=light.group()
    )


def _rude(words: str) -> Doubted | None:
    found = rude.judged([words])[0]
    if found.chance < rude.BAR:
        return None
    if not found.words:
        return Doubted("This may be read as an insult. Read it once more, or send it as it is.")
    return Doubted(
        "“%(words)s” may be read as an insult. Say it otherwise, or send it as it is.", words=", ".join(found.words[:3])
    )


def _same(conversation: Conversation, words: str) -> Doubted | None:
    mine = stock.same(words)
    if len(mine.split()) <= _FEW:
        return None
    rows = Outgoing.objects.filter(workspace=conversation.workspace_id, created_at__gte=now() - timedelta(days=1))
    rows = rows.exclude(state=Outgoing.State.WITHDRAWN).exclude(conversation=conversation)
    texts = rows.order_by("-pk").values_list("conversation", "text")[:_LOOKED_AT]
    others = len({talk for talk, text in texts if stock.same(text) == mine})
    if others < OTHERS:
        return None
    return Doubted(
        "%(n)s others were sent these very words today. Say what is for them alone, or send it as it is.", n=others
    )


def _stock(conversation: Conversation, words: str) -> Doubted | None:
    phrase = stock.phrase(words)
    last = conversation.messages.filter(ours=False, deleted_at=None).order_by("-said_at", "-id").first()
    if not phrase or last is None or asking.touches(words, last.text):
        return None
    return Doubted(
        "“%(phrase)s” fits every letter, and nothing here takes up what they said: “%(said)s”. Answer that, or send it "
        "as it is.", phrase=phrase, said=shortened(" ".join(last.text.split())),
    )  # fmt: skip


def _asked(conversation: Conversation, words: str) -> Doubted | None:
    if conversation.identity is None or not asking.questions(words):
        return None
    rows = exchange(timeline.whose(conversation.identity.person), _READ)
    turns = [asking.Turn(row.pk, row.ours, row.text) for row in rows]
    found = [one for one in asking.again([*turns, asking.Turn(0, True, words)]) if one.id == 0]
    if not found:
        return None
    answer = next(row.text for row in rows if row.pk == found[0].answered)
    return Doubted(
        "You ask “%(question)s”, and they were asked before; their answer: “%(answer)s”. Read it, or send it as it is.",
        question=shortened(found[0].words), answer=shortened(" ".join(answer.split())),
    )  # fmt: skip
