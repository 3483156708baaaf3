"""One piece of a file: a line, a record or a mail, before anybody has tried to understand it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Where it stood, its own bytes, why it cannot be used (if so), and its cells where the form has cells."""

    position: str
    raw: bytes
    problem: str = ""
    cells: tuple[str, ...] = ()
