"""Login: allauth's pages in our look, sign-up closed; and the one-time link that lets its member in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rapport.accounts import founding, joining
from rapport.accounts.models import Link, User
from rapport.core.refusal import Refused
from rapport.inbox.notices import pushing
from rapport.web.answering import page
from rapport.web.notices import TOLD_HERE

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Who may come in: whom a member invited, nobody by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("Too many wrong passwords. Wait five minutes, then try again."),
        "email_password_mismatch": _("This e-mail and this password do not belong together."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own remarks (*signed in as…*) are not said: the page shows as much."""

    def logout(self, request: HttpRequest) -> None:
        """Whoever leaves a browser is told nothing in it any more: the next at this computer may be somebody else."""
        if mark := request.COOKIES.get(TOLD_HERE):
            pushing.silence(mark)
        super().logout(request)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it spends nothing (mail programs look first); only the button does."""
    link = Link.find(token)
    if link is None:
        return page(request, "pages/spent.html", status=404)
    context: dict[str, Any] = {"link": link, "email": "", "refusal": "", "nameless": _nameless(link)}
    if request.method != "POST":
        return page(request, "pages/welcome.html", **context)
    email, name = request.POST.get("email", ""), request.POST.get("name", "")
    try:
        user = _enter(link, email, request.POST.get("password", ""), name if context["nameless"] else "")
    except Refused as refused:
        context |= {"email": email, "name": name, "refusal": str(refused)}
        return page(request, "pages/welcome.html", status=422, **context)
    login(request, user, backend=BACKEND)
    return redirect("desk", link.member.workspace.slug)


def _nameless(link: Link) -> bool:
    """The first owner was made before anybody could say who they are; everybody else was invited by name."""
    return link.member.user is None and link.member.name == founding.FIRST_OWNER


def _enter(link: Link, email: str, password: str, name: str) -> User:
    """Who this link lets in: its member's own login, or the one being made now."""
    if link.member.user is None and not link.member.workspace.demo:
        return joining.join(link, email, password, name)
    return joining.enter(link, password)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """allauth's answer to a flood of logins from one address."""
    return page(request, "pages/error.html", status=429, code=429, title=_("Too many tries"),
                sentence=_("There were too many tries from your network. Wait a minute, then try again."))  # fmt: skip
