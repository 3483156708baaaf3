"""A feed that was saved as a file: each entry is a piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from rapport.channels import bounded, entries
from rapport.channels.base import ChannelError
from rapport.channels.files.piece import Piece
from rapport.channels.syndication import MOST_BYTES


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The entries, the oldest first. Raises a permanent :class:`ChannelError` for a document that is no feed.

    An id that means something in its own feed only is named after the address that the feed says of itself.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MOST_BYTES:
            raise ChannelError("The feed is larger than 5 MB.", permanent=True)
    feed = bounded.read(bytes(body), "application/xml; charset=utf-8")  # whoever opened the file has made it UTF-8
    base = feed.self or feed.link
    named = list(zip(feed.entries, entries.names(feed, base or feed.title, base), strict=True))
    for number, (entry, name) in enumerate(named[::-1], 1):
        made = partial(entries.envelope, entry, feed, base, name)
        yield Piece(f"entry {number}", msgspec.json.encode(entry), make=made)
