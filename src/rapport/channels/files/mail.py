"""Mails from an mbox or a single .eml, however broken: each becomes an envelope or says why not. Pure but for lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import getaddresses

from rapport.channels import envelopes, html, moments
from rapport.channels.base import Envelope
from rapport.channels.files.opening import Line, to_text
from rapport.channels.files.piece import Piece

LONGEST_MAIL = 32 * 1024 * 1024
LONGEST_BODY = 1_000_000
LONGEST_HEADER = 8_000
ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
# What the standard library's parser raises on broken mails, besides its own errors.
BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Letter:
    """A mail's envelope, and how many attachments were left behind."""

    envelope: Envelope
    attachments: int


def pieces(lines: Iterator[Line], *, mbox: bool) -> Iterator[Piece]:
    """Mails, cut at the ``From `` lines of an mbox; an .eml is one. At most 32 MB of one mail are held."""
    number, gathered, size, blank, begun = 1, list[bytes](), 0, True, False
    problem = ""
    for line in lines:
        if mbox and blank and line.raw.startswith(b"From ") and not line.problem:
            if begun:
                yield _piece(number, gathered, problem, mbox)
                number += 1
            gathered, size, problem, begun, blank = [], 0, "", True, False
            continue
        begun = True
        problem = problem or line.problem
        size += len(line.raw) + 1
        if size <= LONGEST_MAIL:
            gathered.append(line.raw)
        else:
            problem = problem or "the mail is larger than 32 MB"
        blank = not line.raw
    if begun:
        yield _piece(number, gathered, problem, mbox)


def _piece(number: int, gathered: list[bytes], problem: str, mbox: bool) -> Piece:
    raw = b"\n".join(gathered)
    return Piece(f"message {number}", ESCAPED_FROM.sub(rb"\1", raw) if mbox else raw, problem)


def read(raw: bytes, network: str, zone: tzinfo = UTC) -> Letter:
    """The mail in ``raw`` (RFC 5322). Raises :class:`ValueError` with a sentence."""
    try:
        message = BytesParser(policy=Cautious()).parsebytes(raw)
        names = _people(message, "From")
        if not names and not header(message, "Date") and not header(message, "Subject"):
            raise ValueError("it has neither sender, date nor subject: this is no mail")
        return _letter(message, names, network, zone)
    except RecursionError as error:
        raise ValueError("its parts are nested too deeply") from error
    except BROKEN as error:
        raise ValueError(str(error) if type(error) is ValueError else "its MIME parts are broken") from error


def _letter(message: Message, names: list[tuple[str, str]], network: str, zone: tzinfo) -> Letter:
    name, address = names[0] if names else ("", "")
    own = _ids(message, "Message-ID")
    references, parent = _ids(message, "References"), _ids(message, "In-Reply-To")
    reply_to = parent[0] if parent else (references[-1] if references else "")
    words, attachments = _words(message)
    subject = header(message, "Subject")
    said_at = _said_at(message, zone)
    envelope = envelopes.build(
        network=network,
        external_id=own[0] if own else fingerprint(address.lower(), said_at, f"{subject}\n{words}"),
        author=address.lower(),
        name=name,
        text=words or subject,
        said_at=said_at,
        reply_to=reply_to,
        thread=references[0] if references else reply_to or (own[0] if own else ""),
        subject=subject,
        mentions=[found.lower() for _, found in _people(message, "To") + _people(message, "Cc")],
        public=False,
        direct=True,
    )
    return Letter(envelope, attachments)


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
    raw = _raw(message, name)
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except BROKEN:
        return " ".join(raw.split())


def _raw(message: Message, name: str) -> str:
    """A header as it stands, in one line of text; bytes that are not ASCII are taken for UTF-8 or cp1252."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(to_text(raw.encode("utf-8", "surrogateescape")).split())


def _people(message: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) of each; cut into addresses first, for a decoded name may hold a comma."""
    found: list[tuple[str, str]] = []
    try:
        written = getaddresses([_raw(message, name)])
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


def _ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(header(message, name))


def _said_at(message: Message, zone: tzinfo) -> datetime | None:
    written = header(message, "Date")
    # A comment in brackets, as in "+0000 (UTC)", belongs to RFC 5322 and to nobody's clock.
    plain = re.sub(r"\([^()]{0,60}\)", "", written).strip()
    if not plain:
        return None
    try:
        return moments.read(plain, zone)
    except ValueError as error:
        raise ValueError(f"its date cannot be read: {error}") from error


def _words(message: Message) -> tuple[str, int]:
    """The plain text (else the HTML as text), and the number of attachments."""
    plain, rich, attachments = "", "", 0
    for part in message.walk():
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or part.get_filename() or not kind.startswith("text/"):
            attachments += 1
        elif kind == "text/html":
            rich = rich or html.to_text(_decoded(part)[:LONGEST_BODY])
        else:
            plain = plain or _decoded(part)[:LONGEST_BODY].strip()
    return plain or rich, attachments


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeError):
        return to_text(raw)
