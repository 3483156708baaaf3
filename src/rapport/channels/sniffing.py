"""Sniffing: what a file is, told from its first bytes and not from what a stranger called it. Pure.

The signatures are those of the WHATWG MIME Sniffing Standard, section 6, and of ISO 32000-1, 7.5.2 (PDF).
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What a browser shows as a picture, and nothing else can be made of."""
_PICTURE_NAMES = frozenset({"png", "jpg", "jpeg", "gif", "webp"})
_BEGINS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"OggS\x00", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_TEXTS = {"txt": "text/plain", "csv": "text/csv", "ics": "text/calendar", "md": "text/markdown"}


def type_of(content: bytes) -> str:
    """The MIME type of these bytes, ``application/octet-stream`` where nothing is sure. Never of text: HTML is no type
    that a stranger may give a file of ours."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for start, kind in _BEGINS if content.startswith(start)), UNKNOWN)


def type_said(name: str, content: bytes) -> str:
    """The type of a file of our own that goes out: where its bytes say too little (a text, an office document, which is
    a ZIP), what its name says of bytes of that sort."""
    found = type_of(content)
    ending = name.rpartition(".")[2].lower()
    if found == "application/zip":
        return _OFFICE.get(ending, found)
    if found == UNKNOWN and ending in _TEXTS and b"\x00" not in content:
        return _TEXTS[ending]
    return found


def calls_itself_picture(name: str) -> bool:
    """Is it named as one of the pictures that are shown? What its bytes are is another matter."""
    return name.rpartition(".")[2].lower() in _PICTURE_NAMES


def kind_of(type: str) -> str:
    """``image`` (one that is shown), ``video``, ``audio``, or ``file``."""
    if type in PICTURES:
        return "image"
    family = type.partition("/")[0]
    return family if family in {"video", "audio"} else "file"
