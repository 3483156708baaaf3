"""Languages: what the screens speak to whom. One's own choice first, then what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rapport.accounts.models import User
from rapport.core.database import write


class Chosen:
    """Middleware: the language of whoever is logged in goes before the browser's wish."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session there is nobody to ask the database about.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            chosen = getattr(request.user, "language", "")
            if chosen and translation.check_for_language(chosen):
                translation.activate(chosen)
        return self.get_response(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the screens: kept with one's login, and in this browser."""
    chosen, back = request.POST.get("language", ""), request.headers.get("Referer", "")
    fine = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    answer = redirect(back if fine else "/")
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            with write():
                User.objects.filter(pk=request.user.pk).update(language=chosen)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer
