"""Frustration that no swear word shows: read from who asks what again, who waits how long, what nobody answers. Pure.

Turn by turn, signs are gathered: a question asked again, the same answer given again, something told again, a wish to
speak that is refused or passed over, waits that grow, being handed on. When somebody says that they are glad, what went
before is settled. An alarm needs two kinds of signs; it names them. Neither insults nor shouting are among them, and
courtesy only ever adds to what the turns say: a friendly person is believed as much as an angry one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from rapport.understanding import structure_signs as found_by
from rapport.understanding.reading import Turn
from rapport.understanding.structure_signs import Sign
from rapport.understanding.structure_words import Said, alike, heard, is_glad, says, wishes

ALARM: Final = 3.5
"""Weight of signs from which an alarm is raised."""
READ_AT_MOST: Final = 60
"""Turns of a thread that are looked at, the newest."""
_WEIGHT: Final = {
    "asked_again": 2.0, "same_answer": 2.0, "told_again": 1.0, "came_back": 1.0, "wish_refused": 2.0, "wish_ignored": 1.5,
    "handed_on": 0.5, "slower": 0.5, "put_off": 0.5, "no_word": 1.0, "same_matter": 1.0,
    "wish": 0.5, "long": 0.5,
}  # fmt: skip
_LEADS: Final = frozenset(
    {"asked_again", "same_matter", "same_answer", "told_again", "wish_refused", "wish_ignored", "came_back"}
)
"""One of these must be there: that somebody is slow, or sends one on, is by itself no frustration."""
_NO_KIND: Final = frozenset({"long", "put_off"})
"""These add weight, but nobody is stuck by two of a kind and these."""
_SOFTER: Final = 0.25
"""What is left of the weight of all signs when somebody says that they are glad."""
_NEAR: Final = 8
"""Turns within which signs are counted together."""
_SAME: Final = 2
"""Coming back to one matter counts so often, and no more: friends do, too."""
_SLOW: Final = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Effort:
    """What it cost them so far: their messages, hours they waited for us, questions asked again, times handed on."""

    contacts: int = 0
    hours: float = 0.0
    asked_again: int = 0
    told_again: int = 0
    handed_on: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody is stuck, seen at ``turn`` (1-based), by these signs (in the order of the turns)."""

    turn: int
    weight: float
    signs: tuple[Sign, ...]
    effort: Effort


@dataclass(frozen=True, slots=True)
class State:
    """How a thread stands: the weight of its signs now, whether an alarm stands, the signs since somebody was glad."""

    weight: float
    signs: tuple[Sign, ...]
    effort: Effort
    since: int = 0
    """The turn (1-based) at which the alarm that stands was raised; 0: none stands."""


@dataclass(slots=True)
class _Thread:
    """What has been gone through so far."""

    said: list[Said] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    all_signs: list[Sign] = field(default_factory=list)
    left: float = 0.0
    wish: Sign | None = None
    waits: list[timedelta] = field(default_factory=list)
    since: int = 0
    calmed: bool = False

    def settle(self) -> None:
        """Somebody is glad: most of the weight goes, and all signs."""
        self.left, self.signs, self.wish, self.since = self.weight() * _SOFTER, [], None, 0

    def weight(self) -> float:
        return max(0.0, self.left + self.of_signs())

    def of_signs(self) -> float:
        """What the signs of the newest turns weigh: those long past are what a long talk is made of."""
        near = [sign for sign in self.signs if sign.turn > len(self.said) - _NEAR]
        again = sum(sign.code == "same_matter" for sign in near)
        return sum(_WEIGHT[sign.code] for sign in near) - max(0, again - _SAME) * _WEIGHT["same_matter"]

    def count(self, code: str) -> int:
        return sum(sign.code == code for sign in self.signs)

    def add(self, sign: Sign) -> None:
        self.signs.append(sign)
        self.all_signs.append(sign)


def frustration(turns: Sequence[Turn]) -> Alarm | None:
    """The first alarm of a thread, oldest turn first; None if there is none. Never raises for anything said."""
    for place, thread in _walk(turns):
        if thread.since:
            return Alarm(place + 1, round(thread.weight(), 2), tuple(thread.signs), _effort(thread))
    return None


def state(turns: Sequence[Turn], calmed: datetime | None = None) -> State:
    """How the thread stands after its last turn. ``calmed``: when a colleague said that nobody is stuck here, which
    counts like a glad word of theirs at that moment."""
    thread = _Thread()
    for _, thread in _walk(turns, calmed):  # noqa: B007 - the last one is what is wanted
        pass
    if calmed is not None and not thread.calmed:
        thread.settle()
    return State(round(thread.weight(), 2), tuple(thread.signs), _effort(thread), thread.since)


def _walk(turns: Sequence[Turn], calmed: datetime | None = None) -> Iterator[tuple[int, _Thread]]:
    """Turn by turn: the place of each (0-based in ``turns``) and the thread as it then stands."""
    thread, skipped = _Thread(), max(0, len(turns) - READ_AT_MOST)
    thread.said = [Said.nothing()] * skipped
    whose = next((turn.author for turn in turns if not turn.ours), "")
    for place in range(skipped, len(turns)):
        said = heard(turns[place])
        if calmed is not None and not thread.calmed and said.said_at is not None and said.said_at > calmed:
            thread.calmed = True
            thread.settle()
        if said.ours:
            _ours(thread, place, said)
        elif turns[place].author == whose:
            _theirs(thread, place, said)
        else:  # somebody beside: they have their own conversation with us, or with each other
            said = Said.nothing()
        thread.said.append(said)
        if not thread.since and _alarms(thread):
            thread.since = place + 1
        yield place, thread


def _alarms(thread: _Thread) -> bool:
    kinds = {sign.code for sign in thread.signs if sign.turn > len(thread.said) - 1 - _NEAR} - _NO_KIND
    return thread.weight() >= ALARM and len(kinds) >= 2 and bool(kinds & _LEADS)


def _theirs(thread: _Thread, place: int, said: Said) -> None:
    back = says("COMES_BACK", said)
    goes_on = bool(thread.said) and not thread.said[-1].ours and bool(thread.said[-1].words)
    lately = not goes_on and (bool(back) or not found_by.long_after(thread.said, said))
    again = found_by.asked_again(thread.said, said, thread.count("asked_again")) if lately else None
    told = found_by.told_again(thread.said, said) if lately else None
    if is_glad(said) and not (again and back):
        thread.settle()
        return
    if lately and again is None:
        again = found_by.same_matter(thread.said, said)
    for sign in (again, told, found_by.no_word(thread.said, said)):
        if sign:
            thread.add(sign)
    if back and any(one.ours for one in thread.said):
        thread.add(Sign("came_back", place, start=back[0], end=back[1]))
    if wish := wishes(said):
        asked = sum(sign.code.startswith("wish") for sign in thread.signs)
        thread.wish = Sign("wish", place, start=wish[0], end=wish[1], times=asked + 1)
        if thread.signs:  # whoever wishes to be called at once only says how they like it
            thread.add(thread.wish)
    since = max((at for at, one in enumerate(thread.said) if not one.ours and one.words and is_glad(one)), default=-1)
    contacts = sum(not one.ours and bool(one.words) for one in thread.said[since + 1 :]) + 1
    if contacts in _LONG and thread.signs:
        thread.add(Sign("long", place, times=contacts))


_LONG: Final = frozenset({4, 6})
"""Their messages on one matter, without a glad word, that are many."""


def _ours(thread: _Thread, place: int, said: Said) -> None:
    theirs = next((at for at in range(place - 1, -1, -1) if not thread.said[at].ours), -1)
    if theirs < 0 or not thread.said[theirs].words:
        return
    same = next((at for at, one in enumerate(thread.said) if one.ours and alike(one.whole, said.whole, 0.72)), -1)
    if same >= 0 and said.long_enough:
        thread.add(Sign("same_answer", place, same))
    if thread.wish is not None:
        _answer_wish(thread, place, said)
    if on := says("HANDED_ON", said):
        thread.add(Sign("handed_on", place, start=on[0], end=on[1]))
    if says("PUT_OFF", said):
        thread.add(Sign("put_off", place))
    if says("ANSWERS", said) and not (on or says("REFUSES", said)):
        thread.left = max(-thread.of_signs(), thread.left - _ANSWERED)
    _waited(thread, place, said, thread.said[theirs])


_ANSWERED: Final = 1.0
"""What an answer that begins like one takes off."""


def _answer_wish(thread: _Thread, place: int, said: Said) -> None:
    """They wished to speak: done, refused, or passed over? A short word is a yes ("Will do.")."""
    wish = thread.wish
    if wish is None:
        return
    spoken = says("SPEAKS_OF_CALLING", said)
    if spoken and says("REFUSES", said):
        thread.add(Sign("wish_refused", place, wish.turn, times=wish.times))
    elif not spoken and said.words > _SHORT:
        thread.add(Sign("wish_ignored", place, wish.turn, times=wish.times))
    thread.wish = None


_SHORT: Final = 5


def _waited(thread: _Thread, place: int, said: Said, theirs: Said) -> None:
    if not (said.said_at and theirs.said_at) or said.said_at <= theirs.said_at:
        return
    wait = said.said_at - theirs.said_at
    first = thread.waits[0] if thread.waits else wait
    if wait >= _SLOW and wait >= 2 * first and thread.waits and wait > thread.waits[-1]:
        thread.add(Sign("slower", place, times=round(wait / max(first, timedelta(minutes=1)), 1)))
    thread.waits.append(wait)


def _effort(thread: _Thread) -> Effort:
    codes = [sign.code for sign in thread.all_signs]
    hours = sum(thread.waits, timedelta()).total_seconds() / 3600
    contacts = sum(not one.ours and bool(one.words) for one in thread.said)
    return Effort(
        contacts, round(hours, 1), codes.count("asked_again"), codes.count("told_again"), codes.count("handed_on")
    )
