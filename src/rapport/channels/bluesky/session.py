"""A login that lasts: made from handle and app password, renewed before and when it dies, kept by one owner.

com.atproto.server.createSession and refreshSession. A refresh token is used up by its use, and logins are few (30 in
five minutes, a hundred a day and fewer): so every new pair is kept before it is used, and who comes second takes it.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from rapport.channels.base import ChannelError, Settings, renewed
from rapport.channels.bluesky import xrpc
from rapport.channels.bluesky.fields import Row, many, row, word
from rapport.channels.bluesky.xrpc import XrpcError
from rapport.net.sentence import Sentence

SERVICE = "https://bsky.social"
SOON = 120.0
"""Seconds before its end at which a token is renewed."""
KEYS = ("session_did", "session_handle", "session_access", "session_refresh", "session_pds")
NOT_TAKEN = (
    "Bluesky does not take this handle with this app password. Make a new app password (Settings, Privacy and security, "
    "App passwords) and write it here."
)


class Session:
    """One account, logged in when it is needed. Everything goes to the server where the account lives."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def did(self) -> str:
        return self._open()["session_did"]

    @property
    def handle(self) -> str:
        return self._open()["session_handle"]

    @property
    def pds(self) -> str:
        return self._open()["session_pds"]

    def get(self, name: str, *, proxy: str = "", **query: Any) -> bytes:
        return self._with_token(lambda held: self._call(held, name, query=query, proxy=proxy))

    def post(self, name: str, body: Any, *, proxy: str = "") -> bytes:
        return self._with_token(lambda held: self._call(held, name, body=body, proxy=proxy))

    def upload(self, type: str, content: bytes) -> bytes:
        return self._with_token(lambda held: self._call(held, "com.atproto.repo.uploadBlob", raw=(type, content)))

    def _call(self, held: Mapping[str, str], name: str, **more: Any) -> bytes:
        return xrpc.call(held["session_pds"], name, token=held["session_access"], **more)

    def _with_token(self, ask: Callable[[Mapping[str, str]], bytes]) -> bytes:
        """Ask; where the token has died meanwhile, renew it and ask once more (what was refused was not done)."""
        held = self._open()
        try:
            return ask(held)
        except XrpcError as error:
            if not error.stale:
                raise
        return ask(self._renew(held))

    def _open(self) -> Mapping[str, str]:
        """The session as it is held, made or renewed if need be."""
        held = {key: self.settings.get(key, "") for key in KEYS}
        if not all(held.values()):
            return self._renew(held)
        until = _until(held["session_access"])
        if until and until - time.time() < SOON:
            return self._renew(held)
        return held

    def _renew(self, held: Mapping[str, str]) -> Mapping[str, str]:
        stale = {"session_access": held["session_access"]} if held.get("session_access") else None
        self.settings = renewed(self.settings, _again, stale)
        return {key: self.settings.get(key, "") for key in KEYS}


def _again(settings: Mapping[str, str]) -> Mapping[str, str]:
    """New tokens: from the refresh token, else from the app password. Raises ChannelError."""
    refresh, pds = settings.get("session_refresh", ""), settings.get("session_pds", "")
    if refresh and pds:
        try:
            return _session(xrpc.call(pds, "com.atproto.server.refreshSession", raw=("", b""), token=refresh), pds)
        except XrpcError as error:
            if not error.stale:
                raise
    return log_in(settings)


def log_in(settings: Mapping[str, str]) -> Mapping[str, str]:
    """A session from handle and app password. Raises ChannelError(reauthorise=True) where they are not taken."""
    service = service_of(settings)
    identifier = settings.get("handle", "").strip().removeprefix("@")
    password = settings.get("app_password", "").strip()
    if not identifier or not password:
        raise ChannelError("Write the account's handle and an app password.", permanent=True)
    try:
        answer = xrpc.call(
            service, "com.atproto.server.createSession", body={"identifier": identifier, "password": password}
        )
    except XrpcError as error:
        raise _not_logged_in(error) from error
    return _session(answer, service)


def _not_logged_in(error: XrpcError) -> ChannelError:
    if error.code == "AuthFactorTokenRequired":
        sentence = "This account asks for a code by e-mail when its own password is used. Use an app password instead."
        return ChannelError(sentence, permanent=True, reauthorise=True)
    if error.code == "AccountTakedown":
        return ChannelError("Bluesky has suspended this account.", permanent=True, reauthorise=True)
    if error.answered == 401 or error.code in {"AuthenticationRequired", "InvalidRequest"}:
        return ChannelError(NOT_TAKEN, permanent=True, reauthorise=True)
    return error


def _session(answer: bytes, asked: str) -> dict[str, str]:
    try:
        said = row(answer)
    except ValueError as error:
        raise ChannelError("The server answered the login with something that is none.") from error
    if said.get("active") is False:
        status = word(said, "status") or "deactivated"
        raise ChannelError(Sentence("This account is not active (%(status)s).", status=status[:40]), reauthorise=True)
    found = {
        "session_did": word(said, "did"),
        "session_handle": word(said, "handle"),
        "session_access": word(said, "accessJwt"),
        "session_refresh": word(said, "refreshJwt"),
        "session_pds": _home(said) or asked,
    }
    if not all(found.values()):
        raise ChannelError("The server answered the login with something that is none.")
    return found


def _home(said: Row) -> str:
    """The server where the account lives, from its DID document; empty where it does not say."""
    for service in many(said, "didDoc", "service"):
        address = word(service, "serviceEndpoint").rstrip("/")
        if word(service, "id").endswith("#atproto_pds") and address.startswith(("https://", "http://")):
            return address
    return ""


def service_of(settings: Mapping[str, str]) -> str:
    """The server at which one logs in. Raises a permanent ChannelError for what is no address."""
    given = settings.get("service", "").strip().rstrip("/") or SERVICE
    if "://" not in given:
        given = f"https://{given}"
    try:
        parts = urlsplit(given)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"https", "http"} or parts.path or parts.query or parts.username:
        raise ChannelError("The server's address is written like https://bsky.social.", permanent=True)
    return given


def _until(token: str) -> float | None:
    """When a token ends (seconds since 1970), as it says itself; None for one that does not say. Nothing is verified:
    it is ours, and the server judges it."""
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
    until = found.get("exp") if isinstance(found, dict) else None
    return float(until) if isinstance(until, int) and 0 < until < 4e9 else None
