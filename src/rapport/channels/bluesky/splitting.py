"""A text that is too long for one post, as the posts of a thread: cut between paragraphs, sentences, words. Pure."""

from __future__ import annotations

import re

from rapport.channels import graphemes
from rapport.channels.base import ChannelError
from rapport.net.sentence import Sentence

GRAPHEMES = 300
BYTES = 3000
MOST = 10
"""Posts in one answer. Who has more to say writes a letter."""
PIECES = re.compile(r"\S+\s*")
ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


def fits(text: str) -> bool:
    """One post holds it: 300 characters as a reader counts them, and 3,000 bytes."""
    return len(text.encode("utf-8", "surrogatepass")) <= BYTES and graphemes.count(text) <= GRAPHEMES


def parts(text: str) -> list[str]:
    """The posts, in order; one where it fits. No word is lost, and none is cut that fits into one post.

    Raises a permanent :class:`ChannelError` for more than ten.
    """
    left = text.strip()
    found: list[str] = []
    while left and len(found) <= MOST:
        head = _head(left)
        found.append(head.rstrip())
        left = left[len(head) :].lstrip()
    if left or len(found) > MOST:
        raise ChannelError(Sentence("This is too long even for a thread of %(n)s posts.", n=MOST), permanent=True)
    return found


def _head(text: str) -> str:
    """As much of the beginning as one post holds, ended where a reader would pause."""
    if fits(text):
        return text
    end = sentence = paragraph = 0
    for piece in PIECES.finditer(text):
        if not fits(text[: piece.end()].rstrip()):
            break
        end = piece.end()
        words = piece[0].rstrip()
        if "\n\n" in piece[0]:
            paragraph = end
        if ENDS.search(words):
            sentence = end
    for pause in (paragraph, sentence):
        if pause * 2 > end:  # a pause, unless it would leave the post half empty
            return text[:pause]
    return text[:end] if end else _cut(text)


def _cut(text: str) -> str:
    """The beginning of a word longer than a post, ended between two characters as a reader counts them."""
    low, high = 1, min(len(text), BYTES)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle - 1)
    whole = text[: low + 50]  # a cluster is seldom longer; where it is, it is cut
    total = graphemes.count(whole)
    for end in range(low, 0, -1):
        if graphemes.count(whole[:end]) + graphemes.count(whole[end:]) == total:
            return text[:end]
    return text[:low]
