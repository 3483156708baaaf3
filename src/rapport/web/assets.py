"""Our style and behaviour as one file each, squeezed once: a first paint asks for three, however many we keep.

Their addresses carry a hash of what is in them, so that a browser keeps them for a year and still sees every change.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from rapport.web import squeezing

HERE = Path(__file__).parent / "static" / "rapport"
STYLES = (
    "tokens",
    "base",
    "layout",
    "forms",
    "buttons",
    "badge",
    "face",
    "card",
    "table",
    "tabs",
    "disclosure",
    "menu",
    "empty",
    "stream",
    "bulk",
    "conversation",
    "files",
    "why",
    "strain",
    "composer",
    "tag",
    "mentions",
    "person",
    "portrait",
    "feeling",
    "pair",
    "toast",
    "presence",
    "guide",
    "notices",
    "page",
    "quality",
    "search",
    "label",
    "components",
    "public",
    "forced",
    "print",
)
BEHAVIOURS = (
    "js/htmx-rules.js",
    "js/waking.js",
    "js/announcer.js",
    "js/placing.js",
    "js/panes.js",
    "js/turns.js",
    "js/mentioning.js",
    "js/stream.js",
    "js/bulk.js",
    "js/arrival.js",
    "js/composer.js",
    "js/enclosing.js",
    "js/unsaved.js",
    "js/presence.js",
    "js/push.js",
    "js/toasts.js",
    "js/tabs.js",
    "js/ahead.js",
    "js/guide.js",
    "js/keys.js",
    "js/unwinding.js",
)
_TYPES = {
    "rapport.css": "text/css; charset=utf-8",
    "rapport.js": "text/javascript; charset=utf-8",
    "icons.svg": "image/svg+xml",
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """A file as it goes over the wire."""

    body: bytes
    squeezed: bytes
    mark: str


@cache
def build(name: str) -> Asset:
    """Put one file together. Cached: what is in it cannot change while we run."""
    makers = {"rapport.css": _styles, "rapport.js": _scripts, "icons.svg": _icons, "chat.css": _chat_style}
    body = (makers | {"chat.js": _chat_script})[name]()
    return Asset(body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:12])


def _styles() -> bytes:
    return b"\n".join((HERE / "css" / f"{name}.css").read_bytes() for name in STYLES)


def _scripts() -> bytes:
    """htmx (from django-htmx's wheel) first, then what listens for hints, then our own behaviours."""
    htmx = finders.find("django_htmx/htmx-2.min.js")
    if not htmx:
        raise FileNotFoundError("htmx is missing: django_htmx belongs in INSTALLED_APPS.")
    files = [Path(htmx), HERE / "live.js", *(HERE / name for name in BEHAVIOURS)]
    return b"\n;\n".join(path.read_bytes() for path in files if path.exists())


def _icons() -> bytes:
    """The sprite: every symbol of ours, drawn on 16 squares."""
    return (HERE / "icons.svg").read_bytes()


def _chat_style() -> bytes:
    return squeezing.style((HERE / "chat" / "chat.css").read_text("utf-8")).encode()


def _chat_script() -> bytes:
    """Its parts share one scope, which nothing else sees."""
    parts = "".join((HERE / "chat" / f"{name}.js").read_text("utf-8") for name in ("keeping", "showing", "doing"))
    return squeezing.script(f'(() => {{"use strict";\n{parts}}})();').encode()


@cache
def url(name: str) -> str:
    return reverse("asset", args=[build(name).mark, name])


@require_safe
def asset(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    """One of our few files. An old address answers with today's file, but may not be kept."""
    if name not in _TYPES:
        raise Http404
    made = build(name)
    squeeze = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(made.squeezed if squeeze else made.body, content_type=_TYPES[name])
    if squeeze:
        answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if mark == made.mark else "no-cache"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
