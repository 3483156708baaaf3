"""Connecting: a new source from what its channel asks for; secrets we make are shown once, then only kept sealed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from rapport.accounts.models import Member, Workspace
from rapport.channels import registry
from rapport.channels.base import Channel, ChannelError, Connected, Introduces, Setting, Tries, Validates
from rapport.channels.text import clean, one_line
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.inbox import naming
from rapport.inbox.models import Source, Term
from rapport.net.sentence import Sentence

GENERATED = "generated_secret"


def connect(
    workspace: Workspace,
    kind: str,
    name: str,
    values: Mapping[str, str],
    *,
    by: Member,
    also: Callable[[Source], object] | None = None,
    beside: Mapping[str, str] | None = None,
) -> tuple[Source, dict[str, str]]:
    """A new source, and the secrets made for it by label, to be shown this once. Raises Refused with a sentence.

    ``also`` is done with it in the same transaction; ``beside`` are settings that no form asks for.
    """
    if not by.manages:
        raise Refused("Only an owner or a manager can connect a source. Ask one of them.")
    channel = registry.get(kind)
    words = one_line(name, 120) or channel.label
    made = {setting.key: secrets.token_urlsafe(32) for setting in channel.settings if setting.kind == GENERATED}
    shown = {
        setting.label: made[setting.key] for setting in channel.settings if setting.key in made and setting.required
    }
    source = Source(workspace=workspace, kind=kind, name=words)
    settings = dict(beside or {}) | given(channel, values, made)
    source.found = attempt(channel, settings)
    source.keep_settings(settings)
    with write():
        source.save()
        record("source.connected", source, by=by, kind=kind)
        introduce(source, by=by)
        if also is not None:
            also(source)
    return source, shown


def introduce(source: Source, *, by: Member) -> None:
    """The workspace knows the handles of the account: whoever tags one speaks to us."""
    channel = source.channel
    for handle in channel.known_as(source.settings) if isinstance(channel, Introduces) else ():
        known = Term.objects.filter(workspace=source.workspace, kind=Term.Kind.HANDLE, text__iexact=f"@{handle}")
        if not known.exists():
            with suppress(Refused):  # it knows too many words already: one that is missing is no reason not to connect
                naming.add(source.workspace, Term.Kind.HANDLE, f"@{handle}", by=by)


def attempt(channel: Channel, settings: Mapping[str, str]) -> str:
    """What the channel finds with these settings, in a sentence; empty where it cannot be tried. Raises Refused."""
    if not isinstance(channel, Tries):
        return ""
    try:
        return channel.check(Connected(settings))
    except ChannelError as error:
        raise Refused(error.message) from error


def given(
    channel: Channel, values: Mapping[str, str], kept: Mapping[str, str], *, lacking: Collection[str] = ()
) -> dict[str, str]:
    """The channel's settings as somebody gave them; a secret that was not given stays as it was ``kept``. Those that are
    ``lacking`` nobody has to give.

    Raises Refused with a sentence.
    """
    settings: dict[str, str] = {}
    for setting in channel.settings:
        told = values.get(setting.key, "")
        if setting.key in lacking:
            settings[setting.key] = ""
        elif setting.kind == GENERATED or (setting.kind == "secret" and not told.strip() and kept.get(setting.key)):
            settings[setting.key] = kept.get(setting.key, "")
        else:
            settings[setting.key] = _given(setting, told)
    if isinstance(channel, Validates):
        try:
            channel.validate(settings)
        except ChannelError as error:
            raise Refused(error.message) from error
    return settings


def _given(setting: Setting, value: str) -> str:
    words = clean(value).strip()
    if setting.required and not words:
        raise Refused("%(field)s: this is needed.", field=Sentence(setting.label))
    if len(words) > 2_000:
        raise Refused("%(field)s: at most %(n)s characters.", field=Sentence(setting.label), n=2_000)
    if setting.kind == "choice" and words not in [value for value, _ in setting.choices]:
        raise Refused("%(field)s: choose one of those that are offered.", field=Sentence(setting.label))
    if setting.kind == "number" and words and not (words.isascii() and words.isdecimal() and len(words) < 10):
        raise Refused("%(field)s: write a whole number.", field=Sentence(setting.label))
    if setting.kind == "url" and words:
        parts = _parts(words)
        if parts is None or parts[0] not in {"http", "https"} or not parts[1]:
            raise Refused(
                "%(field)s: write a whole address, such as https://example.org/answers.", field=Sentence(setting.label)
            )
    return words


def _parts(address: str) -> tuple[str, str] | None:
    """(scheme, host) of an address, None where it is none (``http://[`` raises)."""
    try:
        found = urlsplit(address)
        return found.scheme, found.hostname or ""
    except ValueError:
        return None
