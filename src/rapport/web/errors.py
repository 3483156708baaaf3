"""Pages for what went wrong, in words for the person who meets them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rapport.web.answering import page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        sentence = _("It answers at %(url)s. Whoever runs it may name another address by RAPPORT_URL.")
        return _error(request, 400, _("This server goes by another address"), sentence % {"url": settings.RAPPORT_URL})
    return _error(request, 400, _("That request makes no sense here"),
                  _("Something in the address or the form could not be read. Go back and try once more."))  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A role that may not. The sentence is the refusal's own."""
    return _error(request, 403, _("Not with your role"), str(exception or "") or _("Ask an owner of the workspace."))


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not ours (Django's CSRF_FAILURE_VIEW): mostly a page that stood open through a login."""
    sentence = _("You signed in again since it was opened. Go back, reload the page, and send it once more.")
    return _error(request, 403, _("This page had grown old"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, _("There is nothing here"),
                  _("The address may be old, or it belongs to a workspace you are no member of."))  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page asks nothing of the database, which may be what is broken."""
    context = {
        "code": 500, "title": _("Something broke on our side"), "htmx": False, "memberships": [], "member": None,
        "workspace": None, "messages": [],
        "sentence": _("It is written down in the log. What was accepted before is safe. Try again in a moment."),
    }  # fmt: skip
    return HttpResponse(render_to_string("pages/error.html", context), status=500)


def _error(request: HttpRequest, code: int, title: str, words: str) -> HttpResponse:
    """An element that fetches itself gets the sentence alone, for a toast."""
    if request.headers.get("HX-Request"):
        return HttpResponse(words, status=code, content_type="text/plain; charset=utf-8")
    return page(request, "pages/error.html", status=code, code=code, title=title, sentence=words)
