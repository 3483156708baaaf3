"""Mails from an mbox or a single .eml, however broken: each becomes an envelope or says why not. Pure but for lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from email.message import Message
from email.parser import BytesParser

from rapport.channels import envelopes, html
from rapport.channels.base import Envelope
from rapport.channels.files.opening import Line
from rapport.channels.files.piece import Piece
from rapport.channels.rfc822 import BROKEN, Cautious, decoded, fingerprint, header, ids, people, said_at

LONGEST_MAIL = 32 * 1024 * 1024
LONGEST_BODY = 1_000_000
ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


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
        names = people(message, "From")
        if not names and not header(message, "Date") and not header(message, "Subject"):
            raise ValueError("it has neither sender, date nor subject: this is no mail")
        return _letter(message, names, network, zone)
    except RecursionError as error:
        raise ValueError("its parts are nested too deeply") from error
    except BROKEN as error:
        raise ValueError(str(error) if type(error) is ValueError else "its MIME parts are broken") from error


def _letter(message: Message, names: list[tuple[str, str]], network: str, zone: tzinfo) -> Letter:
    name, address = names[0] if names else ("", "")
    own = ids(message, "Message-ID")
    references, parent = ids(message, "References"), ids(message, "In-Reply-To")
    reply_to = parent[0] if parent else (references[-1] if references else "")
    words, attachments = _words(message)
    subject = header(message, "Subject")
    moment = said_at(message, zone)
    envelope = envelopes.build(
        network=network,
        external_id=own[0] if own else fingerprint(address.lower(), moment, f"{subject}\n{words}"),
        author=address.lower(),
        name=name,
        text=words or subject,
        said_at=moment,
        reply_to=reply_to,
        thread=references[0] if references else reply_to or (own[0] if own else ""),
        subject=subject,
        mentions=[found.lower() for _, found in people(message, "To") + people(message, "Cc")],
        public=False,
        direct=True,
    )
    return Letter(envelope, attachments)


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
            rich = rich or html.to_text(decoded(part)[:LONGEST_BODY])
        else:
            plain = plain or decoded(part)[:LONGEST_BODY].strip()
    return plain or rich, attachments
