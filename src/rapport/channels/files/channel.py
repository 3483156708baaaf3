"""The channel of files: reads a history in batches, in flat memory, goes on where it stopped. It cannot answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from rapport.channels import envelopes
from rapport.channels.base import (
    Batch,
    Card,
    ChannelError,
    Envelope,
    Item,
    Limit,
    Order,
    Remark,
    Setting,
    Settings,
    Unreadable,
)
from rapport.channels.files import archives, contents, guessing
from rapport.channels.files.cutting import Cutting
from rapport.channels.files.forms import ARCHIVES
from rapport.channels.files.guessing import Guess
from rapport.channels.files.mapping import parse_map
from rapport.channels.files.opening import Opened
from rapport.channels.files.piece import Piece, Thing
from rapport.channels.files.position import Position
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

BATCH = 500
BATCH_BYTES = 8 * 1024 * 1024
CANNOT_SEND = "This came from a file: Rapport cannot post there. Copy your answer, or save it for export."
SHOWN = ("from", "date", "text")


class Reading(Iterator[Batch]):
    """One pass over a file, an archive or a folder. After each batch these are up to date: ``position``,
    ``attachments`` (left behind so far), ``passed`` (pieces that nobody said: likes, follows, logs).

    ``position.consumed`` counts bytes of the file as it lies, packed or not: divide by its size for progress.
    """

    def __init__(
        self, source: BinaryIO | Path, settings: Settings, *, cursor: str | None = None, name: str = ""
    ) -> None:
        written = settings.get("map", "")
        chosen = parse_map(written) if written else {}
        self._source: Opened | archives.Archive
        if isinstance(source, Path):
            self.guess = Guess("tar", {}, [], [], 1.0)
            opened = None
        else:
            opened = Opened(source, encoding=chosen.get("encoding", ""))
            self.guess = guessing.of_head(opened.head, name, settings.get("form", ""))
        self.mapping = parse_map(written, self.guess.columns or None) if written else self.guess.mapping
        self.passed = 0
        self._cutting = Cutting.by(self.mapping)
        start = Position.of(cursor)
        if opened is None or self.guess.form in ARCHIVES:
            self._source = archives.opened(source, self.guess.form)
            pieces = contents.pieces(self._source, self._cutting)
        else:
            self._source = opened
            # A person's mapping stands alone: what they did not map is not guessed.
            found = Guess(self.guess.form, {}, self.guess.columns) if written else self.guess
            pieces = self._cutting.of(opened, found)
        # What was read before is read again without being understood: packed and quoted forms know no other way.
        self._pieces = islice(pieces, start.pieces, None)
        self.position = start

    @property
    def attachments(self) -> int:
        return self._cutting.left.attachments

    def __next__(self) -> Batch:
        things: list[tuple[Thing, bytes]] = []
        problems: list[Unreadable] = []
        size = count = 0
        for piece in self._pieces:
            count += 1
            size += len(piece.raw)
            if piece.passed:
                self.passed += 1
            else:
                try:
                    things.append((_understood(piece), piece.raw))
                except ValueError as error:
                    problems.append(envelopes.unreadable(piece.position, _sentence(error), piece.raw))
            if count >= BATCH or size >= BATCH_BYTES:
                break
        if not count:
            raise StopIteration
        self.position = Position(self.position.pieces + count, self._source.consumed)
        return Batch(
            items=tuple(Item(one, raw) for one, raw in things if isinstance(one, Envelope)),
            unreadable=tuple(problems),
            cursor=self.position.cursor,
            cards=tuple(one for one, _ in things if isinstance(one, Card)),
            orders=tuple(one for one, _ in things if isinstance(one, Order)),
            remarks=tuple(one for one, _ in things if isinstance(one, Remark)),
        )


def _understood(piece: Piece) -> Thing:
    if piece.problem or piece.make is None:
        raise ValueError(piece.problem)
    return piece.make()


def _sentence(error: ValueError) -> str:
    reason = str(error)
    return reason if reason.endswith(".") else f"{reason[:1].upper()}{reason[1:]}."


def guess(source: BinaryIO | Path, name: str = "", *, form: str = "", encoding: str = "") -> Guess:
    """Looks at the beginning of a file; a stream that can seek is left where it was. A folder is looked at, too.

    Raises a permanent :class:`ChannelError` with a sentence for what Rapport does not read.
    """
    if isinstance(source, Path) and source.is_dir():
        return _with_sample(Reading(source, {}))
    if isinstance(source, Path):
        try:
            with source.open("rb") as stream:
                return guess(stream, name or source.name, form=form, encoding=encoding)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise ChannelError(
                Sentence("The file cannot be opened: %(reason)s.", reason=reason), permanent=True
            ) from error
    place = source.tell() if source.seekable() else None
    found = guessing.of_head(Opened(source, encoding=encoding).head, name, form)
    if place is None:
        return found
    source.seek(place)
    if not found.columns and found.form not in {"csv", "jsonl"}:
        found = _with_sample(Reading(source, {"form": found.form}, name=name))
        source.seek(place)
    return found


def _with_sample(reading: Reading) -> Guess:
    """The guess with the first three things of the file, where no columns show them."""
    first = next(reading, Batch())
    rows = [
        {"from": one.envelope.author.name or one.envelope.author.address, "text": one_line(one.envelope.text, 200),
         "date": one.envelope.said_at.isoformat() if one.envelope.said_at else ""}
        for one in first.items[:3]
    ]  # fmt: skip
    rows += [{"from": card.name, "date": "", "text": ", ".join(at for _, at in card.addresses)} for card in first.cards]
    found = reading.guess
    return Guess(
        found.form, {}, list(SHOWN), [{name: row[name] for name in SHOWN} for row in rows[:3]], 1.0 if rows else 0.2
    )


class FilesChannel:
    """A file of history. Settings of a reading, both optional: ``form``, and ``map`` as :func:`write_map` writes it."""

    kind = "files"
    label = "A file of history"
    settings: tuple[Setting, ...] = ()
    limit: Limit | None = None
    cannot_send = CANNOT_SEND

    def read(
        self, stream: BinaryIO | Path, settings: Settings, *, cursor: str | None = None, name: str = ""
    ) -> Reading:
        """Batches of at most 500 items; a row that cannot be used is Unreadable with its line and the reason.

        A path is a folder of files. Raises a permanent :class:`ChannelError` where the whole file cannot be read, at
        once or (a bomb) midway.
        """
        return Reading(stream, settings, cursor=cursor, name=name)
