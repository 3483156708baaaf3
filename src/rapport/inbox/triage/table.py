"""The sixteen rows of the decision table, each a small question of one Matter; their order and what each one needs.

The numbers in here are strengths of evidence (0..1) from the reading; where one is not plain it is named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rapport.inbox.triage.disposition import Needs
from rapport.inbox.triage.matter import Matter
from rapport.understanding.lexicon import LANGUAGES

PRECEDENCE: Final = (1, 2, 15, 12, 13, 10, 11, 4, 3, 5, 6, 7, 8, 9, 14, 16)
NEEDS: Final[dict[int, Needs]] = {
    1: "yes", 2: "yes", 3: "yes", 4: "yes", 5: "yes", 6: "yes", 7: "no", 8: "yes", 9: "no", 10: "no", 11: "yes",
    12: "no", 13: "no", 14: "no", 15: "no", 16: "unsure",
}  # fmt: skip
PLAIN_SUSPICIONS: Final = frozenset({"trap", "repeated"})
"""What no person does: fill in a field that is not there to be seen, say the same for the third time in a day."""
_SHORT_THANKS, _A_LAUGH, _A_GREETING = 14, 3, 6
"""In words: thanks up to this long say no more than thanks; a laugh up to this long answers nothing; so long a greeting."""
_ADVERTISES, _SHOUTS = 0.9, 1.15
"""Marks on the strength of an advert, a link counting 0.25."""
_GLAD, _CONTENT, _PLEASED, _DISPLEASED, _GLUM, _GLOOMY = 0.5, 0.4, 0.15, -0.3, -0.25, -0.9
"""Marks on the valence score; a letter or a chat says much that is merely plain, so displeasure there must be plainer."""
_WELL_SAID: Final = 0.85
"""So strong, praise is praise even where the words around it speak of trouble ("we're sorry… It helped. Well done")."""


def rows(matter: Matter) -> list[int]:
    """The rows that hold, in the table's precedence; 16 alone where none does."""
    held = [row for row in PRECEDENCE if row != 16 and _ROWS[row](matter)]
    if (
        "automatic" in matter.facts.suspicions
    ):  # nobody wrote it, so nobody waits; only danger is looked at all the same
        return [row for row in held if row in (1, 2)] or [14]
    return held or [16]


def _safety(matter: Matter) -> bool:
    return matter.ours and any(flag in ("danger", "legal", "breach") for flag in matter.reading.flags)


def _hardship(matter: Matter) -> bool:
    return matter.ours and any(flag in ("bereavement", "illness", "hardship") for flag in matter.reading.flags)


def _spam(matter: Matter) -> bool:
    if _by_a_machine(matter.facts.suspicions):
        return True
    if matter.of("scheme") >= 0.85 and not matter.complains and not matter.sofar.ours:
        return True
    advertises = matter.of("spam") + (0.25 if matter.links else 0.0)
    if matter.to_us:
        if matter.asks or matter.complains or advertises < _ADVERTISES:
            return False
        # An advert borrows the words of our trade; out of the blue, with a link and in its own shouting, it is one.
        unmistakable = advertises >= _SHOUTS and matter.links > 0 and not matter.sofar.ours
        return unmistakable or matter.of("service_matter") < 0.6
    return advertises >= 0.8 and not matter.complains


def _by_a_machine(suspicions: tuple[str, ...]) -> bool:
    """One plain sign, or two faint ones: whatever it asks, a machine asks it of everybody."""
    return len(suspicions) >= 2 or not PLAIN_SUSPICIONS.isdisjoint(suspicions)


def _closing(matter: Matter) -> bool:
    if not matter.to_us or matter.of("question") >= 0.6 or matter.complains or matter.reading.flags:
        return False
    if matter.reading.valence_score <= _DISPLEASED or matter.of("request") >= 0.9:
        return False
    if matter.of("praise") >= 0.7 and (matter.of("staff") >= 0.6 or not matter.sofar.ours) and _praises(matter):
        return False
    thanks, closing = matter.of("thanks_closing"), matter.of("closing")
    if matter.sofar.we_spoke_last and not matter.sofar.we_asked and not matter.asks and _content(matter):
        return True
    if matter.sofar.we_spoke_last and (thanks >= 0.5 or closing >= 0.4):
        return not _goes_on(matter) and not (matter.sofar.we_asked and thanks < 0.5 and closing < 0.6)
    return (thanks >= 0.6 and not _praises(matter)) or (closing >= 0.6 and matter.words <= 6)


def _content(matter: Matter) -> bool:
    """Pleased in words that we can read: in a language without a list a smile alone proves nothing."""
    return matter.reading.valence_score >= _CONTENT and matter.reading.language in LANGUAGES


def _goes_on(matter: Matter) -> bool:
    """Thanks, and then the matter itself: "thanks, but…", or thanks around the thing we asked for."""
    if matter.of("however") > 0:
        return True
    return matter.sofar.we_asked and (matter.words > _SHORT_THANKS or matter.links > 0)


def _peer(matter: Matter) -> bool:
    if matter.sofar.theirs and (matter.desk or (matter.signed and matter.of("agent_words") >= 0.5)):
        return True
    return matter.of("advising") >= 0.8 and matter.sofar.theirs > 0 and not matter.to_us and not matter.complains


def _promise(matter: Matter) -> bool:
    bound = any(span.who == "them" for span in matter.reading.promises)
    binds = (matter.of("promise") >= 0.75 and (bound or matter.of("goodwill") >= 0.8)) or (
        bound and matter.of("goodwill") >= 0.8
    )
    return matter.ours and binds and not matter.asks and not matter.complains and matter.of("leaving") < 0.6


def _leaving(matter: Matter) -> bool:
    if not matter.ours:
        return False
    if matter.reading.valence == "positive":
        return matter.of("leaving") >= 0.8 and matter.of("complaint") >= 0.6
    return matter.of("leaving") >= (0.7 if matter.reading.valence == "negative" else 0.8)


def _complaint(matter: Matter) -> bool:
    """A fault told us; or displeasure that asks for nothing, as people tell of a fault without naming it."""
    if not matter.to_us:
        return False
    if matter.complains:
        return True
    if matter.asks or matter.reading.valence == "positive":
        return False
    if answers_us(matter):
        return False  # what we asked for: the matter goes on, and no new fault is told
    glum = _GLOOMY if matter.private else _GLUM
    return (matter.sofar.we_spoke_last and matter.sofar.we_serviced) or matter.reading.valence_score <= glum


def _question(matter: Matter) -> bool:
    if not matter.to_us:
        return False
    wants = matter.asks or matter.of("purchase_interest") >= 0.6 or matter.of("idea") >= 0.6
    if wants or answers_us(matter):
        return True
    return matter.of("service_matter") >= 0.6 and not _praises(matter) and not _past_us(matter)


def answers_us(matter: Matter) -> bool:
    """Our last word asked something, and this is what came back."""
    laughs = matter.words <= _A_LAUGH and matter.of("joke_rant") >= 0.5
    return matter.sofar.we_asked and matter.sofar.we_spoke_last and not laughs


def _unaddressed_complaint(matter: Matter) -> bool:
    if not matter.about_us or matter.of("news") >= 0.6:
        return False
    if matter.tagged:
        told = max(matter.of(intent) for intent in ("complaint", "service_matter", "question", "request"))
        wrong = matter.of("complaint") >= 0.5 and (matter.of("thanks") >= 0.6 or not _praises(matter))
        return wrong or (told >= 0.45 and matter.reading.valence_score <= -0.1)
    return matter.of("complaint") >= 0.8 and matter.reading.valence == "negative" and matter.of("asking_peers") < 0.8


def _wrong_facts(matter: Matter) -> bool:
    return matter.about_us and matter.of("rumour") >= 0.7


def _asks_peers(matter: Matter) -> bool:
    return not matter.to_us and matter.of("asking_peers") >= 0.8


def _praises(matter: Matter) -> bool:
    """Praise of something, not thanks alone: strong words, or plain ones about our people or with a story."""
    praise = matter.of("praise")
    if _idle(matter):
        return False
    if matter.reading.valence != "positive":
        return praise >= _WELL_SAID and not matter.complains and not matter.asks and not matter.sofar.ours
    if matter.of("thanks") < 0.5:
        return praise >= 0.5 or (matter.reading.valence_score >= _GLAD and not matter.links)
    if not matter.sofar.ours and praise >= 0.5 and matter.words >= 6:
        return True
    return praise >= 0.7 and (praise >= 0.85 or matter.of("staff") >= 0.6 or matter.words >= 8)


def _praise_to_us(matter: Matter) -> bool:
    if matter.about_us and matter.tagged:
        return _praises(matter) or (matter.of("thanks") >= 0.6 and matter.reading.valence == "positive")
    return matter.to_us and _praises(matter)


def _praise_to_friends(matter: Matter) -> bool:
    return matter.about_us and not matter.tagged and _praises(matter)


def _idle(matter: Matter) -> bool:
    """A greeting to all, a laugh, an entry for a prize: said to us, and nothing is wanted."""
    if matter.complains or matter.of("request") >= 0.7 or matter.reading.flags:
        return False
    if matter.of("campaign") >= 0.85 and not matter.asks:
        return True
    light = matter.of("praise") < 0.7 or matter.words <= _A_LAUGH
    if matter.asks or not light or matter.sofar.ours:
        return False
    if matter.of("greeting") >= 0.8 and matter.words <= _A_GREETING:
        return matter.of("service_matter") < 0.6
    return matter.of("joke_rant") >= 0.5 and matter.words <= _A_GREETING and matter.of("service_matter") < 0.6


def _past_us(matter: Matter) -> bool:
    if not matter.ours or _idle(matter):
        return True
    if matter.about_us:
        return True
    if matter.asks or matter.complains or matter.sofar.we_serviced or answers_us(matter):
        return False
    if matter.links and matter.words and matter.of("second_person") < 0.5:
        shares = matter.of("news") >= 0.6 or matter.reading.valence_score >= _PLEASED
        return shares and not _praises(matter)
    if matter.of("service_matter") >= 0.6:
        return False
    if not matter.words:
        return not matter.sofar.theirs
    return matter.of("joke_rant") >= 0.5 and not _praises(matter)


_ROWS: Final[dict[int, Callable[[Matter], bool]]] = {
    1: _safety,
    2: _hardship,
    3: _question,
    4: _complaint,
    5: _unaddressed_complaint,
    6: _wrong_facts,
    7: _asks_peers,
    8: _praise_to_us,
    9: _praise_to_friends,
    10: _promise,
    11: _leaving,
    12: _closing,
    13: _peer,
    14: _past_us,
    15: _spam,
}
