"""One piece of a file: a line, a record or a mail, before anybody has tried to understand it; and what it may become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rapport.channels.base import Card, Envelope, Order, Remark

Thing = Envelope | Card | Order | Remark
Make = Callable[[], Thing]
"""Understands one piece. Raises :class:`ValueError` with a sentence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where it stood, its own bytes, why it cannot be used (if so), and its cells where the form has cells.

    ``make``: how it is understood, where the form knows that while cutting. ``passed``: nothing that anybody said (a
    like, a follow, a line of a log): counted, and passed over.
    """

    position: str
    raw: bytes
    problem: str = ""
    cells: tuple[str, ...] = ()
    make: Make | None = None
    passed: bool = False
