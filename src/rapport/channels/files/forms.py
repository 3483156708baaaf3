"""What form a file has, told by its first bytes; and a clear sentence for the forms Rapport does not read. Pure."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from rapport.channels import syndication
from rapport.channels.base import ChannelError
from rapport.channels.files import exports, tables
from rapport.channels.text import to_text
from rapport.net.sentence import Sentence

Form = Literal[
    "jsonl", "csv", "mbox", "eml", "vcard", "zip", "tar",
    "feed", "activitystreams", "jetstream", "tweets", "reviews", "zendesk", "chatwoot",
]  # fmt: skip
FORMS: tuple[Form, ...] = get_args(Form)
ARCHIVES: tuple[Form, ...] = ("zip", "tar")
READS = Sentence(
    "Rapport reads JSON Lines, CSV, mbox, .eml, vCard, the exports of Mastodon, Bluesky, X, Google reviews, Zendesk and "
    "Chatwoot, feeds (RSS, Atom, JSON Feed), also packed with gzip, and ZIP and tar archives of these."
)
OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"mimetypeapplication/epub")
FOREIGN = (
    (b"\xd0\xcf\x11\xe0", Sentence("This is an old office document: save the table as CSV.")),
    (b"%PDF", Sentence("This is a PDF document, not a table of messages.")),
    (b"\x89PNG", Sentence("This is a picture, not a table of messages.")),
    (b"\xff\xd8\xff", Sentence("This is a picture, not a table of messages.")),
    (b"GIF8", Sentence("This is a picture, not a table of messages.")),
    (b"SQLite format 3", Sentence("This is a database file: export its table as CSV.")),
    (b"BZh", Sentence("This file is packed with bzip2: unpack it, or pack it with gzip.")),
    (b"\xfd7zXZ", Sentence("This file is packed with xz: unpack it, or pack it with gzip.")),
    (b"(\xb5/\xfd", Sentence("This file is packed with Zstandard: unpack it, or pack it with gzip.")),
    (b"7z\xbc\xaf", Sentence("This is a 7z archive: unpack it first.")),
    (b"\x1f\x8b", Sentence("This file is packed twice: unpack it once.")),
)
HEADER = re.compile(rb"[!-9;-~]{1,76}:[ \t]?.*")
MAIL_HEADERS = frozenset({b"from", b"date", b"message-id", b"subject", b"received", b"return-path", b"to"})
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def detect(head: bytes, name: str = "") -> Form:
    """The form of a file that begins with ``head``; raises a permanent :class:`ChannelError` with a sentence."""
    start = head.lstrip()
    if not start.strip(b"\x00"):
        raise ChannelError("The file is empty.", permanent=True)
    for magic, sentence in FOREIGN:
        if head.startswith(magic):
            raise ChannelError(Sentence("%(what)s %(reads)s", what=sentence, reads=READS), permanent=True)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if any(sign in head[:4096] for sign in OFFICE):
            raise ChannelError(
                Sentence("This is an office document: save the table as CSV. %(reads)s", reads=READS), permanent=True
            )
        return "zip"
    if head[257:262] == b"ustar":
        return "tar"
    if len(BINARY.findall(head[:4096])) > len(head[:4096]) * 0.1:
        raise ChannelError(Sentence("This is not a text file. %(reads)s", reads=READS), permanent=True)
    if start[:11].upper() == b"BEGIN:VCARD":
        return "vcard"
    if head.startswith(b"From ") and _is_mail(head.partition(b"\n")[2]):
        return "mbox"
    if _is_mail(head):
        return "eml"
    lowered = start[:200].lower()
    if syndication.looks_like_one(head):
        return "feed"
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<rss", b"<feed")):
        xml = lowered.startswith((b"<?xml", b"<rss", b"<feed"))
        what = Sentence("This is an XML document.") if xml else Sentence("This is a web page.")
        raise ChannelError(
            Sentence("%(what)s It is no table of messages. %(reads)s", what=what, reads=READS), permanent=True
        )
    if start.startswith(b"window.YTD.") or start[:1] in {b"{", b"["}:
        found = exports.recognise(start)
        return named(found) if found else _json(start)
    return _table(head, name)


def named(form: str) -> Form:
    """The form that is called so; raises a permanent :class:`ChannelError` where there is none."""
    for known in FORMS:
        if form == known:
            return known
    raise ChannelError(
        Sentence(
            "“%(form)s” is not a form Rapport reads; it reads %(forms)s.", form=_shown(form), forms=", ".join(FORMS)
        ),
        permanent=True,
    )


def _shown(form: str) -> str:
    """What somebody called a form, fit to stand in a sentence."""
    return " ".join("".join(one if one.isprintable() else " " for one in form[:40]).split())[:20]


def _json(start: bytes) -> Form:
    if start.startswith(b"window.YTD."):
        raise ChannelError("This part of an X archive holds no posts: import its tweets.js.", permanent=True)
    lines = [line for line in start.split(b"\n")[:50] if line.strip()]
    # A document spread over lines may have a whole object on one of them, never on most.
    objects = sum(_is_object(line) for line in lines)
    if objects * 2 >= len(lines) or (len(lines) == 1 and start.startswith(b"{")):
        return "jsonl"
    if start.startswith(b"[") and tables.dialect_of(to_text(start)) is not None and not _is_json(lines[0]):
        return "csv"
    raise ChannelError(
        "This is one JSON document. Rapport reads JSON Lines: one object, {…}, on each line.", permanent=True
    )


def _is_object(line: bytes) -> bool:
    return line.lstrip().startswith(b"{") and _is_json(line)


def _is_json(line: bytes) -> bool:
    if line.strip() in {b"[", b"{"}:
        return True
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_mail(head: bytes) -> bool:
    """At least two header lines that every mail has, before the first blank line, and nothing that is no header."""
    known = set()
    for line in head.split(b"\n")[:200]:
        if not line.strip():
            break
        if line[:1] in {b" ", b"\t"}:
            continue
        if not HEADER.fullmatch(line.rstrip(b"\r")):
            return False
        known.add(line.partition(b":")[0].lower())
    return len(known & MAIL_HEADERS) >= 2


def _table(head: bytes, name: str) -> Form:
    if tables.dialect_of(to_text(head)) is not None or name.lower().removesuffix(".gz").endswith((".csv", ".tsv")):
        return "csv"
    raise ChannelError(Sentence("Rapport cannot tell what form this file has. %(reads)s", reads=READS), permanent=True)
