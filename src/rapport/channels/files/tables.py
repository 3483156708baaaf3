"""CSV as it is found: any delimiter, quotes that never close, rows of any width; each record with its own bytes."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from rapport.channels.files.opening import Line
from rapport.channels.files.piece import Piece
from rapport.channels.text import to_text

DELIMITERS = ",;\t|"
LONGEST_RECORD = 1_000_000
MOST_COLUMNS = 1_000
MOST_REWINDS = 1_000
SEPARATOR_LINE = re.compile(r"sep=(.)\r?")
LOOKS_LIKE_DATA = re.compile(r"\d[\d\s.,:/+-]*|https?://.*|\d{4}-\d\d-\d\d.*|.{61,}", re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    """How this file writes its cells. ``skip`` lines come before the first record; ``named``: it names the columns."""

    delimiter: str
    columns: tuple[str, ...]
    named: bool
    escape: str | None = None
    skip: int = 0

    def reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            doublequote=self.escape is None,
            skipinitialspace=False,
        )


def dialect_of(head: str, *, one_column: bool = False) -> Dialect | None:
    """The dialect that cuts the beginning of a file most evenly, or None where no delimiter makes two columns."""
    lines = head.split("\n")
    if len(lines) > 3:
        lines = lines[:-1]
    announced = SEPARATOR_LINE.fullmatch(lines[0])
    skip = 1 if announced else 0
    lines = lines[skip : skip + 200]
    escape = "\\" if '\\"' in head and '""' not in head.replace('\\""', "") else None
    best, best_score = None, 0.0
    for delimiter in announced[1] if announced else DELIMITERS:
        candidate = Dialect(delimiter, (), False, escape, skip)
        rows = _rows(candidate, lines)
        score = max(_evenness(rows), 0.1 if announced and rows else 0.0)
        if score > best_score:
            best, best_score = _with_columns(candidate, rows[0]), score
    if best is None and one_column and (rows := _rows(Dialect(",", (), False, escape, skip), lines)):
        return _with_columns(Dialect(",", (), False, escape, skip), rows[0][:1])
    return best


def _rows(dialect: Dialect, lines: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    # Judged by the rows before a broken one; reading the file reports that one with its line.
    with suppress(csv.Error):
        rows.extend(row for row in dialect.reader(f"{line}\n" for line in lines) if row)
    return rows


def _evenness(rows: list[list[str]]) -> float:
    """How well the first row's width holds for the others, weighed with that width; 0 for a single column."""
    if not rows or len(rows[0]) < 2:
        return 0.0
    width = len(rows[0])
    same = sum(len(row) == width for row in rows[1:]) / max(len(rows) - 1, 1)
    return same * min(width, 20) if same >= 0.5 or len(rows) == 1 else 0.0


def _with_columns(dialect: Dialect, first: list[str]) -> Dialect:
    cells = [" ".join(cell.replace("\x00", "").split()) for cell in first[:MOST_COLUMNS]]
    named = all(not LOOKS_LIKE_DATA.fullmatch(cell) for cell in cells) and any(cells)
    columns: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = (cell if named else "") or f"column {place}"
        columns.append(name if name not in columns else f"{name} ({place})")
    return replace(dialect, columns=tuple(columns), named=named)


class _Endless(Exception):
    """One record is longer than any record is: a quotation mark was never closed."""


class _Feed:
    """Lines for csv.reader that remember which of them made the current record, and can be taken back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []
        self.size = 0
        self.at_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            self.at_end = True
            raise StopIteration
        self.taken.append(line)
        self.size += len(line.raw)
        if line.problem or self.size > LONGEST_RECORD:
            raise _Endless
        # A carriage return inside a line would be an error to csv, and is a blank to everybody else.
        return to_text(line.raw).replace("\r", " ") + "\n"

    def begin(self) -> None:
        self.taken, self.size, self.at_end = [], 0, False

    def take_back(self) -> None:
        """Keep the first line of the record; the others are read again as records of their own."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]

    def piece(self, cells: list[str] | None, problem: str = "") -> Piece:
        first = self.taken[0]
        return Piece(f"line {first.number}", b"\n".join(line.raw for line in self.taken), problem, tuple(cells or ()))


def pieces(lines: Iterator[Line], dialect: Dialect) -> Iterator[Piece]:
    """The records after the names; each with its cells, or with a problem."""
    feed = _Feed(lines)
    for _ in range(dialect.skip):
        next(lines, None)
    names_to_come, rewinds = dialect.named, 0
    reader = dialect.reader(feed)
    while True:
        feed.begin()
        problem, cells = "", None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = NEVER_CLOSED if len(feed.taken) > 1 else f"this is not CSV: {error}"
        except _Endless:
            problem = feed.taken[-1].problem if len(feed.taken) == 1 else NEVER_CLOSED
        if feed.at_end and len(feed.taken) > 1 and b"".join(line.raw for line in feed.taken).count(b'"') % 2:
            problem = NEVER_CLOSED
        if problem == NEVER_CLOSED and rewinds < MOST_REWINDS:
            rewinds += 1
            feed.take_back()
        if problem:
            reader = dialect.reader(feed)
            yield feed.piece(None, problem)
        elif names_to_come:
            names_to_come = False
        elif cells and any(cell.strip() for cell in cells):
            yield _checked(feed.piece(cells), len(dialect.columns))


NEVER_CLOSED = "a quotation mark is opened and never closed"


def _checked(piece: Piece, width: int) -> Piece:
    if len(piece.cells) > width and any(cell.strip() for cell in piece.cells[width:]):
        reason = f"the row has {len(piece.cells)} cells where {width} are named; a cell may lack its quotation marks"
        return replace(piece, problem=reason, cells=())
    return piece
