"""Founding: a new workspace with its first owner."""

from __future__ import annotations

import re
import unicodedata

from rapport.accounts import settling
from rapport.accounts.models import Member, Role, User, Workspace
from rapport.channels.text import one_line
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused

FIRST_OWNER = "Owner"
"""What the first owner is called until they log in and say their name."""
RESERVED = frozenset({"new", "login", "logout", "static", "live", "in", "health", "welcome"})


def slug_of(name: str) -> str:
    """A short address for a name: ``Käse & Söhne`` → ``kase-sohne``; never empty, never one of our own words."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30] or "workspace"
    return f"{slug}-desk" if slug in RESERVED else slug


def found(
    name: str,
    *,
    owner_name: str,
    user: User | None = None,
    zone: str = "UTC",
    perspective: str = "company",
    demo: bool = False,
) -> Member:
    """Make a workspace and its owner (who may get a login later, by a one-time link). Returns the owner."""
    words = one_line(name, 120)
    if not words:
        raise Refused("Give the workspace a name.")
    if zone not in settling.zones():
        raise Refused("%(zone)s is no time zone. Use a name such as Europe/Berlin.", zone=zone)
    with write():
        slug, number = slug_of(words), 1
        while Workspace.objects.filter(slug=slug).exists():
            number += 1
            slug = f"{slug_of(words)}-{number}"
        workspace = Workspace.objects.create(slug=slug, name=words, zone=zone, perspective=perspective, demo=demo)
        owner = Member.objects.create(workspace=workspace, user=user, name=one_line(owner_name, 120), role=Role.OWNER)
        record("workspace.founded", workspace, by=owner, workspace_id=workspace.pk)
    return owner
