"""Addressing: which words are an address that mail can go to, or a website's; and which say that nobody listens. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rapport.channels.base import ChannelError
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

LONGEST_EMAIL = 254
MOST_ORIGINS = 20
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_DEAF = re.compile(
    r"(?:no|not|dont|donot|doesnot)[a-z]{0,4}(?:reply|answer|respond)|nepasrepondre|pasdereponse|keineantwort|"
    r"nichtantworten|norespond|nocontest|nonrispond|naorespond|mailerdaemon|bounces?$"
)


def is_deaf(address: str) -> bool:
    """Does this address say that nobody listens there (noreply@, do-not-reply@, ne-pas-repondre@…)?"""
    return bool(_DEAF.match(re.sub(r"[^a-z]", "", address.partition("@")[0].lower())))


def mail_address(text: str) -> str | None:
    """The address as SMTP can carry it (RFC 5321's plain form; a domain in other letters as IDNA), None if it is none."""
    local, mark, domain = text.strip().rpartition("@")
    if not mark or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    whole = f"{local}@{host}"
    return whole if _HOST.fullmatch(host) and len(whole) <= LONGEST_EMAIL else None


def origin(text: str) -> str:
    """``https://www.example.org`` or with a port, lower case, as a Content-Security-Policy may name it; else nothing."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return ""
    fine = parts.scheme in {"http", "https"} and (_HOST.fullmatch(host) or host in {"localhost", "127.0.0.1"})
    if not fine or parts.path or parts.query or parts.fragment or parts.username is not None or "@" in parts.netloc:
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def origins(lines: str) -> tuple[str, ...]:
    """The websites named in a setting, one on each line; what is none counts as not said."""
    return tuple(found for line in lines.split()[:MOST_ORIGINS] if (found := origin(line)))


def must_be_origins(lines: str) -> None:
    """Raises a permanent ChannelError with a sentence where something in the setting is no website's address."""
    words = lines.split()
    if len(words) > MOST_ORIGINS:
        raise ChannelError(Sentence("At most %(n)s websites may show it.", n=MOST_ORIGINS), permanent=True)
    for line in words:
        if not origin(line):
            raise ChannelError(
                Sentence(
                    "“%(words)s” is no website's address. Write it like https://www.example.org, without a path.",
                    words=one_line(line, 60),
                ),
                permanent=True,
            )


def must_be_heard(sender: str) -> None:
    """Raises a permanent ChannelError for an address (if one is given) that mail cannot be sent from, or deaf."""
    if not sender.strip():
        return
    if not (address := mail_address(sender)):
        raise ChannelError(
            Sentence("“%(words)s” is no e-mail address that mail can be sent from.", words=one_line(sender, 60)),
            permanent=True,
        )
    if is_deaf(address):
        raise ChannelError(
            Sentence(
                "%(address)s tells people that nobody reads what they answer. Give an address that a person reads.",
                address=address,
            ),
            permanent=True,
        )
