"""Likeness: what speaks for, and against, two persons being one human."""

from __future__ import annotations

import msgspec


class Sign(msgspec.Struct, frozen=True, omit_defaults=True):
    """One piece of evidence: a code, how much it says (negative: against), and the ids of the rows that show it.

    ``left`` and ``right`` are identities, one of each person; 0 where there is none. Words are read from these rows when
    a sign is shown, so that forgetting somebody needs no edit of it.
    """

    code: str
    weight: float
    left: int = 0
    right: int = 0
    message: int = 0
    order: int = 0
