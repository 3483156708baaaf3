"""Amounts as people and shops write them, to and from integers of minor units (ISO 4217). Pure."""

from __future__ import annotations

import re

NO_CENTS = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
)
PLACES = dict.fromkeys(NO_CENTS, 0) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "kr": "", "fr.": "CHF", "chf": "CHF"}
CODE = re.compile(r"[A-Za-z]{3}")
AMOUNT = re.compile(r"-?\d[\d.,'’\s]*")
MOST = 2**53


def places(currency: str) -> int:
    """How many digits the minor unit of a currency has."""
    return PLACES.get(currency.upper(), 2)


def read(written: str, currency: str = "") -> tuple[int, str]:
    """``"1.234,50 €"`` as ``(123450, "EUR")``; raises :class:`ValueError` with a sentence.

    A lone mark followed by exactly three digits groups thousands ("1,234"), unless the currency has three places.
    """
    text = written.strip()
    found = AMOUNT.search(text)
    if found is None or len(text) > 60:
        raise ValueError(f"{text[:40]!r} is not an amount of money")
    beside = (text[: found.start()] + text[found.end() :]).strip()
    code = currency.strip() or SIGNS.get(beside.lower(), beside)
    if code and not CODE.fullmatch(code):
        raise ValueError(f"{code[:20]!r} is not a currency; write it like EUR")
    whole, fraction = _parts(found.group().strip(), places(code))
    digits = places(code)
    if len(fraction.rstrip("0")) > digits:
        raise ValueError(f"{text[:40]!r} has more decimals than its currency")
    value = int(whole + fraction.rstrip("0").ljust(digits, "0"))
    if value > MOST:
        raise ValueError(f"{text[:40]!r} is too much money")
    return (-value if found.group().startswith("-") else value), code.upper()


def _parts(number: str, digits: int) -> tuple[str, str]:
    """The digits before and after the decimal mark: the last mark, unless it groups thousands."""
    marks = [place for place, sign in enumerate(number) if sign in ".,"]
    plain = re.compile(r"\D")
    if not marks:
        return plain.sub("", number), ""
    last = marks[-1]
    behind = number[last + 1 :]
    repeated = sum(number[place] == number[last] for place in marks) > 1
    small = number[:last].lstrip("-") == "0"
    grouping = repeated or (len(behind) == 3 and len(marks) == 1 and digits != 3 and not small)
    whole = number if grouping else number[:last]
    if any(not 2 <= len(group) <= 3 for group in re.split(r"[.,]", whole)[1:]):
        raise ValueError(f"{number[:40]!r} is not an amount of money")
    if grouping:
        return plain.sub("", number), ""
    return plain.sub("", number[:last]) or "0", plain.sub("", behind)


def written(total: int, currency: str) -> str:
    """``123450, "EUR"`` as ``1234.50 EUR``."""
    digits = places(currency)
    sign, value = ("-" if total < 0 else ""), abs(total)
    amount = f"{value // 10**digits}.{value % 10**digits:0{digits}}" if digits else str(value)
    return f"{sign}{amount} {currency}".strip()
