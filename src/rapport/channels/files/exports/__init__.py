"""Other systems' own exports, each told by its records: a module for each, and one line here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from rapport.channels.base import ChannelError
from rapport.channels.files import jsonl
from rapport.channels.files.exports import activitystreams, bluesky, chatwoot, reviews, tweets, zendesk
from rapport.channels.files.exports.export import Context, Export
from rapport.channels.files.opening import Line
from rapport.channels.files.piece import Piece
from rapport.channels.files.records import Record, records

EXPORTS: dict[str, Export] = {
    export.form: export
    for export in (
        activitystreams.EXPORT, bluesky.EXPORT, tweets.EXPORT, reviews.EXPORT, zendesk.EXPORT, chatwoot.EXPORT,
    )
}  # fmt: skip
LISTS = tuple(name for export in EXPORTS.values() for name in export.lists)
LOOKED_AT = 20


def recognise(head: bytes) -> str:
    """The form of the export that begins with ``head``, told by its first records; "" where it is none."""
    try:
        for record in islice(records([head], LISTS), LOOKED_AT):
            row = {} if record.problem else jsonl.decode(record.raw)
            for export in EXPORTS.values():
                if (not record.list or record.list in export.lists) and export.claims(row, record.list):
                    return export.form
    except (ValueError, ChannelError):
        return ""  # No export of these; what else it is, or is not, others say.
    return ""


def is_lines(head: bytes) -> bool:
    """Does each line hold one object? Else it is one document. A line is safer: a broken one spoils no other."""
    first = next((line for line in head.split(b"\n") if line.strip()), b"")
    found = list(islice(records([first], LISTS), 2))
    return len(found) == 1 and not found[0].list and not found[0].problem and found[0].raw == first.strip()


def of_records(chunks: Iterator[bytes], export: Export, context: Context) -> Iterator[Piece]:
    """The pieces of one long document."""
    for record in records(chunks, export.lists):
        whole = Piece(_position(record), record.raw, record.problem)
        yield from _pieces(export, record.list, whole, context)


def of_lines(lines: Iterator[Line], export: Export, context: Context) -> Iterator[Piece]:
    """The pieces of JSON Lines."""
    for whole in jsonl.pieces(lines):
        yield from _pieces(export, "", whole, context)


def _position(record: Record) -> str:
    return f"{record.list or 'record'} {record.number}"


def _pieces(export: Export, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    if whole.problem:
        yield whole
        return
    try:
        row = jsonl.decode(whole.raw)
    except ValueError as error:
        yield replace(whole, problem=str(error))
        return
    yield from export.split(row, list, whole, context)
