"""Asking: what one form says and asks for, read from its settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapport.channels.base import ChannelError, Setting, Settings
from rapport.channels.text import clean, one_line
from rapport.net.sentence import Sentence

LONGEST_EMAIL = 254
MOST_ORIGINS = 20
SETTINGS: tuple[Setting, ...] = (
    Setting(key="title", label="Title", help="Stands above the form.", required=False, default="Write to us"),
    Setting(
        key="intro",
        label="Introduction",
        help="A few words before the fields: what you can help with, when you answer.",
        kind="paragraph",
        required=False,
    ),
    Setting(key="ask_name", label="Ask for a name", kind="flag", required=False, default="1"),
    Setting(
        key="ask_email",
        label="Ask for an e-mail address",
        help="Without one, people read your answer on a private page whose link they get when they have written.",
        kind="flag",
        required=False,
        default="1",
    ),
    Setting(key="ask_subject", label="Ask for a subject", kind="flag", required=False),
    Setting(
        key="thanks",
        label="Thanks",
        help="What people read when they have written.",
        kind="paragraph",
        required=False,
        default="Thank you. A person will read this, and answer.",
    ),
    Setting(
        key="origins",
        label="Websites that may show it",
        help="Addresses such as https://www.example.org, one on each line. Elsewhere the form appears at its own "
        "address only.",
        kind="paragraph",
        required=False,
    ),
    Setting(
        key="sender",
        label="Answers are sent from",
        help="An e-mail address that a person reads. Your server needs RAPPORT_SMTP_URL for it. Without either, "
        "answers appear on each person's private page only.",
        required=False,
    ),
    Setting(key="secret", label="Secret", help="Signs the form, so that it can tell a person from a program; you need "
            "it nowhere.", kind="generated_secret", required=False),
)  # fmt: skip
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_DEAF = re.compile(
    r"(?:no|not|dont|donot|doesnot)[a-z]{0,4}(?:reply|answer|respond)|nepasrepondre|pasdereponse|keineantwort|"
    r"nichtantworten|norespond|nocontest|nonrispond|naorespond|mailerdaemon|bounces?$"
)


@dataclass(frozen=True)
class Form:
    """What stands on the page, and which fields it has besides the words themselves."""

    title: str
    intro: str
    thanks: str
    fields: tuple[str, ...]
    origins: tuple[str, ...]
    sender: str


def form_of(settings: Settings) -> Form:
    """The form that these settings describe; what makes no sense in them counts as not said."""
    given = {setting.key: settings.get(setting.key, "") for setting in SETTINGS}
    return Form(
        title=one_line(given["title"], 200) or "Write to us",
        intro=clean(given["intro"]).strip(),
        thanks=clean(given["thanks"]).strip() or "Thank you. A person will read this, and answer.",
        fields=tuple(name for name in ("name", "email", "subject") if given[f"ask_{name}"]),
        origins=tuple(found for line in given["origins"].split()[:MOST_ORIGINS] if (found := origin(line))),
        sender=mail_address(given["sender"]) or "",
    )


def must_make_sense(settings: Mapping[str, str]) -> None:
    """Raises a permanent ChannelError with a sentence for settings that cannot be."""
    lines = settings.get("origins", "").split()
    if len(lines) > MOST_ORIGINS:
        raise ChannelError(Sentence("At most %(n)s websites may show one form.", n=MOST_ORIGINS), permanent=True)
    for line in lines:
        if not origin(line):
            raise ChannelError(
                Sentence(
                    "“%(words)s” is no website's address. Write it like https://www.example.org, without a path.",
                    words=one_line(line, 60),
                ),
                permanent=True,
            )
    sender = settings.get("sender", "").strip()
    if not sender:
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
