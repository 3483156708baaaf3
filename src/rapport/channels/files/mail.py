"""Mails from an mbox or a single .eml, however broken: each becomes an envelope or says why not. Pure but for lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses

from rapport.channels import envelopes, html, moments
from rapport.channels.base import Envelope
from rapport.channels.files.opening import Line, to_text
from rapport.channels.files.piece import Piece

LONGEST_MAIL = 32 * 1024 * 1024
LONGEST_BODY = 1_000_000
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
        message = BytesParser(policy=policy.default).parsebytes(raw)
        names = _people(message, "From")
        if not names and not header(message, "Date") and not header(message, "Subject"):
            raise ValueError("it has neither sender, date nor subject: this is no mail")
        return _letter(message, names, network, zone)
    except RecursionError as error:
        raise ValueError("its parts are nested too deeply") from error
    except BROKEN as error:
        raise ValueError(str(error) if type(error) is ValueError else "its MIME parts are broken") from error


def _letter(message: EmailMessage, names: list[tuple[str, str]], network: str, zone: tzinfo) -> Letter:
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


def header(message: EmailMessage, name: str) -> str:
    """A header's words on one line; one that the modern policy chokes on is read the old way, or as it stands."""
    try:
        value = message[name]
        return "" if value is None else " ".join(str(value).split())
    except BROKEN:
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except BROKEN:
        return " ".join(str(raw).encode("utf-8", "replace").decode().split())


def _people(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    try:
        found = getaddresses([header(message, name)])
    except BROKEN:
        return []
    return [(who, address) for who, address in found if address and " " not in address]


def _ids(message: EmailMessage, name: str) -> list[str]:
    return MESSAGE_ID.findall(header(message, name))


def _said_at(message: EmailMessage, zone: tzinfo) -> datetime | None:
    written = header(message, "Date")
    # A comment in brackets, as in "+0000 (UTC)", belongs to RFC 5322 and to nobody's clock.
    plain = re.sub(r"\([^()]{0,60}\)", "", written).strip()
    if not plain:
        return None
    try:
        return moments.read(plain, zone)
    except ValueError as error:
        raise ValueError(f"its date cannot be read: {error}") from error


def _words(message: EmailMessage) -> tuple[str, int]:
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


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeError):
        return to_text(raw)
