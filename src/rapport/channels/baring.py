"""Baring: a picture without what its camera wrote into it (where it was taken, when, with what). Pure.

Some networks publish a picture as it is sent. Of a JPEG's Exif (JEITA CP-3451) only which way up it is stays, since a
browser turns it by that; the pixels are not touched.
"""

from __future__ import annotations

from rapport.channels.dimensions import ORIENTATION, upright

_PNG = b"\x89PNG\r\n\x1a\n"
_TOLD = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
"""Chunks of a PNG that say something of its making."""
_SPOKEN = frozenset({0xE1, 0xED, 0xFE})
"""Segments of a JPEG that do: APP1 (Exif, XMP), APP13 (IPTC), comments."""


def bare(content: bytes) -> bytes:
    """The same picture; what is neither JPEG nor PNG, or is broken, as it came."""
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    return _png(content) if content.startswith(_PNG) else content


def _jpeg(content: bytes) -> bytes:
    kept, at, up = [content[:2]], 2, 1
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        mark, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end <= at + 3 or end > len(content):
            return content
        segment = content[at:end]
        if mark in _SPOKEN:
            up = upright(segment[4:]) or up
        else:
            kept.append(segment)
        at = end
    if at + 4 > len(content):
        return content
    head = 2 if len(kept) > 1 and kept[1][:2] == b"\xff\xe0" else 1  # JFIF comes first
    if up != 1:
        kept.insert(head, _exif(up))
    return b"".join([*kept, content[at:]])


def _exif(up: int) -> bytes:
    """A segment that says which way up, and nothing else."""
    entry = ORIENTATION.to_bytes(2, "big") + (3).to_bytes(2, "big") + (1).to_bytes(4, "big") + up.to_bytes(2, "big")
    tiff = b"MM\x00\x2a\x00\x00\x00\x08" + (1).to_bytes(2, "big") + entry + b"\x00\x00" + b"\x00" * 4
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if end > len(content):
            return content
        if content[at + 4 : at + 8] not in _TOLD:
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, content[at:]])
