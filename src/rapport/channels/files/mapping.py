"""Which column holds what: written by a person as ``text=body,author=user``, applied to each row. Pure."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, tzinfo
from io import StringIO
from typing import Any

from rapport.channels import envelopes, moments
from rapport.channels.base import ChannelError, Envelope
from rapport.channels.files.jsonl import value_at
from rapport.channels.loose import as_text
from rapport.channels.rfc822 import fingerprint

FIELDS = (
    *("text", "author", "name", "said_at", "id", "reply_to", "thread"),
    *("subject", "url", "ours", "inbound", "network", "followers"),
)
OTHERS = (
    *("email", "phone", "handle", "organisation", "note", "number", "placed_at", "delivered_at", "total", "currency"),
    *("status", "items"),
)
"""What rows of people and of orders hold beside (see ``rows``)."""
OPTIONS = ("zone", "dates", "encoding")
NETWORK = "file"
NOTHING = frozenset({"", "null", "none", "nan", "nil", "\\n", "n/a", "undefined"})
YES = frozenset({"true", "1", "1.0", "yes", "y", "t"})
NO = frozenset({"false", "0", "0.0", "no", "n", "f"})
OUT = frozenset({"out", "outbound", "outgoing", "sent", "agent", "company", "us", "staff", "operator"})
WHOLE = re.compile(r"\d{1,12}(?:\.0)?|\d{1,3}(?:[., '\u2019\u00a0\u202f]\d{3}){1,3}")
IN = frozenset({"in", "inbound", "incoming", "received", "customer", "user", "them", "client", "end-user"})


def parse_map(written: str, columns: Iterable[str] | None = None) -> dict[str, str]:
    """``text=body,author=user,said_at=date`` as a dictionary; a column with a comma stands in quotation marks.

    With ``columns`` each named column must exist (its case may differ). Raises a permanent :class:`ChannelError`.
    """
    known = None if columns is None else list(columns)
    mapping: dict[str, str] = {}
    try:
        pairs = next(csv.reader(StringIO(written), skipinitialspace=True), [])
    except csv.Error as error:
        raise _wrong(f"The mapping cannot be read: {error}.") from error
    for pair in pairs:
        field, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not field or not value:
            raise _wrong(f"{pair.strip()[:60]!r} is not a mapping; write field=column, as in text=body,author=user.")
        if field not in FIELDS + OTHERS + OPTIONS:
            raise _wrong(
                f"{field[:60]!r} is nothing Rapport fills. It fills {_listed(FIELDS)}; of people and orders also "
                f"{_listed(OTHERS)}; options: {_listed(OPTIONS)}."
            )
        if field in mapping:
            raise _wrong(f"{field!r} is mapped twice.")
        mapping[field] = _option(field, value) if field in OPTIONS else _column(field, value, known)
    return mapping


def write_map(mapping: Mapping[str, str]) -> str:
    """The mapping as a person would write it; :func:`parse_map` reads it back."""
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([f"{field}={column}" for field, column in mapping.items()])
    return line.getvalue()


def _option(field: str, value: str) -> str:
    try:
        if field == "zone":
            moments.zone_of(value)
        elif field == "encoding":
            _must_decode(value)
        elif value not in {"dmy", "mdy"}:
            raise ValueError("dates is dmy (day first) or mdy (month first)")
    except LookupError as error:
        raise _wrong(f"{value[:40]!r} is no encoding that Rapport knows; write it like shift_jis.") from error
    except ValueError as error:
        raise _wrong(f"{error}.") from error
    return value


def _must_decode(encoding: str) -> None:
    """Raises LookupError for a name that is no encoding of text, or one that cannot be read piece by piece."""
    codecs.getincrementaldecoder(encoding)
    # Not every text is one in every encoding; but what is no encoding of text at all says so.
    with suppress(UnicodeError):
        b"text".decode(encoding)


def _column(field: str, value: str, known: list[str] | None) -> str:
    if known is None or value in known:
        return value
    alike = [column for column in known if column.casefold() == value.casefold()]
    if len(alike) == 1:
        return alike[0]
    if field == "network":
        try:
            return envelopes.network_name(value)
        except ValueError as error:
            raise _wrong(f"{value[:40]!r} is neither a column nor the name of a network: {error}.") from error
    raise _wrong(f"There is no column {value[:60]!r}. The columns are {_listed(known)}.")


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:40]) + (f" and {len(shown) - 40} more" if len(shown) > 40 else "")


def _wrong(sentence: str) -> ChannelError:
    return ChannelError(sentence, permanent=True)


@dataclass(frozen=True)
class Mapped:
    """Turns a row (column → value) into an envelope. ``options`` are in the mapping too: zone, dates, network."""

    mapping: Mapping[str, str]
    zone: tzinfo = UTC
    order: moments.Order = ""
    at: Callable[[Mapping[str, Any], str], Any] = value_at

    @classmethod
    def of(cls, mapping: Mapping[str, str], columns: Iterable[str], *, wordless: bool = False) -> Mapped:
        """Raises a permanent :class:`ChannelError` where no column holds the text, unless the rows are ``wordless``."""
        if "text" not in mapping and not wordless:
            raise _wrong(f"Which column holds the text? Say text=… with one of {_listed(columns)}.")
        order: moments.Order = "dmy" if mapping.get("dates") == "dmy" else "mdy" if "dates" in mapping else ""
        return cls(dict(mapping), moments.zone_of(mapping.get("zone", "")), order)

    def envelope(self, row: Mapping[str, Any]) -> Envelope:
        """Raises :class:`ValueError` with a sentence about this row."""
        text = self.words(row, "text")
        if not text.strip():
            raise ValueError(f"the column {self.mapping['text']!r} is empty")
        author, said_at = self.word(row, "author"), None
        if moment := self._moment(row):
            try:
                said_at = moments.read(moment, self.zone, self.order)
            except ValueError as error:
                raise ValueError(f"the time cannot be read: {error}") from error
        return envelopes.build(
            network=self.network(row),
            external_id=self.identity(row, "id") or fingerprint(author, said_at, text),
            author=author or self.word(row, "name"),
            name=self.word(row, "name"),
            followers=whole(self.word(row, "followers")),
            text=text,
            said_at=said_at,
            reply_to=self.identity(row, "reply_to"),
            thread=self.identity(row, "thread"),
            subject=self.word(row, "subject"),
            url=self.word(row, "url"),
            mentions=envelopes.mentioned(text),
            ours=self._ours(row),
        )

    def words(self, row: Mapping[str, Any], field: str) -> str:
        """The value as it stands; empty where the field is not mapped."""
        column = self.mapping.get(field)
        return "" if column is None else as_text(self.at(row, column))

    def word(self, row: Mapping[str, Any], field: str) -> str:
        """The value without blanks around it; what databases write for nothing is nothing."""
        if field not in self.mapping:
            return ""
        value = self.words(row, field).strip()
        return "" if value.lower() in NOTHING else value

    def identity(self, row: Mapping[str, Any], field: str) -> str:
        """An id; ``12.0`` is what a spreadsheet made of 12."""
        value = self.word(row, field) if field in self.mapping else ""
        return value[:-2] if value.endswith(".0") and value[:-2].isdecimal() else value

    def _moment(self, row: Mapping[str, Any]) -> str | float:
        value = self.at(row, self.mapping["said_at"]) if "said_at" in self.mapping else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else self.word(row, "said_at")

    def network(self, row: Mapping[str, Any]) -> str:
        """The column's word, or the name that stands in the column's place."""
        named = self.mapping.get("network", "")
        return (self.word(row, "network") or (named if self.at(row, named) is None else "")) if named else NETWORK

    def _ours(self, row: Mapping[str, Any]) -> bool | None:
        if "ours" in self.mapping:
            return side(self.word(row, "ours"))
        inbound = self.word(row, "inbound").lower()
        told = side(inbound)
        return told if told is None or inbound in OUT | IN else not told


def whole(word: str) -> int | None:
    """A whole number, also with signs between its thousands; None for anything else (1.2K is too loose to believe)."""
    return int(re.sub(r"\D", "", word.removesuffix(".0"))) if WHOLE.fullmatch(word) else None


def side(word: str) -> bool | None:
    """True: ours. False: theirs. None: it does not say."""
    lowered = word.lower()
    return True if lowered in YES | OUT else False if lowered in NO | IN else None
