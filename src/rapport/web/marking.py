"""Marking: a text cut at its evidence, at what was sought, at the names in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether it is evidence."""

    text: str
    marked: bool


def mark(text: str, spans: list[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a text at its evidence. Spans may overlap, lie outside or be no spans at all (-1): what fits is marked."""
    good = sorted((start, min(end, len(text))) for start, end in spans if 0 <= start < min(end, len(text)))
    pieces: list[Piece] = []
    done = 0
    for start, end in good:
        if end <= done:
            continue
        begin = max(start, done)
        if begin > done:
            pieces.append(Piece(text[done:begin], False))
        pieces.append(Piece(text[begin:end], True))
        done = end
    if done < len(text):
        pieces.append(Piece(text[done:], False))
    return tuple(pieces)
