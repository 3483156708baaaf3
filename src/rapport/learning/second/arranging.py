"""Arranging the second look: whether, by what, with which address and key, and how much it may cost a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count, Sum

from rapport.accounts.models import Member, Role, Workspace
from rapport.core import secret
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.learning.models import Look, SecondLook

REQUESTS, TOKENS = 1_000, 500_000
"""What a month may cost where nobody says otherwise."""
MOST = 10_000_000


@dataclass(frozen=True)
class Spent:
    """This month's looks: how many of each outcome by kind, and what the endpoint cost."""

    encoder: dict[str, int]
    endpoint: dict[str, int]
    requests: int
    tokens: int


def of(workspace: Workspace) -> SecondLook:
    """How it is arranged; everything off where nobody arranged it."""
    return SecondLook.objects.filter(workspace=workspace).first() or SecondLook(
        workspace=workspace, requests=REQUESTS, tokens=TOKENS
    )


def arrange(workspace: Workspace, wanted: Mapping[str, str], *, by: Member) -> SecondLook:
    """Keep it, as a form says it: encoder, endpoint (empty: off), url, model, key (empty: as it is), requests, tokens.

    Raises Refused with a sentence.
    """
    if by.role != Role.OWNER:
        raise Refused("Only an owner decides whether posts may be looked at elsewhere. Ask one of them.")
    address, name = wanted["url"].strip(), " ".join(wanted["model"].split())
    endpoint, key = bool(wanted["endpoint"]), wanted["key"].strip()
    if endpoint or address:
        _check(address)
    if endpoint and not name:
        raise Refused("Name the model that the server offers.")
    if len(name) > 120 or len(key) > 500:
        raise Refused("At most 120 characters for the model, and 500 for the key.")
    row = of(workspace)
    kept = secret.unseal(row.sealed).get("key", "") if _same_server(row.url, address) else ""
    row.encoder, row.endpoint, row.url, row.model = bool(wanted["encoder"]), endpoint, address, name
    row.requests, row.tokens = _number(wanted["requests"]), _number(wanted["tokens"])
    row.sealed = secret.seal({"key": key or kept})
    row.error = ""
    with write():
        row.save()
        record("second_look.arranged", row, by=by, encoder=row.encoder, endpoint=endpoint)
    return row


def spent(workspace: Workspace, moment: datetime) -> Spent:
    """What was looked at since the month began (UTC)."""
    began = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Look.objects.filter(workspace=workspace, at__gte=began)
    counted = rows.values_list("kind", "outcome").annotate(n=Count("pk"), cost=Sum("tokens"))
    outcomes: dict[str, Counter[str]] = {"encoder": Counter(), "endpoint": Counter()}
    requests = tokens = 0
    for kind, outcome, count, cost in counted:
        outcomes[kind][outcome] += count
        if kind == "endpoint":
            requests, tokens = requests + count, tokens + (cost or 0)
    return Spent(dict(outcomes["encoder"]), dict(outcomes["endpoint"]), requests, tokens)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and len(url) <= 300
        named = parts.username is not None
    except ValueError:
        good = named = False
    if not good or named:
        raise Refused(
            "Write the server's address, such as https://models.example.org/v1; the key has a field of its own."
        )


def _same_server(one: str, other: str) -> bool:
    """A key is never handed to another server than the one it was given for."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def _number(words: str) -> int:
    bare = words.replace(",", "").replace(" ", "")
    if not bare.isascii() or not bare.isdigit() or int(bare[:12]) > MOST:
        raise Refused("Say how much a month may cost in whole numbers, at most %(n)s.", n=MOST)
    return int(bare)
