"""Text as it crosses the boundary, cleaned of what no database and no terminal should see."""

from __future__ import annotations

import codecs
import re

# Control characters but tab and line feed: NUL breaks PostgreSQL, escape sequences take over a terminal.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Line ends as ``\\n``; control characters dropped; half characters (lone surrogates) shown as U+FFFD."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SURROGATES.sub("�", CONTROLS.sub("", text))


def one_line(text: str, longest: int) -> str:
    """A name or a subject: clean, on one line, with an ellipsis where it had to end."""
    if not text:
        return ""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def to_text(raw: bytes) -> str:
    """UTF-8, and cp1252 for just those bytes that are not: one foreign line spoils no other. NUL bytes are dropped."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "rapport-cp1252")
    return text.replace("\x00", "")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "replace") for byte in piece), error.end


codecs.register_error("rapport-cp1252", _as_cp1252)
