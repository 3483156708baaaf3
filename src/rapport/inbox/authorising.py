"""Authorising: a source is connected, or gets new credentials, by signing in on its network; and signs out there.

Between going and coming back everything is held sealed, under a state that nobody can guess, in the session of whoever
went: what comes back to another browser, twice, or too late connects nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rapport.accounts.models import Member
from rapport.channels import registry
from rapport.channels.base import Authorises, Channel, ChannelError
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.core.secret import WrongKey, seal, unseal
from rapport.inbox import adjusting, connecting
from rapport.inbox.models import Source
from rapport.net.sentence import Sentence

KEY = "signing_in"
"""Of the session."""
PATIENCE = timedelta(minutes=15)
MOST = 3
"""Sign-ins that one session may have begun at a time; the oldest gives way."""
LATE = Sentence(
    "This sign-in was begun elsewhere, long ago, or was used already. Begin again from the page of the source."
)


@dataclass(frozen=True)
class Begun:
    """Where to go, and on which host that is."""

    url: str
    host: str


@dataclass(frozen=True)
class Returned:
    """What was held while they were away. ``source`` is the id of one that stands already, 0 for a new one; ``horizon`` is
    how far back a new one brings messages along."""

    kind: str
    source: int
    name: str
    horizon: str
    settings: Mapping[str, str]
    found: Mapping[str, str]


def able(channel: object) -> bool:
    return isinstance(channel, Authorises)


def begin(
    session: MutableMapping[str, Any], channel: Channel, values: Mapping[str, str], back: str, *, by: Member,
    source: Source | None = None,
) -> Begun:  # fmt: skip
    """Make ready to sign in. ``values`` are those of the connect form; those of ``source`` where it stands already.
    Raises Refused."""
    adjusting.must_manage(by)
    if not isinstance(channel, Authorises):
        raise Refused("This network is connected by what its form asks for.")
    lacking = channel.signing_in
    settings = source.settings if source else connecting.given(channel, values, {}, lacking=lacking)
    state = secrets.token_urlsafe(24)
    try:
        asked = channel.authorise(settings, back, state)
    except ChannelError as error:
        raise Refused(error.message) from error
    kept = {
        "kind": channel.kind, "source": str(source.pk if source else 0), "by": str(by.pk),
        "name": values.get("name", ""), "horizon": values.get("horizon", ""),
        "settings": json.dumps(dict(settings)), "held": json.dumps(dict(asked.held)), "at": str(now().timestamp()),
    }  # fmt: skip
    older = list(dict(session.get(KEY) or {}).items())[-(MOST - 1) :]
    session[KEY] = dict(older) | {state: seal(kept)}
    return Begun(asked.url, asked.host)


def come_back(session: MutableMapping[str, Any], query: Mapping[str, str], *, by: Member) -> Returned:
    """What they bring back, once. Raises Refused."""
    adjusting.must_manage(by)
    waiting = dict(session.get(KEY) or {})
    sealed = waiting.pop(query.get("state", ""), "")
    session[KEY] = waiting
    try:
        kept = unseal(sealed)
    except WrongKey:
        kept = {}
    fresh = bool(kept) and now().timestamp() - float(kept["at"]) < PATIENCE.total_seconds()
    if not fresh or kept["by"] != str(by.pk):
        raise Refused(LATE)
    channel: Any = registry.get(kept["kind"])
    settings = json.loads(kept["settings"])
    try:
        found = dict(channel.authorised(settings, json.loads(kept["held"]), query))
    except ChannelError as error:
        raise Refused(error.message) from error
    return Returned(kept["kind"], int(kept["source"]), kept["name"], kept["horizon"], settings, found)


def connect(returned: Returned, *, by: Member, also: Callable[[Source], object] | None = None) -> Source:
    """The new source. Raises Refused."""
    values = {**returned.settings, **returned.found}
    source, _ = connecting.connect(
        by.workspace, returned.kind, returned.name, values, by=by, also=also, beside=returned.found
    )
    return source


def renew(source: Source, found: Mapping[str, str], *, by: Member) -> None:
    """New credentials for one that stands; what it had is given back. Its history stays. Raises Refused."""
    before = source.settings
    connecting.attempt(source.channel, before | dict(found))
    _keep(source, found, by=by, verb="source.signed_in")
    if before.get("token") != found.get("token"):
        _give_back(source.channel, before)


def sign_out(source: Source, *, by: Member) -> None:
    """Give back what signing in gave: from now on the source needs new credentials. Raises Refused."""
    adjusting.must_manage(by)
    channel = source.channel
    if not isinstance(channel, Authorises):
        raise Refused("This network is connected by what its form asks for.")
    try:
        channel.revoke(source.settings)
    except ChannelError as error:
        raise Refused(error.message) from error
    _keep(source, dict.fromkeys(channel.signing_in, ""), by=by, verb="source.signed_out")


def _keep(source: Source, found: Mapping[str, str], *, by: Member, verb: str) -> None:
    with write():
        row = locked(Source.objects).get(pk=source.pk)
        adjusting.begin_anew(row)
        row.keep_settings(adjusting.without_session(row.settings) | dict(found))
        row.save(update_fields=["sealed", *adjusting.ANEW])
        record(verb, row, by=by)
        connecting.introduce(row, by=by)


def _give_back(channel: Channel, settings: Mapping[str, str]) -> None:
    """As a courtesy: what cannot be given back dies where it was, unknown to us from now on."""
    try:
        if isinstance(channel, Authorises):
            channel.revoke(settings)
    except ChannelError:
        return
