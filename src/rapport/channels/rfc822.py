"""Mails however broken: headers read cautiously, parts decoded as far as they can be. Pure; shared by doors for mail."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, tzinfo
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses

from rapport.channels import moments
from rapport.channels.text import to_text

LONGEST_HEADER = 8_000
MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
# What the standard library's parser raises on broken mails, besides its own errors.
BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def fingerprint(author: str, said_at: datetime | None, text: str) -> str:
    """An id for what has none: the same author, time and words give the same one, in any file."""
    moment = said_at.isoformat() if said_at else ""
    joined = "\x1f".join((author, moment, text)).encode("utf-8", "replace")
    return f"row-{hashlib.sha256(joined).hexdigest()[:32]}"


class Cautious(Compat32):
    """How mails are parsed: headers cut before anything looks into them, and read the plain old way.

    The modern policy parses each header by its grammar, which takes minutes for a hundred kilobytes of quotation marks.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


def header(message: Message, name: str) -> str:
    """A header's words on one line, its encoded words decoded as far as they can be."""
    raw = raw_header(message, name)
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except BROKEN:
        return " ".join(raw.split())


def raw_header(message: Message, name: str) -> str:
    """A header as it stands, in one line of text; bytes that are not ASCII are taken for UTF-8 or cp1252."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(to_text(raw.encode("utf-8", "surrogateescape")).split())


def people(message: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) of each; cut into addresses first, for a decoded name may hold a comma."""
    found: list[tuple[str, str]] = []
    try:
        written = getaddresses([raw_header(message, name)])
    except BROKEN:
        return []
    for who, address in written:
        try:
            called = str(make_header(decode_header(who)))
        except BROKEN:
            called = who
        if address and " " not in address:
            found.append((called, address))
    return found


def ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(header(message, name))


def said_at(message: Message, zone: tzinfo) -> datetime | None:
    written = header(message, "Date")
    # A comment in brackets, as in "+0000 (UTC)", belongs to RFC 5322 and to nobody's clock.
    plain = re.sub(r"\([^()]{0,60}\)", "", written).strip()
    if not plain:
        return None
    try:
        return moments.read(plain, zone)
    except ValueError as error:
        raise ValueError(f"its date cannot be read: {error}") from error


def decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeError):
        return to_text(raw)
