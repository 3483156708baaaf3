"""Signing in on the server itself (OAuth 2): an application is registered, its owner says yes there, a code becomes a token.

RFC 6749 with PKCE (RFC 7636), what the server says of itself (RFC 8414), whose answer it is (RFC 9207), and revoking
(RFC 7009); older servers say nothing of themselves and have the same addresses.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import msgspec

from rapport import net
from rapport.channels.base import Asked, ChannelError, Settings
from rapport.channels.envelopes import web_address
from rapport.channels.loose import Row, word
from rapport.channels.mastodon import parse
from rapport.channels.mastodon.client import PATIENCE, base_of
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

NAME = "Rapport"
SCOPES = ("read", "write:statuses", "write:media", "write:favourites")
CLIENT, SECRET, REVOKES = "oauth_client", "oauth_secret", "oauth_revokes"
"""Kept beside the token, so that it can be given back."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a server does all this, what it calls itself, and what of it we may be allowed."""

    issuer: str
    authorize: str
    token: str
    revoke: str
    scopes: tuple[str, ...]
    signs_answers: bool = False
    """It names itself in what it sends back (RFC 9207)."""


def place(base: str) -> Place:
    """What the server says of itself; the usual addresses where it says nothing. Raises ChannelError."""
    usual = Place(
        issuer=base, authorize=f"{base}/oauth/authorize", token=f"{base}/oauth/token", revoke=f"{base}/oauth/revoke",
        scopes=SCOPES,
    )  # fmt: skip
    answer = _request("GET", f"{base}/.well-known/oauth-authorization-server")
    said = _row(answer) if answer.ok else {}
    issuer = word(said, "issuer").rstrip("/")
    if issuer.lower() != base:  # it must be what was asked for (RFC 8414, section 3.3)
        return usual
    return Place(
        issuer=word(said, "issuer"),
        authorize=web_address(word(said, "authorization_endpoint")) or usual.authorize,
        token=web_address(word(said, "token_endpoint")) or usual.token,
        revoke=web_address(word(said, "revocation_endpoint")) or usual.revoke,
        scopes=_scopes(said.get("scopes_supported")),
        signs_answers=said.get("authorization_response_iss_parameter_supported") is True,
    )


def authorise(settings: Settings, back: str, state: str) -> Asked:
    """Register, and say where its owner says yes. ``back``: where the server sends them afterwards. Raises ChannelError."""
    there = place(base_of(settings))
    scopes = " ".join(there.scopes)
    home = "{0.scheme}://{0.netloc}".format(urlsplit(back))
    wish = {"client_name": NAME, "redirect_uris": back, "scopes": scopes, "website": home}
    made = _good(_request("POST", f"{base_of(settings)}/api/v1/apps", wish), settings)
    client, secret = word(made, "client_id"), word(made, "client_secret")
    if not client or not secret:
        raise _strange(settings)
    verifier = secrets.token_urlsafe(48)
    query = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back,
        "scope": scopes,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in there.authorize else "?"
    held = {CLIENT: client, SECRET: secret, REVOKES: there.revoke, "verifier": verifier, "token_at": there.token,
            "back": back, "issuer": there.issuer if there.signs_answers else "", "scopes": scopes}  # fmt: skip
    return Asked(url=f"{there.authorize}{mark}{urlencode(query)}", host=_host(settings), held=held)


def authorised(settings: Settings, held: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    """From what the server sent back to the settings that follow from it. Raises a permanent ChannelError."""
    facts: dict[str, object] = {"host": _host(settings)}
    if query.get("error") == "access_denied":
        raise ChannelError(Sentence("It was not allowed on %(host)s. Nothing was connected.", **facts), permanent=True)
    code = query.get("code", "")
    if query.get("error") or not 0 < len(code) <= 2_000:
        why = one_line(query.get("error_description", "") or query.get("error", ""), 200).rstrip(".")
        said = Sentence("%(host)s did not let us in%(why)s. Try again.", why=f": {why}" if why else "", **facts)
        raise ChannelError(said, permanent=True)
    if held.get("issuer") and query.get("iss") != held["issuer"]:
        raise ChannelError(Sentence("This answer did not come from %(host)s. Try again.", **facts), permanent=True)
    wish = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": held.get(CLIENT, ""),
        "client_secret": held.get(SECRET, ""),
        "redirect_uri": held.get("back", ""),
        "code_verifier": held.get("verifier", ""),
        "scope": held.get("scopes", ""),
    }
    given = _good(_request("POST", held.get("token_at", ""), wish), settings)
    token = word(given, "access_token")
    if not token or word(given, "token_type").lower() not in {"", "bearer"}:
        raise _strange(settings)
    return {"token": token} | {key: held.get(key, "") for key in (CLIENT, SECRET, REVOKES)}


def revoke(settings: Settings) -> None:
    """Give the token back; one that somebody copied by hand is not ours to give. Raises ChannelError."""
    if not settings.get(CLIENT) or not settings.get("token"):
        return
    wish = {"client_id": settings[CLIENT], "client_secret": settings.get(SECRET, ""), "token": settings["token"]}
    answer = _request("POST", settings.get(REVOKES) or f"{base_of(settings)}/oauth/revoke", wish)
    if not answer.ok and answer.status not in {400, 401, 403}:  # those: it is no token any more
        raise ChannelError(Sentence("%(host)s has a fault of its own (%(status)s)%(why)s.", host=_host(settings),
                                    status=answer.status, why=""))  # fmt: skip


def challenge(verifier: str) -> str:
    """The S256 transformation (RFC 7636, section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _scopes(supported: object) -> tuple[str, ...]:
    """What we ask for, in the server's own words: a server without the narrow scopes is asked for the wide one."""
    known = {one for one in supported if isinstance(one, str)} if isinstance(supported, list) else set()
    if not known:
        return SCOPES
    return tuple(dict.fromkeys(one if one in known else one.partition(":")[0] for one in SCOPES))


def _request(method: str, url: str, wish: Mapping[str, str] | None = None) -> net.Answer:
    body = urlencode(wish).encode() if wish else b""
    headers = {"accept": "application/json"} | ({"content-type": "application/x-www-form-urlencoded"} if wish else {})
    try:
        return net.request(method, url, headers=headers, body=body, patience=PATIENCE, redirects=0, retries=0)
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NetError as error:
        raise ChannelError(error.message) from error


def _good(answer: net.Answer, settings: Settings) -> Row:
    """The object in a good answer; what the server says against it otherwise."""
    said = _row(answer)
    if answer.ok:
        return said
    why = one_line(word(said, "error_description") or word(said, "error"), 200).rstrip(".")
    sentence = Sentence(
        "%(host)s did not let us in%(why)s. Try again.", host=_host(settings), why=f": {why}" if why else ""
    )
    raise ChannelError(sentence, permanent=400 <= answer.status < 500)


def _row(answer: net.Answer) -> Row:
    try:
        return parse.row(answer.body)
    except ValueError:
        return {}


def _host(settings: Settings) -> str:
    return base_of(settings).partition("://")[2]


def _strange(settings: Settings) -> ChannelError:
    return ChannelError(
        Sentence("%(host)s does not answer as a Mastodon server does.", host=_host(settings)), permanent=True
    )
