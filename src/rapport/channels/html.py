"""HTML from strangers to plain text, in one pass over the bytes.

The parsers at hand take minutes for a megabyte of unclosed tags; this scanner looks at every character a bounded number
of times. Its result is text and is escaped like any other text when shown; it never produces HTML.
"""

from __future__ import annotations

import html
import re

BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
SILENT = frozenset({"head", "script", "style", "template", "title", "svg", "math"})
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})")
# html.unescape turns any run of digits into a number, and Python refuses numbers of thousands of digits.
ENDLESS = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


def to_text(source: str) -> str:
    """The words of an HTML document or fragment, with line breaks where blocks end. Linear in its length."""
    source = source.replace("\x00", "")
    pieces: list[str] = []
    never_closed: set[str] = set()
    place, length = 0, len(source)
    while place < length:
        start = source.find("<", place)
        if start < 0:
            pieces.append(source[place:])
            break
        pieces.append(source[place:start])
        place = _after_markup(source, start, pieces, never_closed)
    words = html.unescape(ENDLESS.sub("�", "".join(pieces)))
    lines = (" ".join(line.split()) for line in words.split("\x00"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _after_markup(source: str, start: int, pieces: list[str], never_closed: set[str]) -> int:
    """Where reading goes on after the ``<`` at ``start``; appends what it stands for (NUL marks a line break)."""
    if source.startswith("<!--", start):
        end = source.find("-->", start + 4)
        return len(source) if end < 0 else end + 3
    tag = TAG.match(source, start)
    if tag is None and source[start + 1 : start + 2] not in {"!", "?", "/"}:
        pieces.append("<")
        return start + 1
    end = source.find(">", start)
    if end < 0:
        return len(source)
    name = tag.group(1).lower() if tag else ""
    if name in BREAKS:
        pieces.append("\x00")
    if name in SILENT - never_closed and source[start + 1] != "/":
        return _after_silence(source, end + 1, name, never_closed)
    return end + 1


def _after_silence(source: str, place: int, name: str, never_closed: set[str]) -> int:
    close = re.compile(rf"</{name}\b[^>]{{0,200}}>", re.IGNORECASE).search(source, place)
    if close:
        return close.end()
    # Never closed: what follows a script or a style is code; any other element was only forgotten. Remembered, since
    # looking for the same end again behind each of a hundred thousand such tags would take the square of the time.
    never_closed.add(name)
    return len(source) if name in {"script", "style"} else place
