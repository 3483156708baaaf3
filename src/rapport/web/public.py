"""Public: pages for people who have no login and want none. No cookie, no script, nothing kept, no word of who is here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {frames}"
)


def page(
    request: HttpRequest,
    template: str,
    *,
    status: int = 200,
    frames: Sequence[str] = (),
    company: str = "",
    **context: Any,
) -> HttpResponse:
    """A page of its own, under the name of the ``company`` whose it is.

    ``frames`` are the origins that may show it inside a page of theirs; mostly nobody.
    """
    answer = HttpResponse(render_to_string(template, {"company": company} | context, request), status=status)
    answer["Content-Security-Policy"] = POLICY.format(frames=" ".join(frames) or "'none'")
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    if frames:
        # X-Frame-Options knows no list of origins; where both are given, browsers obey the policy alone.
        answer.xframe_options_exempt = True
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def nothing(request: HttpRequest) -> HttpResponse:
    """Wrong, forged, renewed or forgotten: all look the same to a stranger."""
    sentence = _("The address may be incomplete, or it has been replaced by a newer one. Look into our latest e-mail.")
    return page(request, "public/nothing.html", status=404, title=_("There is nothing here"), sentence=sentence)
