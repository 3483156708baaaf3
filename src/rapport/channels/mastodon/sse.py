"""Server-sent events, read from bytes as they come (WHATWG HTML, section 9.2.6). Pure, and bounded."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 1_000_000
"""Characters of one event; what is longer is passed over to its end."""


@dataclass(frozen=True)
class Event:
    """``name`` is what happened, ``data`` what is said of it. A comment (a sign of life) is an event without a name."""

    name: str = ""
    data: str = ""


def events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events of a stream, however its bytes are cut; one that never ended is none."""
    name, data, size, alive = "", list[str](), 0, False
    for line in _lines(chunks):
        if line.startswith(":"):
            alive = True
            continue
        if line:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            size += len(line)
            if field == "event":
                name = value
            elif field == "data" and size <= LONGEST:
                data.append(value)
            continue
        if data and size <= LONGEST:
            yield Event(name or "message", "\n".join(data))
        elif alive:
            yield Event()
        name, data, size, alive = "", [], 0, False


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines that end in CR, LF or both; one that is endless is cut, so that it cannot fill the memory."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    rest, first, after_cr = "", True, False
    for chunk in chunks:
        text = decode(chunk)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if after_cr and text:
            text, after_cr = text.removeprefix("\n"), False
        if not text:
            continue
        # A CR at the very end may be half of a CRLF: its LF then begins the next piece.
        after_cr = text.endswith("\r")
        *whole, rest = (rest + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        yield from whole
        rest = rest[: LONGEST + 10]
