"""The channel of files: reads a history in batches, in flat memory, goes on where it stopped. It cannot answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from rapport.channels import envelopes, moments
from rapport.channels.base import Batch, ChannelError, Envelope, Item, Limit, Setting, Settings, Unreadable
from rapport.channels.files import guessing, jsonl, mail, tables
from rapport.channels.files.mapping import NETWORK, Mapped, parse_map
from rapport.channels.files.opening import Opened, to_text
from rapport.channels.files.piece import Piece
from rapport.channels.files.position import Position

BATCH = 500
BATCH_BYTES = 8 * 1024 * 1024
CANNOT_SEND = "This came from a file: Rapport cannot post there. Copy your answer, or save it for export."


class Reading(Iterator[Batch]):
    """One pass over a file. After each batch, ``position`` and ``attachments`` (left behind so far) are up to date.

    ``position.consumed`` counts bytes of the file as it lies, packed or not: divide by its size for progress.
    """

    def __init__(self, stream: BinaryIO, settings: Settings, *, cursor: str | None = None, name: str = "") -> None:
        written = settings.get("map", "")
        chosen = parse_map(written) if written else {}
        self._opened = Opened(stream, encoding=chosen.get("encoding", ""))
        self.guess = guessing.of_head(self._opened.head, name, settings.get("form", ""))
        self.mapping = parse_map(written, self.guess.columns or None) if written else self.guess.mapping
        self.attachments = 0
        start = Position.of(cursor)
        pieces, self._understand = self._reader()
        # What was read before is read again without being understood: packed and quoted forms know no other way.
        self._pieces = islice(pieces, start.pieces, None)
        self.position = start

    def __next__(self) -> Batch:
        items: list[Item] = []
        problems: list[Unreadable] = []
        size = count = 0
        for piece in self._pieces:
            count += 1
            size += len(piece.raw)
            try:
                if piece.problem:
                    raise ValueError(piece.problem)
                items.append(Item(self._understand(piece), piece.raw))
            except ValueError as error:
                problems.append(envelopes.unreadable(piece.position, _sentence(error), piece.raw))
            if count >= BATCH or size >= BATCH_BYTES:
                break
        if not count:
            raise StopIteration
        self.position = Position(self.position.pieces + count, self._opened.consumed)
        return Batch(tuple(items), tuple(problems), self.position.cursor)

    def _reader(self) -> tuple[Iterator[Piece], Callable[[Piece], Envelope]]:
        lines, form = self._opened.lines(), self.guess.form
        if form in {"mbox", "eml"}:
            return mail.pieces(lines, mbox=form == "mbox"), self._mail
        mapped = Mapped.of(self.mapping, self.guess.columns)
        if form == "jsonl":
            return jsonl.pieces(lines), lambda piece: mapped.envelope(jsonl.decode(piece.raw))
        dialect = tables.dialect_of(to_text(self._opened.head), one_column=True)
        if dialect is None:
            raise ChannelError("The table has no rows.", permanent=True)
        columns = dialect.columns
        return tables.pieces(lines, dialect), lambda piece: mapped.envelope(_row(columns, piece))

    def _mail(self, piece: Piece) -> Envelope:
        letter = mail.read(
            piece.raw, self.mapping.get("network", NETWORK), moments.zone_of(self.mapping.get("zone", ""))
        )
        self.attachments += letter.attachments
        return letter.envelope


def _row(columns: tuple[str, ...], piece: Piece) -> dict[str, Any]:
    return dict(zip(columns, piece.cells, strict=False))


def _sentence(error: ValueError) -> str:
    reason = str(error)
    return reason if reason.endswith(".") else f"{reason[:1].upper()}{reason[1:]}."


class FilesChannel:
    """A file of history. Settings of a reading, both optional: ``form``, and ``map`` as :func:`write_map` writes it."""

    kind = "files"
    label = "A file of history"
    settings: tuple[Setting, ...] = ()
    limit: Limit | None = None
    cannot_send = CANNOT_SEND

    def read(self, stream: BinaryIO, settings: Settings, *, cursor: str | None = None, name: str = "") -> Reading:
        """Batches of at most 500 items; a row that cannot be used is Unreadable with its line and the reason.

        Raises a permanent :class:`ChannelError` where the whole file cannot be read, at once or (a gzip bomb) midway.
        """
        return Reading(stream, settings, cursor=cursor, name=name)
