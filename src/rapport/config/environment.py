"""What the environment says, validated at start: one frozen value, and a clear sentence where it makes no sense.

Every variable is documented in docs/operate.md; a test compares the two.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rapport.net import mail, scanner

VARIABLES: dict[str, str] = {
    "RAPPORT_DATA": "Folder for everything Rapport keeps (default ./rapport-data).",
    "RAPPORT_URL": "The address people use, e.g. https://desk.example.org (default: the address bound).",
    "RAPPORT_HOST": "The address to listen on (default 127.0.0.1).",
    "RAPPORT_PORT": "The port to listen on (default 8000; the next free one if it is taken).",
    "RAPPORT_SECRET_KEY": "The secret key (default: made once in the data folder, readable by its owner only).",
    "RAPPORT_DATABASE_URL": "postgresql://… for PostgreSQL (default: SQLite in the data folder).",
    "RAPPORT_PROXIES": "Addresses of reverse proxies whose X-Forwarded-For is believed (default 127.0.0.1).",
    "RAPPORT_SMTP_URL": "smtp://user:password@host:587 or smtps://…: the mail server that sends answers (default: none).",
    "RAPPORT_PRIVATE_HOSTS": "Hosts of your own network that mailboxes may be fetched from, as mail.lan,10.0.0.5.",
    "RAPPORT_ENCODER": "Folder of a sentence encoder (model.onnx, tokenizer.json) for the second look (default: none).",
    "RAPPORT_CLAMD": "tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl: the virus scanner for files (default: none).",
    "RAPPORT_UNSCANNED": "give: files are given out before the scanner has looked through them (default: hold).",
    "RAPPORT_ALLOW_LOOPBACK": "1 lets Rapport send to addresses on this machine; for development only.",
}


class Unusable(Exception):
    """An environment variable says something that cannot be; ``str()`` says which and what would do."""


@dataclass(frozen=True)
class Environment:
    """The validated environment."""

    data: Path
    host: str
    port: int
    url: str
    database_url: str
    secret_key: str
    proxies: str
    allow_loopback: bool
    encoder: Path | None


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Validate the variables; raises :class:`Unusable`."""
    unknown = sorted(key for key in environ if key.startswith("RAPPORT_") and key not in VARIABLES)
    if unknown:
        raise Unusable(f"{unknown[0]} is not a setting of Rapport. It knows {', '.join(VARIABLES)}.")
    url = _url(environ.get("RAPPORT_URL", "").rstrip("/"))
    port = environ.get("RAPPORT_PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Unusable(f"RAPPORT_PORT must be a number from 1 to 65535; it is {port!r}.")
    database = environ.get("RAPPORT_DATABASE_URL", "")
    if database and urlsplit(database).scheme not in {"postgresql", "postgres"}:
        raise Unusable("RAPPORT_DATABASE_URL must begin with postgresql:// (leave it unset for SQLite).")
    secret = environ.get("RAPPORT_SECRET_KEY", "")
    if secret and len(secret) < 32:
        raise Unusable("RAPPORT_SECRET_KEY must have at least 32 characters.")
    if environ.get(mail.VARIABLE):
        try:
            mail.read(environ[mail.VARIABLE])
        except ValueError as error:  # the value is not shown: it holds a password
            raise Unusable(f"{mail.VARIABLE} {error}") from error
    if environ.get(scanner.VARIABLE):
        try:
            scanner.read(environ[scanner.VARIABLE])
        except ValueError as error:
            raise Unusable(f"{scanner.VARIABLE} {error}") from error
    if environ.get(scanner.LENIENT, "hold") not in {"hold", "give", ""}:
        raise Unusable(f"{scanner.LENIENT} must be hold or give.")
    loopback = environ.get("RAPPORT_ALLOW_LOOPBACK", "0")
    if loopback not in {"0", "1", ""}:
        raise Unusable(f"RAPPORT_ALLOW_LOOPBACK must be 1 or 0; it is {loopback!r}.")
    proxies = _proxies(environ.get("RAPPORT_PROXIES", "") or "127.0.0.1")
    return Environment(
        data=Path(environ.get("RAPPORT_DATA", "") or "rapport-data").absolute(),
        host=environ.get("RAPPORT_HOST", "") or "127.0.0.1",
        port=int(port),
        url=url,
        database_url=database,
        secret_key=secret,
        proxies=proxies,
        allow_loopback=loopback == "1",
        encoder=Path(environ["RAPPORT_ENCODER"]).absolute() if environ.get("RAPPORT_ENCODER") else None,
    )


def _url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise Unusable(f"RAPPORT_URL must look like https://desk.example.org, without a path; it is {url!r}.")
    return url


def _proxies(proxies: str) -> str:
    for proxy in proxies.split(","):
        try:
            ipaddress.ip_network(proxy.strip())
        except ValueError as error:
            raise Unusable(
                f"RAPPORT_PROXIES must list addresses, such as 10.0.0.2,10.1.0.0/16; {proxy!r} is none."
            ) from error
    return proxies
