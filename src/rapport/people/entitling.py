"""Is what somebody says they are entitled to in what they bought, and until when (S40)? Pure: words against words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, Protocol, TypeVar

_NUMBERS: Final = {
    word: str(number)
    for number, words in enumerate(
        (
            "one ein eine einem un une uno una um uma",
            "two zwei deux dos due dois duas",
            "three drei trois tres tre",
            "four vier quatre cuatro quattro quatro",
            "five fünf cinq cinco cinque",
            "six sechs seis sei",
            "seven sieben sept siete sette sete",
            "eight acht huit ocho otto oito",
            "nine neun neuf nueve nove",
            "ten zehn dix diez dieci dez",
        ),
        start=1,
    )
    for word in words.split()
}
_YEARS: Final = frozenset({
    "year", "years", "yr", "yrs", "jahr", "jahre", "jahren", "an", "ans", "année", "années",
    "año", "años", "anno", "anni", "ano", "anos",
})  # fmt: skip
_MONTHS: Final = frozenset({
    "month", "months", "monat", "monate", "monaten", "mois", "mes", "meses", "mese", "mesi", "mês",
})  # fmt: skip
_SMALL: Final = frozenset({
    "of", "with", "the", "a", "for", "and", "in", "on", "de", "der", "die", "das",
    "mit", "du", "des", "la", "le", "del", "di", "da", "do", "e", "et", "y", "und",
})  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


class Bought(Protocol):
    """An order: its text in the shop's words."""

    text: str


OneOrder = TypeVar("OneOrder", bound=Bought)


def words(said: str) -> list[str]:
    """Its words as they are compared: numbers as figures, years and months by one name, small words left out."""
    found = _WORD.findall(unicodedata.normalize("NFC", said).casefold())
    units = {**dict.fromkeys(_YEARS, "year"), **dict.fromkeys(_MONTHS, "month")}
    plain = (units.get(word) or _NUMBERS.get(word, word) for word in found)
    return [word for word in plain if word not in _SMALL]


def order_of(said: str, orders: Sequence[OneOrder]) -> OneOrder | None:
    """The first of these orders whose text holds every word of what was said; None where none does."""
    wanted = set(words(said))
    if not wanted:
        return None
    return next((order for order in orders if wanted <= set(words(order.text))), None)


def until(said: str, since: datetime) -> datetime | None:
    """When an entitlement ends that names how long it runs; None where it names no time, or one beyond the calendar."""
    told = words(said)
    for number, unit in pairwise(told):
        if number.isdecimal() and unit in {"year", "month"} and len(number) <= 3:
            return _later(since, int(number) * (12 if unit == "year" else 1))
    return None


def _later(since: datetime, months: int) -> datetime | None:
    """So many months later; the last of a month that has no such day."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    for day in (since.day, 30, 29, 28):
        try:
            return since.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return None
