"""Adjusting: a connected source gets another name or other settings, a new secret, or rests for a while."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from rapport.accounts.models import Member
from rapport.channels.base import Authorises
from rapport.channels.connected import SESSION, SIGNED
from rapport.channels.text import one_line
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.inbox import budgeting
from rapport.inbox.connecting import GENERATED, given, introduce
from rapport.inbox.models import Source

ANEW = ("lease", "lease_until", "visit_at", "failures", "renewing_until", "expires_at")


def adjust(source: Source, name: str, values: Mapping[str, str], *, by: Member) -> list[str]:
    """Another name and other settings; the keys of what changed. A secret left empty stays. Raises Refused."""
    must_manage(by)
    words = one_line(name, 120)
    if not words:
        raise Refused("A source needs a name. Write one.")
    with write():
        row = locked(Source.objects).get(pk=source.pk)
        before = row.settings
        settings = given(row.channel, values, before) if row.channel.settings else before
        changed = sorted(key for key in settings if settings[key] != before.get(key, ""))
        changed += ["name"] if words != row.name else []
        if changed:
            row.name = words
            if changed != ["name"]:
                begin_anew(row)
                before = without_session(before)
            if isinstance(row.channel, Authorises) and not {*row.channel.signing_in}.isdisjoint(changed):
                before = {key: value for key, value in before.items() if not key.startswith(SIGNED)}
            row.keep_settings(before | settings)
            row.save(update_fields=["name", "sealed", *ANEW])
            record("source.adjusted", row, by=by, changed=changed)
            introduce(row, by=by)
    return changed


def rotate(source: Source, key: str, *, by: Member) -> str:
    """A new secret in the place of the one we made: to be shown this once. The old one is void at once."""
    must_manage(by)
    made = secrets.token_urlsafe(32)
    with write():
        row = locked(Source.objects).get(pk=source.pk)
        if not any(setting.key == key and setting.kind == GENERATED for setting in row.channel.settings):
            raise Refused("This source has no secret of that name.")
        row.keep_settings(row.settings | {key: made})
        row.save(update_fields=["sealed"])
        record("source.secret_renewed", row, by=by, key=key)
    return made


def budget(source: Source, requests: str, cost: str, *, by: Member) -> bool:
    """How much it may use up on one day, as somebody wrote it; it looks again at once. False: it was so. Raises Refused."""
    must_manage(by)
    many, dear = budgeting.read(source, requests, cost)
    with write():
        row = locked(Source.objects).get(pk=source.pk)
        if (row.requests_a_day, row.cost_a_day) == (many, dear):
            return False
        row.requests_a_day, row.cost_a_day = many, dear
        begin_anew(row)
        row.save(update_fields=["requests_a_day", "cost_a_day", *ANEW])
        record("source.budgeted", row, by=by, requests=many, cost=dear)
    return True


def pause(source: Source, *, by: Member) -> bool:
    """Close its door until somebody opens it again; answers go out all the same. False: it was closed already."""
    must_manage(by)
    if source.kind == "files":
        raise Refused("A file is no open door: its import has a button to pause it.")
    with write():
        if not Source.objects.filter(pk=source.pk, paused_at=None).update(
            paused_at=now(), silent_at=None, lease="", lease_until=None
        ):
            return False
        record("source.paused", source, by=by)
    return True


def resume(source: Source, *, by: Member) -> bool:
    """Open its door again. False: it was open."""
    must_manage(by)
    with write():
        if not Source.objects.filter(pk=source.pk).exclude(paused_at=None).update(paused_at=None, visit_at=None):
            return False
        record("source.resumed", source, by=by)
    return True


def without_session(settings: Mapping[str, str]) -> dict[str, str]:
    """What its channel made for itself falls when a person changes what it was made from."""
    return {key: value for key, value in settings.items() if not key.startswith(SESSION)}


def begin_anew(row: Source) -> None:
    """Whoever holds the source works with old settings: it is taken away, and looked at again at once."""
    row.lease, row.lease_until, row.visit_at, row.failures = "", None, None, 0
    row.renewing_until = row.expires_at = None


def must_manage(by: Member) -> None:
    """Raises Refused."""
    if not by.manages:
        raise Refused("Only an owner or a manager can change a source. Ask one of them.")
