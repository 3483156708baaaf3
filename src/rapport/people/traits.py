"""Traits: by what somebody can be met again elsewhere (an address, a telephone, a handle, a name), folded and hashed.

Pure. Two people are only compared where they share one, so that nobody has to compare everybody with everybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rapport.core.folding import fold
from rapport.core.hashing import key
from rapport.people.addresses import folded

Trait = tuple[str, bytes]
"""(kind, 16 bytes): ``mail``, ``phone``, ``handle``, ``name``; ``cites`` for what somebody wrote down."""
SHORTEST_HANDLE = 4
_MAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w@.])\+?\d[\d ()./-]{6,18}\d(?![\w@])")
_NUMBER = re.compile(r"(?<![\w@.#/-])#?([A-Za-z]{0,4}-?\d[\w-]{3,20})(?![\w@])")
_EVERYBODYS = frozenset(
    ("admin", "contact", "hello", "help", "info", "mail", "office", "sales", "service", "shop", "support", "team", "test",
     "user", "webmaster")
)  # fmt: skip
# Letters of other scripts that look like Latin ones (a few of Unicode's confusables, those that make names).
_LOOKS = str.maketrans(
    "абвгдеёзікмнорстухѕјԁһԛԝүαβεικνορτυχωιɑɡıℓ",
    "a6brdeezikmhopctyxsjdhqwyabeiknoptuxwiagil",
)


def names(name: str) -> tuple[str, ...]:
    """The parts of a name as they are compared: folded, in one order."""
    parts = fold(unicodedata.normalize("NFKC", name)).split()
    return tuple(sorted(part for part in parts if any(sign.isalnum() for sign in part)))


def looks(name: str) -> tuple[str, ...]:
    """The same as somebody sees it: letters that look alike are alike."""
    return tuple(sorted(part.translate(_LOOKS) for part in names(name)))


def handle(address: str) -> str:
    """The part of a handle that people take along to another network; empty where it says nothing."""
    bare = folded(address).split("@")[0].removesuffix(".bsky.social")
    plain = bare.replace("_", "").replace("-", "").replace(".", "")
    return "" if len(plain) < SHORTEST_HANDLE or plain.isdigit() or plain in _EVERYBODYS else plain


def phone(text: str) -> str:
    """The last nine digits: the same number is written with and without its country."""
    digits = re.sub(r"\D", "", text)
    return digits[-9:] if 7 <= len(digits) <= 16 else ""


def is_mail(address: str) -> bool:
    return bool(_MAIL.fullmatch(address.strip()))


def traits(network: str, address: str, name: str) -> Iterator[Trait]:
    """Those of one identity."""
    if is_mail(address):
        yield "mail", key("mail", folded(address))
    elif _PHONE.fullmatch(address.strip()) and phone(address):
        yield "phone", key("phone", phone(address))
    elif found := handle(address):
        yield "handle", key("handle", found)
    parts = looks(name)
    if len(parts) > 1 and name != address:
        yield "name", key("name", " ".join(parts))


def cited(text: str) -> Iterator[Trait]:
    """E-mail addresses and telephones that somebody wrote down: perhaps their own."""
    for found in _MAIL.findall(text[:20_000])[:20]:
        yield "cites", key("mail", folded(found))
    for found in _PHONE.findall(text[:20_000])[:20]:
        if number := phone(found):
            yield "cites", key("phone", number)


def numbers(text: str) -> list[str]:
    """What may be numbers of orders, as they stand there."""
    return _NUMBER.findall(text[:20_000])[:20]
