"""Guessing which column is what, from the names and from the values. A guess is shown to a person, never trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import Any

from rapport.channels import moments
from rapport.channels.files import forms, jsonl, mail, mapping, tables
from rapport.channels.files.opening import number_lines
from rapport.channels.files.piece import Piece
from rapport.channels.files.rows import FIELDS_OF, Kind, kind_of
from rapport.channels.files.rows import match as others_of
from rapport.channels.files.usual import NAMES
from rapport.channels.loose import as_text
from rapport.channels.text import one_line, to_text

SAMPLED = 200
LOOKED_AT = 2_000
"""Characters of a cell by which it is judged: a stranger's cell may have a megabyte."""
WORDY = re.compile(r"\S\s+\S")
ADDRESS = re.compile(r"@[\w.-]{1,80}|[^\s@]{1,100}@[^\s@]+\.[^\s@]{2,}")
ADDRESSED = re.compile(
    r"(?i)(?:^|[\W_])(?:to|cc|bcc|recipients?|receivers?|assignee|agent|owner|an|empfaenger)(?:$|[\W_])"
)
ID = re.compile(r"[^\s]{1,200}")


@dataclass(frozen=True)
class Guess:
    """What a file seems to be. ``sample``: its first three rows, cells cut for reading; ``confidence`` is 0..1."""

    form: forms.Form
    mapping: dict[str, str]
    columns: list[str] = field(default_factory=list)
    sample: list[dict[str, str]] = field(default_factory=list)
    confidence: float = 0.0

    @property
    def kind(self) -> Kind:
        """What the file holds: messages, people or orders."""
        return kind_of(self.mapping)

    @property
    def fixed(self) -> bool:
        """Does the form itself say what is what, so that nothing is to be mapped? ``columns`` then only show it."""
        return self.form not in {"csv", "jsonl"}

    @property
    def fields(self) -> tuple[str, ...]:
        """What may be mapped in a file of this kind."""
        return FIELDS_OF[self.kind]


def of_head(head: bytes, name: str = "", form: str = "") -> Guess:
    """The guess for a file that begins with ``head`` (UTF-8)."""
    found = forms.named(form) if form else forms.detect(head, name)
    if found in {"mbox", "eml"}:
        return _mails(head, found)
    if found not in {"csv", "jsonl"}:
        return Guess(found, {}, [], [], 1.0)
    rows, columns = rows_of(head, found)
    if not rows:
        return Guess(found, {}, columns, [], 0.0)
    best = _known_by_address(rows, match(rows, columns))
    others = others_of(columns)
    if others and not _speaks(rows, best):
        best = others
    when = best.get("said_at") or best.get("placed_at") or ""
    dates = moments.order_of([as_text(jsonl.value_at(row, when))[:LOOKED_AT] for row in rows if when])
    if others and best is others:
        return Guess(found, best | ({"dates": dates} if dates else {}), columns, _sample(rows, columns), 0.8)
    sure = sum(field in best for field in ("author", "said_at", "id")) * 0.1 + (
        _text_sureness(best) if "text" in best else 0
    )
    return Guess(
        found, best | ({"dates": dates} if dates else {}), columns, _sample(rows, columns), round(min(sure, 1.0), 2)
    )


def _known_by_address(rows: Sequence[Mapping[str, Any]], best: dict[str, str]) -> dict[str, str]:
    """Where no column has ids and answers name the web address of what they answer, the address is the id."""
    if "id" in best or not {"reply_to", "url"} <= best.keys():
        return best
    answered = (as_text(jsonl.value_at(row, best["reply_to"]))[:LOOKED_AT].strip() for row in rows)
    named = [one for one in answered if one]
    if named and all(one.lower().startswith(("http://", "https://")) for one in named):
        return best | {"id": best["url"]}
    return best


def _speaks(rows: Sequence[Mapping[str, Any]], best: Mapping[str, str]) -> bool:
    """Are there words that somebody said: under a telling name, or long ones without any? People have notes, too."""
    if "text" not in best:
        return False
    lengths = [len(as_text(jsonl.value_at(row, best["text"]))) for row in rows]
    score = by_name("text", best["text"])
    return score >= 8 or (score == 0 and sum(lengths) / len(lengths) > 60)


def rows_of(head: bytes, form: forms.Form) -> tuple[list[dict[str, Any]], list[str]]:
    """The first rows that can be read, and the names of all their columns in order."""
    # The last line of the head is most likely cut in two.
    whole = head[: head.rfind(b"\n") + 1] or head
    lines = number_lines([whole])
    if form == "csv":
        dialect = tables.dialect_of(to_text(head), one_column=True)
        if dialect is None:
            return [], []
        good = [piece for piece in islice(tables.pieces(lines, dialect), SAMPLED) if not piece.problem]
        return [dict(zip(dialect.columns, piece.cells, strict=False)) for piece in good], list(dialect.columns)
    rows = [row for piece in islice(jsonl.pieces(lines), SAMPLED) if (row := _object(piece)) is not None]
    return rows, list(
        dict.fromkeys(column for row in rows for column in islice(jsonl.columns(row), tables.MOST_COLUMNS))
    )


def _object(piece: Piece) -> dict[str, Any] | None:
    try:
        return None if piece.problem else jsonl.decode(piece.raw)
    except ValueError:
        return None  # Told with its line number when the file is read.


def _mails(head: bytes, form: forms.Form) -> Guess:
    sample: list[dict[str, str]] = []
    for piece in islice(mail.pieces(number_lines([head]), mbox=form == "mbox"), 3):
        try:
            envelope = mail.read(piece.raw, mapping.NETWORK).envelope
        except ValueError:
            continue  # Told with its number when the file is read.
        when = envelope.said_at.isoformat() if envelope.said_at else ""
        cells = {"from": envelope.author.address, "date": when, "subject": envelope.subject, "text": envelope.text}
        sample.append({column: one_line(value, 200) for column, value in cells.items()})
    return Guess(form, {}, ["from", "date", "subject", "text"], sample, 1.0 if sample else 0.2)


def _sample(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, str]]:
    return [{column: one_line(as_text(jsonl.value_at(row, column)), 200) for column in columns} for row in rows[:3]]


def match(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> dict[str, str]:
    """For each field the best column, by its name (up to 10) and, where values can tell, only if they agree."""
    values = {column: [as_text(jsonl.value_at(row, column))[:LOOKED_AT].strip() for row in rows] for column in columns}
    filled = {
        column: [cell for cell in cells if cell.lower() not in mapping.NOTHING] for column, cells in values.items()
    }
    scored = [
        (by_name(wanted, column), -place, wanted, column)
        for wanted in NAMES
        for place, column in enumerate(columns)
        if by_name(wanted, column) and FITS[wanted](filled[column])
    ]
    best: dict[str, str] = {}
    for _, _, wanted, column in sorted(scored, reverse=True):
        if wanted not in best and column not in best.values():
            best[wanted] = column
    if "text" not in best and (wordy := _wordiest(filled, set(best.values()))):
        best["text"] = wordy
    if "ours" in best:
        best.pop("inbound", None)
    if "author" not in best and "name" in best:
        best["author"] = best.pop("name")
    if "author" not in best and (addressed := _addresses(filled, set(best.values()))):
        best["author"] = addressed
    return {wanted: best[wanted] for wanted in NAMES if wanted in best}


def by_name(wanted: str, column: str) -> float:
    """10 for the first of the usual names, less for later ones; a name inside an object counts by its last part too."""
    usual = NAMES[wanted]
    whole = re.sub(r"[\W_]+", "", column.lower())
    last = re.sub(r"[\W_]+", "", column.rpartition(".")[2].lower())
    inside = "." in column
    # user.name is somebody's name, not a user name.
    if whole in usual and not (inside and last == "name"):
        return 10 - usual.index(whole) * 0.2
    if inside and last in usual and wanted != "id":
        return 4 - usual.index(last) * 0.1
    return 0.0


def _share(cells: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


def _is_time(cell: str) -> bool:
    try:
        moments.read(cell, UTC, "dmy")
    except ValueError:
        return False
    return True


def _mostly(test: Callable[[str], object], share: float = 0.8) -> Callable[[list[str]], bool]:
    return lambda cells: not cells or _share(cells, test) >= share


FITS: dict[str, Callable[[list[str]], bool]] = {
    "text": lambda cells: bool(cells) and _share(cells, WORDY.search) >= 0.2,
    "id": lambda cells: bool(cells) and _share(cells, ID.fullmatch) >= 0.9 and len(set(cells)) >= len(cells) * 0.5,
    "said_at": lambda cells: bool(cells) and _share(cells, _is_time) >= 0.8,
    "author": _mostly(lambda cell: len(cell) <= 100),
    "name": _mostly(lambda cell: len(cell) <= 100),
    "reply_to": _mostly(ID.fullmatch, 0.9),
    "thread": _mostly(ID.fullmatch, 0.9),
    "subject": _mostly(lambda cell: len(cell) <= 400),
    "url": _mostly(lambda cell: cell.lower().startswith(("http://", "https://"))),
    "ours": lambda cells: bool(cells) and _share(cells, lambda cell: mapping.side(cell) is not None) >= 0.9,
    "inbound": lambda cells: bool(cells) and _share(cells, lambda cell: mapping.side(cell) is not None) >= 0.9,
    "followers": lambda cells: bool(cells) and _share(cells, lambda cell: mapping.whole(cell) is not None) >= 0.9,
}


def _wordiest(filled: Mapping[str, list[str]], taken: set[str]) -> str:
    """Without a telling name: the column with the longest sentences, if there are sentences at all."""
    lengths = {
        column: sum(map(len, cells)) / len(cells)
        for column, cells in filled.items()
        if column not in taken and cells and _share(cells, WORDY.search) >= 0.6
    }
    return max(lengths, key=lambda column: lengths[column], default="")


def _addresses(filled: Mapping[str, list[str]], taken: set[str]) -> str:
    """Without a telling name: the first column of handles or e-mail addresses that is not who was written to."""
    return next(
        (
            column
            for column, cells in filled.items()
            if column not in taken and not ADDRESSED.search(column) and _share(cells, ADDRESS.fullmatch) >= 0.9
        ),
        "",
    )


def _text_sureness(best: Mapping[str, str]) -> float:
    score = by_name("text", best["text"])
    return 0.7 if score >= 8 else 0.5 if score else 0.3
