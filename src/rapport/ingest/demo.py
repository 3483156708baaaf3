"""The demo world: Acme with its people and some sixty messages on three channels, dated relative to now."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from rapport.accounts import founding
from rapport.accounts.models import Member, Role, User, Workspace
from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core.database import now, write
from rapport.inbox.models import Message, Source, Term
from rapport.ingest import accepting, pipeline

CHANNELS = {"social": "Acme on Agora", "mail": "hello@acme.example", "chat": "Chat on acme.example"}
STAFF = {"bea": "Bea", "cem": "Cem", "dana": "Dana"}
TERMS = {"handle": ("@acme", "@acmehelp"), "name": ("Acme",), "rival": ("Norvik", "@norvik")}
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def plant(user: User | None = None) -> Member:
    """Make the demo workspace and let its messages take the straight line. Returns the visitor: Bea, who manages.

    One transaction, so that a demo world is there whole or not at all.
    """
    with write():
        owner = founding.found("Acme", owner_name="Dana", demo=True)
        acme = owner.workspace
        bea = Member.objects.create(workspace=acme, user=user, name="Bea", role=Role.MANAGER)
        cem = Member.objects.create(workspace=acme, name="Cem", role=Role.AGENT)
        for kind, texts in TERMS.items():
            Term.objects.bulk_create([Term(workspace=acme, kind=kind, text=text) for text in texts])
        _speak(acme)
        for who, member in (("Bea", bea), ("Cem", cem), ("Dana", owner)):
            Message.objects.filter(workspace=acme, ours=True, identity__address=who).update(by=member)
    return bea


def _speak(acme: Workspace) -> None:
    moment, rows = now(), words()
    for channel, name in CHANNELS.items():
        source = Source.objects.create(workspace=acme, kind=f"demo_{channel}", name=name)
        items = [_item(row, moment) for row in rows if row["channel"] == channel]
        accepting.accept(source, Batch(items=tuple(items)))
        while pipeline.run(source_id=source.pk):
            pass


def words() -> list[dict[str, Any]]:
    """The demo's messages as written, in the order of time."""
    text = resources.files("rapport.ingest").joinpath("demo_world.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def ago(words: str) -> timedelta:
    """``3d 2h 5m`` as a time span."""
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", words)})


def _item(row: dict[str, Any], moment: datetime) -> Item:
    sender = row["from"]
    us = sender.get("us")
    envelope = Envelope(
        network=row["channel"],
        external_id=row["id"],
        author=Author(STAFF[us], STAFF[us]) if us else Author(sender["address"], sender["name"]),
        text=row["text"],
        said_at=moment - ago(row["ago"]),
        thread=row["thread"],
        reply_to=row.get("reply_to", ""),
        subject=row.get("subject", ""),
        public=row["public"],
        direct=row["channel"] != "social",
        ours=bool(us),
    )
    return Item(envelope, json.dumps(row, ensure_ascii=False).encode())
