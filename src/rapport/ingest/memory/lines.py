"""The file of an export: JSON Lines, the first says what it is, the last says what must have come between.

``Writer`` writes it; ``records`` reads it again and raises Refused with a sentence for whatever is not as it was written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from rapport import __version__
from rapport.channels.base import ChannelError
from rapport.channels.files.opening import Line, Opened, number_lines
from rapport.core.refusal import Refused

FORMAT = 1
LONGEST = 32 * 1024 * 1024
"""Bytes of one line; a message of a million characters with its reading and its revisions is shorter."""
SIGN = b'{"record":"rapport-export"'
"""How every export begins, whatever its format."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
NOTHING = "Nothing was taken back."


class Writer:
    """Writes records one a line, counts them, and keeps the digest that the last line carries."""

    def __init__(self, stream: BinaryIO) -> None:
        self.counts: Counter[str] = Counter()
        self._stream = stream
        self._digest = hashlib.sha256()

    def begin(self, **header: Any) -> None:
        self._line({"record": "rapport-export", "format": FORMAT, "rapport": __version__} | header)

    def put(self, record: dict[str, Any]) -> None:
        self._line(record)
        self.counts[record["record"]] += 1

    def end(self) -> None:
        counts = dict(sorted(self.counts.items()))
        self._stream.write(_encode({"record": "end", "counts": counts, "sha256": self._digest.hexdigest()}) + b"\n")

    def _line(self, record: dict[str, Any]) -> None:
        raw = _encode(record) + b"\n"
        self._digest.update(raw)
        self._stream.write(raw)


def is_export(path: Path) -> bool:
    """Does the file begin as an export of Rapport does (packed or not)?"""
    if path.is_dir():  # a folder of mails, say
        return False
    with path.open("rb") as stream:
        try:
            return Opened(stream).head.startswith(SIGN)
        except ChannelError:
            return False


def header(path: Path) -> dict[str, Any]:
    """The first line. Raises Refused when this Rapport does not read such a file."""
    with path.open("rb") as stream:
        return _first(next(number_lines(Opened(stream).chunks(), LONGEST), Line(1, b"")))


def records(path: Path) -> Iterator[tuple[int, dict[str, Any], int]]:
    """(line, record, bytes of the file read so far) of every record between the first line and the last.

    Raises Refused at the first line that cannot be, and at the end if the last line is missing or says otherwise.
    """
    digest, counts = hashlib.sha256(), Counter[str]()
    ended = False
    with path.open("rb") as stream:
        opened = Opened(stream)
        for line in number_lines(opened.chunks(), LONGEST):
            if line.problem:
                raise Refused(f"Line {line.number} cannot be read: {line.problem.rstrip('.')}. {NOTHING}")
            if ended:
                raise Refused(f"Something stands behind the last line of the export. {NOTHING}")
            if line.number == 1:
                _first(line)
            else:
                record = _parse(line)
                if ended := record.get("record") == "end":
                    _last(record, counts, digest.hexdigest())
                    continue
                counts[str(record.get("record"))] += 1
                yield line.number, record, opened.consumed
            digest.update(line.raw + b"\n")
    if not ended:
        raise Refused(f"The export ends early: its last line is missing. Get the file anew. {NOTHING}")


def _first(line: Line) -> dict[str, Any]:
    if line.problem:
        raise Refused(f"The export cannot be read: {line.problem.rstrip('.')}. {NOTHING}")
    said = _parse(line)
    if said.get("record") != "rapport-export":
        raise Refused(f"This is no export of Rapport: its first line does not say so. {NOTHING}")
    if said.get("format") != FORMAT:
        raise Refused(
            f"This export has the form {said.get('format')!r:.20}, written by Rapport {said.get('rapport')!s:.20}; "
            f"this Rapport ({__version__}) reads form {FORMAT}. Take it back with the Rapport that wrote it. {NOTHING}"
        )
    return said


def _last(record: dict[str, Any], counts: Counter[str], digest: str) -> None:
    said = record.get("counts")
    if not isinstance(said, dict):
        raise Refused(f"The last line of the export does not say how many records there are. {NOTHING}")
    for name in sorted({*map(str, said), *counts}):
        if said.get(name, 0) != counts.get(name, 0):
            raise Refused(
                f"The export says that it holds {said.get(name, 0)} records {name!r:.30}, but {counts.get(name, 0)} are "
                f"there. {NOTHING}"
            )
    if record.get("sha256") not in {None, digest}:
        raise Refused(f"The export was changed after it was written: its digest is another. {NOTHING}")


def _parse(line: Line) -> dict[str, Any]:
    try:
        return _decode(line.raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"Line {line.number} of the export is not a JSON object. {NOTHING}") from error
