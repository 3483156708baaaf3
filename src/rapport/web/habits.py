"""How many of a team's own decisions a reason of its model rests on, in words."""

from __future__ import annotations

from django.utils.translation import ngettext


def habit(code: str, alike: float) -> str:
    """``it answered 14 like this``; empty where none is alike, or the reason is not of the team's own model."""
    n = int(alike)
    if n < 1:
        return ""
    if code in {"taught.yes", "taught.unsure"}:
        return ngettext("it answered %(num)s like this", "it answered %(num)s like this", n) % {"num": n}
    if code in {"taught.no", "taught.less"}:
        return ngettext("it left %(num)s like this", "it left %(num)s like this", n) % {"num": n}
    if code == "taught.row":
        return ngettext("it did with %(num)s like this", "it did with %(num)s like this", n) % {"num": n}
    return ""
