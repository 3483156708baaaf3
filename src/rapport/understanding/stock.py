"""Stock phrases: sentences that fit every letter and therefore answer none. Pure."""

from __future__ import annotations

import re
from typing import Final

_STOCK: Final = re.compile(
    r"thank you for (?:contacting|reaching out|your (?:message|feedback|patience|inquiry|enquiry|e-?mail|interest))|"
    r"we (?:sincerely |deeply |truly )?apologi[sz]e for (?:any|the) inconvenience|sorry for (?:any|the) inconvenience|"
    r"(?:your|customer) (?:feedback|satisfaction|opinion|call|business) is (?:very )?important to us|we value your|"
    r"we take (?:this|these|all|such) \w+ (?:very )?seriously|please be (?:advised|assured|informed)|"
    r"we (?:are|'re) looking into (?:it|this|the matter)|rest assured|as per our policy|your inquiry has been received|"
    r"vielen dank für ihre (?:anfrage|nachricht|geduld|mitteilung)|wir bedauern (?:die|etwaige) unannehmlichkeiten|"
    r"ihre zufriedenheit|wir bitten (?:um entschuldigung für die unannehmlichkeiten|um (?:ihr )?verständnis)",
    re.IGNORECASE,
)


def phrase(text: str) -> str:
    """The first stock phrase in it, as it stands there; empty where there is none."""
    found = _STOCK.search(text)
    return found.group() if found else ""


def same(text: str) -> str:
    """A text as it is compared with others of the day: without the name at its beginning, signs and spaces."""
    bare = re.sub(
        r"^\s*(?:dear|hi|hello|hey|hallo|liebe[rs]?|guten tag)\b[^,!\n]{0,60}[,!\n]|@\S+",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    return " ".join(re.findall(r"\w+", bare.casefold()))
