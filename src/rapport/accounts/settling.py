"""Settling in: what a workspace and a member are called, where they are, and what is spoken to them."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache

from rapport.accounts.models import Member, Role, Workspace
from rapport.channels.text import one_line
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused

_CODE = re.compile(r"[a-z]{2,3}\Z")
MOST = 12
"""Languages that a workspace expects."""


@cache
def zones() -> frozenset[str]:
    """The names of all time zones, looked for once: that is a walk through hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def settle(workspace: Workspace, *, name: str, zone: str, languages: str, by: Member) -> None:
    """An owner says what the workspace is called, where it is, and which languages its people write (codes)."""
    if by.role != Role.OWNER or by.workspace_id != workspace.pk:
        raise Refused("Only an owner can do this. Ask one of them.")
    words, codes = _name(name), list(dict.fromkeys(languages.replace(",", " ").lower().split()))
    wrong = next((code for code in codes if not _CODE.match(code)), "")
    if wrong:
        raise Refused("%(word)s is no code of a language. Write codes such as en, de or pt.", word=wrong[:20])
    if len(codes) > MOST:
        raise Refused("Name at most twelve languages: those that most people write.")
    with write():
        kept = {"name": words, "zone": _zone(zone), "languages": codes}
        Workspace.objects.filter(pk=workspace.pk).update(**kept)
        record("workspace.changed", workspace, by=by, workspace_id=workspace.pk)


def introduce(member: Member, *, name: str, zone: str) -> None:
    """A member says what they are called, and where they work; no zone: where the workspace is."""
    words, where = _name(name), _zone(zone) if zone.strip() else ""
    with write():
        Member.objects.filter(pk=member.pk).update(name=words, zone=where)
        record("member.changed", member, by=member)


def _name(name: str) -> str:
    words = one_line(name, 120)
    if not words:
        raise Refused("A name is needed here.")
    return words


def _zone(zone: str) -> str:
    if zone.strip() not in zones():
        raise Refused("%(zone)s is no time zone. Use a name such as Europe/Berlin.", zone=zone.strip()[:60] or "–")
    return zone.strip()
