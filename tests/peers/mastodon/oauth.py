"""How a Mastodon server lets applications in: as strict as the real one where the mock lets everything pass."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

Answer = tuple[int, dict[str, str], bytes]
SUPPORTED = ["read", "write", "write:statuses", "write:media", "write:favourites", "follow", "push"]


@dataclass
class App:
    client_secret: str
    redirect_uri: str
    scopes: set[str]


@dataclass
class Code:
    client: str
    redirect_uri: str
    challenge: str
    scopes: str


@dataclass
class OAuth:
    """``speaks``: it says of itself what it can; ``denies``: its owner says no; ``iss``: it names itself in its answers."""

    tokens: set[str]
    url: str = ""
    speaks: bool = True
    denies: bool = False
    iss: bool = True
    supported: list[str] = field(default_factory=lambda: list(SUPPORTED))
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    """Token → the client it was given to."""

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer | None:
        """None: this is none of it."""
        asked = {
            name: values[0]
            for name, values in parse_qs(query if method == "GET" else body.decode(errors="replace")).items()
        }
        if path == "/.well-known/oauth-authorization-server":
            return _said(200, self.itself()) if self.speaks else _said(404, {"error": "Not found"})
        if (method, path) == ("POST", "/api/v1/apps"):
            return self.register(asked)
        if (method, path) == ("GET", "/oauth/authorize"):
            return self.authorize(asked)
        if (method, path) == ("POST", "/oauth/token"):
            return self.token(asked)
        return self.revoke(asked) if (method, path) == ("POST", "/oauth/revoke") else None

    def itself(self) -> dict[str, object]:
        ways = {"authorization_endpoint": "/oauth/authorize", "token_endpoint": "/oauth/token",
                "revocation_endpoint": "/oauth/revoke"}  # fmt: skip
        return {
            "issuer": f"{self.url}/",
            **{name: f"{self.url}{path}" for name, path in ways.items()},
            "scopes_supported": self.supported,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.iss,
        }

    def register(self, asked: dict[str, str]) -> Answer:
        scopes = set(asked.get("scopes", "read").split())
        if not asked.get("client_name") or not scopes <= set(self.supported):
            return _said(422, {"error": "Validation failed: Scopes doesn't match configured on the server."})
        client, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(24)
        self.apps[client] = App(secret, asked["redirect_uris"], scopes)
        return _said(200, {"client_id": client, "client_secret": secret, "scopes": sorted(scopes)})

    def authorize(self, asked: dict[str, str]) -> Answer:
        app = self.apps.get(asked.get("client_id", ""))
        if app is None or asked.get("redirect_uri") != app.redirect_uri:
            return 400, {"content-type": "text/html"}, b"The requested redirect uri is malformed"
        back = {"state": asked["state"]} if "state" in asked else {}
        back |= {"iss": f"{self.url}/"} if self.iss else {}
        wrong = asked.get("response_type") != "code" or not set(asked.get("scope", "read").split()) <= app.scopes
        if self.denies or wrong:
            back |= {"error": "invalid_scope" if wrong else "access_denied", "error_description": "The owner said no."}
        else:
            code = secrets.token_urlsafe(16)
            given = asked.get("code_challenge", "") if asked.get("code_challenge_method") == "S256" else ""
            self.codes[code] = Code(asked["client_id"], app.redirect_uri, given, asked.get("scope", "read"))
            back["code"] = code
        return 302, {"location": f"{app.redirect_uri}?{urlencode(back)}"}, b""

    def token(self, asked: dict[str, str]) -> Answer:
        code, app = self.codes.pop(asked.get("code", ""), None), self.apps.get(asked.get("client_id", ""))
        if app is None or asked.get("client_secret") != app.client_secret:
            return _said(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        proof = urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        known = code is not None and (code.client, code.redirect_uri) == (asked["client_id"], asked.get("redirect_uri"))
        if code is None or not known or (code.challenge and proof != code.challenge):
            return _said(400, {"error": "invalid_grant", "error_description": "The provided grant is invalid"})
        made = secrets.token_urlsafe(24)
        self.tokens.add(made)
        self.issued[made] = asked["client_id"]
        return _said(200, {"access_token": made, "token_type": "Bearer", "scope": code.scopes, "created_at": 1})

    def revoke(self, asked: dict[str, str]) -> Answer:
        app, token = self.apps.get(asked.get("client_id", "")), asked.get("token", "")
        good = app is not None and asked.get("client_secret") == app.client_secret
        if not good or self.issued.get(token) != asked.get("client_id"):
            return _said(403, {"error": "unauthorized_client"})
        self.tokens.discard(token)
        return _said(200, {})


def _said(status: int, row: dict[str, object]) -> Answer:
    return status, {}, json.dumps(row).encode()
