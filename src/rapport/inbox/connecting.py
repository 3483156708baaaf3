"""Connecting: a new source from what its channel asks for; secrets we make are shown once, then only kept sealed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from rapport.accounts.models import Member, Workspace
from rapport.channels import registry
from rapport.channels.base import ChannelError, Setting, Validates
from rapport.channels.text import clean, one_line
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.inbox.models import Source


def connect(
    workspace: Workspace, kind: str, name: str, values: Mapping[str, str], *, by: Member
) -> tuple[Source, dict[str, str]]:
    """A new source, and the secrets made for it by label, to be shown this once. Raises Refused with a sentence."""
    if not by.manages:
        raise Refused("Only an owner or a manager can connect a source. Ask one of them.")
    channel = registry.get(kind)
    words = one_line(name, 120) or channel.label
    kept: dict[str, str] = {}
    made: dict[str, str] = {}
    for setting in channel.settings:
        if setting.kind == "generated_secret":
            kept[setting.key] = secrets.token_urlsafe(32)
            if setting.required:
                made[setting.label] = kept[setting.key]
        else:
            kept[setting.key] = _given(setting, values.get(setting.key, ""))
    if isinstance(channel, Validates):
        try:
            channel.validate(kept)
        except ChannelError as error:
            raise Refused(error.message) from error
    source = Source(workspace=workspace, kind=kind, name=words)
    source.keep_settings(kept)
    with write():
        source.save()
        record("source.connected", source, by=by, kind=kind)
    return source, made


def _given(setting: Setting, value: str) -> str:
    words = clean(value).strip()
    if setting.required and not words:
        raise Refused(f"{setting.label}: this is needed.")
    if len(words) > 2_000:
        raise Refused(f"{setting.label}: at most 2,000 characters.")
    if setting.kind == "url" and words:
        parts = _parts(words)
        if parts is None or parts[0] not in {"http", "https"} or not parts[1]:
            raise Refused(f"{setting.label}: write a whole address, such as https://example.org/answers.")
    return words


def _parts(address: str) -> tuple[str, str] | None:
    """(scheme, host) of an address, None where it is none (``http://[`` raises)."""
    try:
        found = urlsplit(address)
        return found.scheme, found.hostname or ""
    except ValueError:
        return None
