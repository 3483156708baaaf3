"""Cutting one file into pieces, each of which knows how it is understood, whatever the file's form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rapport.channels import moments
from rapport.channels.base import ChannelError, Envelope
from rapport.channels.files import exports, feed, jsonl, mail, tables, vcards
from rapport.channels.files.exports.export import Context
from rapport.channels.files.guessing import Guess
from rapport.channels.files.mapping import Mapped
from rapport.channels.files.opening import Opened
from rapport.channels.files.piece import Piece, Thing
from rapport.channels.files.rows import Rows, kind_of
from rapport.channels.text import to_text

MAIL_NETWORK = "email"


@dataclass
class Left:
    """What was left behind so far."""

    attachments: int = 0


@dataclass(frozen=True)
class Cutting:
    """How the files of one reading are cut: a person's ``mapping``, what is known around them, what was left behind."""

    mapping: Mapping[str, str]
    context: Context
    left: Left = field(default_factory=Left)

    @classmethod
    def by(cls, mapping: Mapping[str, str]) -> Cutting:
        zone = moments.zone_of(mapping.get("zone", ""))
        return cls(mapping, Context(network=mapping.get("network", ""), zone=zone))

    def of(self, opened: Opened, found: Guess) -> Iterator[Piece]:
        """The pieces of one file. A mapping that a person chose goes before what was guessed."""
        form = found.form
        if form in {"mbox", "eml"}:
            return _made(mail.pieces(opened.lines(), mbox=form == "mbox"), self._mail)
        if form == "vcard":
            return vcards.pieces(opened.lines())
        if form == "feed":
            return feed.pieces(opened.chunks())
        if export := exports.EXPORTS.get(form):
            if exports.is_lines(opened.head):
                return exports.of_lines(opened.lines(), export, self.context)
            return exports.of_records(opened.chunks(), export, self.context)
        understand = _rows({**found.mapping, **self.mapping}, found.columns)
        if form == "jsonl":
            return _made(jsonl.pieces(opened.lines()), lambda piece: understand(jsonl.decode(piece.raw)))
        dialect = tables.dialect_of(to_text(opened.head), one_column=True)
        if dialect is None:
            raise ChannelError("The table has no rows.", permanent=True)
        columns = dialect.columns
        return _made(
            tables.pieces(opened.lines(), dialect),
            lambda piece: understand(dict(zip(columns, piece.cells, strict=False))),
        )

    def _mail(self, piece: Piece) -> Envelope:
        letter = mail.read(piece.raw, self.context.network or MAIL_NETWORK, self.context.zone)
        self.left.attachments += letter.attachments
        return letter.envelope


def _rows(mapping: Mapping[str, str], columns: list[str]) -> Callable[[Mapping[str, Any]], Thing]:
    """How a row of this table is understood: as a message, a person or an order."""
    kind = kind_of(mapping)
    mapped = Mapped.of(mapping, columns, wordless=kind != "messages")
    if kind == "messages":
        return mapped.envelope
    return Rows(mapped).person if kind == "people" else Rows(mapped).order


def _made(pieces: Iterator[Piece], understand: Callable[[Piece], Thing]) -> Iterator[Piece]:
    for piece in pieces:
        yield Piece(piece.position, piece.raw, piece.problem, piece.cells, partial(understand, piece))
