"""vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350): each becomes a person, or says why not. Pure but for lines."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from rapport.channels.base import Card
from rapport.channels.files.exports.export import card, email, phone
from rapport.channels.files.handles import of_address
from rapport.channels.files.opening import Line
from rapport.channels.files.piece import Piece
from rapport.channels.text import to_text

LONGEST = 1_000_000
"""Bytes of one card: portraits are written into cards, so the rest of a longer one is left out."""
PROFILES = frozenset({"X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP", "URL"})
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Property:
    """One line of a card. ``kinds`` are its parameters in upper case, as ``NAME=VALUE`` or bare."""

    name: str
    kinds: frozenset[str]
    raw: bytes


def pieces(lines: Iterator[Line]) -> Iterator[Piece]:
    """Cards, from each BEGIN:VCARD to its END; what stands outside is passed over."""
    number, gathered, size, problem = 0, list[bytes](), 0, ""
    inside = False
    for line in lines:
        mark = line.raw.strip().upper()
        if mark == b"BEGIN:VCARD" and not inside:
            number, inside, gathered, size, problem = number + 1, True, [], 0, ""
        elif mark == b"END:VCARD" and inside:
            yield _piece(number, gathered, problem)
            inside = False
        elif inside:
            problem = problem or line.problem
            size += len(line.raw) + 1
            if size <= LONGEST:
                gathered.append(line.raw)
    if inside:
        yield _piece(number, gathered, problem or "the card ends early: there is no END:VCARD")


def _piece(number: int, gathered: list[bytes], problem: str) -> Piece:
    raw = b"\n".join(gathered)
    return Piece(f"card {number}", raw, problem, make=partial(read, raw))


def read(raw: bytes) -> Card:
    """The person on a card. Raises :class:`ValueError` with a sentence."""
    name = formal = organisation = note = ""
    addresses: list[tuple[str, str]] = []
    for one in properties(raw):
        if one.name == "FN":
            name = name or value(one)
        elif one.name == "N":
            formal = formal or " ".join(filter(None, parts(one)[1::-1] or parts(one)))
        elif one.name == "ORG":
            organisation = organisation or next(iter(parts(one)), "")
        elif one.name == "NOTE":
            note = note or value(one)
        elif one.name == "EMAIL":
            addresses.append(("email", email(value(one))))
        elif one.name == "TEL":
            addresses.append(("phone", phone(value(one))))
        elif one.name in PROFILES:
            addresses.append(of_address(value(one), _service(one)))
    return card(name or formal or organisation, addresses, organisation, note)


def properties(raw: bytes) -> Iterator[Property]:
    """The lines of a card, unfolded; a group before the name (``item1.EMAIL``) is dropped."""
    for line in _unfolded(raw):
        head, colon, body = _halves(line)
        if not colon:
            continue
        name, *kinds = to_text(head).upper().split(";")
        yield Property(name.rpartition(".")[2].strip(), frozenset(kind.replace('"', "") for kind in kinds), body)


def _halves(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Before and after the colon that ends the parameters; one in quotation marks does not."""
    quoted = False
    for place, sign in enumerate(line):
        if sign == ord('"'):
            quoted = not quoted
        elif sign == ord(":") and not quoted:
            return line[:place], b":", line[place + 1 :]
    return line, b"", b""


def _unfolded(raw: bytes) -> Iterator[bytes]:
    """Logical lines: folded with a blank, or, in quoted-printable, with an equals sign at the end."""
    parts: list[bytes] = []
    soft = False
    for line in raw.split(b"\n"):
        if soft:
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in {b" ", b"\t"} and parts:
            parts.append(line[1:])
        else:
            if parts:
                yield b"".join(parts)
            parts = [line]
        soft = line.endswith(b"=") and b"QUOTED-PRINTABLE" in parts[0][:200].upper()
    if parts:
        yield b"".join(parts)


def _decoded(one: Property) -> str:
    raw = one.raw
    if any(kind.endswith("QUOTED-PRINTABLE") for kind in one.kinds):
        raw = quopri.decodestring(raw)
    charset = next((kind[8:] for kind in one.kinds if kind.startswith("CHARSET=")), "")
    if charset and charset != "UTF-8":
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError):
            return to_text(raw)
    return to_text(raw)


def value(one: Property) -> str:
    """A property's text, its escapes undone."""
    return _plain(_decoded(one))


def parts(one: Property) -> list[str]:
    """The texts between semicolons that are not escaped."""
    return [_plain(part) for part in re.split(r"(?<!\\);", _decoded(one))]


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


def _service(one: Property) -> str:
    """What the card says the service is: ``TYPE=twitter``, ``SERVICE-TYPE=Mastodon``, ``X-SERVICE-TYPE=Skype``."""
    named = sorted(kind.rpartition("=")[2].lower() for kind in one.kinds if "TYPE" in kind.partition("=")[0] or kind)
    return next((name for name in named if name not in {"home", "work", "pref", "1", "uri", "text"}), "")
