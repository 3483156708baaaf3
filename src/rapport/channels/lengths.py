"""How long a text is, counted as its network counts. Nothing is cut here: too long is said, and the person decides."""

from __future__ import annotations

import re
from typing import Literal

from rapport.channels import graphemes
from rapport.channels.base import ChannelError, Limit
from rapport.net.sentence import Sentence

ADDRESS = re.compile(r"(?<![\w@#/.])https?://[^\s<>\"]+", re.IGNORECASE)
ENDS = ".,!?;:'\"…)]}»”’"
"""What stands after a web address and does not belong to it."""
HANDLE = re.compile(r"(?<![=/\w])@(\w+(?:[\w.-]*\w)?)@[\w.:-]*\w")
Unit = Literal["characters", "graphemes", "utf16", "bytes"]


def length(text: str, unit: Unit = "characters") -> int:
    """Characters are code points; graphemes are what a reader sees as one; utf16 are code units; bytes are UTF-8's."""
    if unit == "graphemes":
        return graphemes.count(text)
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text)


def measure(text: str, limit: Limit) -> int:
    """How long the text is as this limit counts: some networks count every web address alike, and handles short."""
    if limit.link:
        text = ADDRESS.sub(lambda found: "x" * limit.link + found[0][len(found[0].rstrip(ENDS)) :], text)
    if limit.short_handles:
        text = HANDLE.sub(r"@\1", text)
    return length(text, limit.unit)


def left(text: str, limit: Limit) -> int:
    """How much more fits; negative when the text is too long."""
    return limit.size - measure(text, limit)


def must_fit(text: str, limit: Limit | None) -> None:
    """Raises a permanent :class:`ChannelError` for a text that is empty or longer than the network takes."""
    if not text.strip():
        raise ChannelError("There is nothing to send: the text is empty.", permanent=True)
    if limit is not None and left(text, limit) < 0:
        size = measure(text, limit)
        if limit.unit == "bytes":
            words = Sentence("The text has %(n)s bytes; at most %(most)s fit.", n=size, most=limit.size)
        else:
            words = Sentence("The text has %(n)s characters; at most %(most)s fit.", n=size, most=limit.size)
        raise ChannelError(words, permanent=True)
