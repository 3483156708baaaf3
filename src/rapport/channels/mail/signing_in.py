"""OAuth 2 for mail servers: an access token from the refresh token, renewed by one owner before anybody uses it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from rapport import net
from rapport.channels.base import ChannelError, Settings, renewed
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

EARLY = 60
"""Seconds before its end from which a token is no longer used."""


def access_token(settings: Settings, *, refused: bool = False) -> str:
    """A token that should be good for a minute at least. ``refused``: the one at hand was not taken."""
    used = dict(settings)
    until = settings.get("session_until", "0")
    fresh = until.isdecimal() and int(until) - EARLY > time.time()
    if not settings.get("session_access") or not fresh or refused:
        settings = renewed(settings, _ask, stale=used)
    return settings.get("session_access", "")


def _ask(held: Mapping[str, str]) -> Mapping[str, str]:
    """Ask with the refresh token that was given last; where that is not taken (its successor was lost on the way, say),
    with the one that a person gave: many providers still take it."""
    tokens = list(dict.fromkeys(filter(None, (held.get("session_refresh", ""), held.get("refresh_token", "")))))
    for token in tokens[:-1]:
        try:
            return _ask_with(token, held)
        except ChannelError as error:
            if not error.reauthorise:
                raise
    return _ask_with(tokens[-1] if tokens else "", held)


def _ask_with(refresh: str, held: Mapping[str, str]) -> Mapping[str, str]:
    """Ask the token address (RFC 6749, section 6). A new refresh token takes the place of the old one."""
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": refresh,
        "client_id": held.get("client_id", ""),
        "client_secret": held.get("client_secret", ""),
    }
    body = urlencode({key: value for key, value in fields.items() if value}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    try:
        answer = net.request("POST", held.get("token_url", ""), headers=headers, body=body, redirects=0, retries=0)
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NetError as error:
        raise ChannelError(error.message) from error
    try:
        said = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = {}
    token, lasts = said.get("access_token"), said.get("expires_in", 3600)
    if answer.ok and isinstance(token, str) and token:
        seconds = int(lasts) if isinstance(lasts, int | float) and 0 < lasts < 10**8 else 3600
        made = {"session_access": token, "session_until": str(int(time.time()) + seconds)}
        again = said.get("refresh_token")
        return made | ({"session_refresh": again} if isinstance(again, str) and again else {})
    word = one_line(str(said.get("error", "")), 60)
    if word in {"invalid_grant", "invalid_client", "unauthorized_client"}:
        raise ChannelError(
            Sentence("The provider no longer takes our sign-in (%(word)s). Sign in again.", word=word), reauthorise=True
        )
    raise ChannelError(Sentence("The provider gave no access token (%(status)s).", status=answer.status))
