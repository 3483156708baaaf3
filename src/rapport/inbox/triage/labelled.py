"""Labelled posts from a file: JSON Lines, plain or gzip, one object a line, with every complaint naming its line.

``us`` and ``context`` come as people wrote them down ("Apple (own products: iPad); rival: Google"; one earlier turn)
and are made into the engine's own values here and nowhere else.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rapport.inbox.triage.sofar import signed
from rapport.understanding.addressed import owns
from rapport.understanding.reading import Turn, Us

THE_ADDRESSED: Final = "the company addressed"
_NOBODY: Final = Us()
_DISTINCT: Final = 4
_GENERIC: Final = frozenset(
    [
        "academy",
        "air",
        "airlines",
        "airways",
        "bank",
        "bikes",
        "broadband",
        "cafe",
        "clinic",
        "company",
        "council",
        "dental",
        "energy",
        "food",
        "foods",
        "games",
        "gym",
        "gyms",
        "health",
        "hospital",
        "hotel",
        "hotels",
        "insurance",
        "internet",
        "kitchen",
        "lettings",
        "library",
        "mobile",
        "motors",
        "museum",
        "networks",
        "parcel",
        "parcels",
        "pharmacy",
        "power",
        "rail",
        "retail",
        "school",
        "shop",
        "store",
        "stores",
        "studio",
        "studios",
        "telecom",
        "theatre",
        "trains",
        "university",
        "vets",
        "water",
    ]
)
"""Words that say what a company is, not which."""
_LINE_AT_MOST: Final = 2_000_000
_OWN: Final = re.compile(r"\((?:[^():]*:)?([^()]*)\)")
_RIVAL: Final = re.compile(r"rivals?\s*:\s*(.+)$", re.IGNORECASE)
_HANDLE: Final = re.compile(r"@\w+")
_OF_ONESELF: Final = re.compile(
    r"\b(?:i|i['’]\w+|my|me|mine|ich|mir|mich|mein\w*|je|j['’]\w+|mon|ma|mes|moi|yo|mi|mis|io|mio|mia|eu|meu|minha)\b",
    re.IGNORECASE,
)
_DESK_TALK: Final = re.compile(
    r"\b(?:we|we['’](?:re|ll|d|ve)|our|us|dm us|please|sorry|apolog\w+|happy to help|here to help|let us know|"
    r"reach out|team)\b",
    re.IGNORECASE,
)


def rows(path: Path, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects of ``path``, each with ``fields``. Raises ValueError with a sentence where one cannot be used."""
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    try:
        with (gzip.open if _is_gzip(path) else open)(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(line, number, fields)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text: {error.reason}.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} cannot be read: {error}.") from error


def _row(line: str, number: int, fields: tuple[str, ...]) -> dict[str, Any]:
    if len(line) > _LINE_AT_MOST:
        raise ValueError(f"Line {number} is longer than {_LINE_AT_MOST} characters.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Line {number} is not JSON: {error}.") from error
    if not isinstance(row, dict):
        raise ValueError(f"Line {number} is not a JSON object.")
    missing = [field for field in fields if field not in row]
    if missing:
        raise ValueError(f"Line {number} has no field {', '.join(missing)}; it has {', '.join(sorted(row)) or 'none'}.")
    if "text" in fields and not isinstance(row["text"], str):
        raise ValueError(f"Line {number}: the text is no text.")
    return row


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def us_of(words: str | None) -> Us:
    """``Us`` from "Name (own products: A, B); rival: C/D", from "Name", or nothing known for "the company addressed"."""
    said = (words or THE_ADDRESSED).strip()
    if said.casefold() == THE_ADDRESSED:
        return Us()
    rival = _RIVAL.search(said)
    own = said[: rival.start()].rstrip(" ;,") if rival else said
    note = _OWN.search(own)
    products = note.group(1).split(",") if note and ":" in note.group() else []
    name = _OWN.sub("", own).strip()
    handles = tuple(_HANDLE.findall(name))
    names = tuple(filter(None, (part.strip() for part in (_HANDLE.sub("", name), *products))))
    names += _short(names[0]) if names and not note else ()
    rivals = tuple(filter(None, (part.strip() for part in re.split(r"[/,]", rival.group(1))))) if rival else ()
    return Us(handles=handles, names=names, rivals=rivals)


def _short(name: str) -> tuple[str, ...]:
    """What people say for it: "Nimbra" for "Nimbra Mobile", "Marisol" for "Hotel Marisol"."""
    said = [word for word in name.split() if len(word) >= _DISTINCT and word.casefold() not in _GENERIC]
    return (said[0],) if len(said) == 1 and len(name.split()) > 1 else ()


def turns_of(context: str | None, text: str, us: Us = _NOBODY) -> tuple[Turn, ...]:
    """The one earlier turn as a Turn: theirs where it tags whom the post tags, ours where it answers like a desk."""
    if not context or not context.strip():
        return ()
    return (Turn(ours=_is_ours(context, text, us), author="", text=context),)


def _is_ours(context: str, text: str, us: Us) -> bool:
    tagged = _HANDLE.findall(text)
    before = _HANDLE.match(context.lstrip())
    led = _HANDLE.match(text.lstrip())
    if us != _NOBODY and led and not owns(us, led.group()):
        return False  # said to somebody else by name
    if us != _NOBODY and not tagged and not before:
        return context.lstrip()[:1].isupper() and not _OF_ONESELF.search(context)
    if before and tagged and before.group().casefold() == tagged[0].casefold():
        return False
    if signed(context):
        return True
    if signed(text):
        return False
    if tagged and "@" not in context and not _OF_ONESELF.search(context):
        return True  # who writes to a company tags it, or speaks of themselves; a company that answers does neither
    return bool(before) or bool(_DESK_TALK.search(context)) or "http" in context
