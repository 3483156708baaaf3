"""Dimensions: how wide and how high a picture is, read from its first bytes without opening it. Pure.

PNG: W3C PNG, 11.2.1 (IHDR). GIF: GIF89a, 18 (logical screen). JPEG: ITU-T T.81, B.2.2 (SOFn). WebP: RFC 9649, 2.5 to 2.7.
"""

from __future__ import annotations

ORIENTATION = 0x0112
"""The tag of Exif (JEITA CP-3451, 4.6.4) that says which way up a picture is."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOFn: what is left out are tables and a reserved code."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_MOST_SEGMENTS = 500


def of(content: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels as it is looked at, None where they cannot be told."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        found = _big(content, 16, 4), _big(content, 20, 4)
    elif content[:6] in {b"GIF87a", b"GIF89a"}:
        found = _little(content, 6, 2), _little(content, 8, 2)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = _webp(content)
    elif content.startswith(b"\xff\xd8"):
        found = _jpeg(content)
    else:
        return None
    return found if all(0 < one <= 100_000 for one in found) else None


def _jpeg(content: bytes) -> tuple[int, int]:
    at, up = 2, 1
    for _ in range(_MOST_SEGMENTS):
        if at + 9 > len(content) or content[at] != 0xFF:
            break
        mark = content[at + 1]
        if mark in _FRAMES:
            width, height = _big(content, at + 7, 2), _big(content, at + 5, 2)
            return (height, width) if up > 4 else (width, height)
        if mark == 0xFF:
            at += 1
        elif mark in _ALONE:
            at += 2
        else:
            size = _big(content, at + 2, 2)
            up = (upright(content[at + 4 : at + 2 + size]) or up) if mark == 0xE1 else up
            at += 2 + size
    return 0, 0


def upright(said: bytes) -> int:
    """Which way up, 1 to 8, as an Exif segment says it; 0 where it does not."""
    if not said.startswith(b"Exif\x00\x00"):
        return 0
    tiff = said[6:]
    if tiff[:2] not in {b"II", b"MM"}:
        return 0

    def number(at: int, many: int) -> int:
        return int.from_bytes(tiff[at : at + many], "little" if tiff[:2] == b"II" else "big")

    first = number(4, 4)
    for entry in range(min(number(first, 2), 200)):
        at = first + 2 + 12 * entry
        if number(at, 2) == ORIENTATION:
            return found if 1 <= (found := number(at + 8, 2)) <= 8 else 0
    return 0


def _webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + _little(content, 24, 3), 1 + _little(content, 27, 3)
    if kind == b"VP8L":
        packed = _little(content, 21, 4)
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    return _little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF


def _big(content: bytes, at: int, many: int) -> int:
    return int.from_bytes(content[at : at + many], "big")


def _little(content: bytes, at: int, many: int) -> int:
    return int.from_bytes(content[at : at + many], "little")
