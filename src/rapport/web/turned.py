"""The page for whoever is turned away at the gate: too long, too slow, too many.

It is made on the event loop, before any thread or session: so it asks nothing of the database, and each is made once.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from django.core.handlers.asgi import ASGIRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.core.live import Scope
from rapport.core.saying import said
from rapport.web.headers import ALWAYS


def show(scope: Scope, status: int, sentence: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The page in the language that this browser chose or asks for, and its headers."""
    language = translation.get_language_from_request(ASGIRequest(scope, BytesIO()))
    headers = ALWAYS | {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return _page(status, sentence, language), [
        (name.lower().encode(), value.encode()) for name, value in headers.items()
    ]


@lru_cache(maxsize=64)
def _page(status: int, sentence: str, language: str) -> bytes:
    with translation.override(language):
        titles = {
            413: _("That is too much at once"), 408: _("It came too slowly"), 429: _("Too many at once"),
            503: _("Not at this moment"),
        }  # fmt: skip
        title = titles.get(status) or _("That request makes no sense here")
        context = {
            "code": status, "title": title, "sentence": said(sentence), "htmx": False, "memberships": [],
            "member": None, "workspace": None, "messages": [],
        }  # fmt: skip
        return render_to_string("pages/error.html", context).encode()
